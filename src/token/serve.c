/*
 * serve.c - the helper's life: channels in, one thread each, until the module
 * goes.
 *
 * Belongs here: descriptors, threads, the program's arguments.
 * Not here: the frames (wire/tokenframe.c); what a login or signature is
 * (approval.c).
 */
#include "token/serve.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/process.h"
#include "base/sec.h"
#include "base/usage.h"
#include "token/approval.h"
#include "token/verify.h"
#include "wire/tokenframe.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define SERVE_CONTROL  3
#define SERVE_CLOSE_MS 15000 /* longer than service_create() takes */

struct serve_channel {
	struct approval *approval;
	int fd;
	enum tokenframe_type task; /* ANNOUNCE, LOGOUT; LOGIN: serve requests */
	uint32_t logouts;          /* of LOGOUT */
};

static enum rc
serve_read(int fd, uint8_t *p, size_t n, struct err *e)
{
	while (n > 0) {
		ssize_t got = read(fd, p, n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return err_set(e, RC_IO, NULL, "channel is closed");
		p += got;
		n -= (size_t)got;
	}

	return RC_OK;
}

/* At once, so that the module is woken once. */
static enum rc
serve_answer(int fd, const struct buf *frame, struct err *e)
{
	struct buf whole = buf_init(sizeof(uint32_t) + TOKENFRAME_MAX);
	enum rc rc = RC_MEMORY;

	buf_u32(&whole, (uint32_t)frame->n);
	buf_bytes(&whole, buf_span(frame));
	if (buf_ok(frame) && buf_ok(&whole))
		rc = file_write_all(fd, buf_span(&whole), e);
	buf_clear(&whole);

	return rc;
}

static enum rc
serve_verify(struct span in, struct buf *out, struct err *e)
{
	struct tokenframe_verify verify;
	struct err why = { 0 };
	bool good;
	enum rc rc = tokenframe_verify_parse(in, &verify, e);

	if (rc != RC_OK)
		return rc;
	if ((rc = verify_frame(&verify, &good, &why)) == RC_OK)
		tokenframe_verified(out, good);
	else
		tokenframe_failed(out, rc, TOKENFRAME_TRIES_UNTOLD);

	return RC_OK;
}

/* One request. RC_FORMAT: not one that we know, the channel is closed. */
static enum rc
serve_one(struct approval *a, struct fetch *f, struct span in, struct buf *out,
    struct err *e)
{
	struct tokenframe_login login;
	struct tokenframe_sign sign;
	uint8_t tries_left = TOKENFRAME_TRIES_UNTOLD;
	struct err why = { 0 };
	enum rc rc;

	if (in.n > 0 && in.p[0] == TOKENFRAME_VERIFY)
		return serve_verify(in, out, e);
	if (in.n > 0 && in.p[0] == TOKENFRAME_LOGIN) {
		if ((rc = tokenframe_login_parse(in, &login, e)) != RC_OK)
			return rc;
		rc = approval_login(a, f, &login, &tries_left, out, &why);
	} else {
		if ((rc = tokenframe_sign_parse(in, &sign, e)) != RC_OK)
			return rc;
		rc = approval_sign(a, f, &sign, out, &why);
	}
	if (rc != RC_OK) {
		if (rc == RC_IO && strcmp(why.field, "service") == 0)
			log_event(LOG_WARN, "no-service",
			    "server=%s reason=\"%s\"", a->conf.server, why.msg);
		else
			log_event(LOG_INFO, "refused", "error=%s reason=\"%s\"",
			    err_name(rc), why.msg);
		buf_reset(out);
		tokenframe_failed(out, rc, tries_left);
	}

	return RC_OK;
}

static enum rc
serve_next(struct serve_channel *c, struct fetch *f, struct err *e)
{
	uint8_t head[4], frame[TOKENFRAME_REQUEST_MAX];
	struct span in = { frame, 0 };
	struct buf out = buf_init(TOKENFRAME_MAX);
	struct rd r;
	enum rc rc = serve_read(c->fd, head, sizeof(head), e);

	if (rc != RC_OK)
		return rc;
	r = rd_init(SPAN(head));
	in.n = rd_u32(&r);
	if (in.n > sizeof(frame))
		return err_set(e, RC_LIMIT, NULL, "request too long");
	if ((rc = serve_read(c->fd, frame, in.n, e)) == RC_OK)
		rc = serve_one(c->approval, f, in, &out, e);
	/* A login carries the PIN. */
	sec_wipe(frame, sizeof(frame));
	if (rc == RC_OK)
		rc = serve_answer(c->fd, &out, e);
	buf_clear(&out);

	return rc;
}

static void *
serve_thread(void *arg)
{
	struct serve_channel *c = arg;
	struct fetch *f = NULL;
	struct err e = { 0 };

	if (fetch_new(&f, c->fd, &e) == RC_OK) {
		if (c->task == TOKENFRAME_ANNOUNCE)
			approval_announce(c->approval, f);
		else if (c->task == TOKENFRAME_LOGOUT)
			approval_logout(c->approval, f, c->logouts);
		else
			while (serve_next(c, f, &e) == RC_OK)
				;
	}
	fetch_free(f);
	if (c->fd >= 0)
		(void)close(c->fd);
	free(c);

	return NULL;
}

static void
serve_start(
    struct approval *a, int fd, enum tokenframe_type task, uint32_t logouts)
{
	struct serve_channel *c = calloc(1, sizeof(*c));
	pthread_t thread;

	if (c != NULL) {
		c->approval = a;
		c->fd = fd;
		c->task = task;
		c->logouts = logouts;
		if (pthread_create(&thread, NULL, serve_thread, c) == 0) {
			(void)pthread_detach(thread);
			return;
		}
		free(c);
	}
	/* The module sees a closed channel, and says so to the program. */
	if (fd >= 0)
		(void)close(fd);
}

/* One frame of the control line; *fd: the descriptor with it, or -1. */
static ssize_t
serve_control(uint8_t *frame, size_t size, int *fd)
{
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec part = { frame, size };
	struct msghdr m = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control.space,
		.msg_controllen = sizeof(control.space) };
	struct cmsghdr *c;
	ssize_t n;

	*fd = -1;
	do {
		n = recvmsg(SERVE_CONTROL, &m, MSG_CMSG_CLOEXEC);
	} while (n < 0 && errno == EINTR);
	c = n > 0 ? CMSG_FIRSTHDR(&m) : NULL;
	if (c != NULL && c->cmsg_level == SOL_SOCKET &&
	    c->cmsg_type == SCM_RIGHTS && c->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(fd, CMSG_DATA(c), sizeof(*fd));

	return n;
}

/* Until the module closes its line, or its process is no more. */
static void
serve_loop(struct approval *a, int host)
{
	struct pollfd p[2] = { { .fd = SERVE_CONTROL, .events = POLLIN },
		{ .fd = host, .events = POLLIN } };
	uint8_t frame[TOKENFRAME_CONTROL_MAX];
	struct span in = { frame, 0 };
	uint32_t logouts;
	ssize_t n;
	int fd;

	for (;;) {
		if (poll(p, 2, -1) < 0 && errno != EINTR)
			return;
		/* A forked child may still hold the line of a dead host. */
		if (p[0].revents == 0 && p[1].revents != 0)
			return;
		if (p[0].revents == 0)
			continue;
		if ((n = serve_control(frame, sizeof(frame), &fd)) <= 0)
			return;
		in.n = (size_t)n;
		if (frame[0] == TOKENFRAME_CHANNEL && fd >= 0)
			serve_start(a, fd, TOKENFRAME_LOGIN, 0);
		else if (fd >= 0)
			(void)close(fd);
		else if (frame[0] == TOKENFRAME_ANNOUNCE)
			serve_start(a, -1, TOKENFRAME_ANNOUNCE, 0);
		else if (tokenframe_logout_parse(in, &logouts, NULL) == RC_OK)
			serve_start(a, -1, TOKENFRAME_LOGOUT, logouts);
		else
			return;
	}
}

/*
 * Away from the host: no child that it would have to wait for, no signals of
 * its terminal, nothing of ours in a core dump.
 */
static bool
serve_detach(void)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	if (setsid() < 0 && errno != EPERM)
		return false;
	switch (fork()) {
	case -1:
		return false;
	case 0:
		break;
	default:
		_exit(0);
	}
	(void)sigaction(SIGPIPE, &ignore, NULL);
	if (process_hide(NULL) != RC_OK)
		return false;
	(void)!chdir("/");

	return true;
}

static int
serve_run(void)
{
	static struct approval approval;
	char program[TOKENFRAME_PROGRAM_MAX + 1];
	uint8_t frame[TOKENFRAME_CONTROL_MAX];
	struct ucred peer = { 0 };
	socklen_t size = sizeof(peer);
	struct fetch *f = NULL;
	struct err e = { 0 };
	ssize_t n;
	int host, fd;

	if (getsockopt(SERVE_CONTROL, SOL_SOCKET, SO_PEERCRED, &peer, &size) !=
		0 ||
	    peer.uid != getuid()) {
		(void)fprintf(stderr,
		    "ingam-token: started by the PKCS#11 module only\n");
		return 2;
	}
	host = pidfd_open(peer.pid, 0);
	if (!serve_detach())
		return 4;
	n = serve_control(frame, sizeof(frame), &fd);
	if (n <= 0 || fd >= 0 ||
	    tokenframe_hello_parse(
		(struct span){ frame, (size_t)n }, program, &e) != RC_OK)
		return 3;
	if (approval_init(&approval, program, &e) != RC_OK) {
		log_event(LOG_ERROR, "settings", "reason=\"%s\"", e.msg);
		return 3;
	}
	serve_loop(&approval, host);
	if (fetch_new(&f, -1, &e) == RC_OK)
		approval_close(&approval, f, clock_mono_ms() + SERVE_CLOSE_MS);
	/* Threads may still wait; their callers are gone. */
	_exit(0);
}

static int
serve_settings(const char *program)
{
	struct tokenconf conf;
	struct err e = { 0 };

	if (tokenconf_load(&conf, program, &e) != RC_OK) {
		(void)fprintf(stderr, "ingam-token: %s%s%s\n", e.field,
		    e.field[0] == '\0' ? "" : ": ", e.msg);
		return 3;
	}
	tokenconf_print(&conf);

	return 0;
}

static void
serve_explain(FILE *out)
{
	(void)fprintf(out,
	    "\n"
	    "  --settings [PROGRAM]  print the settings that hold for PROGRAM\n"
	    "  --serve               for the PKCS#11 module, which starts it\n"
	    "\nThe settings are those of token.conf(5).\n");
}

static const struct usage serve_usage = { "ingam-token",
	"--settings [PROGRAM]\n--serve\n--help | --version", serve_explain,
	NULL };

int
serve_main(int argc, char **argv)
{
	bool settings = argc > 1 && strcmp(argv[1], "--settings") == 0;
	bool serve = argc > 1 && strcmp(argv[1], "--serve") == 0;

	log_init("ingam-token", LOG_WARN);
	if (argc == 2 && serve)
		return serve_run();
	if (usage_asked(&serve_usage, argc, argv))
		return 0;
	if ((argc == 2 || argc == 3) && settings)
		return serve_settings(argc == 3 ? argv[2] : "");
	if (argc < 2)
		return usage_wrong(&serve_usage, USAGE_NOTHING, NULL);
	if (settings || serve)
		return usage_wrong(
		    &serve_usage, USAGE_EXTRA, argv[settings ? 3 : 2]);

	return usage_wrong(&serve_usage,
	    argv[1][0] == '-' ? USAGE_OPTION : USAGE_EXTRA, argv[1]);
}
