/*
 * status.h - see status.c.
 */
#pragma once

#include "base/buf.h"
#include "x509/chain.h"

#define STATUS_SECONDS 10 /* for one address */
#define STATUS_KNOWN   32 /* lists, and answers, that are there already */

/* What was fetched, and what of it chain_verify() wants. */
struct status {
	struct crl *lists[CHAIN_MAX];
	size_t lists_n;
	const struct crl *borrowed[STATUS_KNOWN + CHAIN_MAX];
	struct buf answers[CHAIN_MAX];
	size_t answers_n;
	struct span spans[STATUS_KNOWN + CHAIN_MAX];
	bool nowhere; /* some certificate names no place to ask */
	bool silent;  /* nothing came from the places that one names */
	struct chain_status found;
};

/*
 * Asks for each certificate of a path but its root, at the places that it
 * names: the responder first, then for the list. Only of a path that has been
 * verified: others name addresses that nobody answers for. What does not
 * answer leaves no trace here; the path's check then says whose status is not
 * known. The lists and answers of known, STATUS_KNOWN of each
 * at most, are found too. RC_MEMORY.
 * Clear it in any case.
 */
IG_CHECK enum rc status_fetch(const struct chain *path,
    const struct chain_status *known, int64_t at_ms, struct status *out,
    struct err *e);
void status_clear(struct status *s);
