/*
 * fetch.h - see fetch.c.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

#define FETCH_ANSWER_MAX (1u << 20)

/* Connections to the service, kept alive. For one thread at a time. */
struct fetch;

struct fetch_request {
	const char *method; /* GET, POST, DELETE */
	const char *url;
	const char
	    *authority;   /* whole header line, or NULL; wiped by the caller */
	struct span body; /* JSON; empty: none */
	int timeout_ms;   /* all in all */
	bool to_the_end;  /* although the caller has given up: a last word */
};

/*
 * cancel is a socket: when its other end is closed, a call under way ends
 * with RC_STATE. -1: none. RC_MEMORY.
 */
IG_CHECK enum rc fetch_new(struct fetch **out, int cancel, struct err *e);
void fetch_free(struct fetch *f);

/* Has the other end of the cancel socket been closed? */
bool fetch_cancelled(const struct fetch *f);

/*
 * Asks and waits. RC_OK: there is an answer, whatever its status. RC_STATE:
 * cancelled. RC_EXPIRED: not in time. RC_IO: no connection, no TLS, broken
 * off. RC_LIMIT: too long.
 */
IG_CHECK enum rc fetch_call(struct fetch *f, const struct fetch_request *q,
    long *status, struct buf *answer, struct err *e);
