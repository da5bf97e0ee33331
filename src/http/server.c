/*
 * server.c - listens on every origin, and stops without losing an answer.
 *
 * Belongs here: presets, listeners, starting and stopping, figures.
 * Not here: a request's way (serve.c).
 */
#include "http/server.h"

#include "base/log.h"
#include "http/inner.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/*
 * The library's memory for one connection: head of the request and of the
 * answer, and a piece of the body. What waits costs this much.
 */
#define SERVER_POOL 5120

/*
 * With this the library closes a socket without shutting it down, so that the
 * copy that stream.c has of it goes on.
 */
#define SERVER_GIVES MHD_USE_TURBO

/* How long answers may take to leave when we stop. */
#define SERVER_DRAIN_MS 3000

static unsigned int
server_or(unsigned int value, unsigned int preset)
{
	return value == 0 ? preset : value;
}

static void
server_presets(struct server_conf *c)
{
	c->workers = server_or(c->workers, 4);
	c->queue = server_or(c->queue, 512);
	c->connections = server_or(c->connections, 4096);
	c->per_address = server_or(c->per_address, 256);
	c->idle_s = server_or(c->idle_s, 60);
	c->read_s = server_or(c->read_s, 15);
	c->heartbeat_s = server_or(c->heartbeat_s, 25);
	c->stream_s = server_or(c->stream_s, 900);
}

/* Closes what could not be had, and says which and why. */
static enum rc
server_no_port(const struct server_origin *o, int fd, struct err *e)
{
	int why = errno;

	if (fd >= 0)
		(void)close(fd);

	if (why == EADDRINUSE)
		return err_set(e, RC_BUSY, o->name,
		    "port %u is in use by another program",
		    (unsigned int)o->port);

	return err_set(e, RC_IO, o->name,
	    "port %u of this address cannot be listened on: %s",
	    (unsigned int)o->port, strerror(why));
}

/* A socket that listens. */
static enum rc
server_listen(
    const struct server_origin *o, int *out, uint16_t *port, struct err *e)
{
	const char *text = o->address != NULL ? o->address : "127.0.0.1";
	struct sockaddr_in v4 = { .sin_family = AF_INET,
		.sin_port = htons(o->port) };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6,
		.sin6_port = htons(o->port) };
	bool six = inet_pton(AF_INET6, text, &v6.sin6_addr) == 1;
	const void *any = six ? (const void *)&v6 : (const void *)&v4;
	socklen_t n = six ? sizeof(v6) : sizeof(v4);
	int fd, on = 1;

	if (!six && inet_pton(AF_INET, text, &v4.sin_addr) != 1)
		return err_set(
		    e, RC_FORMAT, o->name, "not an address to listen on");
	fd = socket(six ? AF_INET6 : AF_INET,
	    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return server_no_port(o, fd, e);
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, any, n) != 0 || listen(fd, 1024) != 0)
		return server_no_port(o, fd, e);
	/* Both kinds have their port in the same place. */
	if (getsockname(fd, (struct sockaddr *)(void *)&v6, &n) == 0)
		*port = ntohs(v6.sin6_port);
	*out = fd;

	return RC_OK;
}

/* What the library has to say is for us, and never a client's bytes. */
static void
server_log(void *arg, const char *fmt, va_list ap)
{
	(void)arg;
	(void)ap;
	log_event(LOG_DEBUG, "http-library", "format=%.60s", fmt);
}

static enum rc
server_open(struct inner_listener *l, struct err *e)
{
	const struct server_origin *o = l->origin;
	const struct server_conf *c = &l->server->conf;
	unsigned int flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC |
	    MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG |
	    (o->tls_cert != NULL ? MHD_USE_TLS : SERVER_GIVES);
	/* Taken writable, and not written: NOLINTBEGIN(performance-no-int-to-ptr) */
	struct MHD_OptionItem tls[] = {
		{ MHD_OPTION_HTTPS_MEM_CERT, 0,
		    (void *)(uintptr_t)o->tls_cert },
		{ MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)o->tls_key },
		{ MHD_OPTION_END, 0, NULL },
	};
	/* NOLINTEND(performance-no-int-to-ptr) */
	enum rc rc;
	int fd;

	if ((rc = server_listen(o, &fd, &l->port, e)) != RC_OK)
		return rc;
	if (o->public_url != NULL)
		(void)snprintf(l->url, sizeof(l->url), "%s", o->public_url);
	else
		(void)snprintf(
		    l->url, sizeof(l->url), "http://localhost:%u", l->port);
	l->secure = strncmp(l->url, "https://", 8) == 0;
	l->daemon = MHD_start_daemon(flags, 0, NULL, NULL, serve_request, l,
	    MHD_OPTION_EXTERNAL_LOGGER, server_log, l, MHD_OPTION_LISTEN_SOCKET,
	    fd, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)SERVER_POOL,
	    MHD_OPTION_CONNECTION_MEMORY_INCREMENT, (size_t)1024,
	    MHD_OPTION_CONNECTION_LIMIT, c->connections,
	    MHD_OPTION_PER_IP_CONNECTION_LIMIT,
	    c->proxy != NULL ? 0U : c->per_address,
	    MHD_OPTION_CONNECTION_TIMEOUT, c->idle_s,
	    MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_NOTIFY_COMPLETED,
	    serve_completed, l, MHD_OPTION_NOTIFY_CONNECTION, serve_connection,
	    l, MHD_OPTION_URI_LOG_CALLBACK, serve_target, l,
	    o->tls_cert != NULL ? MHD_OPTION_ARRAY : MHD_OPTION_END, tls,
	    MHD_OPTION_END);
	if (l->daemon != NULL)
		return RC_OK;
	(void)close(fd);

	return err_set(e, RC_IO, o->name,
	    o->tls_cert == NULL
		? "the listener cannot be started"
		: "the listener cannot be started: certificate and key are no "
		  "PEM, or no pair");
}

static enum rc
server_prepare(struct server *s, struct err *e)
{
	const struct server_conf *c = &s->conf;
	const int64_t limits_ms[WATCH_PHASES] = {
		[WATCH_HEAD] = (int64_t)c->read_s * 1000,
		[WATCH_BODY] = (int64_t)c->read_s * 1000,
		[WATCH_IDLE] = (int64_t)(c->idle_s + c->read_s) * 1000,
	};
	enum rc rc;

	s->listeners = calloc(c->origins_count, sizeof(*s->listeners));
	if (s->listeners == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	for (; s->n < c->origins_count; s->n++) {
		struct inner_listener *l = &s->listeners[s->n];

		l->origin = &c->origins[s->n];
		l->server = s;
		(void)pthread_mutex_init(&l->lock, NULL);
	}
	for (size_t i = 0; i < s->n; i++) {
		rc = route_check(
		    c->origins[i].routes, c->origins[i].routes_count, e);
		if (rc != RC_OK)
			return rc;
	}
	if ((rc = server_reload(s, e)) != RC_OK ||
	    (rc = stream_start(c->connections,
		 c->proxy != NULL ? 0 : c->per_address, &s->given, e)) !=
		RC_OK ||
	    (rc = work_new(c->workers, c->queue, &s->work, e)) != RC_OK)
		return rc;

	return watch_start(c->hub, limits_ms, &s->watch, e);
}

enum rc
server_start(const struct server_conf *conf, struct server **out, struct err *e)
{
	struct server *s = calloc(1, sizeof(*s));
	enum rc rc;

	*out = NULL;
	if (s == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	s->conf = *conf;
	server_presets(&s->conf);
	(void)pthread_mutex_init(&s->lock, NULL);
	(void)pthread_cond_init(&s->none_held, NULL);
	rc = server_prepare(s, e);
	for (size_t i = 0; i < s->n && rc == RC_OK; i++)
		rc = server_open(&s->listeners[i], e);
	if (rc != RC_OK)
		server_stop(s);
	else
		*out = s;

	return rc;
}

uint16_t
server_port(const struct server *s, size_t origin)
{
	return origin < s->n ? s->listeners[origin].port : 0;
}

enum rc
server_reload(struct server *s, struct err *e)
{
	for (size_t i = 0; i < s->n; i++) {
		struct inner_listener *l = &s->listeners[i];
		const char *folder = s->conf.origins[i].folder;
		struct static_set *set, *old;
		enum rc rc;

		if (folder == NULL)
			continue;
		if ((rc = static_load(folder, &set, e)) != RC_OK)
			return rc;
		(void)pthread_mutex_lock(&l->lock);
		old = l->files;
		l->files = set;
		(void)pthread_mutex_unlock(&l->lock);
		static_drop(old);
	}

	return RC_OK;
}

/* Answers that are on their way get a moment to leave. */
static void
server_drain(struct server *s)
{
	const struct timespec pause = { .tv_nsec = 5000000 };

	for (int ms = 0; ms < SERVER_DRAIN_MS && atomic_load(&s->open) > 0;
	     ms += 5)
		(void)nanosleep(&pause, NULL);
}

void
server_stop(struct server *s)
{
	if (s == NULL)
		return;
	(void)pthread_mutex_lock(&s->lock);
	s->stopping = true;
	(void)pthread_mutex_unlock(&s->lock);
	for (size_t i = 0; i < s->n; i++) {
		int fd = -1;

		if (s->listeners[i].daemon != NULL)
			fd = MHD_quiesce_daemon(s->listeners[i].daemon);
		if (fd >= 0)
			(void)close(fd);
	}
	/*
	 * After these two no connection is suspended and none will be, which
	 * the library demands before it is stopped.
	 */
	if (s->watch != NULL)
		topic_stop(s->conf.hub);
	(void)pthread_mutex_lock(&s->lock);
	while (s->held > 0)
		(void)pthread_cond_wait(&s->none_held, &s->lock);
	(void)pthread_mutex_unlock(&s->lock);
	work_free(s->work);
	server_drain(s);
	for (size_t i = 0; i < s->n; i++) {
		if (s->listeners[i].daemon != NULL)
			MHD_stop_daemon(s->listeners[i].daemon);
		static_drop(s->listeners[i].files);
		(void)pthread_mutex_destroy(&s->listeners[i].lock);
	}
	stream_stop(s->given);
	watch_stop(s->watch);
	(void)pthread_cond_destroy(&s->none_held);
	(void)pthread_mutex_destroy(&s->lock);
	free(s->listeners);
	free(s);
}

void
server_stats(struct server *s, struct server_stats *out)
{
	*out = (struct server_stats){ .requests = atomic_load(&s->requests),
		.refused = atomic_load(&s->refused),
		.streams = atomic_load(&s->streams) + stream_count(s->given),
		.waiting = atomic_load(&s->waiting),
		.connections = watch_count(s->watch) + stream_count(s->given) };
}
