/*
 * exchange.h - see exchange.c.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "client/rest.h"

/* How long one look waits; rest_set_patience() wants at least this. */
#define EXCHANGE_WAIT_S 25

/* One side of a transfer that both sides know by its id. */
struct exchange {
	struct rest *rest;
	const char *base; /* "/api/v1/transfers", "/rp/v1/transfers" */
	char id[33];
	struct rest_problem *problem;
};

/*
 * Waits until the transfer is past step, and appends the other side's message
 * (message may be NULL). RC_SECRET: the other side found the number wrong;
 * RC_REFUSED: it was ended; RC_EXPIRED; RC_IO.
 */
IG_CHECK enum rc exchange_wait(
    const struct exchange *x, int step, struct buf *message, struct err *e);

/* Posts a message under verb: "ask", "answer", "payload". */
IG_CHECK enum rc exchange_post(const struct exchange *x, const char *verb,
    struct span message, struct err *e);

/* Ends it; whether that arrives changes nothing here. */
void exchange_end(const struct exchange *x, const char *why);
