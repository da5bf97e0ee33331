/*
 * serve.c - the loop: take what waits, one sync, sign, answer.
 *
 * Belongs here: connections, batches, the order of journal and answers,
 * threads and the one lock between them.
 * Not here: what a request does (dispatch.c); what is durable (journal.c).
 *
 * Most of a signature's time is arithmetic with an open key: for that a thread
 * lets go of the lock and wakes another one, which takes what comes meanwhile.
 * All else is done by one at a time, and need not know of threads.
 */
#include "vault/serve.h"

#include "base/clock.h"
#include "base/failpoint.h"
#include "base/log.h"
#include "base/process.h"
#include "base/sec.h"
#include "ipc/channel.h"
#include "vault/dispatch.h"
#include "vault/jail.h"
#include "vault/record.h"

#include <errno.h>
#include <malloc.h>
#include <openssl/rand.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#define SERVE_BATCH       128 /* requests that share a sync */
#define SERVE_CONNECTIONS 256
#define SERVE_TICK_MS     5000

static atomic_bool stopping;

static void
serve_stop(int signal_number)
{
	(void)signal_number;
	stopping = true;
}

/* Requests of one round, each with the connection that waits for it. */
struct serve_batch {
	struct call calls[SERVE_BATCH];
	int fds[SERVE_BATCH];   /* -1: it hung up */
	bool make[SERVE_BATCH]; /* there is a signature to make */
	size_t n;
};

/* One for each thread, and each has to know when a connection ends. */
static struct serve_batch batches[SERVE_THREADS_MAX];

enum rc
serve_open(struct serve *s, struct vault *v, const char *path, bool shared,
    struct err *e)
{
	struct epoll_event event = { .events = EPOLLIN };
	struct sigaction action = { .sa_handler = serve_stop };
	sigset_t stops;
	enum rc rc;

	s->epoll = -1;
	s->vault = v;
	s->taking = true;
	s->threads = 1;
	s->lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
	s->changed = (pthread_cond_t)PTHREAD_COND_INITIALIZER;
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
serve_hang_up(struct serve *s, int fd)
{
	for (size_t i = 0; i < s->threads; i++) {
		for (size_t k = 0; k < batches[i].n; k++) {
			if (batches[i].fds[k] == fd)
				batches[i].fds[k] = -1;
		}
	}
	(void)close(fd);
	s->connections--;
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
serve_accept(struct serve *s)
{
	struct channel_peer peer;
	struct epoll_event event = { .events = EPOLLIN };
	int fd;

	while (channel_accept(s->listener, &fd, &peer, NULL) == RC_OK) {
		event.data.fd = fd;
		if (!serve_may(s, &peer))
			log_event(LOG_WARN, "peer-refused", "uid=%u",
			    (unsigned int)peer.uid);
		else if (s->connections < SERVE_CONNECTIONS &&
		    epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &event) == 0) {
			s->connections++;
			continue;
		}
		(void)close(fd);
	}
}

/* Takes what waits on one connection, as far as the batch has room. */
static void
serve_receive(struct serve *s, struct serve_batch *b, int fd)
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
		    s->vault, (struct span){ frame, n }, &b->calls[b->n], &e);
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
	serve_hang_up(s, fd);
}

/* The signatures of a batch, while another thread may use the vault. */
static void
serve_make(struct serve *s, struct serve_batch *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++) {
		b->make[i] = dispatch_prepare(&b->calls[i]);
		n += b->make[i];
	}
	if (n == 0)
		return;
	(void)pthread_cond_signal(&s->changed);
	(void)pthread_mutex_unlock(&s->lock);
	for (size_t i = 0; i < b->n; i++) {
		if (b->make[i])
			dispatch_make(&b->calls[i]);
	}
	(void)pthread_mutex_lock(&s->lock);
}

/* One sync for all, then the signatures, then the answers. */
static void
serve_answer(struct serve *s, struct serve_batch *b)
{
	journal_commit(s->vault->journal);
	FAILPOINT("serve-committed");
	serve_make(s, b);
	for (size_t i = 0; i < b->n; i++)
		dispatch_finish(&b->calls[i]);
	/* Signatures as well are in the file before anybody has them. */
	journal_commit(s->vault->journal);
	FAILPOINT("serve-before-answer");
	for (size_t i = 0; i < b->n; i++) {
		if (b->fds[i] >= 0 &&
		    channel_send(b->fds[i], buf_span(&b->calls[i].answer),
			NULL) != RC_OK)
			serve_hang_up(s, b->fds[i]);
		dispatch_clear(&b->calls[i]);
	}
	FAILPOINT("serve-answered");
	b->n = 0;
}

/* Waits for requests, and takes what is there by then. */
static void
serve_take(struct serve *s, struct serve_batch *b)
{
	struct epoll_event events[SERVE_BATCH];
	sigset_t none;
	int n;

	(void)sigemptyset(&none);
	(void)pthread_mutex_unlock(&s->lock);
	(void)epoll_pwait(s->epoll, events, 1, SERVE_TICK_MS, &none);
	(void)pthread_mutex_lock(&s->lock);
	/* Another thread may have closed what was ready: look again. */
	n = epoll_pwait(s->epoll, events, SERVE_BATCH, 0, NULL);
	for (int i = 0; i < n; i++) {
		int fd = events[i].data.fd;

		if (fd == s->listener)
			serve_accept(s);
		else
			serve_receive(s, b, fd);
	}
}

static void
serve_tidy(struct serve *s)
{
	if (clock_mono_ms() < s->next_tick)
		return;
	s->next_tick = clock_mono_ms() + SERVE_TICK_MS;
	vault_tick(s->vault);
	if (journal_is_large(s->vault->journal))
		record_compact(s->vault);
}

/* Each thread's work until the end, with the lock: one takes, others sign. */
static void
serve_work(struct serve *s, struct serve_batch *b)
{
	for (;;) {
		while (s->taking && !stopping)
			(void)pthread_cond_wait(&s->changed, &s->lock);
		if (stopping)
			break;
		s->taking = true;
		serve_take(s, b);
		s->taking = false;
		s->answering++;
		serve_answer(s, b);
		serve_tidy(s);
		s->answering--;
	}
	(void)pthread_cond_broadcast(&s->changed);
}

/* Is never over: the end of a thread takes calls that the jail lacks. */
static void *
serve_thread(void *arg)
{
	struct serve *s = arg;
	uint8_t seed[16];

	/* What it needs before the jail closes. */
	if (!PROCESS_SANITIZED && !jail_lock_stack())
		log_event(LOG_WARN, "memory-not-locked", "errno=%d", errno);
	if (RAND_bytes(seed, sizeof(seed)) != 1 ||
	    RAND_priv_bytes(seed, sizeof(seed)) != 1)
		abort();
	(void)pthread_mutex_lock(&s->lock);
	(void)pthread_cond_broadcast(&s->changed);
	serve_work(s, &batches[s->threads++]);
	for (;;)
		(void)pthread_cond_wait(&s->changed, &s->lock);

	return NULL;
}

enum rc
serve_start_threads(struct serve *s, size_t threads, struct err *e)
{
	pthread_attr_t attributes;
	pthread_t thread;
	/*
	 * One arena of malloc() for all: another one would need mprotect() in
	 * the jail. A sanitizer has its own, and larger frames.
	 */
	bool good = pthread_attr_init(&attributes) == 0 &&
	    (PROCESS_SANITIZED ||
		(mallopt(M_ARENA_MAX, 1) == 1 &&
		    pthread_attr_setstacksize(&attributes, JAIL_STACK) == 0));

	(void)pthread_mutex_lock(&s->lock);
	for (size_t n = 1; good && n < threads && n < SERVE_THREADS_MAX; n++) {
		good =
		    pthread_create(&thread, &attributes, serve_thread, s) == 0;
		while (good && s->threads <= n)
			(void)pthread_cond_wait(&s->changed, &s->lock);
	}
	(void)pthread_mutex_unlock(&s->lock);
	(void)pthread_attr_destroy(&attributes);

	return good ? RC_OK
		    : err_set(e, RC_IO, "threads", "no more can be started");
}

void
serve_run(struct serve *s)
{
	(void)pthread_mutex_lock(&s->lock);
	s->next_tick = clock_mono_ms() + SERVE_TICK_MS;
	s->taking = false;
	serve_work(s, &batches[0]);
	while (s->taking || s->answering > 0)
		(void)pthread_cond_wait(&s->changed, &s->lock);
	(void)pthread_mutex_unlock(&s->lock);
}
