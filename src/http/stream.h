/*
 * stream.h - see stream.c.
 */
#pragma once

#include "base/err.h"
#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>

struct stream_set;
struct topic_waiter;

/*
 * Starts the thread that sends all streams: at most `most` of them, of one
 * address at most `per_address` (0: as many as there may be). RC_MEMORY, RC_IO.
 */
IG_CHECK enum rc stream_start(
    size_t most, size_t per_address, struct stream_set **out, struct err *e);

/*
 * Once the hub is stopped (topic_stop()) and nobody calls stream_take() any
 * more: sends what the peers still take without waiting for them, closes all
 * of them and frees the set. NULL is fine.
 */
void stream_stop(struct stream_set *set);

/*
 * Sends head (all of it, to its empty line) on a copy of fd, then whatever the
 * waiter is told, in chunks (RFC 9112 section 7.1) or as it is, until its time
 * is over or the peer leaves. The waiter, which is a stream (topic_stream()) and not parked, is the set's
 * from now on; fd and head stay the caller's. RC_BUSY: there are too many,
 * RC_IO, RC_MEMORY; the waiter is the caller's then.
 */
IG_CHECK enum rc stream_take(struct stream_set *set, int fd, struct span head,
    bool chunked, const char *address, struct topic_waiter *waiter,
    struct err *e);

/* How many are open. */
size_t stream_count(struct stream_set *set);
