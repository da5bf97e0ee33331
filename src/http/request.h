/*
 * request.h - see request.c.
 */
#pragma once

#include "base/err.h"
#include "base/span.h"

#include <stdint.h>

struct json_t;
struct request;

#define REQUEST_TARGET_MAX  2048 /* bytes of path and query */
#define REQUEST_ADDRESS_MAX 46   /* an IPv6 address as text, with its zero */

/* What the server was started with (server.h, `app`). */
void *request_app(const struct request *q);

/*
 * A path parameter by the name in the row, decoded UTF-8 without NUL. NULL
 * only if the row has no such name.
 */
const char *request_param(const struct request *q, const char *name);

/*
 * A value of the query string, decoded UTF-8 without NUL; NULL when absent.
 * A query that is malformed, or names something twice, never gets this far.
 */
const char *request_query(const struct request *q, const char *name);

/* A header's value, NULL when absent. The name in any case. */
const char *request_header(const struct request *q, const char *name);

/* The token of "Authorization: Bearer …", NULL when absent or malformed. */
const char *request_bearer(const struct request *q);

/*
 * A cookie's value by its plain name (the __Host- prefix is added here where
 * response_cookie() adds it). NULL when absent, malformed, there twice, or
 * when the route is ROUTE_MACHINE.
 */
const char *request_cookie(struct request *q, const char *name);

/* The body, borrowed; empty when there is none. */
struct span request_body(const struct request *q);

/* Is the body's media type this one ("application/ocsp-request")? */
bool request_is_type(const struct request *q, const char *type);

/*
 * The body as a JSON object, parsed once and kept for the request's life.
 * RC_FORMAT: not application/json, not JSON, not an object.
 */
IG_CHECK enum rc request_json(
    struct request *q, const struct json_t **out, struct err *e);

/* The client's address as text; of X-Forwarded-For only behind a trusted proxy. */
const char *request_address(const struct request *q);

/* When it came: clock_wall_ms(). */
int64_t request_time_ms(const struct request *q);

/*
 * One slot of the caller's own (the session), with the function that frees it
 * (may be NULL) when the request is over. Setting it again frees the old one.
 */
void request_set_slot(struct request *q, void *slot, void (*drop)(void *));
void *request_slot(const struct request *q);

/*
 * Starts watching a topic, before the state is read; see route.h. Asking for
 * one that is watched already does nothing. RC_LIMIT: over TOPIC_WATCH_MAX,
 * or the hub is full; RC_FORMAT: not a topic name.
 */
IG_CHECK enum rc request_watch(
    struct request *q, const char *topic, struct err *e);

/* Why a handler runs. */
enum request_wake {
	REQUEST_FIRST,   /* for the first time */
	REQUEST_NEWS,    /* a watched topic was published to */
	REQUEST_TIMEOUT, /* response_wait()'s time is over */
	REQUEST_STOP,    /* the server stops: answer with what there is */
};

enum request_wake request_wake(const struct request *q);
