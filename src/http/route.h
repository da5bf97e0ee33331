/*
 * route.h - see route.c.
 */
#pragma once

#include "base/err.h"
#include "base/span.h"

#include <stdbool.h>

struct request;
struct response;

/*
 * A handler: plain synchronous C, run on a worker thread. It reads the
 * request, fills the response and returns RC_OK; or it returns a failure, and
 * the server asks its `problem` hook (server.h) to put that into words. What
 * was put into r before a failure is thrown away.
 *
 *	static enum rc
 *	device_rename(struct request *q, struct response *r, struct err *e)
 *	{
 *		struct app *app = request_app(q);
 *		const struct json_t *in;
 *		const char *name;
 *		struct json_out *out;
 *		enum rc rc;
 *
 *		if ((rc = request_json(q, &in, e)) != RC_OK ||
 *		    (rc = json_get_text(in, "name", JSON_MUST, 1, 60, &name,
 *		         e)) != RC_OK ||
 *		    (rc = device_set_name(app->store, request_param(q, "id"),
 *		         name, e)) != RC_OK)
 *			return rc;
 *		out = response_json(r, 200);
 *		json_put_text(out, "name", name);
 *
 *		return RC_OK;
 *	}
 *
 *	static const struct route routes[] = {
 *		{ ROUTE_PUT, "/api/v1/devices/{id}", .flags = ROUTE_SESSION,
 *		    .handler = device_rename },
 *	};
 *
 * Waiting: watch, look, wait, in that order, so that no notice falls between:
 *
 *	request_watch(q, topic, e);           a failure is returned
 *	... read the state; if it is decided, answer ...
 *	response_wait(r, 25000, this_handler);
 *	return RC_OK;                         the handler runs again later
 */
typedef enum rc route_handler(
    struct request *q, struct response *r, struct err *e);

enum route_method {
	ROUTE_GET, /* answers HEAD too */
	ROUTE_POST,
	ROUTE_PUT,
	ROUTE_PATCH,
	ROUTE_DELETE,
	ROUTE_OPTIONS,
};

#define ROUTE_METHODS (ROUTE_OPTIONS + 1)

enum route_flag {
	/* Without a session (the server's `session` hook says) it is refused. */
	ROUTE_SESSION = 1 << 0,
	/*
	 * For programs: proof is in the request itself (bearer token, signed
	 * body), cookies are not looked at. A program need not say where it
	 * comes from; a browser that says "another site" is refused here, too.
	 * request_cookie() gives NULL there.
	 */
	ROUTE_MACHINE = 1 << 1,
	/* Answers may be shared and kept: no "Cache-Control: no-store". */
	ROUTE_CACHED = 1 << 2,
	/* Cheap and never blocking: run on the event thread, not on a worker. */
	ROUTE_DIRECT = 1 << 3,
};

#define ROUTE_BODY_DEFAULT 16384 /* bytes, where a row says 0 */
#define ROUTE_PARAMS_MAX   4
#define ROUTE_PARAM_MAX    128 /* bytes of one path parameter */

/*
 * One row. path is exact text with whole segments as parameters:
 * "/api/v1/devices/{id}". A last segment "{name*}" takes the rest of the path.
 */
struct route {
	enum route_method method;
	const char *path;
	size_t body_max; /* 0: ROUTE_BODY_DEFAULT */
	unsigned int flags;
	unsigned int limit; /* class of the server's limit table, 0: none */
	route_handler *handler;
};

/* A path that was matched, with its parameters in the row's order. */
struct route_match {
	const struct route *route;
	size_t n;
	struct span names[ROUTE_PARAMS_MAX];
	struct span raw[ROUTE_PARAMS_MAX];
	const char *values[ROUTE_PARAMS_MAX]; /* decoded */
};

/*
 * Finds the row for a method and a raw path (before percent-decoding, without
 * the query). The first row that fits wins. text has at least path.n +
 * ROUTE_PARAMS_MAX bytes for the decoded parameters. RC_ABSENT: no row has
 * this path. RC_POLICY: some have, with other methods; *allowed has bit
 * 1 << method for each. RC_FORMAT: a parameter is not strictly
 * percent-encoded UTF-8. RC_LIMIT: it is too long.
 */
IG_CHECK enum rc route_find(const struct route *routes, size_t n,
    enum route_method method, struct span path, struct route_match *m,
    char *text, unsigned int *allowed, struct err *e);

/* A decoded parameter, NULL when the row has none of that name. */
const char *route_param(const struct route_match *m, const char *name);

/*
 * Is the table sound: paths well formed, methods known, handlers there, no
 * row twice? RC_BUG names the row. Called by server_start().
 */
IG_CHECK enum rc route_check(
    const struct route *routes, size_t n, struct err *e);

/* "GET", "POST" …; never NULL. */
const char *route_method_name(enum route_method method);

/* The method of a name in capitals; false when it is none of ours. */
bool route_method_find(const char *name, enum route_method *out);
