/*
 * token_place.h - see token_place.c.
 */
#pragma once

#include "cli/tokens.h"
#include "cryptoki/stage.h"
#include "x509/certificate.h"

#define TOKEN_PLACE_PAIRS 2 /* one to sign, one to encrypt */

/* One of the two, on its way onto the token. */
struct token_place_pair {
	struct certificate *certificate;
	struct sec secret; /* the PrivateKeyInfo that key borrows from */
	struct pkinfo key;
	unsigned long there; /* it is on the token already, as this object */
	struct stage stage;
};

struct token_place {
	struct tokens *t; /* logged in */
	struct token_place_pair pairs[TOKEN_PLACE_PAIRS];
	size_t n;
	bool removed; /* predecessors, before the new ones were there */
};

/*
 * Puts all pairs on the token, and takes their predecessors from it: all of
 * that or, as far as the token lets us, nothing. TOKENS_DONE, TOKENS_LABEL, or
 * what came between.
 */
enum tokens_end token_place(struct token_place *c);

/*
 * The certificate as it is on the token, in the list that was read last; false:
 * it is not.
 */
bool token_place_find(const struct token_place *c,
    const struct token_place_pair *p, const struct stored **out);
