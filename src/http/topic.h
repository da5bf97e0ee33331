/*
 * topic.h - see topic.c.
 */
#pragma once

#include "base/err.h"
#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * The hub: names -> those who wait. Every function may be called from every
 * thread. It knows nothing of HTTP connections.
 */
struct topic_hub;

#define TOPIC_NAME_MAX  64   /* bytes: letters, digits and -_.:/ */
#define TOPIC_TYPE_MAX  32   /* bytes: letters, digits and -_. */
#define TOPIC_DATA_MAX  4096 /* bytes of UTF-8; its lines become data: lines */
#define TOPIC_QUEUE_MAX 16   /* events that wait in one stream */
#define TOPIC_WATCH_MAX 4    /* topics that one request watches */

/* The event that a stream gets instead of those that were dropped: read all anew. */
#define TOPIC_RESYNC "resync"

/*
 * An empty hub for at most waiters_max waiting requests. One server uses it
 * and ends it: after server_stop() it can only be freed. RC_MEMORY.
 */
IG_CHECK enum rc topic_new(
    size_t waiters_max, struct topic_hub **out, struct err *e);

/* Nothing may wait any more (server_stop() sees to it). NULL is fine. */
void topic_free(struct topic_hub *hub);

/*
 * Something happened: long polls on name run again, streams get an event
 * `type` with `data` (JSON, by our habit). RC_FORMAT, RC_LIMIT: the name, the
 * type or the data is not allowed.
 */
IG_CHECK enum rc topic_publish(struct topic_hub *hub, const char *name,
    const char *type, struct span data, struct err *e);

/*
 * The same for what nobody waits for impatiently: a stream is not woken for it
 * alone, but gets it with the next event that is published, or TOPIC_SOON_MS
 * later. Long polls run again at once.
 */
#define TOPIC_SOON_MS 200
IG_CHECK enum rc topic_publish_soon(struct topic_hub *hub, const char *name,
    const char *type, struct span data, struct err *e);

/*
 * Ends the streams on a topic (a session was closed, a device removed). Long
 * polls run again.
 */
void topic_end(struct topic_hub *hub, const char *name);

/* How many requests wait now. */
size_t topic_waiting(struct topic_hub *hub);

/*
 * The other half: those who wait. Only for this room (serve.c, stream.c,
 * watch.c).
 *
 * A waiter belongs to the one thread that works on its request. It is given
 * to the hub by topic_wait() or topic_read() saying "parked"; the hub gives it
 * back by calling wake() exactly once, without a lock held; whoever wake()
 * hands it to is the owner then. While it is parked, only the hub touches it,
 * and it may not be freed.
 */
struct topic_waiter;

IG_CHECK enum rc topic_waiter_new(struct topic_hub *hub,
    void (*wake)(void *arg), void *arg, struct topic_waiter **out,
    struct err *e);

/* The owner's. NULL is fine. */
void topic_waiter_free(struct topic_waiter *w);

/* Starts watching a topic: RC_FORMAT, RC_LIMIT, RC_MEMORY. */
IG_CHECK enum rc topic_watch(
    struct topic_waiter *w, const char *name, struct err *e);

/*
 * Parks a long poll until news or at_ms (clock_mono_ms()). False: there is
 * no need, the owner goes on at once.
 */
bool topic_wait(struct topic_waiter *w, int64_t at_ms);

enum topic_why { TOPIC_NEWS, TOPIC_TIMEOUT, TOPIC_STOP, TOPIC_GONE };

/* Why the wait ended; for the owner. Forgets the news. */
enum topic_why topic_why(struct topic_waiter *w);

/* Makes it a stream: from now on published events are queued. */
void topic_stream(
    struct topic_waiter *w, int64_t heartbeat_ms, int64_t life_ms);

/* Its owner gives it to another, who is woken from now on. */
void topic_give(struct topic_waiter *w, void (*wake)(void *arg), void *arg);

#define TOPIC_PARKED 0
#define TOPIC_ENDED  (-1)
#define TOPIC_LEFT   (-2)

/*
 * Takes up to n bytes of a stream's text. TOPIC_PARKED: nothing there; park
 * (NULL: nothing) was called under the hub's lock before anybody could wake it.
 */
ssize_t topic_read(
    struct topic_waiter *w, char *out, size_t n, void (*park)(void *arg));

/* Its peer has left. From any thread, while somebody keeps w from being freed. */
void topic_leave(struct topic_waiter *w);

/*
 * Wakes whose time is over; gives the next deadline (INT64_MAX: none). For
 * one thread; `kick` is told when an earlier one comes up.
 */
int64_t topic_tick(struct topic_hub *hub);
void topic_set_kick(struct topic_hub *hub, void (*kick)(void *arg), void *arg);

/* Wakes everybody and lets nobody park again; returns when none is parked. */
void topic_stop(struct topic_hub *hub);
