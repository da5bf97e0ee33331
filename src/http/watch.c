/*
 * watch.c - the thread that notices what the HTTP library does not: a peer
 * that leaves while its request is suspended, and one that sends its bytes
 * so slowly that it never counts as idle.
 *
 * Belongs here: connections as descriptors with deadlines; driving the hub's
 * clock.
 * Not here: what is sent on them (serve.c); who waits for what (topic.c).
 *
 * The lock is taken before the hub's. A peer is freed by the thread itself,
 * after the events that were fetched together with its last one.
 */
#include "http/watch.h"

#include "base/clock.h"
#include "http/loop.h"
#include "http/topic.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define WATCH_EVENTS 64

/* Connections of one phase, the earliest deadline first: all wait equally. */
struct watch_list {
	struct watch_peer *first, *last;
};

struct watch {
	pthread_mutex_t lock;
	struct loop loop;
	struct topic_hub *hub;
	int64_t limits_ms[WATCH_PHASES];
	struct watch_list lists[WATCH_PHASES];
	struct watch_peer *closed; /* to be freed */
	uint64_t count;
	bool ending;
};

static void
watch_kick(void *arg)
{
	struct watch *w = arg;

	loop_kick(&w->loop);
}

static void
watch_unlink(struct watch *w, struct watch_peer *peer)
{
	struct watch_list *l = &w->lists[peer->phase];

	if (peer->prev != NULL)
		peer->prev->next = peer->next;
	else
		l->first = peer->next;
	if (peer->next != NULL)
		peer->next->prev = peer->prev;
	else
		l->last = peer->prev;
}

static void
watch_link(struct watch *w, struct watch_peer *peer, enum watch_phase phase)
{
	struct watch_list *l = &w->lists[phase];

	peer->phase = phase;
	peer->at_ms = clock_mono_ms() + w->limits_ms[phase];
	peer->next = NULL;
	peer->prev = l->last;
	if (l->last != NULL)
		l->last->next = peer;
	else
		l->first = peer;
	l->last = peer;
}

/*
 * Cuts those whose time is over and gives the next deadline. The library
 * sees a closed socket and ends the connection itself.
 */
static int64_t
watch_reap(struct watch *w)
{
	int64_t now = clock_mono_ms(), next = INT64_MAX;

	(void)pthread_mutex_lock(&w->lock);
	for (int i = WATCH_HEAD; i < WATCH_PHASES; i++) {
		struct watch_peer *peer;

		while (
		    (peer = w->lists[i].first) != NULL && peer->at_ms <= now) {
			(void)shutdown(peer->fd, SHUT_RDWR);
			watch_unlink(w, peer);
			watch_link(w, peer, WATCH_NOTHING);
		}
		if (peer != NULL && peer->at_ms < next)
			next = peer->at_ms;
	}
	(void)pthread_mutex_unlock(&w->lock);

	return next;
}

static void
watch_events(struct watch *w, const struct epoll_event *events, int n)
{
	struct watch_peer *closed;

	(void)pthread_mutex_lock(&w->lock);
	for (int i = 0; i < n; i++) {
		struct watch_peer *peer = events[i].data.ptr;

		peer->left = true;
		if (peer->waiter != NULL)
			topic_leave(peer->waiter);
	}
	closed = w->closed;
	w->closed = NULL;
	(void)pthread_mutex_unlock(&w->lock);
	for (struct watch_peer *next; closed != NULL; closed = next) {
		next = closed->next;
		free(closed);
	}
}

static bool
watch_goes_on(struct watch *w)
{
	bool on;

	(void)pthread_mutex_lock(&w->lock);
	on = !w->ending;
	(void)pthread_mutex_unlock(&w->lock);

	return on;
}

static void *
watch_run(void *arg)
{
	struct watch *w = arg;
	struct epoll_event events[WATCH_EVENTS];

	while (watch_goes_on(w)) {
		int64_t reap = watch_reap(w), tick = topic_tick(w->hub);
		int64_t next = reap < tick ? reap : tick;
		int64_t left = next - clock_mono_ms();
		int wait = -1, n;

		/*
		 * A new connection does not kick: while there is none with a
		 * deadline we look once a second.
		 */
		if (next == INT64_MAX || left > 1000)
			wait = 1000;
		else
			wait = left > 0 ? (int)left : 0;
		n = loop_wait(&w->loop, events, WATCH_EVENTS, wait);
		watch_events(w, events, n);
	}

	return NULL;
}

enum rc
watch_start(struct topic_hub *hub, const int64_t limits_ms[WATCH_PHASES],
    struct watch **out, struct err *e)
{
	struct watch *w = calloc(1, sizeof(*w));
	enum rc rc;

	*out = NULL;
	if (w == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	w->hub = hub;
	for (int i = 0; i < WATCH_PHASES; i++)
		w->limits_ms[i] = limits_ms[i];
	(void)pthread_mutex_init(&w->lock, NULL);
	if ((rc = loop_start(&w->loop, 0, watch_run, w, e)) != RC_OK) {
		(void)pthread_mutex_destroy(&w->lock);
		free(w);
		return rc;
	}
	topic_set_kick(hub, watch_kick, w);
	*out = w;

	return RC_OK;
}

void
watch_stop(struct watch *w)
{
	if (w == NULL)
		return;
	topic_set_kick(w->hub, NULL, NULL);
	(void)pthread_mutex_lock(&w->lock);
	w->ending = true;
	(void)pthread_mutex_unlock(&w->lock);
	loop_join(&w->loop);
	watch_events(w, NULL, 0);
	loop_close(&w->loop);
	(void)pthread_mutex_destroy(&w->lock);
	free(w);
}

struct watch_peer *
watch_open(struct watch *w, int fd)
{
	struct watch_peer *peer = calloc(1, sizeof(*peer));

	if (peer == NULL)
		return NULL;
	peer->fd = fd;
	(void)pthread_mutex_lock(&w->lock);
	watch_link(w, peer, WATCH_HEAD);
	w->count++;
	(void)pthread_mutex_unlock(&w->lock);

	return peer;
}

void
watch_close(struct watch *w, struct watch_peer *peer)
{
	(void)pthread_mutex_lock(&w->lock);
	watch_unlink(w, peer);
	w->count--;
	if (peer->listed) {
		(void)epoll_ctl(w->loop.epoll, EPOLL_CTL_DEL, peer->fd, NULL);
		peer->next = w->closed;
		w->closed = peer;
		peer = NULL;
	}
	(void)pthread_mutex_unlock(&w->lock);
	free(peer);
}

void
watch_expect(struct watch *w, struct watch_peer *peer, enum watch_phase phase)
{
	(void)pthread_mutex_lock(&w->lock);
	watch_unlink(w, peer);
	watch_link(w, peer, phase);
	(void)pthread_mutex_unlock(&w->lock);
}

void
watch_wait(
    struct watch *w, struct watch_peer *peer, struct topic_waiter *waiter)
{
	struct epoll_event event = { .events = EPOLLRDHUP | EPOLLET };

	event.data.ptr = peer;
	(void)pthread_mutex_lock(&w->lock);
	peer->waiter = waiter;
	if (waiter != NULL && !peer->listed)
		peer->listed = epoll_ctl(w->loop.epoll, EPOLL_CTL_ADD, peer->fd,
				   &event) == 0;
	if (waiter != NULL && peer->left)
		topic_leave(waiter);
	(void)pthread_mutex_unlock(&w->lock);
}

uint64_t
watch_count(struct watch *w)
{
	uint64_t n;

	(void)pthread_mutex_lock(&w->lock);
	n = w->count;
	(void)pthread_mutex_unlock(&w->lock);

	return n;
}
