/*
 * tokens_tell.h - see tokens_tell.c.
 */
#pragma once

#include "cli/tokens.h"

/* Says how it ended, and prints the JSON; gives the exit code. */
int tokens_tell(struct tokens *t, enum tokens_end end);
