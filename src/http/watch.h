/*
 * watch.h - see watch.c.
 */
#pragma once

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct topic_hub;
struct topic_waiter;
struct watch;

/* What a connection is expected to do before a time is over. */
enum watch_phase {
	WATCH_NOTHING,
	WATCH_HEAD, /* send a request's head */
	WATCH_BODY, /* send its body */
	WATCH_IDLE, /* send another request */
};

#define WATCH_PHASES (WATCH_IDLE + 1)

/* One TCP connection, from its start to its end. Fields are watch.c's. */
struct watch_peer {
	struct watch_peer *prev, *next;
	enum watch_phase phase;
	int64_t at_ms;
	int fd;
	bool listed; /* in our epoll set */
	bool left;
	struct topic_waiter *waiter;
};

/*
 * Starts the thread that looks for peers that leave while their request
 * waits, for peers that are too slow, and for deadlines of the hub. RC_IO.
 */
IG_CHECK enum rc watch_start(struct topic_hub *hub,
    const int64_t limits_ms[WATCH_PHASES], struct watch **out, struct err *e);

/* After all peers were closed. NULL is fine. */
void watch_stop(struct watch *w);

/* A new connection: WATCH_HEAD. NULL when there is no memory. */
struct watch_peer *watch_open(struct watch *w, int fd);

/* Before its descriptor is closed. */
void watch_close(struct watch *w, struct watch_peer *peer);

void watch_expect(
    struct watch *w, struct watch_peer *peer, enum watch_phase phase);

/*
 * While a request waits: topic_leave(waiter) is called when the peer leaves.
 * NULL ends it; when watch_wait() has returned, it will not be called for the
 * one before.
 */
void watch_wait(
    struct watch *w, struct watch_peer *peer, struct topic_waiter *waiter);

/* How many connections are open. */
uint64_t watch_count(struct watch *w);
