/*
 * serve.c - connections, and the order of journal and answers.
 *
 * Belongs here: taking all that waits, one sync for all of it, then answering.
 * Not here: what a request means (dispatch.c).
 */
#include "vault/serve.h"

#include "base/clock.h"
#include "base/log.h"
#include "ipc/channel.h"
#include "vault/dispatch.h"
#include "vault/record.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#define CONNECTIONS 128
#define BATCH       64 /* requests that share a sync */
#define EVENTS      64
#define TICK_MS     1000

struct serve_job {
	struct call call;
	size_t connection;
};

struct serve {
	struct vault *vault;
	struct serve_options options;
	int epoll;
	int fd[CONNECTIONS]; /* -1: free */
	size_t n_jobs;
	struct serve_job jobs[BATCH];
	uint8_t frame[MESSAGE_MAX];
	int64_t tick_ms;
	uid_t uid; /* our own: asked for once, before the jail */
};

static volatile sig_atomic_t stopping;

void
serve_stop(void)
{
	stopping = 1;
}

/* The listener's events carry this number; a connection's carry its place. */
#define LISTENER UINT32_MAX

static enum rc
serve_watch(struct serve *s, int fd, uint32_t number, struct err *e)
{
	struct epoll_event event = { .events = EPOLLIN,
		.data = { .u32 = number } };

	if (epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &event) != 0)
		return err_set(e, RC_IO, NULL, "cannot watch a connection");

	return RC_OK;
}

enum rc
serve_new(struct vault *v, const struct serve_options *o, struct serve **out,
    struct err *e)
{
	struct serve *s = calloc(1, sizeof(*s));
	enum rc rc;

	*out = NULL;
	if (s == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	s->vault = v;
	s->options = *o;
	s->uid = getuid();
	for (size_t i = 0; i < CONNECTIONS; i++)
		s->fd[i] = -1;
	if ((s->epoll = epoll_create1(EPOLL_CLOEXEC)) < 0)
		rc = err_set(e, RC_IO, NULL, "cannot watch connections");
	else
		rc = serve_watch(s, o->listener, LISTENER, e);
	if (rc != RC_OK)
		serve_free(s);
	else
		*out = s;

	return rc;
}

void
serve_free(struct serve *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < CONNECTIONS; i++)
		if (s->fd[i] >= 0)
			(void)close(s->fd[i]);
	if (s->epoll >= 0)
		(void)close(s->epoll);
	sec_wipe(s->frame, sizeof(s->frame));
	free(s);
}

static void
serve_hang_up(struct serve *s, size_t i)
{
	(void)close(s->fd[i]);
	s->fd[i] = -1;
}

static bool
serve_may(const struct serve *s, const struct channel_peer *peer)
{
	if (peer->uid == s->uid || peer->uid == 0)
		return true;
	for (size_t i = 0; i < s->options.n_uids; i++)
		if (s->options.uids[i] == peer->uid)
			return true;

	return false;
}

static void
serve_accept(struct serve *s)
{
	struct channel_peer peer;
	size_t i = 0;
	int fd;

	if (channel_accept(s->options.listener, &fd, &peer, NULL) != RC_OK)
		return;
	while (i < CONNECTIONS && s->fd[i] >= 0)
		i++;
	if (i == CONNECTIONS || !serve_may(s, &peer) ||
	    serve_watch(s, fd, (uint32_t)i, NULL) != RC_OK) {
		log_event(LOG_WARN, "peer-refused", "uid=%u pid=%d",
		    (unsigned int)peer.uid, (int)peer.pid);
		(void)close(fd);
		return;
	}
	s->fd[i] = fd;
}

/* Takes what a connection has sent, as long as there is room in the batch. */
static void
serve_read(struct serve *s, size_t i)
{
	while (s->n_jobs < BATCH && s->fd[i] >= 0) {
		struct serve_job *job = &s->jobs[s->n_jobs];
		struct err e = { 0 };
		size_t n = 0;
		enum rc rc;

		rc = channel_receive(s->fd[i], false, s->frame, &n, &e);
		if (rc == RC_ABSENT)
			return;
		if (rc == RC_OK) {
			rc = dispatch_begin(s->vault,
			    (struct span){ s->frame, n }, &job->call, &e);
			sec_wipe(s->frame, n);
			if (rc == RC_OK) {
				job->connection = i;
				s->n_jobs++;
				continue;
			}
			dispatch_clear(&job->call);
			log_event(LOG_WARN, "protocol-breach", "why=%s", e.msg);
		}
		serve_hang_up(s, i);
	}
}

/*
 * One sync for the batch, then the signatures, then their results are written
 * too, and only then anything is answered.
 */
static void
serve_answer(struct serve *s)
{
	if (s->n_jobs == 0)
		return;
	journal_commit(s->vault->journal);
	for (size_t i = 0; i < s->n_jobs; i++)
		dispatch_finish(&s->jobs[i].call);
	journal_commit(s->vault->journal);
	for (size_t i = 0; i < s->n_jobs; i++) {
		struct serve_job *job = &s->jobs[i];

		if (s->fd[job->connection] >= 0 &&
		    channel_send(s->fd[job->connection],
			buf_span(&job->call.answer), NULL) != RC_OK)
			serve_hang_up(s, job->connection);
		dispatch_clear(&job->call);
	}
	s->n_jobs = 0;
	if (journal_is_large(s->vault->journal))
		record_compact(s->vault);
}

void
serve_run(struct serve *s)
{
	struct epoll_event events[EVENTS];

	while (!stopping) {
		int n = epoll_wait(s->epoll, events, EVENTS, TICK_MS);

		for (int i = 0; i < n; i++) {
			uint32_t number = events[i].data.u32;

			if (number == LISTENER)
				serve_accept(s);
			else if (s->fd[number] >= 0)
				serve_read(s, number);
		}
		serve_answer(s);
		if (clock_mono_ms() >= s->tick_ms + TICK_MS) {
			vault_tick(s->vault);
			s->tick_ms = clock_mono_ms();
		}
	}
}
