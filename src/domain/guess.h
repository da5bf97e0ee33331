/*
 * guess.h - see guess.c.
 */
#pragma once

#include "domain/domain.h"

/* Short numbers that somebody outside could guess at. */
enum guess_kind {
	GUESS_CODE, /* the identity check's; near: the client's network */
	GUESS_PIN, /* a token's, from where its member never was; near: the member */
	GUESS_TRANSFER, /* a certificate's way in; near: the client */
};

/* May one more be tried? RC_RATE: too many were wrong, near or everywhere. */
IG_CHECK enum rc guess_check(
    struct domain *d, enum guess_kind kind, struct span near, struct err *e);

/*
 * One was wrong, or cannot be told from a wrong one. At the limit its kind is
 * closed, near or everywhere, until the hour or day is over.
 */
void guess_count(struct domain *d, enum guess_kind kind, struct span near);
