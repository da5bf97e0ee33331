/*
 * topic.h - see topic.c.
 */
#pragma once

#include "base/err.h"
#include "base/span.h"

#include <stdint.h>

/*
 * The hub: names -> those who wait. Every function may be called from every
 * thread. It knows nothing of HTTP connections.
 */
struct topic_hub;

#define TOPIC_NAME_MAX  64   /* bytes: letters, digits and -_.:/ */
#define TOPIC_TYPE_MAX  32   /* bytes: letters, digits and -_. */
#define TOPIC_DATA_MAX  4096 /* bytes of UTF-8; its lines become data: lines */
#define TOPIC_QUEUE_MAX 16   /* events that wait in one stream */

/* The event that a stream gets instead of those that were dropped: read all anew. */
#define TOPIC_RESYNC "resync"

/* An empty hub for at most waiters_max waiting requests. RC_MEMORY. */
IG_CHECK enum rc topic_new(
    size_t waiters_max, struct topic_hub **out, struct err *e);

/* Nothing may wait any more (server_stop() sees to it). NULL is fine. */
void topic_free(struct topic_hub *hub);

/*
 * Something happened: long polls on name run again, streams get an event
 * `type` with `data` (JSON, by our habit). Then the hook is told, if there is
 * one. RC_FORMAT, RC_LIMIT: the name, the type or the data is not allowed.
 */
IG_CHECK enum rc topic_publish(struct topic_hub *hub, const char *name,
    const char *type, struct span data, struct err *e);

/* The same without the hook: for what came from another node. */
IG_CHECK enum rc topic_deliver(struct topic_hub *hub, const char *name,
    const char *type, struct span data, struct err *e);

/*
 * Ends the streams on a topic (a session was closed, a device removed). Long
 * polls run again. The hook is not told: publish a word of your own for that.
 */
void topic_end(struct topic_hub *hub, const char *name);

/* All streams get TOPIC_RESYNC, all long polls run: notices were lost. */
void topic_resync(struct topic_hub *hub);

/*
 * Told of each topic_publish(), on its thread, without a lock held. Set once,
 * before the first publish.
 */
typedef void topic_hook(
    void *arg, const char *name, const char *type, struct span data);
void topic_set_hook(struct topic_hub *hub, topic_hook *hook, void *arg);

/* How many requests wait now. */
size_t topic_waiting(struct topic_hub *hub);
