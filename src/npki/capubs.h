/*
 * capubs.h - see capubs.c.
 */
#pragma once

#include "npki/derput.h"

#define CAPUBS_MAX 65536 /* bytes of a file */

/*
 * Reads a CaPubs file, SEQUENCE OF Certificate: *n spans, borrowed, at most
 * max of them, each one whole certificate (certinfo_parse() reads it).
 * RC_FORMAT: not DER, none in it, or something else than a certificate.
 * RC_LIMIT: over CAPUBS_MAX bytes, or more than max. The field is "CaPubs".
 */
IG_CHECK enum rc capubs_parse(struct span in, struct span *certificates,
    size_t max, size_t *n, struct err *e);

/*
 * Writes one: root first, as CAs send it. Those whose issuer is their subject
 * come first, the others follow in the order given.
 */
void capubs_put(struct derput *w, const struct span *certificates, size_t n);
