/*
 * rest.h - see rest.c.
 */
#pragma once

#include "base/err.h"
#include "base/span.h"

#include <jansson.h>
#include <stdbool.h>

#define REST_ANSWER_MAX (1 << 20)

/* What the service said when it refused (RFC 9457), for a person. */
struct rest_problem {
	int status;
	char slug[48];
	char title[256]; /* in the language of rest_new() */
	char next[256];
	long tries_left; /* -1 where it did not say */
};

/* One origin of one service: keeps the connection, cookies and a bearer. */
struct rest;

/*
 * origin: "http://localhost:8701". korean picks the language of problems.
 * Gives NULL when out of memory.
 */
struct rest *rest_new(const char *origin, bool korean);
void rest_free(struct rest *r);

/* Sent with every further call; NULL takes it away. Copied. */
void rest_set_bearer(struct rest *r, const char *bearer);

/*
 * The cookies that the service has set, as a line "Cookie: a=b\r\n" for
 * somebody else's connection. False: there are none, or out is too small.
 */
bool rest_cookies(const struct rest *r, char *out, size_t size);

/* Extra seconds that a call may take because it waits for a person. */
void rest_set_patience(struct rest *r, long seconds);

/*
 * One call. body may be NULL and is taken in any case. On RC_OK *answer is
 * the JSON object or array (given; NULL for an empty answer). RC_REFUSED: the service
 * answered with a problem, in *problem. RC_IO: no service, or no sense in
 * what it says. RC_LIMIT: more than REST_ANSWER_MAX.
 */
IG_CHECK enum rc rest_call(struct rest *r, const char *method, const char *path,
    json_t *body, json_t **answer, struct rest_problem *problem, struct err *e);

/* Is there anything at the origin that answers, whatever it says? RC_IO. */
IG_CHECK enum rc rest_reach(struct rest *r, struct err *e);

/* Members of an answer, borrowed; NULL, 0 where absent or of another type. */
const char *rest_text(const json_t *object, const char *name);
long long rest_number(const json_t *object, const char *name);

/*
 * A base64url member as bytes: appends to out. RC_IO where it is absent or
 * malformed.
 */
struct buf;
IG_CHECK enum rc rest_bytes(
    const json_t *object, const char *name, struct buf *out, struct err *e);

/* Sets a base64url member. */
IG_CHECK enum rc rest_set_bytes(
    json_t *object, const char *name, struct span bytes, struct err *e);
