/*
 * approve.h - see approve.c.
 */
#pragma once

#include "vault/call.h"

enum rc approve_verb(struct call *c);
