/*
 * serve.h - see serve.c.
 */
#pragma once

#include "vault/vault.h"

#include <pthread.h>
#include <sys/types.h>

#define SERVE_UIDS_MAX    8
#define SERVE_THREADS_MAX 8

struct serve {
	int listener;
	int epoll;
	uid_t uids[SERVE_UIDS_MAX]; /* who may speak; the first is our own */
	size_t n_uids;

	struct vault *vault;
	size_t connections;
	int64_t next_tick;
	/*
	 * Held by whoever looks at this struct or at the vault: that is always,
	 * but while a thread waits or makes signatures.
	 */
	pthread_mutex_t lock;
	pthread_cond_t changed; /* one of these, or it is to end */
	bool taking;            /* a thread waits for requests, or none may */
	size_t answering;       /* threads with requests in hand */
	size_t threads;         /* serve_run()'s own included */
};

/*
 * Listens at path for v and gets everything ready that needs a file. RC_EXISTS,
 * RC_IO, RC_LIMIT as channel_listen().
 */
IG_CHECK enum rc serve_open(struct serve *s, struct vault *v, const char *path,
    bool shared, struct err *e);

/*
 * Starts threads, so that so many (SERVE_THREADS_MAX at most) will serve,
 * serve_run()'s own included. They keep still until that is called, and again
 * after it; s has to last as long as the process. RC_IO.
 */
IG_CHECK enum rc serve_start_threads(
    struct serve *s, size_t threads, struct err *e);

/* Lets a user speak. False: that are too many. */
bool serve_allow(struct serve *s, uid_t uid);

/* Serves until SIGTERM or SIGINT. */
void serve_run(struct serve *s);
void serve_close(struct serve *s);
