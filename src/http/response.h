/*
 * response.h - see response.c.
 */
#pragma once

#include "base/err.h"
#include "base/span.h"
#include "http/json.h"
#include "http/route.h"

#include <stdint.h>

struct request;
struct response;

#define RESPONSE_BODY_MAX (4 << 20) /* bytes */
#define RESPONSE_WAIT_MAX 120000    /* ms */

/* Sets the status alone: an answer without a body. */
void response_status(struct response *r, unsigned int status);

/*
 * Starts a JSON body, a single object that is open already: put members into
 * what is returned; whatever is still open at the end is closed for you. A
 * body that went wrong (bad UTF-8, too large, misuse) is sent as a plain 500.
 */
struct json_out *response_json(struct response *r, unsigned int status);

/* A body of bytes, copied; type is a media type that outlives the response. */
void response_bytes(struct response *r, unsigned int status, const char *type,
    struct span body);

/*
 * A header. name outlives the response. A value with a control character or
 * of more than 1024 bytes turns the answer into a plain 500.
 */
void response_header(struct response *r, const char *name, const char *fmt, ...)
    IG_PRINTF(3, 4);

/*
 * A cookie: Path=/, HttpOnly, SameSite=Strict; on an https public address
 * also Secure and the __Host- prefix. max_age_s 0: until the browser closes;
 * below 0: removes it. name and value are letters, digits, "-", "_", ".".
 */
void response_cookie(
    struct response *r, const char *name, const char *value, int64_t max_age_s);

/*
 * An RFC 9457 problem. The server writes
 *
 *	{ "type": "urn:ingam:problem:<slug>", "title": en, "status": …,
 *	  "detail": detail, "field": field, "title_ko": ko,
 *	  "next": next_en, "next_ko": next_ko }
 *
 * Parts that are NULL or "" are left out. Strings are borrowed for the call.
 */
struct response_problem {
	unsigned int status;
	const char *slug;
	const char *ko, *en;           /* one sentence each */
	const char *next_ko, *next_en; /* what to do now */
	const char *field;             /* what the complaint is about */
	const char *detail;            /* err.msg */
};

/* Writes it; further members may be put into what is returned. */
struct json_out *response_problem(
    struct response *r, const struct response_problem *p);

/*
 * Instead of an answer: suspends the request until one of its topics
 * (request_watch()) is published to, or timeout_ms passed, and then runs
 * again() on a worker. Nothing else of r is sent. A notice that came since
 * request_watch() ends the wait at once.
 */
void response_wait(
    struct response *r, int64_t timeout_ms, route_handler *again);

/*
 * Instead of an answer: text/event-stream of whatever is published to the
 * request's topics from request_watch() on. Events for the start come first.
 * The stream lives at most the server's stream_ms; browsers come back alone.
 */
void response_stream(struct response *r);
