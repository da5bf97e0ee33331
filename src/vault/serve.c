/*
 * serve.c - the loop: take what waits, one sync, sign, answer.
 *
 * Belongs here: connections, batches, the order of journal and answers.
 * Not here: what a request does (dispatch.c); what is durable (journal.c).
 */
#include "vault/serve.h"

#include "base/clock.h"
#include "base/failpoint.h"
#include "base/log.h"
#include "base/sec.h"
#include "ipc/channel.h"
#include "vault/dispatch.h"
#include "vault/record.h"

#include <errno.h>
#include <signal.h>
#include <sys/epoll.h>
#include <unistd.h>

#define SERVE_BATCH       128 /* requests that share a sync */
#define SERVE_CONNECTIONS 256
#define SERVE_TICK_MS     5000

static volatile sig_atomic_t stopping;

static void
serve_stop(int signal_number)
{
	(void)signal_number;
	stopping = 1;
}

/* Requests of one round, each with the connection that waits for it. */
struct serve_batch {
	struct call calls[SERVE_BATCH];
	int fds[SERVE_BATCH];
	size_t n;
};

enum rc
serve_open(struct serve *s, const char *path, bool shared, struct err *e)
{
	struct epoll_event event = { .events = EPOLLIN };
	struct sigaction action = { .sa_handler = serve_stop };
	sigset_t stops;
	enum rc rc;

	s->epoll = -1;
	if ((rc = channel_listen(path, shared, &s->listener, e)) != RC_OK)
		return rc;
	(void)sigemptyset(&stops);
	(void)sigaddset(&stops, SIGTERM);
	(void)sigaddset(&stops, SIGINT);
	event.data.fd = s->listener;
	/* Blocked but while waiting: none gets lost before a wait. */
	if (sigprocmask(SIG_BLOCK, &stops, NULL) != 0 ||
	    sigaction(SIGTERM, &action, NULL) != 0 ||
	    sigaction(SIGINT, &action, NULL) != 0 ||
	    (s->epoll = epoll_create1(EPOLL_CLOEXEC)) < 0 ||
	    epoll_ctl(s->epoll, EPOLL_CTL_ADD, s->listener, &event) != 0) {
		rc = err_set(e, RC_IO, "epoll", "%s", strerror(errno));
		serve_close(s);
	}

	return rc;
}

void
serve_close(struct serve *s)
{
	if (s->listener >= 0)
		(void)close(s->listener);
	if (s->epoll >= 0)
		(void)close(s->epoll);
	s->listener = s->epoll = -1;
}

/* Closing takes a descriptor out of epoll by itself. */
static void
serve_hang_up(struct serve_batch *b, size_t *connections, int fd)
{
	for (size_t i = 0; i < b->n; i++) {
		if (b->fds[i] == fd)
			b->fds[i] = -1;
	}
	(void)close(fd);
	(*connections)--;
}

bool
serve_allow(struct serve *s, uid_t uid)
{
	if (s->n_uids == SERVE_UIDS_MAX)
		return false;
	s->uids[s->n_uids++] = uid;

	return true;
}

static bool
serve_may(const struct serve *s, const struct channel_peer *peer)
{
	for (size_t i = 0; i < s->n_uids; i++) {
		if (s->uids[i] == peer->uid)
			return true;
	}

	return false;
}

static void
serve_accept(struct serve *s, size_t *connections)
{
	struct channel_peer peer;
	struct epoll_event event = { .events = EPOLLIN };
	int fd;

	while (channel_accept(s->listener, &fd, &peer, NULL) == RC_OK) {
		event.data.fd = fd;
		if (!serve_may(s, &peer))
			log_event(LOG_WARN, "peer-refused", "uid=%u",
			    (unsigned int)peer.uid);
		else if (*connections < SERVE_CONNECTIONS &&
		    epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &event) == 0) {
			(*connections)++;
			continue;
		}
		(void)close(fd);
	}
}

/* Takes what waits on one connection, as far as the batch has room. */
static void
serve_receive(
    struct vault *v, struct serve_batch *b, size_t *connections, int fd)
{
	static uint8_t frame[MESSAGE_MAX];
	struct err e = { 0 };
	size_t n;
	enum rc rc = RC_OK;

	while (b->n < SERVE_BATCH) {
		rc = channel_receive(fd, false, frame, &n, &e);
		if (rc != RC_OK)
			break;
		rc = dispatch_begin(
		    v, (struct span){ frame, n }, &b->calls[b->n], &e);
		sec_wipe(frame, n);
		if (rc != RC_OK) {
			dispatch_clear(&b->calls[b->n]);
			break;
		}
		b->fds[b->n++] = fd;
	}
	if (rc == RC_OK || rc == RC_ABSENT)
		return;
	if (rc != RC_IO)
		log_event(
		    LOG_WARN, "peer-broken", "at=%s why=%s", e.field, e.msg);
	serve_hang_up(b, connections, fd);
}

/* One sync for all, then the signatures, then the answers. */
static void
serve_answer(struct vault *v, struct serve_batch *b, size_t *connections)
{
	journal_commit(v->journal);
	FAILPOINT("serve-committed");
	for (size_t i = 0; i < b->n; i++)
		dispatch_finish(&b->calls[i]);
	/* Signatures as well are in the file before anybody has them. */
	journal_commit(v->journal);
	FAILPOINT("serve-before-answer");
	for (size_t i = 0; i < b->n; i++) {
		int fd = b->fds[i];

		if (fd >= 0 &&
		    channel_send(fd, buf_span(&b->calls[i].answer), NULL) !=
			RC_OK)
			serve_hang_up(b, connections, fd);
		dispatch_clear(&b->calls[i]);
	}
	FAILPOINT("serve-answered");
	b->n = 0;
}

/* Waits for requests, and takes what is there by then. */
static void
serve_take(struct serve *s, struct vault *v, struct serve_batch *b,
    size_t *connections)
{
	struct epoll_event events[SERVE_BATCH];
	sigset_t none;
	int n;

	(void)sigemptyset(&none);
	n = epoll_pwait(s->epoll, events, SERVE_BATCH, SERVE_TICK_MS, &none);
	for (int i = 0; i < n; i++) {
		int fd = events[i].data.fd;

		if (fd == s->listener)
			serve_accept(s, connections);
		else
			serve_receive(v, b, connections, fd);
	}
}

void
serve_run(struct serve *s, struct vault *v)
{
	static struct serve_batch batch;
	int64_t next_tick = clock_mono_ms() + SERVE_TICK_MS;
	size_t connections = 0;

	while (stopping == 0) {
		serve_take(s, v, &batch, &connections);
		serve_answer(v, &batch, &connections);
		if (clock_mono_ms() < next_tick)
			continue;
		next_tick = clock_mono_ms() + SERVE_TICK_MS;
		vault_tick(v);
		if (journal_is_large(v->journal))
			record_compact(v);
	}
}
