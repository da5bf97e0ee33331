/*
 * helper.c - the process that has the network: started, asked, given up.
 *
 * Belongs here: sockets to the helper, its life, waiting without the lock.
 * Not here: what is asked (session.c, sign.c); the frames (wire/tokenframe.c).
 */
#include "pkcs11/helper.h"

#include "base/clock.h"
#include "pkcs11/note.h"
#include "pkcs11/state.h"
#include "wire/tokenframe.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define HELPER_FD       3
#define HELPER_SLICE_MS 1000

static const struct helper_fd helper_none = { -1, 0 };

static struct helper_fd
helper_fd_of(int fd)
{
	struct stat st;
	struct helper_fd f = { fd, 0 };

	if (fstat(fd, &st) != 0)
		return helper_none;
	f.inode = st.st_ino;

	return f;
}

/*
 * Daemons close every descriptor they do not know; the number may be somebody
 * else's by now, and must then be neither written to nor closed.
 */
static bool
helper_fd_ours(const struct helper_fd *f)
{
	struct stat st;

	return f->fd >= 0 && fstat(f->fd, &st) == 0 && S_ISSOCK(st.st_mode) &&
	    st.st_ino == f->inode;
}

static void
helper_fd_close(struct helper_fd *f)
{
	if (helper_fd_ours(f))
		(void)close(f->fd);
	*f = helper_none;
}

void
helper_init(struct helper *h)
{
	memset(h, 0, sizeof(*h));
	h->control = helper_none;
	for (size_t i = 0; i < HELPER_CHANNELS; i++)
		h->channel[i] = helper_none;
}

void
helper_forget(struct helper *h)
{
	helper_fd_close(&h->control);
	for (size_t i = 0; i < HELPER_CHANNELS; i++)
		helper_fd_close(&h->channel[i]);
	helper_init(h);
}

/*
 * The starter ends at once. It is waited for here and now: later its number
 * could be that of another child of the host, where the host has no ears for
 * SIGCHLD, or waits for whatever child there is. Then this fails, and is done.
 */
static void
helper_reap(pid_t starter)
{
	while (waitpid(starter, NULL, 0) < 0 && errno == EINTR)
		;
}

/* Closes all lines to a helper that is gone or shall go. */
static void
helper_drop(struct helper *h)
{
	/* Also ends what forked children hold copies of. */
	if (helper_fd_ours(&h->control))
		(void)shutdown(h->control.fd, SHUT_RDWR);
	helper_fd_close(&h->control);
	for (size_t i = 0; i < HELPER_CHANNELS; i++)
		if (!h->taken[i])
			helper_fd_close(&h->channel[i]);
}

void
helper_stop(struct helper *h)
{
	helper_drop(h);
	helper_init(h);
}

void
helper_wake_all(struct helper *h)
{
	for (size_t i = 0; i < HELPER_CHANNELS; i++)
		if (h->taken[i] && helper_fd_ours(&h->channel[i]))
			(void)shutdown(h->channel[i].fd, SHUT_RDWR);
}

void
helper_wake(struct helper *h, struct session *s)
{
	size_t i = (size_t)s->channel;

	if (s->channel < 0)
		return;
	s->cancelled = true;
	if (helper_fd_ours(&h->channel[i]))
		(void)shutdown(h->channel[i].fd, SHUT_RDWR);
}

/* Sends one control frame, with a descriptor or without (-1). */
static enum rc
helper_control(struct helper *h, struct span frame, int fd, struct err *e)
{
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	uint8_t copy[TOKENFRAME_CONTROL_MAX];
	struct iovec part = { copy, frame.n };
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1 };
	struct cmsghdr *c;

	if (frame.n > sizeof(copy) || !helper_fd_ours(&h->control))
		return err_set(e, RC_IO, "helper", "no helper");
	memcpy(copy, frame.p, frame.n);
	if (fd >= 0) {
		memset(&control, 0, sizeof(control));
		m.msg_control = control.space;
		m.msg_controllen = sizeof(control.space);
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	}
	if (sendmsg(h->control.fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		return err_set(e, RC_IO, "helper", "helper does not listen");

	return RC_OK;
}

const char *
helper_path(void)
{
	const char *path = secure_getenv("INGAM_TOKEN_HELPER");

	return path == NULL ? INGAM_TOKEN_HELPER_PATH : path;
}

/*
 * Not the fork of a process with threads: posix_spawn. The helper forks once
 * more at its start, so that the host has no child that lives on.
 */
static int
helper_spawn(int fd, bool notes, pid_t *pid)
{
	char name[] = "ingam-token", flag[] = "--serve";
	char *argv[] = { name, flag, NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t none, all;
	int bad;

	if (posix_spawn_file_actions_init(&actions) != 0)
		return ENOMEM;
	if (posix_spawnattr_init(&attr) != 0) {
		(void)posix_spawn_file_actions_destroy(&actions);
		return ENOMEM;
	}
	(void)sigemptyset(&none);
	(void)sigfillset(&all);
	(void)posix_spawnattr_setsigmask(&attr, &none);
	(void)posix_spawnattr_setsigdefault(&attr, &all);
	(void)posix_spawnattr_setflags(
	    &attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	bad = posix_spawn_file_actions_adddup2(&actions, fd, HELPER_FD);
	if (bad == 0)
		bad = posix_spawn_file_actions_addopen(
		    &actions, 0, "/dev/null", O_RDONLY, 0);
	if (bad == 0)
		bad = posix_spawn_file_actions_addopen(
		    &actions, 1, "/dev/null", O_WRONLY, 0);
	if (bad == 0 && (!notes || fcntl(2, F_GETFD) < 0))
		bad = posix_spawn_file_actions_addopen(
		    &actions, 2, "/dev/null", O_WRONLY, 0);
	if (bad == 0)
		bad = posix_spawn_file_actions_addclosefrom_np(
		    &actions, HELPER_FD + 1);
	if (bad == 0)
		bad = posix_spawn(
		    pid, helper_path(), &actions, &attr, argv, environ);
	(void)posix_spawnattr_destroy(&attr);
	(void)posix_spawn_file_actions_destroy(&actions);

	return bad;
}

static const struct note helper_missing = {
	"도우미 프로그램 ingam-token을 시작하지 못했어요",
	"the helper ingam-token cannot be started",
	"그 자리에 설치하거나 INGAM_TOKEN_HELPER로 알려 주세요: "
	"ingam-pkcs11.so(7)",
	"Install it there, or name it in INGAM_TOKEN_HELPER: ingam-pkcs11.so(7)"
};

/* Once: hosts try again and again. */
static void
helper_note(struct state *st, int why)
{
	if (st->conf.notes && !st->noted)
		note_say(&helper_missing, helper_path(), strerrordesc_np(why));
	st->noted = true;
}

static enum rc
helper_start(struct state *st, struct err *e)
{
	struct helper *h = &st->helper;
	struct buf hello = buf_init(TOKENFRAME_CONTROL_MAX);
	int pair[2], why = EMFILE;
	pid_t starter;
	enum rc rc;

	helper_drop(h);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return err_set(e, RC_IO, "helper", "no socket");
	/* Descriptors 0 to 3 are opened anew in the child before this is used. */
	if (pair[1] <= HELPER_FD) {
		int high = fcntl(pair[1], F_DUPFD_CLOEXEC, HELPER_FD + 1);

		(void)close(pair[1]);
		pair[1] = high;
	}
	if (pair[1] >= 0)
		why = helper_spawn(pair[1], st->conf.notes, &starter);
	if (why != 0) {
		helper_note(st, why);
		(void)close(pair[0]);
		if (pair[1] >= 0)
			(void)close(pair[1]);
		return err_set(e, RC_IO, "helper", "cannot start the helper");
	}
	helper_reap(starter);
	(void)close(pair[1]);
	h->control = helper_fd_of(pair[0]);
	h->generation++;
	tokenframe_hello(&hello, span_str(st->program));
	rc = buf_ok(&hello) ? helper_control(h, buf_span(&hello), -1, e)
			    : err_set(e, RC_MEMORY, NULL, "out of memory");
	buf_clear(&hello);

	return rc;
}

/* A socket pair whose other end the helper has. */
static enum rc
helper_connect(struct helper *h, size_t i, struct err *e)
{
	static const uint8_t frame[] = { TOKENFRAME_CHANNEL };
	int pair[2];
	enum rc rc;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return err_set(e, RC_IO, "helper", "no socket");
	rc = helper_control(h, SPAN(frame), pair[1], e);
	(void)close(pair[1]);
	if (rc == RC_OK)
		h->channel[i] = helper_fd_of(pair[0]);
	else
		(void)close(pair[0]);

	return rc;
}

/* Takes an idle channel, or makes one; starts the helper when it must. */
static enum rc
helper_take(struct state *st, size_t *out, struct err *e)
{
	struct helper *h = &st->helper;
	size_t i = 0, empty = HELPER_CHANNELS;
	bool alive = helper_fd_ours(&h->control);
	struct pollfd p = { .fd = h->control.fd, .events = POLLIN };
	enum rc rc;

	/* The helper never speaks on this line: readable means gone. */
	if (alive && poll(&p, 1, 0) > 0)
		alive = false;
	if (!alive && (rc = helper_start(st, e)) != RC_OK)
		return rc;
	for (; i < HELPER_CHANNELS; i++) {
		if (h->taken[i])
			continue;
		if (helper_fd_ours(&h->channel[i]))
			break;
		h->channel[i] = helper_none;
		if (empty == HELPER_CHANNELS)
			empty = i;
	}
	if (i == HELPER_CHANNELS) {
		if ((i = empty) == HELPER_CHANNELS)
			return err_set(e, RC_BUSY, "helper", "too many calls");
		if ((rc = helper_connect(h, i, e)) != RC_OK)
			return rc;
	}
	h->taken[i] = true;
	*out = i;

	return RC_OK;
}

/* sendmsg() only reads it. */
static struct iovec
helper_part(struct span s)
{
	union {
		const void *in;
		void *out;
	} p = { .in = s.p };

	return (struct iovec){ p.out, s.n };
}

/* A frame at once, so that the helper is woken once; it may go in pieces. */
static enum rc
helper_write(int fd, struct iovec *parts, size_t n, struct err *e)
{
	struct msghdr left = { .msg_iov = parts, .msg_iovlen = n };

	while (left.msg_iovlen > 0) {
		ssize_t put = sendmsg(fd, &left, MSG_NOSIGNAL);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return err_set(e, RC_IO, "helper", "helper is gone");
		for (; left.msg_iovlen > 0 &&
		     (size_t)put >= left.msg_iov->iov_len;
		     left.msg_iov++, left.msg_iovlen--)
			put -= (ssize_t)left.msg_iov->iov_len;
		if (left.msg_iovlen > 0) {
			left.msg_iov->iov_base =
			    (uint8_t *)left.msg_iov->iov_base + put;
			left.msg_iov->iov_len -= (size_t)put;
		}
	}

	return RC_OK;
}

/* Reads n bytes; waits in slices, so that a lost wake-up costs a second. */
static enum rc
helper_read(int fd, uint8_t *at, size_t n, int64_t until_ms, struct err *e)
{
	while (n > 0) {
		int64_t left = until_ms - clock_mono_ms();
		struct pollfd p = { .fd = fd, .events = POLLIN };
		ssize_t got;

		if (left <= 0)
			return err_set(e, RC_EXPIRED, "helper", "no answer");
		if (poll(&p, 1,
			left < HELPER_SLICE_MS ? (int)left : HELPER_SLICE_MS) <=
		    0)
			continue;
		got = recv(fd, at, n, MSG_DONTWAIT);
		if (got < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (got <= 0)
			return err_set(e, RC_IO, "helper", "helper is gone");
		at += got;
		n -= (size_t)got;
	}

	return RC_OK;
}

static enum rc
helper_exchange(int fd, struct span request, struct span secret,
    int64_t until_ms, struct buf *answer, struct err *e)
{
	uint8_t head[4];
	struct buf length = buf_init(sizeof(head));
	struct rd r;
	uint32_t n;
	enum rc rc;

	buf_u32(&length, (uint32_t)(request.n + secret.n));
	if (!buf_ok(&length))
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	struct iovec parts[] = { helper_part(buf_span(&length)),
		helper_part(request), helper_part(secret) };
	rc = helper_write(fd, parts, sizeof(parts) / sizeof(parts[0]), e);
	buf_clear(&length);
	if (rc == RC_OK)
		rc = helper_read(fd, head, sizeof(head), until_ms, e);
	if (rc != RC_OK)
		return rc;
	r = rd_init(SPAN(head));
	if ((n = rd_u32(&r)) == 0 || n > TOKENFRAME_MAX)
		return err_set(e, RC_LIMIT, "helper", "answer too long");
	uint8_t *at = buf_grow(answer, n);
	if (at == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");

	return helper_read(fd, at, n, until_ms, e);
}

enum rc
helper_call(struct state *st, struct session *s, struct span request,
    struct span secret, int wait_ms, struct buf *answer, struct err *e)
{
	struct helper *h = &st->helper;
	int64_t until_ms = clock_mono_ms() + wait_ms;
	unsigned int generation;
	size_t i;
	enum rc rc;
	int fd;

	if ((rc = helper_take(st, &i, e)) != RC_OK)
		return rc;
	fd = h->channel[i].fd;
	generation = h->generation;
	s->channel = (int)i;
	s->cancelled = false;
	state_pause(st);
	rc = helper_exchange(fd, request, secret, until_ms, answer, e);
	state_resume(st);
	s->channel = -1;
	h->taken[i] = false;
	/* Without a whole answer, or shut down by helper_wake(): of no use. */
	if (rc != RC_OK || s->cancelled)
		helper_fd_close(&h->channel[i]);
	if (rc != RC_OK && (s->cancelled || s->closed || st->ending)) {
		err_clear(e);
		rc = err_set(e, RC_STATE, "helper", "cancelled");
	}
	/* It is dying, even where its control line does not show it yet. */
	if (rc == RC_IO && generation == h->generation)
		helper_drop(h);

	return rc;
}

void
helper_tell(struct state *st, struct span frame, bool start)
{
	struct err e = { 0 };

	if (!helper_fd_ours(&st->helper.control) &&
	    (!start || helper_start(st, &e) != RC_OK))
		return;
	(void)helper_control(&st->helper, frame, -1, &e);
}
