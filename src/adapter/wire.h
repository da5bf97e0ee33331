/*
 * wire.h - see wire.c.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/sec.h"

#include <sys/socket.h>

/* Everything that we ask of others answers within this, or it failed. */
#define WIRE_TIMEOUT_MS 5000

/*
 * One client with its kept-alive connections. For one thread at a time. The
 * program ignores SIGPIPE: a peer may go away while it is written to.
 */
struct wire;

struct wire_request {
	const char *method; /* "GET" or "POST" */
	const char *url;    /* http or https; redirects are not followed */
	const char *const
	    *headers; /* "Name: value", ends with NULL; may be NULL */
	const struct sec *authority; /* Authorization header's value, or NULL */
	struct span body;
	bool private_allowed; /* may the host be on our own network? */
	bool cut_allowed;     /* an answer beyond the buffer's ceiling is cut */
};

struct wire_answer {
	long status;            /* 100..599 */
	int64_t retry_after_ms; /* 0 where the answer does not say */
	struct buf body;        /* the caller sets its ceiling and clears it */
};

/* RC_MEMORY. */
IG_CHECK enum rc wire_new(struct wire **out, struct err *e);
void wire_free(struct wire *w);

/*
 * Asks and waits, at most WIRE_TIMEOUT_MS. RC_OK means that there is an
 * answer, whatever its status. RC_BUSY: none in time. RC_IO: no connection,
 * no TLS, or the answer broke off. RC_POLICY: the host's address is not a
 * public one. RC_LIMIT: the answer is larger than the buffer's ceiling.
 */
IG_CHECK enum rc wire_call(struct wire *w, const struct wire_request *r,
    struct wire_answer *a, struct err *e);

/*
 * Is this an address on the public internet? False for loopback, private,
 * link-local, shared, documentation, multicast and reserved ranges, and for
 * IPv6 forms that carry such an IPv4 address (RFC 6890).
 */
bool wire_address_is_public(const struct sockaddr *address);
