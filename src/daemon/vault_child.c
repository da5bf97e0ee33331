/*
 * vault_child.c - in a small setup ingamd starts the vault itself.
 *
 * Belongs here: starting it, noticing its end, starting it again.
 * Not here: speaking with it (keys); a setup where systemd starts it
 * (vault-start = no).
 */
#include "daemon/vault_child.h"

#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#define READY_MS  60000 /* a million accounts are read in a few seconds */
#define PAUSE_MIN 200
#define PAUSE_MAX 10000
#define STOP_MS   5000
#define AGAIN_US  20000

struct vault_paths {
	char state[CONFIG_PATH_MAX + 16];
	char kek[CONFIG_PATH_MAX + 16];
};

static void
vault_paths(const struct config *c, struct vault_paths *p)
{
	(void)snprintf(p->state, sizeof(p->state), "%s/vault", c->data);
	(void)snprintf(p->kek, sizeof(p->kek), "%s/kek", c->data);
}

/* Who listens on the vault's socket? 0: nobody. */
static pid_t
vault_listener(const struct config *c)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	struct ucred peer = { 0 };
	socklen_t n = sizeof(peer);
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (fd < 0 || strlen(c->vault_socket) >= sizeof(a.sun_path)) {
		if (fd >= 0)
			(void)close(fd);
		return 0;
	}
	memcpy(a.sun_path, c->vault_socket, strlen(c->vault_socket));
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) != 0 ||
	    getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) != 0)
		peer.pid = 0;
	(void)close(fd);

	return peer.pid;
}

static enum rc
vault_spawn(char *const *argv, int out, pid_t *pid, struct err *e)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t none;
	int failed;

	(void)sigemptyset(&none);
	(void)posix_spawn_file_actions_init(&files);
	(void)posix_spawnattr_init(&attributes);
	/* A group of its own: Ctrl-C on the terminal is ours to pass on. */
	(void)posix_spawnattr_setflags(
	    &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
	(void)posix_spawnattr_setsigmask(&attributes, &none);
	if (out >= 0)
		(void)posix_spawn_file_actions_adddup2(
		    &files, out, STDOUT_FILENO);
	failed = posix_spawnp(pid, argv[0], &files, &attributes, argv, environ);
	(void)posix_spawnattr_destroy(&attributes);
	(void)posix_spawn_file_actions_destroy(&files);

	return failed == 0
	    ? RC_OK
	    : err_set(e, RC_IO, "vault-program", "cannot start the vault: %s",
		  strerror(failed));
}

/* The first line that it writes says that it serves. */
static enum rc
vault_wait_ready(int fd, struct err *e)
{
	struct timeval limit = { .tv_sec = READY_MS / 1000 };
	fd_set set;
	char byte;

	for (;;) {
		FD_ZERO(&set);
		FD_SET(fd, &set);
		if (select(fd + 1, &set, NULL, NULL, &limit) <= 0)
			return err_set(
			    e, RC_IO, NULL, "the vault does not get ready");
		if (read(fd, &byte, 1) <= 0)
			return err_set(
			    e, RC_IO, NULL, "the vault ended while it started");
		if (byte == '\n')
			return RC_OK;
	}
}

/*
 * Of another's child a descriptor tells the end: a pid stays taken until the
 * other one, who may be slow, has reaped it.
 */
static bool
vault_is_gone(struct vault_child *v)
{
	struct pollfd end = { .fd = v->pidfd, .events = POLLIN };

	if (v->pid == 0)
		return true;
	if (v->is_child)
		return waitpid(v->pid, &v->status, WNOHANG) == v->pid;
	if (poll(&end, 1, 0) != 1)
		return false;
	(void)close(v->pidfd);

	return true;
}

/* Is there a vault that serves? Then it is ours to watch. */
static bool
vault_find(struct vault_child *v)
{
	v->is_child = false;
	if ((v->pid = vault_listener(v->config)) == 0)
		return false;
	if ((v->pidfd = pidfd_open(v->pid, 0)) < 0) {
		v->pid = 0;
		return false;
	}
	log_event(LOG_INFO, "vault", "found pid=%d", (int)v->pid);

	return true;
}

void
vault_child_stop(struct vault_child *v)
{
	int64_t until = clock_mono_ms() + STOP_MS;

	if (v->config == NULL || v->pid == 0)
		return;
	(void)kill(v->pid, SIGTERM);
	while (!vault_is_gone(v) && clock_mono_ms() < until)
		(void)usleep(10000);
	v->pid = 0;
}

static enum rc
vault_run(struct vault_child *v, struct err *e)
{
	const struct config *c = v->config;
	struct vault_paths p;
	char open_key[24];
	char *argv[20];
	size_t n = 0;
	int pipes[2];
	enum rc rc;

	vault_paths(c, &p);
	(void)snprintf(open_key, sizeof(open_key), "%lld",
	    (long long)(c->open_key_ms / 1000));
	if (pipe2(pipes, O_CLOEXEC) != 0)
		return err_set(e, RC_IO, NULL, "%s", strerror(errno));
	/* posix_spawn() takes char *, and writes to none of them. */
	const char *const args[] = { c->vault_program, "serve", "--socket",
		c->vault_socket, "--state", p.state, "--kek-file", p.kek,
		"--rp-id", c->rp_id, "--origin", c->app_origin,
		"--open-key-seconds", open_key, "--log", c->log,
		c->vault_weak_sandbox ? "--allow-weak-sandbox" : NULL };
	for (size_t i = 0; i < sizeof(args) / sizeof(args[0]); i++)
		if (args[i] != NULL)
			memcpy(&argv[n++], &args[i], sizeof(argv[0]));
	argv[n] = NULL;
	v->status = 0;
	rc = vault_spawn(argv, pipes[1], &v->pid, e);
	(void)close(pipes[1]);
	if (rc == RC_OK) {
		v->is_child = true;
		v->started_ms = clock_mono_ms();
		if ((rc = vault_wait_ready(pipes[0], e)) != RC_OK) {
			vault_child_stop(v);
			log_event(LOG_WARN, "vault", "not ready status=%#x",
			    (unsigned int)v->status);
		}
	} else {
		v->pid = 0;
	}
	(void)close(pipes[0]);

	return rc;
}

enum rc
vault_child_init(const struct config *c, struct err *e)
{
	struct vault_paths p;
	char journal[sizeof(p.state) + 16];
	char *argv[8];
	size_t n = 0;
	int status = 0;
	pid_t pid;
	enum rc rc;

	vault_paths(c, &p);
	/* The journal is made last: a set-up that broke off is gone on with. */
	(void)snprintf(journal, sizeof(journal), "%s/journal.0", p.state);
	if (access(journal, F_OK) == 0)
		return RC_OK;
	const char *const args[] = { c->vault_program, "init", "--state",
		p.state, "--kek-file", p.kek };
	for (size_t i = 0; i < sizeof(args) / sizeof(args[0]); i++)
		memcpy(&argv[n++], &args[i], sizeof(argv[0]));
	argv[n] = NULL;
	if ((rc = vault_spawn(argv, -1, &pid, e)) != RC_OK)
		return rc;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;

	return WIFEXITED(status) && WEXITSTATUS(status) == 0
	    ? RC_OK
	    : err_set(e, RC_IO, NULL, "the vault could not be set up");
}

/*
 * Does its end say nothing about another try? It was killed, or it found the
 * vault of an ingamd before us, which does not listen yet.
 */
static bool
vault_may_try_again(const struct vault_child *v)
{
	return WIFSIGNALED(v->status)
	    ? WTERMSIG(v->status) == SIGKILL
	    : WIFEXITED(v->status) && WEXITSTATUS(v->status) == EX_TEMPFAIL;
}

enum rc
vault_child_start(struct vault_child *v, const struct config *c, struct err *e)
{
	int64_t until = clock_mono_ms() + READY_MS;
	enum rc rc;

	memset(v, 0, sizeof(*v));
	v->config = c;
	v->pause_ms = PAUSE_MIN;
	for (;;) {
		/* It survives us: one of the ingamd before us may serve. */
		if (vault_find(v)) {
			err_clear(e);
			return RC_OK;
		}
		rc = vault_run(v, e);
		if (rc == RC_OK || !vault_may_try_again(v) ||
		    clock_mono_ms() >= until)
			return rc;
		(void)usleep(AGAIN_US);
	}
}

void
vault_child_watch(struct vault_child *v)
{
	struct err e = { 0 };
	int64_t now = clock_mono_ms();

	if (v->config == NULL || !vault_is_gone(v))
		return;
	if (v->pid != 0)
		log_event(LOG_ERROR, "vault", "ended pid=%d", (int)v->pid);
	v->pid = 0;
	if (now < v->started_ms + v->pause_ms)
		return;
	v->started_ms = now;
	if (vault_run(v, &e) == RC_OK) {
		log_event(
		    LOG_INFO, "vault", "started again pid=%d", (int)v->pid);
		v->pause_ms = PAUSE_MIN;
		return;
	}
	log_event(LOG_ERROR, "vault", "not started why=%s", e.msg);
	v->pause_ms = v->pause_ms * 2 > PAUSE_MAX ? PAUSE_MAX : v->pause_ms * 2;
}
