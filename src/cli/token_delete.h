/*
 * token_delete.h - see token_delete.c.
 */
#pragma once

#include "cli/tokens.h"

/* "ingam token delete". */
enum tokens_end token_delete(struct tokens *t);

/*
 * Which certificate of the token is meant: a number of the list or a serial
 * number; NULL is the only one. TOKENS_EMPTY, TOKENS_CHOOSE, TOKENS_NO_SUCH.
 */
enum tokens_end token_delete_choose(const struct stored_list *list,
    const char *which, const struct stored **out);

/* The same of files.which, asked for on a terminal where it is not clear. */
enum tokens_end token_delete_ask(struct tokens *t, const struct stored **out);
