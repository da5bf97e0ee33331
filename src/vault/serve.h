/*
 * serve.h - see serve.c.
 */
#pragma once

#include "vault/vault.h"

#include <sys/types.h>

#define SERVE_UIDS_MAX 8

struct serve {
	int listener;
	int epoll;
	uid_t uids[SERVE_UIDS_MAX]; /* who may speak; the first is our own */
	size_t n_uids;
};

/*
 * Listens at path and gets everything ready that needs a file. RC_EXISTS,
 * RC_IO, RC_LIMIT as channel_listen().
 */
IG_CHECK enum rc serve_open(
    struct serve *s, const char *path, bool shared, struct err *e);

/* Lets a user speak. False: that are too many. */
bool serve_allow(struct serve *s, uid_t uid);

/* Serves until SIGTERM or SIGINT. */
void serve_run(struct serve *s, struct vault *v);
void serve_close(struct serve *s);
