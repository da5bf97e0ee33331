/*
 * admit.c - what the head of a request alone decides: a refusal, a file, or a
 * row of the routes.
 *
 * Belongs here: which of them, and in which order that is asked.
 * Not here: the checks themselves (guard.c, limit.c, route.c, static.c); its
 * body and its answer (serve.c).
 */
#include "http/admit.h"

#include "http/guard.h"
#include "http/inner.h"

#include <stdio.h>

/* Splits the target and decodes the query. */
static bool
admit_split(struct request *q, struct err *e)
{
	char *mark = strchr(q->target, '?');
	struct span query = { NULL, 0 };

	if (mark != NULL) {
		*mark = '\0';
		query = span_str(mark + 1);
	}
	q->path_len = strlen(q->target);

	return q->target[0] == '/' && pairs_parse(query, &q->query, e) == RC_OK;
}

static bool
admit_is_changing(const struct route *r)
{
	return r->method != ROUTE_GET && r->method != ROUTE_OPTIONS;
}

/* Our own page, or (where no cookie counts) a program: never another's page. */
static bool
admit_is_welcome(const struct request *q)
{
	return (q->match.route->flags & ROUTE_MACHINE) != 0
	    ? !guard_is_foreign(q)
	    : guard_is_same_origin(q);
}

static bool
admit_is_over_limit(struct request *q)
{
	struct server *s = q->at->server;
	unsigned int class_ = q->match.route->limit;

	if (class_ == 0 || s->conf.limits == NULL)
		return false;

	return limit_take_address(s->conf.limits, class_, q->address,
		   &q->retry_ms, NULL) != RC_OK;
}

/* A browser that goes to a path of the app's own wants the app. */
static bool
admit_is_page(const struct request *q)
{
	const char *accept = MHD_lookup_connection_value(
	    q->mhd, MHD_HEADER_KIND, MHD_HTTP_HEADER_ACCEPT);

	return q->at->origin->page != NULL && accept != NULL &&
	    strstr(accept, "text/html") != NULL;
}

static enum refuse
admit_malformed(struct request *q, const struct err *e)
{
	(void)snprintf(q->why, sizeof(q->why), "%.79s", e->msg);

	return REFUSE_MALFORMED;
}

enum refuse
admit_request(struct request *q)
{
	const struct server_origin *o = q->at->origin;
	struct span path = { (const uint8_t *)q->target, 0 };
	enum route_method method = (enum route_method)ROUTE_METHODS;
	struct err e = { 0 };
	enum rc rc;

	if (q->refusal != REFUSE_NOTHING)
		return q->refusal;
	if (!admit_split(q, &e))
		return admit_malformed(q, &e);
	/* A method that is none of ours fits no row, and is told which do. */
	if (!route_method_find(q->method, &method) &&
	    strcmp(q->method, "HEAD") == 0)
		method = ROUTE_GET;
	path.n = q->path_len;
	rc = route_find(o->routes, o->routes_count, method, path, &q->match,
	    q->text, &q->allowed, &e);
	if (rc == RC_ABSENT || rc == RC_POLICY) {
		(void)pthread_mutex_lock(&q->at->lock);
		q->files = static_hold(q->at->files);
		(void)pthread_mutex_unlock(&q->at->lock);
		q->file = static_find(q->files, path);
		if (q->file == NULL && q->allowed == 0 && admit_is_page(q))
			q->file = static_find(q->files, span_str(o->page));
		if (q->file != NULL)
			q->allowed |= 1U << ROUTE_GET;
		if (q->file != NULL && method == ROUTE_GET)
			return REFUSE_NOTHING;
		return q->allowed == 0 ? REFUSE_ABSENT : REFUSE_METHOD;
	}
	if (rc != RC_OK)
		return admit_malformed(q, &e);
	if (admit_is_changing(q->match.route) && !admit_is_welcome(q))
		return REFUSE_ORIGIN;

	return admit_is_over_limit(q) ? REFUSE_RATE : REFUSE_NOTHING;
}
