/*
 * serve.c - a request's way: in by the library's callbacks, through a worker
 * (and the hub, if it waits), out by the library again.
 *
 * Belongs here: states of a request, suspending and resuming, sending.
 * Not here: listening (server.c); what may come in (admit.c); what an answer
 * consists of (answer.c); who waits for what (topic.c); sending streams
 * (stream.c).
 *
 * The hard rule: a suspended connection has one owner, and the library does
 * nothing to it. Who resumes it gives the request back to the event thread
 * and never touches it again. See enum inner_state.
 */
#include "http/admit.h"
#include "http/answer.h"
#include "http/guard.h"
#include "http/inner.h"
#include "http/refuse.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>

/* Beyond its limit a body is read and thrown away this far, for the answer's sake. */
#define SERVE_DISCARD_MAX (256 * 1024)
#define SERVE_HEAD_MAX    4096 /* bytes of a stream's head */

void
serve_connection(void *arg, struct MHD_Connection *mhd, void **slot,
    enum MHD_ConnectionNotificationCode what)
{
	struct inner_listener *at = arg;
	const union MHD_ConnectionInfo *info;

	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		info = MHD_get_connection_info(
		    mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
		*slot = info == NULL
		    ? NULL
		    : watch_open(at->server->watch, info->connect_fd);
	} else if (*slot != NULL) {
		watch_close(at->server->watch, *slot);
		*slot = NULL;
	}
}

static void serve_work(struct work_item *item);

void *
serve_target(void *arg, const char *target, struct MHD_Connection *mhd)
{
	struct inner_listener *at = arg;
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	size_t n = strlen(target);
	bool fits = n <= REQUEST_TARGET_MAX;
	struct request *q;

	if (!fits)
		n = 0;
	/* The target, its parameters decoded, and a zero for each. */
	q = calloc(1, sizeof(*q) + 2 * n + 2 + ROUTE_PARAMS_MAX);
	if (q == NULL || info == NULL || info->socket_context == NULL) {
		free(q);
		return NULL;
	}
	q->work.run = serve_work;
	q->at = at;
	q->mhd = mhd;
	q->peer = info->socket_context;
	q->time_ms = clock_wall_ms();
	q->body = buf_init(ROUTE_BODY_DEFAULT);
	q->refusal = fits ? REFUSE_NOTHING : REFUSE_TARGET;
	memcpy(q->target, target, n);
	q->text = q->target + n + 1;
	response_init(&q->r, q);
	(void)atomic_fetch_add(&at->server->open, 1);
	(void)atomic_fetch_add(&at->server->requests, 1);

	return q;
}

void
serve_completed(void *arg, struct MHD_Connection *mhd, void **slot,
    enum MHD_RequestTerminationCode how)
{
	struct inner_listener *at = arg;
	struct server *s = at->server;
	struct request *q = *slot;

	(void)mhd;
	(void)how;
	if (q == NULL)
		return;
	*slot = NULL;
	if (q->waiter != NULL)
		watch_wait(s->watch, q->peer, NULL);
	watch_expect(s->watch, q->peer, WATCH_IDLE);
	if (q->state == INNER_QUEUED && q->r.stream)
		(void)atomic_fetch_sub(&s->streams, 1);
	request_clear(q);
	response_clear(&q->r);
	free(q);
	(void)atomic_fetch_sub(&s->open, 1);
}

/* Under the hub's lock: nobody can wake it before this is done. */
static void
serve_park(void *arg)
{
	struct request *q = arg;

	MHD_suspend_connection(q->mhd);
}

static ssize_t
serve_read(void *arg, uint64_t at, char *out, size_t n)
{
	struct request *q = arg;
	ssize_t got = topic_read(q->waiter, out, n, serve_park);

	(void)at;
	/* Once parked and released, q may be anybody's: it is not touched. */
	if (got == TOPIC_ENDED)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (got == TOPIC_LEFT)
		return MHD_CONTENT_READER_END_WITH_ERROR;

	return got;
}

static void
serve_allow(struct request *q)
{
	char list[80] = "";
	size_t n = 0;

	for (unsigned int i = 0; i < ROUTE_METHODS; i++) {
		int k;

		if ((q->allowed & 1U << i) == 0)
			continue;
		k = snprintf(list + n, sizeof(list) - n, "%s%s%s",
		    n > 0 ? ", " : "", route_method_name((enum route_method)i),
		    i == ROUTE_GET ? ", HEAD" : "");
		n += k > 0 ? (size_t)k : 0;
	}
	response_header(&q->r, "Allow", "%s", list);
}

/* A refusal takes the place of whatever was to be said. */
static void
serve_say(struct request *q, enum refuse what)
{
	response_clear(&q->r);
	response_init(&q->r, q);
	q->refusal = what;
	q->file = NULL;
	refuse_say(&q->r, what, q->why);
	if (what == REFUSE_METHOD)
		serve_allow(q);
	if (what == REFUSE_RATE || what == REFUSE_BUSY)
		response_header(&q->r, "Retry-After", "%lld",
		    (long long)q->retry_ms / 1000 + 1);
	if (q->state == INNER_BODY &&
	    (what == REFUSE_BODY || what == REFUSE_MALFORMED))
		response_header(&q->r, "Connection", "close");
}

/* Gives the stream away, which takes the waiter along. */
static enum rc
serve_give(struct request *q, struct MHD_Response *response)
{
	struct server *s = q->at->server;
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(q->mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
	bool chunked = strcmp(q->version, MHD_HTTP_VERSION_1_1) == 0;
	struct buf head = buf_init(SERVE_HEAD_MAX);
	enum rc rc = RC_MEMORY;

	answer_head(response, chunked, &head);
	watch_wait(s->watch, q->peer, NULL);
	if (info != NULL && buf_ok(&head))
		rc = stream_take(s->given, info->connect_fd, buf_span(&head),
		    chunked, q->address, q->waiter, NULL);
	if (rc == RC_OK)
		q->waiter = NULL;
	buf_clear(&head);

	return rc;
}

/* Hands the answer to the library. On the event thread. */
static enum MHD_Result
serve_queue(struct request *q)
{
	struct server *s = q->at->server;
	struct MHD_Response *response;
	enum MHD_Result result;

	if (q->file == NULL)
		response_finish(&q->r);
	if (strcmp(q->method, MHD_HTTP_METHOD_HEAD) == 0)
		q->r.stream = false;
	if ((response = answer_new(q, serve_read)) == NULL)
		return MHD_NO;
	/* What the library encrypts it must send. */
	if (q->r.stream && q->at->origin->tls_cert == NULL) {
		enum rc rc = serve_give(q, response);

		MHD_destroy_response(response);
		/* The library closes its side of what is ours now. */
		if (rc == RC_OK)
			return MHD_NO;
		serve_say(q, REFUSE_BUSY);
		response_finish(&q->r);
		if ((response = answer_new(q, serve_read)) == NULL)
			return MHD_NO;
	}
	if (q->r.stream) {
		(void)atomic_fetch_add(&s->streams, 1);
		watch_wait(s->watch, q->peer, q->waiter);
	}
	watch_expect(s->watch, q->peer, WATCH_NOTHING);
	q->state = INNER_QUEUED;
	/*
	 * The library may call serve_read() at once, and what is parked there
	 * is not ours: nothing of q after this.
	 */
	result = MHD_queue_response(q->mhd, q->r.status, response);
	MHD_destroy_response(response);

	return result;
}

static enum MHD_Result
serve_refuse(struct request *q, enum refuse what)
{
	serve_say(q, what);

	return serve_queue(q);
}

/* A handler's failure in words. */
static void
serve_fail(struct request *q, enum rc rc, const struct err *e)
{
	const struct server_conf *conf = &q->at->server->conf;

	response_clear(&q->r);
	response_init(&q->r, q);
	if (conf->problem != NULL)
		conf->problem(q, &q->r, rc, e);
	else
		refuse_rc(&q->r, rc, e);
}

/* One run of a handler; afterwards r says what is to be done. */
static void
serve_run(struct request *q)
{
	const struct route *route = q->match.route;
	route_handler *session = q->at->server->conf.session;
	struct err e = { 0 };
	enum rc rc = RC_OK;

	response_clear(&q->r);
	response_init(&q->r, q);
	if ((route->flags & ROUTE_SESSION) != 0 && q->wake == REQUEST_FIRST)
		rc = session == NULL ? RC_DENIED : session(q, &q->r, &e);
	if (rc == RC_OK)
		rc = q->next(q, &q->r, &e);
	if (rc != RC_OK)
		serve_fail(q, rc, &e);
	else if (q->r.failed || (q->r.status == 0 && q->r.again == NULL))
		log_event(
		    LOG_ERROR, "handler-said-nothing", "route=%s", route->path);
}

/* Gives the request back to its event thread. Not touched afterwards. */
static void
serve_resume(struct request *q, enum inner_state state)
{
	struct server *s = q->at->server;

	q->state = state;
	MHD_resume_connection(q->mhd);
	(void)pthread_mutex_lock(&s->lock);
	s->held--;
	if (s->held == 0)
		(void)pthread_cond_broadcast(&s->none_held);
	(void)pthread_mutex_unlock(&s->lock);
}

/* True when the connection may be suspended: not while the server stops. */
static bool
serve_hold(struct server *s)
{
	bool may;

	(void)pthread_mutex_lock(&s->lock);
	may = !s->stopping;
	if (may)
		s->held++;
	(void)pthread_mutex_unlock(&s->lock);

	return may;
}

static enum request_wake
serve_why(enum topic_why why)
{
	switch (why) {
	case TOPIC_NEWS:
		return REQUEST_NEWS;
	case TOPIC_TIMEOUT:
		return REQUEST_TIMEOUT;
	case TOPIC_STOP:
	case TOPIC_GONE:
		return REQUEST_STOP;
	}

	return REQUEST_STOP;
}

/*
 * On a worker: runs the handler until it has an answer, or parks the request
 * in the hub; from then on it is the hub's.
 */
static void
serve_steps(struct request *q)
{
	struct server *s = q->at->server;

	for (;;) {
		enum topic_why why;

		serve_run(q);
		if (q->r.again == NULL || q->r.failed)
			break;
		q->next = q->r.again;
		watch_wait(s->watch, q->peer, q->waiter);
		(void)atomic_fetch_add(&s->waiting, 1);
		if (topic_wait(q->waiter, q->r.until_ms))
			return;
		(void)atomic_fetch_sub(&s->waiting, 1);
		why = topic_why(q->waiter);
		if (why == TOPIC_GONE) {
			serve_resume(q, INNER_LEFT);
			return;
		}
		q->wake = serve_why(why);
	}
	serve_resume(q, INNER_READY);
}

static void
serve_work(struct work_item *item)
{
	serve_steps((struct request *)(void *)item);
}

/* On a worker, after a wait. */
static void
serve_again(struct work_item *item)
{
	struct request *q = (struct request *)(void *)item;
	enum topic_why why = topic_why(q->waiter);

	if (why == TOPIC_GONE) {
		serve_resume(q, INNER_LEFT);
		return;
	}
	q->wake = serve_why(why);
	serve_steps(q);
}

void
serve_woken(void *arg)
{
	struct request *q = arg;
	struct server *s = q->at->server;

	if (q->r.stream) {
		MHD_resume_connection(q->mhd);
		return;
	}
	(void)atomic_fetch_sub(&s->waiting, 1);
	q->work.run = serve_again;
	(void)work_push(s->work, &q->work, true);
}

/* The whole request is here: a file, a refusal, or work. */
static enum MHD_Result
serve_dispatch(struct request *q)
{
	struct server *s = q->at->server;

	watch_expect(s->watch, q->peer, WATCH_NOTHING);
	if (q->refusal != REFUSE_NOTHING)
		return serve_refuse(q, (enum refuse)q->refusal);
	if (q->file != NULL)
		return serve_queue(q);
	q->next = q->match.route->handler;
	if ((q->match.route->flags & ROUTE_DIRECT) != 0) {
		serve_run(q);
		q->r.failed = q->r.failed || q->r.again != NULL;
		return serve_queue(q);
	}
	if (!serve_hold(s))
		return serve_refuse(q, REFUSE_BUSY);
	q->state = INNER_WORK;
	MHD_suspend_connection(q->mhd);
	if (work_push(s->work, &q->work, false))
		return MHD_YES;
	(void)atomic_fetch_add(&s->refused, 1);
	q->refusal = REFUSE_BUSY;
	serve_resume(q, INNER_READY);

	return MHD_YES;
}

/* The head is here. Answering now closes the connection: only where it must. */
static enum MHD_Result
serve_head(struct request *q, const char *method, const char *version)
{
	const char *length;
	uint64_t n = 0;

	q->method = method;
	q->version = version;
	q->state = INNER_BODY;
	request_find_address(q);
	/* Where the body ends is unknown, so nothing is read after this. */
	if (!guard_is_head(q->mhd, version))
		return serve_refuse(q, REFUSE_MALFORMED);
	q->refusal = admit_request(q);
	if (q->match.route != NULL)
		q->body = buf_init(q->match.route->body_max > 0
			? q->match.route->body_max
			: ROUTE_BODY_DEFAULT);
	watch_expect(q->at->server->watch, q->peer, WATCH_BODY);
	length = request_header(q, "Content-Length");
	if (length != NULL &&
	    (text_uint(span_str(length), UINT64_MAX, &n, NULL) != RC_OK ||
		n > q->body.max))
		return serve_refuse(q,
		    q->refusal == REFUSE_NOTHING ? REFUSE_BODY
						 : (enum refuse)q->refusal);

	return MHD_YES;
}

/* Some of a body. One of unknown length may turn out too long only here. */
static enum MHD_Result
serve_upload(struct request *q, struct span part)
{
	if (q->refusal == REFUSE_NOTHING && q->file == NULL) {
		buf_bytes(&q->body, part);
		if (!buf_ok(&q->body)) {
			q->refusal = REFUSE_BODY;
			buf_clear(&q->body);
		}
		return MHD_YES;
	}
	q->discarded += part.n;

	return q->discarded <= SERVE_DISCARD_MAX ? MHD_YES : MHD_NO;
}

enum MHD_Result
serve_request(void *arg, struct MHD_Connection *mhd, const char *url,
    const char *method, const char *version, const char *upload,
    size_t *upload_size, void **slot)
{
	struct request *q = *slot;
	size_t n = *upload_size;

	(void)arg;
	(void)mhd;
	(void)url;
	if (q == NULL)
		return MHD_NO;
	switch (q->state) {
	case INNER_HEAD:
		return serve_head(q, method, version);
	case INNER_BODY:
		if (n == 0)
			return serve_dispatch(q);
		*upload_size = 0;
		return serve_upload(
		    q, (struct span){ (const uint8_t *)upload, n });
	case INNER_READY:
		return q->refusal == REFUSE_NOTHING
		    ? serve_queue(q)
		    : serve_refuse(q, (enum refuse)q->refusal);
	case INNER_WORK:
	case INNER_LEFT:
	case INNER_QUEUED:
		return MHD_NO;
	}

	return MHD_NO;
}
