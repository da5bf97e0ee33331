/*
 * token_list.h - see token_list.c.
 */
#pragma once

#include "cli/tokens.h"

/* "ingam token list". */
enum tokens_end token_list(struct tokens *t);

/* One line a token. */
void token_list_tokens(const struct tokens *t, FILE *out);

/* The tokens as JSON (given), without what is on them; NULL without memory. */
json_t *token_list_json(const struct tokens *t);
