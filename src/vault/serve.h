/*
 * serve.h - see serve.c.
 */
#pragma once

#include "vault/vault.h"

#include <sys/types.h>

#define SERVE_UIDS_MAX 16

struct serve_options {
	int listener;
	uid_t uids[SERVE_UIDS_MAX]; /* who may connect, besides ourselves */
	size_t n_uids;
};

/* Everything that is made before the jail: descriptors. RC_IO. */
struct serve;
IG_CHECK enum rc serve_new(struct vault *v, const struct serve_options *o,
    struct serve **out, struct err *e);

/* Serves until serve_stop() (from a signal handler). */
void serve_run(struct serve *s);
void serve_stop(void);
void serve_free(struct serve *s);
