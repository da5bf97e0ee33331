/*
 * cert_list.h - see cert_list.c.
 */
#pragma once

#include "cli/cert.h"

/* ingam cert list: every certificate that is found. */
enum cert_end cert_list(struct cert *c);
