/*
 * token_copy.h - see token_copy.c.
 */
#pragma once

#include "cli/tokens.h"

/* "ingam token copy". */
enum tokens_end token_copy(struct tokens *t);
