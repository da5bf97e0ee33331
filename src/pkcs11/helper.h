/*
 * helper.h - see helper.c.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

#include <sys/types.h>

struct state;
struct session;

/* As many calls can wait for people at the same time. */
#define HELPER_CHANNELS 64

/* A descriptor, and how to know that it is still ours: hosts close things. */
struct helper_fd {
	int fd; /* -1: none */
	ino_t inode;
};

struct helper {
	struct helper_fd control;
	struct helper_fd channel[HELPER_CHANNELS];
	bool taken[HELPER_CHANNELS];
	unsigned int generation; /* counts helpers started */
};

void helper_init(struct helper *h);

/* Where the program is: what the environment names, or where it is installed. */
const char *helper_path(void);

/* In a child after fork: closes the copies, tells the helper nothing. */
void helper_forget(struct helper *h);

/* Ends the helper. */
void helper_stop(struct helper *h);

/* Wakes every call that waits for an answer. */
void helper_wake_all(struct helper *h);

/*
 * Sends request (then secret's bytes, when there are any) and waits at most
 * wait_ms for the answer, which is put into answer. Starts the helper if none
 * is there. Called with the lock; waits without it. While it waits,
 * helper_wake() on the session ends the call with RC_STATE.
 * RC_IO: no helper, or it died. RC_EXPIRED: no answer in time. RC_BUSY: too
 * many calls wait. RC_FORMAT, RC_LIMIT: a malformed answer.
 */
IG_CHECK enum rc helper_call(struct state *st, struct session *s,
    struct span request, struct span secret, int wait_ms, struct buf *answer,
    struct err *e);

/* Ends the call that a session waits in, if there is one. With the lock. */
void helper_wake(struct helper *h, struct session *s);

/* Tells the helper something that has no answer. Failure is no matter. */
void helper_tell(struct state *st, struct span frame, bool start);
