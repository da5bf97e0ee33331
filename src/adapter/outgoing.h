/*
 * outgoing.h - see outgoing.c.
 */
#pragma once

#include "adapter/webpush.h"

/*
 * Called on a sender thread when a push service says that a subscription is
 * gone: forget it. It may take its time; it must not call outgoing_free().
 */
typedef void outgoing_gone(void *arg, const char *endpoint);

struct outgoing_options {
	struct webpush *push; /* borrowed, outlives the queue */
	size_t limit;         /* messages that may wait; 0 means 1024 */
	unsigned int threads; /* 1..OUTGOING_THREADS_MAX; 0 means 2 */
	outgoing_gone *gone;  /* may be NULL */
	void *arg;
};

#define OUTGOING_THREADS_MAX 8

/* Every message that was taken is waiting, on its way, or in one of these. */
struct outgoing_counts {
	uint64_t waiting;   /* now */
	uint64_t delivered; /* all others: since the start */
	uint64_t gone;      /* with those that waited for the same endpoint */
	uint64_t refused;
	uint64_t expired;
	uint64_t replaced; /* by a newer message of the same topic */
	uint64_t retried;  /* tries beyond each message's first */
	uint64_t full;     /* not taken */
};

struct outgoing;

/* Starts the threads. RC_MEMORY, RC_LIMIT. */
IG_CHECK enum rc outgoing_new(
    const struct outgoing_options *o, struct outgoing **out, struct err *e);

/* Stops: what is under way ends (at most WIRE_TIMEOUT_MS), what waits is lost. */
void outgoing_free(struct outgoing *q);

/*
 * Puts a message in the queue and returns at once; payload and all else is
 * copied. It is tried until ttl_ms is over; a waiting message to the same
 * endpoint with the same topic is replaced by this one. RC_BUSY: the queue is
 * full. RC_POLICY, RC_FORMAT: the endpoint. RC_LIMIT: the payload.
 */
IG_CHECK enum rc outgoing_push(struct outgoing *q,
    const struct webpush_subscription *s, struct span payload, int64_t ttl_ms,
    const char *topic, struct err *e);

void outgoing_count(struct outgoing *q, struct outgoing_counts *out);
