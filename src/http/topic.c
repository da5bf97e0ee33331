/*
 * topic.c - the hub: who waits for which topic, and what is told to them.
 *
 * Belongs here: topics, waiters, their events, deadlines, waking.
 * Not here: connections (serve.c, watch.c); text of events (event.c).
 *
 * One lock guards everything. wake() is called without it. A parked waiter is
 * woken by whoever turns `parked` off under the lock, so exactly once; until
 * its wake() has returned it counts as `out`, which topic_stop() waits for.
 */
#include "http/topic.h"

#include "base/clock.h"
#include "base/rnd.h"
#include "http/event.h"
#include "http/names.h"
#include "http/timer.h"

#include <pthread.h>
#include <stdlib.h>

#define TOPIC_BUCKETS 4096

/* One waiter's place in one topic's list. */
struct topic_sub {
	struct topic *topic;
	struct topic_waiter *waiter;
	struct topic_sub *next, **back;
};

struct topic {
	struct names_entry entry; /* first */
	struct topic_sub *subs;
};

struct topic_waiter {
	struct timer timer; /* first: a timer is its waiter */
	struct topic_hub *hub;
	void (*wake)(void *arg);
	void *arg;
	struct topic_sub subs[TOPIC_WATCH_MAX];
	size_t subs_n;
	struct topic_waiter *next; /* among those that are being woken */

	bool parked;
	bool stream;
	bool news, late, gone, ended, beat, resync;

	/* A stream's own. */
	struct event *queue[TOPIC_QUEUE_MAX];
	size_t first, n;
	size_t sent; /* bytes of queue[first] */
	int64_t heartbeat_ms, end_ms;
};

struct topic_hub {
	pthread_mutex_t lock;
	pthread_cond_t none_out;
	struct names topics;
	struct timer_heap timers;
	size_t waiters, waiters_max;
	size_t out; /* parked or being woken */
	uint64_t last_id;
	bool stopping;
	void (*kick)(void *arg);
	void *kick_arg;
};

enum rc
topic_new(size_t waiters_max, struct topic_hub **out, struct err *e)
{
	struct topic_hub *hub = calloc(1, sizeof(*hub));

	*out = NULL;
	if (hub == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	(void)pthread_mutex_init(&hub->lock, NULL);
	(void)pthread_cond_init(&hub->none_out, NULL);
	hub->waiters_max = waiters_max;
	if (timer_init(&hub->timers, waiters_max, e) != RC_OK ||
	    names_init(&hub->topics, TOPIC_BUCKETS, e) != RC_OK) {
		topic_free(hub);
		return RC_MEMORY;
	}
	*out = hub;

	return RC_OK;
}

void
topic_free(struct topic_hub *hub)
{
	if (hub == NULL)
		return;
	timer_clear(&hub->timers);
	names_clear(&hub->topics);
	(void)pthread_cond_destroy(&hub->none_out);
	(void)pthread_mutex_destroy(&hub->lock);
	free(hub);
}

void
topic_set_kick(struct topic_hub *hub, void (*kick)(void *arg), void *arg)
{
	(void)pthread_mutex_lock(&hub->lock);
	hub->kick = kick;
	hub->kick_arg = arg;
	(void)pthread_mutex_unlock(&hub->lock);
}

size_t
topic_waiting(struct topic_hub *hub)
{
	size_t n;

	(void)pthread_mutex_lock(&hub->lock);
	n = hub->waiters;
	(void)pthread_mutex_unlock(&hub->lock);

	return n;
}

static bool
topic_is_name(const char *name)
{
	size_t n = strlen(name);

	return n > 0 && n <= TOPIC_NAME_MAX && event_is_word(name, ".:/");
}

enum rc
topic_waiter_new(struct topic_hub *hub, void (*wake)(void *arg), void *arg,
    struct topic_waiter **out, struct err *e)
{
	struct topic_waiter *w = calloc(1, sizeof(*w));
	bool fits;

	*out = NULL;
	if (w == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	(void)pthread_mutex_lock(&hub->lock);
	fits = hub->waiters < hub->waiters_max;
	if (fits)
		hub->waiters++;
	(void)pthread_mutex_unlock(&hub->lock);
	if (!fits) {
		free(w);
		return err_set(e, RC_BUSY, NULL, "too many requests wait");
	}
	w->hub = hub;
	w->wake = wake;
	w->arg = arg;
	*out = w;

	return RC_OK;
}

static void
topic_unwatch(struct topic_sub *sub)
{
	struct topic *t = sub->topic;

	*sub->back = sub->next;
	if (sub->next != NULL)
		sub->next->back = sub->back;
	if (t->subs == NULL)
		names_drop(&sub->waiter->hub->topics, &t->entry);
}

void
topic_waiter_free(struct topic_waiter *w)
{
	struct topic_hub *hub;

	if (w == NULL)
		return;
	hub = w->hub;
	(void)pthread_mutex_lock(&hub->lock);
	for (size_t i = 0; i < w->subs_n; i++)
		topic_unwatch(&w->subs[i]);
	timer_drop(&hub->timers, &w->timer);
	hub->waiters--;
	(void)pthread_mutex_unlock(&hub->lock);
	for (size_t i = 0; i < w->n; i++)
		event_drop(w->queue[(w->first + i) % TOPIC_QUEUE_MAX]);
	free(w);
}

enum rc
topic_watch(struct topic_waiter *w, const char *name, struct err *e)
{
	struct topic_hub *hub = w->hub;
	struct topic_sub *sub = &w->subs[w->subs_n];
	struct topic *t;

	if (!topic_is_name(name))
		return err_set(e, RC_FORMAT, NULL, "not a topic name");
	for (size_t i = 0; i < w->subs_n; i++) {
		if (strcmp(w->subs[i].topic->entry.name, name) == 0)
			return RC_OK;
	}
	if (w->subs_n == TOPIC_WATCH_MAX)
		return err_set(e, RC_LIMIT, NULL, "too many topics");
	(void)pthread_mutex_lock(&hub->lock);
	if ((t = names_find(&hub->topics, name)) == NULL)
		t = names_add(&hub->topics, name, sizeof(*t));
	if (t != NULL) {
		*sub = (struct topic_sub){ t, w, t->subs, &t->subs };
		if (t->subs != NULL)
			t->subs->back = &sub->next;
		t->subs = sub;
		w->subs_n++;
	}
	(void)pthread_mutex_unlock(&hub->lock);

	return t != NULL ? RC_OK : err_set(e, RC_MEMORY, NULL, "out of memory");
}

/* Under the lock: if w is parked, it joins those to be woken. */
static void
topic_rouse(struct topic_waiter *w, struct topic_waiter **woken)
{
	if (!w->parked)
		return;
	w->parked = false;
	timer_drop(&w->hub->timers, &w->timer);
	w->next = *woken;
	*woken = w;
}

/* Without the lock. After wake() a waiter may be gone at once. */
static void
topic_wake(struct topic_hub *hub, struct topic_waiter *woken)
{
	size_t n = 0;

	for (struct topic_waiter *next; woken != NULL; woken = next, n++) {
		next = woken->next;
		woken->wake(woken->arg);
	}
	if (n == 0)
		return;
	(void)pthread_mutex_lock(&hub->lock);
	hub->out -= n;
	if (hub->out == 0)
		(void)pthread_cond_broadcast(&hub->none_out);
	(void)pthread_mutex_unlock(&hub->lock);
}

/* Under the lock: w goes to the hub. True when the clock's owner must know. */
static bool
topic_park(struct topic_waiter *w, int64_t at_ms)
{
	struct topic_hub *hub = w->hub;

	w->parked = true;
	hub->out++;
	/* The heap has a place for every waiter there may be. */
	(void)timer_set(&hub->timers, &w->timer, at_ms);

	return timer_first(&hub->timers) == &w->timer && hub->kick != NULL;
}

bool
topic_wait(struct topic_waiter *w, int64_t at_ms)
{
	struct topic_hub *hub = w->hub;
	void (*kick)(void *arg) = NULL;
	void *kick_arg = NULL;
	bool park;

	(void)pthread_mutex_lock(&hub->lock);
	w->late = at_ms <= clock_mono_ms();
	park = !w->news && !w->gone && !w->late && !hub->stopping;
	if (park && topic_park(w, at_ms)) {
		kick = hub->kick;
		kick_arg = hub->kick_arg;
	}
	(void)pthread_mutex_unlock(&hub->lock);
	if (kick != NULL)
		kick(kick_arg);

	return park;
}

enum topic_why
topic_why(struct topic_waiter *w)
{
	enum topic_why why;

	(void)pthread_mutex_lock(&w->hub->lock);
	if (w->gone)
		why = TOPIC_GONE;
	else if (w->news)
		why = TOPIC_NEWS;
	else
		why = w->late ? TOPIC_TIMEOUT : TOPIC_STOP;
	w->news = false;
	w->late = false;
	(void)pthread_mutex_unlock(&w->hub->lock);

	return why;
}

/* Under the lock. An event that finds no place turns the rest into a resync. */
static void
topic_queue(struct topic_waiter *w, struct event *event)
{
	if (w->n == TOPIC_QUEUE_MAX) {
		/* The one that is half sent must be finished. */
		size_t keep = w->sent > 0 ? 1 : 0;

		for (size_t i = keep; i < w->n; i++)
			event_drop(w->queue[(w->first + i) % TOPIC_QUEUE_MAX]);
		w->n = keep;
		w->resync = true;
	}
	if (w->resync)
		return;
	w->queue[(w->first + w->n++) % TOPIC_QUEUE_MAX] = event_hold(event);
}

/* What one publish sets in motion, once the lock is given back. */
struct topic_motion {
	bool soon;
	bool kick; /* there is an earlier deadline than before */
	struct topic_waiter *woken;
};

/* Under the lock: a parked stream is woken soon, if nothing does it before. */
static void
topic_defer(struct topic_waiter *w, struct topic_motion *m)
{
	struct timer_heap *timers = &w->hub->timers;
	int64_t at_ms = clock_mono_ms() + TOPIC_SOON_MS;

	if (w->timer.at_ms <= at_ms)
		return;
	(void)timer_set(timers, &w->timer, at_ms);
	m->kick = m->kick || timer_first(timers) == &w->timer;
}

static void
topic_tell(struct topic_waiter *w, struct event *event, struct topic_motion *m)
{
	/* A long poll wants the news; a stream, and what may become one, the text. */
	w->news = true;
	topic_queue(w, event);
	if (m->soon && w->stream && w->parked)
		topic_defer(w, m);
	else
		topic_rouse(w, &m->woken);
}

static enum rc
topic_tell_all(struct topic_hub *hub, const char *name, const char *type,
    struct span data, bool soon, struct err *e)
{
	struct topic_motion m = { .soon = soon };
	void (*kick)(void *arg) = NULL;
	void *kick_arg = NULL;
	struct event *event = NULL;
	struct topic *t;
	uint64_t id;
	enum rc rc;

	if (!topic_is_name(name))
		return err_set(e, RC_FORMAT, NULL, "not a topic name");
	/* Checked even if nobody listens, so that a mistake is always seen. */
	if ((rc = event_check(type, data, e)) != RC_OK)
		return rc;
	(void)pthread_mutex_lock(&hub->lock);
	t = names_find(&hub->topics, name);
	id = ++hub->last_id;
	if (t != NULL)
		rc = event_new(id, type, data, &event, e);
	for (struct topic_sub *s = t == NULL ? NULL : t->subs;
	     s != NULL && event != NULL; s = s->next)
		topic_tell(s->waiter, event, &m);
	if (m.kick) {
		kick = hub->kick;
		kick_arg = hub->kick_arg;
	}
	(void)pthread_mutex_unlock(&hub->lock);
	topic_wake(hub, m.woken);
	if (kick != NULL)
		kick(kick_arg);
	event_drop(event);

	return rc;
}

enum rc
topic_publish(struct topic_hub *hub, const char *name, const char *type,
    struct span data, struct err *e)
{
	return topic_tell_all(hub, name, type, data, false, e);
}

enum rc
topic_publish_soon(struct topic_hub *hub, const char *name, const char *type,
    struct span data, struct err *e)
{
	return topic_tell_all(hub, name, type, data, true, e);
}

void
topic_end(struct topic_hub *hub, const char *name)
{
	struct topic_waiter *woken = NULL;
	struct topic *t;

	(void)pthread_mutex_lock(&hub->lock);
	t = names_find(&hub->topics, name);
	for (struct topic_sub *s = t == NULL ? NULL : t->subs; s != NULL;
	     s = s->next) {
		s->waiter->news = true;
		s->waiter->ended = true;
		topic_rouse(s->waiter, &woken);
	}
	(void)pthread_mutex_unlock(&hub->lock);
	topic_wake(hub, woken);
}

/* Those parked are all in the heap, even if they watch nothing. */
void
topic_stop(struct topic_hub *hub)
{
	struct topic_waiter *woken = NULL;
	struct timer *t;

	(void)pthread_mutex_lock(&hub->lock);
	hub->stopping = true;
	while ((t = timer_first(&hub->timers)) != NULL)
		topic_rouse((struct topic_waiter *)(void *)t, &woken);
	(void)pthread_mutex_unlock(&hub->lock);
	topic_wake(hub, woken);
	(void)pthread_mutex_lock(&hub->lock);
	while (hub->out > 0)
		(void)pthread_cond_wait(&hub->none_out, &hub->lock);
	hub->kick = NULL;
	(void)pthread_mutex_unlock(&hub->lock);
}

int64_t
topic_tick(struct topic_hub *hub)
{
	struct topic_waiter *woken = NULL;
	int64_t now = clock_mono_ms(), next = INT64_MAX;
	struct timer *t;

	(void)pthread_mutex_lock(&hub->lock);
	while ((t = timer_first(&hub->timers)) != NULL) {
		struct topic_waiter *w = (struct topic_waiter *)(void *)t;

		if (t->at_ms > now) {
			next = t->at_ms;
			break;
		}
		/* A stream that has something to send needs no heartbeat. */
		if (w->stream)
			w->beat = w->n == 0;
		else
			w->late = true;
		topic_rouse(w, &woken);
	}
	(void)pthread_mutex_unlock(&hub->lock);
	topic_wake(hub, woken);

	return next;
}

void
topic_leave(struct topic_waiter *w)
{
	struct topic_hub *hub = w->hub;
	struct topic_waiter *woken = NULL;

	(void)pthread_mutex_lock(&hub->lock);
	w->gone = true;
	topic_rouse(w, &woken);
	(void)pthread_mutex_unlock(&hub->lock);
	topic_wake(hub, woken);
}

void
topic_stream(struct topic_waiter *w, int64_t heartbeat_ms, int64_t life_ms)
{
	(void)pthread_mutex_lock(&w->hub->lock);
	w->stream = true;
	w->heartbeat_ms = heartbeat_ms;
	/* Lives differ, so that those who came together do not return so. */
	w->end_ms = clock_mono_ms() + life_ms -
	    (int64_t)rnd_below((uint32_t)(life_ms / 8 + 1));
	(void)pthread_mutex_unlock(&w->hub->lock);
}

void
topic_give(struct topic_waiter *w, void (*wake)(void *arg), void *arg)
{
	w->wake = wake;
	w->arg = arg;
}

/* Under the lock: what stands at the head of the queue, copied to out. */
static size_t
topic_take(struct topic_waiter *w, char *out, size_t n)
{
	size_t used = 0;

	while (w->n > 0 && used < n) {
		struct event *event = w->queue[w->first];
		size_t part = event->n - w->sent;

		if (part > n - used)
			part = n - used;
		memcpy(out + used, event->text + w->sent, part);
		used += part;
		w->sent += part;
		if (w->sent < event->n)
			break;
		event_drop(event);
		w->first = (w->first + 1) % TOPIC_QUEUE_MAX;
		w->n--;
		w->sent = 0;
	}

	return used;
}

static size_t
topic_copy(char *out, size_t n, struct span text)
{
	if (text.n > n)
		return 0;
	memcpy(out, text.p, text.n);

	return text.n;
}

ssize_t
topic_read(struct topic_waiter *w, char *out, size_t n, void (*park)(void *arg))
{
	static const char beat[] = ":\n\n";
	static const char resync[] = "event: " TOPIC_RESYNC "\ndata: {}\n\n";
	struct topic_hub *hub = w->hub;
	int64_t now = clock_mono_ms(), next;
	void (*kick)(void *arg) = NULL;
	void *kick_arg = NULL;
	ssize_t got;

	(void)pthread_mutex_lock(&hub->lock);
	got = (ssize_t)topic_take(w, out, n);
	if (w->gone) {
		got = TOPIC_LEFT;
	} else if (got == 0 && w->resync) {
		got = (ssize_t)topic_copy(out, n, SPAN_LIT(resync));
		w->resync = false;
	} else if (got == 0 &&
	    (w->ended || hub->stopping || now >= w->end_ms)) {
		got = TOPIC_ENDED;
	} else if (got == 0 && w->beat) {
		got = (ssize_t)topic_copy(out, n, SPAN_LIT(beat));
		w->beat = false;
	} else if (got == 0) {
		next = now + w->heartbeat_ms -
		    (int64_t)rnd_below((uint32_t)(w->heartbeat_ms / 5 + 1));
		if (park != NULL)
			park(w->arg);
		if (topic_park(w, next < w->end_ms ? next : w->end_ms)) {
			kick = hub->kick;
			kick_arg = hub->kick_arg;
		}
	}
	(void)pthread_mutex_unlock(&hub->lock);
	if (kick != NULL)
		kick(kick_arg);

	return got;
}
