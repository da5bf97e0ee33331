/*
 * pairs.h - see pairs.c.
 */
#pragma once

#include "base/err.h"
#include "base/span.h"

#include <stdbool.h>

#define PAIRS_MAX 32

/* Names with values, decoded, ended with zeros. */
struct pairs {
	size_t n;
	struct {
		const char *name, *value;
	} row[PAIRS_MAX];
	char text[];
};

/*
 * Percent-decoding into out (at least in.n + 1 bytes), ended with a zero;
 * '+' is a space where plus says so. RC_FORMAT: a raw byte that a URL may not
 * have, "%" without two hex digits, NUL, or not UTF-8.
 */
IG_CHECK enum rc pairs_decode(
    struct span in, bool plus, char *out, size_t *n, struct err *e);

/*
 * "a=1&b=2": a query. *out is given (free()); NULL for an empty
 * text. RC_FORMAT: malformed, an empty pair, a name twice. RC_LIMIT: more
 * than PAIRS_MAX. RC_MEMORY.
 */
IG_CHECK enum rc pairs_parse(struct span in, struct pairs **out, struct err *e);

/* NULL when absent; p may be NULL. */
const char *pairs_find(const struct pairs *p, const char *name);

/*
 * A cookie's value in a Cookie header (RFC 6265 section 4.2), borrowed. False
 * when it is absent, there twice (somebody put a second one), or the header
 * is malformed.
 */
bool pairs_cookie(struct span header, const char *name, struct span *out);
