/*
 * chain_check.h - see chain_check.c.
 */
#pragma once

#include "x509/chain.h"

/* A path that OpenSSL has found good, leaf first. */
struct chain_path {
	const struct certificate *at[CHAIN_MAX];
	size_t n;
};

#define CHAIN_FIELD 80 /* bytes of a field's name */

/* What of which certificate of a path: "leaf.keyUsage", "ca[1].issuer", "root.…". */
void chain_field(
    size_t at, size_t n, const char *what, char out[static CHAIN_FIELD]);

/*
 * Our own rules on top. RC_DENIED with field and clause, RC_LIMIT.
 */
IG_CHECK enum rc chain_check(
    const struct chain_in *in, const struct chain_path *path, struct err *e);

/*
 * What a certificate can cost before it is looked at: its names, and the name
 * constraints it sets. Both 0 where there are none.
 */
size_t chain_names(const struct certificate *c);
size_t chain_constraints(const struct certificate *c);
