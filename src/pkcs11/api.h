/*
 * api.h - the standard's header, with its functions visible to the host.
 *
 * Belongs here: what the header leaves to the platform.
 * Not here: anything of ours.
 */
#pragma once

#pragma GCC visibility push(default)
#include "pkcs11/pkcs11.h"
#pragma GCC visibility pop
