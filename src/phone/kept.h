/*
 * kept.h - see kept.c.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

/* Bytes of an answer, and of a request with its body. */
#define KEPT_ANSWER_MAX  65536
#define KEPT_REQUEST_MAX 8192

/* What all connections to one origin share. */
struct kept_origin {
	int epoll;        /* kept_poll() */
	char name[256];   /* "http://localhost:8700" */
	const char *host; /* in name, behind "//" */
	uint16_t port;
};

/*
 * A call was answered: the HTTP status and the body, borrowed until it returns.
 * Of a stream: with nothing when it begins, then once an event with its text.
 * 0: the connection broke, or what came was not HTTP; it is closed. From here
 * the connection may be used again, and closed but for a stream that goes on.
 */
typedef void kept_told(void *arg, int status, struct span body);

/* One connection, and the one call or stream on it. Zero is a closed one. */
struct kept {
	const struct kept_origin *origin;
	int socket; /* descriptor + 1, 0: closed */
	bool stream, begun;
	kept_told *told; /* NULL: nothing is asked */
	void *arg;
	struct buf in;
	struct buf text; /* of a stream, without its chunks */
};

/* A poll for any number of connections, -1 for want of descriptors. */
int kept_poll(void);

/*
 * An origin on this machine. RC_UNKNOWN: not plain HTTP with a port, the only
 * one that is spoken here.
 */
IG_CHECK enum rc kept_origin_init(
    struct kept_origin *o, int epoll, const char *name, struct err *e);

/*
 * Sends a call, over a new connection where there is none or it was closed
 * meanwhile. header is a line of its own ("Cookie: a=b\r\n"). body NULL: GET
 * without one, and the answer is an event stream; else a POST of JSON.
 * RC_IO, RC_LIMIT.
 */
IG_CHECK enum rc kept_call(struct kept *k, const struct kept_origin *o,
    const char *path, const char *header, const char *body, kept_told *told,
    void *arg, struct err *e);

/* Gives up what is asked, and tells nobody. */
void kept_close(struct kept *k);

/* Waits for at most ms, and tells what came. False: nothing did. */
bool kept_turn(int epoll, int ms);

/* For the fuzzer: tells what the bytes that were appended to `in` complete. */
void kept_parse(struct kept *k);
