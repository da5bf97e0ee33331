/*
 * outgoing.c - push messages on their way, so that no handler waits for them.
 *
 * Belongs here: the bounded queue, its sender threads, when to try again.
 * Not here: sending one message (webpush.c); what a message says (domain).
 *
 * One endpoint is written to by one thread at a time, and rests after it
 * failed: a push service that hangs holds one thread, not the queue.
 */
#include "adapter/outgoing.h"

#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#define OUTGOING_LIMIT         1024
#define OUTGOING_THREADS       2
#define OUTGOING_BACKOFF_MS    1000
#define OUTGOING_BACKOFF_MAX_S 300
#define OUTGOING_NAP_MS        500
#define OUTGOING_TTL_MAX_MS    86400000

struct outgoing_item {
	struct outgoing_item *next;
	struct webpush_subscription to;
	char topic[WEBPUSH_TOPIC_MAX + 1];
	int64_t due_ms, end_ms; /* of clock_mono_ms() */
	unsigned int failures;
	size_t n;
	uint8_t payload[];
};

struct outgoing_sender {
	struct outgoing *queue;
	struct wire *wire;
	pthread_t thread;
	bool started;
	const struct outgoing_item *item; /* under way */
};

struct outgoing {
	struct outgoing_options options;
	pthread_mutex_t lock; /* for all that follows */
	pthread_cond_t changed;
	struct outgoing_item *first;
	struct outgoing_counts counts;
	bool stopping;
	struct outgoing_sender senders[OUTGOING_THREADS_MAX];
};

static bool
outgoing_same(const struct outgoing_item *i, const char *endpoint)
{
	return strcmp(i->to.endpoint, endpoint) == 0;
}

static bool
outgoing_under_way(const struct outgoing *q, const char *endpoint)
{
	for (unsigned int i = 0; i < q->options.threads; i++) {
		const struct outgoing_item *item = q->senders[i].item;

		if (item != NULL && outgoing_same(item, endpoint))
			return true;
	}

	return false;
}

/* Takes an item out of the list. */
static struct outgoing_item *
outgoing_unlink(struct outgoing *q, struct outgoing_item **at)
{
	struct outgoing_item *item = *at;

	*at = item->next;
	item->next = NULL;
	q->counts.waiting--;

	return item;
}

/* At the end, so that whoever waits longest is next. */
static void
outgoing_append(struct outgoing *q, struct outgoing_item *item)
{
	struct outgoing_item **at = &q->first;

	while (*at != NULL)
		at = &(*at)->next;
	*at = item;
	q->counts.waiting++;
}

static void
outgoing_expire(struct outgoing *q, int64_t now_ms)
{
	struct outgoing_item **at = &q->first;

	while (*at != NULL) {
		if ((*at)->end_ms > now_ms) {
			at = &(*at)->next;
			continue;
		}
		free(outgoing_unlink(q, at));
		q->counts.expired++;
	}
}

/* The next item that may go now, or NULL and how long to sleep. */
static struct outgoing_item *
outgoing_next(struct outgoing *q, int64_t *nap_ms)
{
	int64_t now_ms = clock_mono_ms();

	outgoing_expire(q, now_ms);
	*nap_ms = q->first == NULL ? -1 : OUTGOING_NAP_MS;
	for (struct outgoing_item **at = &q->first; *at != NULL;
	     at = &(*at)->next) {
		if ((*at)->due_ms > now_ms) {
			if ((*at)->due_ms - now_ms < *nap_ms)
				*nap_ms = (*at)->due_ms - now_ms;
			continue;
		}
		if (!outgoing_under_way(q, (*at)->to.endpoint))
			return outgoing_unlink(q, at);
	}

	return NULL;
}

/* Sleeps at most nap_ms, for ever below 0. Lock held. */
static void
outgoing_sleep(struct outgoing *q, int64_t nap_ms)
{
	struct timespec until;

	if (nap_ms < 0) {
		(void)pthread_cond_wait(&q->changed, &q->lock);
		return;
	}
	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += (time_t)(nap_ms / 1000);
	until.tv_nsec += (long)(nap_ms % 1000) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	(void)pthread_cond_timedwait(&q->changed, &q->lock, &until);
}

/* All that waits for this endpoint waits with it. */
static void
outgoing_rest(struct outgoing *q, struct outgoing_item *item, int64_t after_ms)
{
	int64_t due_ms, wait_ms = OUTGOING_BACKOFF_MS;

	for (unsigned int i = 0; i < item->failures &&
	     wait_ms < (int64_t)OUTGOING_BACKOFF_MAX_S * 1000;
	     i++)
		wait_ms *= 2;
	item->failures++;
	due_ms = clock_mono_ms() + (after_ms > wait_ms ? after_ms : wait_ms);
	item->due_ms = due_ms;
	for (struct outgoing_item *i = q->first; i != NULL; i = i->next) {
		if (!outgoing_same(i, item->to.endpoint))
			continue;
		if (i->due_ms < due_ms)
			i->due_ms = due_ms;
		if (i->failures < item->failures)
			i->failures = item->failures;
	}
}

/* Is a newer message with this one's topic waiting? */
static bool
outgoing_is_replaced(const struct outgoing *q, const struct outgoing_item *item)
{
	for (const struct outgoing_item *i = q->first; i != NULL; i = i->next) {
		if (item->topic[0] != '\0' &&
		    strcmp(i->topic, item->topic) == 0 &&
		    outgoing_same(i, item->to.endpoint))
			return true;
	}

	return false;
}

static void
outgoing_drop(struct outgoing *q, const char *endpoint)
{
	struct outgoing_item **at = &q->first;

	while (*at != NULL) {
		if (outgoing_same(*at, endpoint)) {
			free(outgoing_unlink(q, at));
			q->counts.gone++;
		} else {
			at = &(*at)->next;
		}
	}
}

/* What an answer means for the item and its neighbours. Lock held. */
static void
outgoing_settle(struct outgoing *q, struct outgoing_item *item,
    const struct webpush_result *result)
{
	switch (result->outcome) {
	case WEBPUSH_DELIVERED:
		q->counts.delivered++;
		break;
	case WEBPUSH_GONE:
		q->counts.gone++;
		outgoing_drop(q, item->to.endpoint);
		break;
	case WEBPUSH_LATER:
		outgoing_rest(q, item, result->retry_after_ms);
		if (outgoing_is_replaced(q, item)) {
			q->counts.replaced++;
			break;
		}
		if (item->due_ms >= item->end_ms) {
			q->counts.expired++;
			break;
		}
		q->counts.retried++;
		outgoing_append(q, item);
		return;
	case WEBPUSH_REFUSED:
		q->counts.refused++;
		break;
	}
	free(item);
}

static void
outgoing_send(struct outgoing_sender *s, struct outgoing_item *item)
{
	struct outgoing *q = s->queue;
	struct webpush_message m = { .payload = { item->payload, item->n },
		.ttl_ms = item->end_ms - clock_mono_ms(),
		.topic = item->topic[0] == '\0' ? NULL : item->topic };
	struct webpush_result result;
	struct err why = { 0 };

	if (webpush_send(q->options.push, s->wire, &item->to, &m, &result,
		&why) != RC_OK) {
		result.outcome = WEBPUSH_REFUSED;
		log_event(LOG_WARN, "push.refused", "why=\"%s\"", why.msg);
	} else if (result.outcome == WEBPUSH_REFUSED) {
		log_event(
		    LOG_WARN, "push.refused", "status=%ld", result.status);
	}
	if (result.outcome == WEBPUSH_GONE && q->options.gone != NULL)
		q->options.gone(q->options.arg, item->to.endpoint);
	(void)pthread_mutex_lock(&q->lock);
	s->item = NULL;
	outgoing_settle(q, item, &result);
	(void)pthread_cond_broadcast(&q->changed);
	(void)pthread_mutex_unlock(&q->lock);
}

static void *
outgoing_run(void *arg)
{
	struct outgoing_sender *s = arg;
	struct outgoing *q = s->queue;
	struct outgoing_item *item;
	int64_t nap_ms;

	(void)pthread_mutex_lock(&q->lock);
	while (!q->stopping) {
		if ((item = outgoing_next(q, &nap_ms)) == NULL) {
			outgoing_sleep(q, nap_ms);
			continue;
		}
		s->item = item;
		(void)pthread_mutex_unlock(&q->lock);
		outgoing_send(s, item);
		(void)pthread_mutex_lock(&q->lock);
	}
	(void)pthread_mutex_unlock(&q->lock);

	return NULL;
}

static bool
outgoing_init(struct outgoing *q)
{
	pthread_condattr_t attr;
	bool good;

	if (pthread_condattr_init(&attr) != 0)
		return false;
	good = pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) == 0 &&
	    pthread_cond_init(&q->changed, &attr) == 0;
	(void)pthread_condattr_destroy(&attr);
	if (good && pthread_mutex_init(&q->lock, NULL) != 0) {
		(void)pthread_cond_destroy(&q->changed);
		good = false;
	}

	return good;
}

enum rc
outgoing_new(
    const struct outgoing_options *o, struct outgoing **out, struct err *e)
{
	struct outgoing *q;

	*out = NULL;
	if (o->threads > OUTGOING_THREADS_MAX)
		return err_set(e, RC_LIMIT, "push threads", "more than %d",
		    OUTGOING_THREADS_MAX);
	if ((q = calloc(1, sizeof(*q))) == NULL || !outgoing_init(q)) {
		free(q);
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	}
	q->options = *o;
	if (q->options.limit == 0)
		q->options.limit = OUTGOING_LIMIT;
	if (q->options.threads == 0)
		q->options.threads = OUTGOING_THREADS;
	for (unsigned int i = 0; i < q->options.threads; i++) {
		struct outgoing_sender *s = &q->senders[i];

		s->queue = q;
		if (wire_new(&s->wire, e) != RC_OK ||
		    pthread_create(&s->thread, NULL, outgoing_run, s) != 0) {
			outgoing_free(q);
			return err_set(
			    e, RC_MEMORY, NULL, "cannot start a push sender");
		}
		s->started = true;
	}
	*out = q;

	return RC_OK;
}

void
outgoing_free(struct outgoing *q)
{
	if (q == NULL)
		return;
	(void)pthread_mutex_lock(&q->lock);
	q->stopping = true;
	(void)pthread_cond_broadcast(&q->changed);
	(void)pthread_mutex_unlock(&q->lock);
	for (unsigned int i = 0; i < q->options.threads; i++) {
		if (q->senders[i].started)
			(void)pthread_join(q->senders[i].thread, NULL);
		wire_free(q->senders[i].wire);
	}
	while (q->first != NULL)
		free(outgoing_unlink(q, &q->first));
	(void)pthread_cond_destroy(&q->changed);
	(void)pthread_mutex_destroy(&q->lock);
	free(q);
}

/* Puts the item in; it inherits the rest that its endpoint is taking. */
static enum rc
outgoing_insert(struct outgoing *q, struct outgoing_item *item, struct err *e)
{
	struct outgoing_item **at = &q->first;

	while (*at != NULL) {
		if (!outgoing_same(*at, item->to.endpoint)) {
			at = &(*at)->next;
			continue;
		}
		if ((*at)->due_ms > item->due_ms)
			item->due_ms = (*at)->due_ms;
		if ((*at)->failures > item->failures)
			item->failures = (*at)->failures;
		if (item->topic[0] != '\0' &&
		    strcmp((*at)->topic, item->topic) == 0) {
			free(outgoing_unlink(q, at));
			q->counts.replaced++;
		} else {
			at = &(*at)->next;
		}
	}
	if (q->counts.waiting >= q->options.limit) {
		q->counts.full++;
		free(item);
		return err_set(e, RC_BUSY, NULL, "too many push messages wait");
	}
	outgoing_append(q, item);
	(void)pthread_cond_signal(&q->changed);

	return RC_OK;
}

enum rc
outgoing_push(struct outgoing *q, const struct webpush_subscription *s,
    struct span payload, int64_t ttl_ms, const char *topic, struct err *e)
{
	struct outgoing_item *item;
	enum rc rc;

	if ((rc = webpush_endpoint_check(q->options.push, s->endpoint, e)) !=
	    RC_OK)
		return rc;
	if (payload.n > WEBPUSH_PAYLOAD_MAX)
		return err_set(e, RC_LIMIT, "payload", "longer than %d bytes",
		    WEBPUSH_PAYLOAD_MAX);
	if (topic != NULL && strlen(topic) > WEBPUSH_TOPIC_MAX)
		return err_set(e, RC_LIMIT, "topic",
		    "longer than %d characters", WEBPUSH_TOPIC_MAX);
	if ((item = calloc(1, sizeof(*item) + payload.n)) == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	item->to = *s;
	if (topic != NULL)
		memcpy(item->topic, topic, strlen(topic) + 1);
	if (ttl_ms > OUTGOING_TTL_MAX_MS)
		ttl_ms = OUTGOING_TTL_MAX_MS;
	item->due_ms = clock_mono_ms();
	item->end_ms = item->due_ms + ttl_ms;
	item->n = payload.n;
	if (payload.n > 0)
		memcpy(item->payload, payload.p, payload.n);
	(void)pthread_mutex_lock(&q->lock);
	rc = outgoing_insert(q, item, e);
	(void)pthread_mutex_unlock(&q->lock);

	return rc;
}

void
outgoing_count(struct outgoing *q, struct outgoing_counts *out)
{
	(void)pthread_mutex_lock(&q->lock);
	*out = q->counts;
	(void)pthread_mutex_unlock(&q->lock);
}
