/*
 * vault_child.h - see vault_child.c.
 */
#pragma once

#include "daemon/config.h"

#include <sys/types.h>

/* The vault of a small setup: started by ingamd, and again when it ends. */
struct vault_child {
	const struct config *config;
	pid_t pid;     /* 0: none that is known */
	bool is_child; /* ours to reap; else it was there before us, … */
	int pidfd;     /* … and this tells when it ends */
	int status;    /* of the last that ended, as waitpid() gives it */
	int64_t started_ms;
	int64_t pause_ms;
};

/*
 * Finds the vault that listens already, or starts one and waits until it
 * serves; one that an ingamd before us has just started is waited for, too.
 * RC_IO: it cannot be started, or ended at once.
 */
IG_CHECK enum rc vault_child_start(
    struct vault_child *v, const struct config *c, struct err *e);

/* Starts it again if it is gone; call it after SIGCHLD, and now and then. */
void vault_child_watch(struct vault_child *v);

/* Ends it by its pid. */
void vault_child_stop(struct vault_child *v);

/* Makes the vault's state and its key-encrypting key. RC_EXISTS is fine. */
IG_CHECK enum rc vault_child_init(const struct config *c, struct err *e);
