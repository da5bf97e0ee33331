/*
 * stream.c - event streams whose sockets are ours: a thread takes text out of
 * the hub and puts it into them.
 *
 * Belongs here: sending, sockets that take no more, peers that leave, how many
 * streams an address may have.
 * Not here: the head of the answer (answer.c); what is told to whom (topic.c).
 *
 * The HTTP library walks through all suspended connections whenever one of
 * them is resumed: with thousands of phones that wait, each request of anybody
 * would pay for all of them. So the library gives a stream away as soon as it
 * is one, and keeps no memory for it.
 *
 * A stream is parked in the hub, or ready, or blocked by its socket. Only the
 * thread sends, and only it frees. No function of the hub is called under the
 * lock.
 */
#include "http/stream.h"

#include "http/loop.h"
#include "http/names.h"
#include "http/topic.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define STREAM_EVENTS  64
#define STREAM_BUCKETS 1024
#define STREAM_STACK   (128 * 1024)
#define STREAM_TEXT    8192 /* bytes of a chunk at most */
#define STREAM_SIZE    8    /* a chunk's size in hex, CR LF, a zero */

/* An address that has streams. */
struct stream_address {
	struct names_entry entry; /* first */
	size_t n;
};

struct stream {
	struct stream *prev, *next; /* of all */
	struct stream *then;        /* the next that is ready */
	struct stream_set *set;
	struct topic_waiter *waiter;
	struct stream_address *address;
	int fd;
	bool blocked; /* until the socket takes more */
	bool left;    /* the peer left meanwhile */
	bool chunked;
	bool ended; /* nothing comes after the rest */
	char *rest; /* what the socket did not take, NULL: nothing */
	size_t rest_n, rest_at;
};

struct stream_set {
	pthread_mutex_t lock;
	struct loop loop;
	size_t most, per_address, n;
	struct stream *all;
	struct stream *ready, **last;
	struct names addresses;
	bool ending;
};

/* Under the lock. */
static void
stream_queue(struct stream_set *set, struct stream *s)
{
	if (set->ready == NULL)
		loop_kick(&set->loop);
	s->then = NULL;
	*set->last = s;
	set->last = &s->then;
}

/* The hub gives it back: there is something to send, or it is to end. */
static void
stream_woken(void *arg)
{
	struct stream *s = arg;
	struct stream_set *set = s->set;

	(void)pthread_mutex_lock(&set->lock);
	stream_queue(set, s);
	(void)pthread_mutex_unlock(&set->lock);
}

/* Under the lock: one more from an address. */
static enum rc
stream_count_in(
    struct stream_set *set, struct stream *s, const char *name, struct err *e)
{
	struct stream_address *from = names_find(&set->addresses, name);

	if (set->n >= set->most)
		return err_set(e, RC_BUSY, NULL, "too many event streams");
	if (from != NULL && set->per_address > 0 && from->n >= set->per_address)
		return err_set(
		    e, RC_BUSY, NULL, "too many event streams of one address");
	if (from == NULL)
		from = names_add(&set->addresses, name, sizeof(*from));
	if (from == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	s->address = from;
	from->n++;
	set->n++;

	return RC_OK;
}

/* Under the lock. */
static void
stream_count_out(struct stream_set *set, struct stream *s)
{
	set->n--;
	if (--s->address->n == 0)
		names_drop(&set->addresses, &s->address->entry);
}

static enum rc
stream_enter(struct stream_set *set, struct stream *s, const char *address,
    struct err *e)
{
	enum rc rc;

	(void)pthread_mutex_lock(&set->lock);
	rc = stream_count_in(set, s, address, e);
	if (rc == RC_OK) {
		if ((s->next = set->all) != NULL)
			s->next->prev = s;
		set->all = s;
	}
	(void)pthread_mutex_unlock(&set->lock);

	return rc;
}

static void
stream_leave(struct stream_set *set, struct stream *s)
{
	(void)pthread_mutex_lock(&set->lock);
	if (s->prev != NULL)
		s->prev->next = s->next;
	else
		set->all = s->next;
	if (s->next != NULL)
		s->next->prev = s->prev;
	stream_count_out(set, s);
	(void)pthread_mutex_unlock(&set->lock);
}

/* What a stream has but for its waiter. */
static void
stream_free(struct stream *s)
{
	if (s->fd >= 0)
		(void)close(s->fd);
	free(s->rest);
	free(s);
}

static void
stream_end(struct stream *s)
{
	/* Closing is not enough while the library has its descriptor yet. */
	(void)epoll_ctl(s->set->loop.epoll, EPOLL_CTL_DEL, s->fd, NULL);
	stream_leave(s->set, s);
	topic_waiter_free(s->waiter);
	stream_free(s);
}

static bool
stream_keep(struct stream *s, const char *text, size_t n)
{
	if ((s->rest = malloc(n)) == NULL)
		return false;
	memcpy(s->rest, text, n);
	s->rest_n = n;
	s->rest_at = 0;

	return true;
}

/* As much as the socket takes. False: it is broken. */
static bool
stream_put(const struct stream *s, const char *text, size_t n, size_t *done)
{
	ssize_t put;

	do
		put = send(s->fd, text, n, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (put < 0 && errno == EINTR);
	*done = put > 0 ? (size_t)put : 0;

	return put >= 0 || errno == EAGAIN;
}

/* Sends text, and keeps what is not taken. */
static bool
stream_say(struct stream *s, const char *text, size_t n)
{
	size_t done;

	return stream_put(s, text, n, &done) &&
	    (done == n || stream_keep(s, text + done, n - done));
}

/* Sends what was kept; s->rest is NULL once it is gone. */
static bool
stream_go_on(struct stream *s)
{
	size_t done;

	if (s->rest == NULL)
		return true;
	if (!stream_put(s, s->rest + s->rest_at, s->rest_n - s->rest_at, &done))
		return false;
	s->rest_at += done;
	if (s->rest_at == s->rest_n) {
		free(s->rest);
		s->rest = NULL;
	}

	return true;
}

/* Has the thread told when the peer leaves, and (blocked) when it reads. */
static bool
stream_listen(struct stream *s, int how, bool blocked)
{
	struct epoll_event event = { .events = EPOLLRDHUP | EPOLLET |
		    (blocked ? EPOLLOUT : 0U) };

	event.data.ptr = s;

	return epoll_ctl(s->set->loop.epoll, how, s->fd, &event) == 0;
}

/* Sends n bytes, which have room around them: as a chunk, of none the last. */
static bool
stream_say_chunk(struct stream *s, char *text, size_t n)
{
	char size[STREAM_SIZE];
	int k = snprintf(size, sizeof(size), "%zx\r\n", n);

	memcpy(text - k, size, (size_t)k);
	text[n] = '\r';
	text[n + 1] = '\n';

	return stream_say(s, text - k, (size_t)k + n + 2);
}

/* What the hub has next. False: nothing for now, or (over) for ever. */
static bool
stream_next(struct stream *s, bool *over)
{
	char chunk[STREAM_SIZE + STREAM_TEXT + 2];
	char *text = chunk + STREAM_SIZE;
	ssize_t got = topic_read(s->waiter, text, STREAM_TEXT, NULL);
	size_t n = got > 0 ? (size_t)got : 0;

	/* Parked: it may be ready again by now, but only we free it. */
	if (got == TOPIC_PARKED)
		return false;
	s->ended = got == TOPIC_ENDED;
	if (got == TOPIC_LEFT)
		*over = true;
	else if (s->chunked)
		*over = !stream_say_chunk(s, text, n);
	else
		*over = n > 0 && !stream_say(s, text, n);

	return !*over;
}

/* On the thread, with a stream that is not parked. */
static void
stream_send(struct stream *s)
{
	bool over = s->left || !stream_go_on(s);

	if (!over && s->blocked && s->rest == NULL) {
		s->blocked = false;
		over = !stream_listen(s, EPOLL_CTL_MOD, false);
	}
	while (!over && s->rest == NULL) {
		if (s->ended)
			over = true;
		else if (!stream_next(s, &over))
			break;
	}
	if (!over && s->rest != NULL && !s->blocked) {
		s->blocked = true;
		over = !stream_listen(s, EPOLL_CTL_MOD, true);
	}
	if (over)
		stream_end(s);
}

static void
stream_event(const struct epoll_event *event)
{
	struct stream *s = event->data.ptr;
	bool left = (event->events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;

	if (s->blocked) {
		s->left = s->left || left;
		stream_woken(s);
	} else if (left) {
		topic_leave(s->waiter);
	}
}

/* All that are ready now, in their order. False: the set ends. */
static bool
stream_ready(struct stream_set *set, struct stream **ready)
{
	bool on;

	(void)pthread_mutex_lock(&set->lock);
	*ready = set->ready;
	set->ready = NULL;
	set->last = &set->ready;
	on = !set->ending;
	(void)pthread_mutex_unlock(&set->lock);

	return on;
}

static void *
stream_run(void *arg)
{
	struct stream_set *set = arg;
	struct epoll_event events[STREAM_EVENTS];
	bool on = true;

	while (on) {
		int n = loop_wait(&set->loop, events, STREAM_EVENTS, -1);
		struct stream *ready, *then;

		/* None is freed before all that was fetched has been seen. */
		for (int i = 0; i < n; i++)
			stream_event(&events[i]);
		on = stream_ready(set, &ready);
		for (; ready != NULL; ready = then) {
			then = ready->then;
			stream_send(ready);
		}
	}

	return NULL;
}

static void
stream_clear(struct stream_set *set)
{
	names_clear(&set->addresses);
	(void)pthread_mutex_destroy(&set->lock);
	free(set);
}

enum rc
stream_start(
    size_t most, size_t per_address, struct stream_set **out, struct err *e)
{
	struct stream_set *set = calloc(1, sizeof(*set));
	enum rc rc;

	*out = NULL;
	if (set == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	set->most = most;
	set->per_address = per_address;
	set->last = &set->ready;
	(void)pthread_mutex_init(&set->lock, NULL);
	rc = names_init(&set->addresses, STREAM_BUCKETS, e);
	if (rc == RC_OK)
		rc = loop_start(&set->loop, STREAM_STACK, stream_run, set, e);
	if (rc != RC_OK) {
		stream_clear(set);
		return rc;
	}
	*out = set;

	return RC_OK;
}

void
stream_stop(struct stream_set *set)
{
	if (set == NULL)
		return;
	(void)pthread_mutex_lock(&set->lock);
	set->ending = true;
	(void)pthread_mutex_unlock(&set->lock);
	loop_join(&set->loop);
	/* Those whose peers do not read. */
	for (struct stream *s = set->all, *next; s != NULL; s = next) {
		next = s->next;
		stream_end(s);
	}
	loop_close(&set->loop);
	stream_clear(set);
}

enum rc
stream_take(struct stream_set *set, int fd, struct span head, bool chunked,
    const char *address, struct topic_waiter *waiter, struct err *e)
{
	struct stream *s = calloc(1, sizeof(*s));
	int on = 1;
	enum rc rc;

	if (s == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	s->set = set;
	s->waiter = waiter;
	s->chunked = chunked;
	s->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (s->fd < 0)
		rc = err_set(e, RC_IO, NULL, "no more descriptors");
	else if (!stream_keep(s, (const char *)head.p, head.n))
		rc = err_set(e, RC_MEMORY, NULL, "out of memory");
	else
		rc = stream_enter(set, s, address, e);
	if (rc == RC_OK && !stream_listen(s, EPOLL_CTL_ADD, false)) {
		stream_leave(set, s);
		rc = err_set(e, RC_IO, NULL, "the socket cannot be watched");
	}
	if (rc != RC_OK) {
		stream_free(s);
		return rc;
	}
	/* A piece of news does not wait for the last one to be confirmed. */
	(void)setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	topic_give(waiter, stream_woken, s);
	stream_woken(s);

	return RC_OK;
}

size_t
stream_count(struct stream_set *set)
{
	size_t n;

	(void)pthread_mutex_lock(&set->lock);
	n = set->n;
	(void)pthread_mutex_unlock(&set->lock);

	return n;
}
