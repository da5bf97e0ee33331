/*
 * link.c - connections to the vault: one call at a time on each, a few at once.
 *
 * Belongs here: connecting again, time-outs, asking again after a break.
 * Not here: what is said (keys.c); how it looks (ipc).
 */
#include "keys/link.h"

#include "base/sec.h"
#include "ipc/channel.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LINK_MAX 64

struct link_pool {
	char *path;
	int64_t timeout_ms;
	pthread_mutex_t lock;
	pthread_cond_t freed;
	uint64_t sequence;
	unsigned int size, busy;
	int idle[LINK_MAX]; /* connected and unused, the last used on top */
	unsigned int idles;
};

static enum rc
link_unavailable(struct err *e)
{
	return err_set(e, RC_BUSY, "vault", "the vault is not available");
}

enum rc
link_new(const char *path, unsigned int connections, int64_t timeout_ms,
    struct link_pool **out, struct err *e)
{
	struct link_pool *pool = calloc(1, sizeof(*pool));
	pthread_condattr_t monotonic;

	*out = NULL;
	if (pool == NULL || (pool->path = strdup(path)) == NULL) {
		free(pool);
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	}
	pool->timeout_ms = timeout_ms;
	pool->size = connections < 1 ? 1
	    : connections > LINK_MAX ? LINK_MAX
				     : connections;
	(void)pthread_mutex_init(&pool->lock, NULL);
	(void)pthread_condattr_init(&monotonic);
	(void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&pool->freed, &monotonic);
	(void)pthread_condattr_destroy(&monotonic);
	*out = pool;

	return RC_OK;
}

void
link_free(struct link_pool *pool)
{
	if (pool == NULL)
		return;
	while (pool->idles > 0)
		(void)close(pool->idle[--pool->idles]);
	(void)pthread_cond_destroy(&pool->freed);
	(void)pthread_mutex_destroy(&pool->lock);
	free(pool->path);
	free(pool);
}

/* Waits for a turn. Gives a connection, or -1: the caller is to connect. */
static enum rc
link_take(struct link_pool *pool, int *fd, uint64_t *sequence, struct err *e)
{
	struct timespec until;
	int failed = 0;

	*fd = -1;
	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += pool->timeout_ms / 1000;
	until.tv_nsec += pool->timeout_ms % 1000 * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	(void)pthread_mutex_lock(&pool->lock);
	while (pool->busy == pool->size && failed != ETIMEDOUT)
		failed =
		    pthread_cond_timedwait(&pool->freed, &pool->lock, &until);
	if (pool->busy == pool->size) {
		(void)pthread_mutex_unlock(&pool->lock);
		return link_unavailable(e);
	}
	pool->busy++;
	*sequence = ++pool->sequence;
	if (pool->idles > 0)
		*fd = pool->idle[--pool->idles];
	(void)pthread_mutex_unlock(&pool->lock);

	return RC_OK;
}

/* Gives the turn back, with the connection or with -1 when it broke. */
static void
link_give(struct link_pool *pool, int fd)
{
	(void)pthread_mutex_lock(&pool->lock);
	pool->busy--;
	if (fd >= 0)
		pool->idle[pool->idles++] = fd;
	(void)pthread_cond_signal(&pool->freed);
	(void)pthread_mutex_unlock(&pool->lock);
}

/* A new connection, on which nothing is waited for longer than the time-out. */
static bool
link_connect(const struct link_pool *pool, int *fd)
{
	struct timeval most = { .tv_sec = pool->timeout_ms / 1000,
		.tv_usec = pool->timeout_ms % 1000 * 1000 };

	if (channel_connect(pool->path, fd, NULL) != RC_OK)
		return false;
	if (setsockopt(*fd, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof(most)) == 0)
		return true;
	(void)close(*fd);
	*fd = -1;

	return false;
}

enum link_end {
	LINK_DONE,
	LINK_UNSENT, /* certainly not carried out */
	LINK_BROKEN, /* perhaps carried out */
	LINK_LATE,
	LINK_NONSENSE,
};

/* One question and its answer on one connection. */
static enum link_end
link_exchange(
    int fd, struct buf *frame, uint64_t sequence, struct frame_answer *out)
{
	uint8_t bytes[MESSAGE_MAX] IG_UNINITIALIZED;
	size_t n;
	enum rc rc;

	if (channel_send(fd, buf_span(frame), NULL) != RC_OK)
		return LINK_UNSENT;
	rc = channel_receive(fd, true, bytes, &n, NULL);
	if (rc == RC_OK) {
		sec_wipe(frame->p, frame->n);
		buf_reset(frame);
		buf_bytes(frame, (struct span){ bytes, n });
		sec_wipe(bytes, n);
	}
	if (rc == RC_ABSENT)
		return LINK_LATE;
	if (rc == RC_IO)
		return LINK_BROKEN;
	if (rc != RC_OK || !buf_ok(frame) ||
	    frame_parse_answer(buf_span(frame), out, NULL) != RC_OK ||
	    out->sequence != sequence)
		return LINK_NONSENSE;

	return LINK_DONE;
}

/* Writes the call's number over the zero in a request's head. */
static void
link_number(struct buf *frame, uint64_t sequence)
{
	for (size_t i = 0; i < 8; i++)
		frame->p[4 + i] = (uint8_t)(sequence >> (56 - 8 * i));
}

static enum rc
link_verdict(
    enum link_end end, uint16_t verb, struct frame_answer *out, struct err *e)
{
	char text[MESSAGE_TEXT_MAX + 1] = { 0 };
	bool pin;

	switch (end) {
	case LINK_UNSENT:
	case LINK_BROKEN:
	case LINK_LATE:
		return link_unavailable(e);
	case LINK_NONSENSE:
		return err_set(e, RC_IO, "vault", "answer is malformed");
	case LINK_DONE:
		break;
	}
	if (out->message->verb != verb)
		return err_set(e, RC_IO, "vault", "answer to something else");
	if (out->rc == RC_OK)
		return RC_OK;
	memcpy(text, out->reason.p, out->reason.n);
	pin = out->rc == RC_SECRET && strcmp(text, MESSAGE_WRONG_PIN) == 0;

	return err_set(e, out->rc, pin ? "pin" : "vault", "%s", text);
}

enum rc
link_call(struct link_pool *pool, struct buf *frame, struct frame_answer *out,
    struct err *e)
{
	const struct message *message;
	enum link_end end = LINK_UNSENT;
	uint64_t sequence = 0;
	uint16_t verb;
	bool fresh;
	enum rc rc;
	int fd;

	*out = (struct frame_answer){ 0 };
	if (!buf_ok(frame) || frame->n < MESSAGE_REQUEST_HEAD)
		return err_set(e, RC_LIMIT, "vault", "request is too large");
	verb = (uint16_t)(frame->p[0] << 8 | frame->p[1]);
	if ((message = message_find(verb)) == NULL)
		return err_set(e, RC_BUG, "vault", "no such request");
	if ((rc = link_take(pool, &fd, &sequence, e)) != RC_OK)
		return rc;
	link_number(frame, sequence);
	/* A connection kept from before may be of a vault that is gone. */
	do {
		fresh = fd < 0;
		if (fresh && !link_connect(pool, &fd)) {
			end = LINK_UNSENT;
			break;
		}
		end = link_exchange(fd, frame, sequence, out);
		if (end != LINK_DONE) {
			(void)close(fd);
			fd = -1;
		}
	} while (!fresh &&
	    (end == LINK_UNSENT || (end == LINK_BROKEN && message->again)));
	link_give(pool, fd);

	return link_verdict(end, verb, out, e);
}
