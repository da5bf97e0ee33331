/*
 * approval.h - see approval.c.
 */
#pragma once

#include "token/fetch.h"
#include "token/list.h"
#include "wire/tokenconf.h"
#include "wire/tokenframe.h"

#include <pthread.h>

/*
 * What this process may do with the member's keys: at most one request at the
 * service, which the phone approves. All functions may be called from several
 * threads, each with a fetch of its own.
 */
struct approval {
	pthread_mutex_t lock; /* over everything below */
	pthread_cond_t idle;
	bool busy; /* a thread is changing the request */
	struct tokenconf conf;
	char program[TOKENFRAME_PROGRAM_MAX + 1];
	char machine[65], user[65], phone[32];
	uint8_t owner[16];
	char id[ANSWER_ID + 1]; /* of the request; "": none */
	uint8_t secret[32];     /* that proves it is ours */
	bool open;              /* it signs */
	uint8_t pin_key[32];    /* of this process */
	uint8_t pin[32];        /* keyed hash of the number that was right */
	bool has_pin;
	uint32_t logouts; /* that were heeded */
	struct list list;
};

/* Reads the settings of the program. As tokenconf_load(); RC_MEMORY. */
IG_CHECK enum rc approval_init(
    struct approval *a, const char *program, struct err *e);

/*
 * A session was opened: the phone is told, when there is a number to show and
 * nothing to be asked here first. Failure is no matter: C_Login tries again.
 */
void approval_announce(struct approval *a, struct fetch *f);

/*
 * C_Login. Appends a TOKENFRAME_OBJECTS frame. RC_SECRET: wrong number; where
 * none was there to be right, or it was not the one that opened the approval,
 * which ends then, a new one is on the phone now. RC_LOCKED, RC_REFUSED,
 * RC_EXPIRED (nobody answered), RC_STATE (given up), RC_RATE, RC_IO, RC_FORMAT.
 */
IG_CHECK enum rc approval_login(struct approval *a, struct fetch *f,
    const struct tokenframe_login *q, uint8_t *tries_left, struct buf *out,
    struct err *e);

/*
 * C_Sign. When the approval is used up or its time over, the phone is asked
 * again. Appends a TOKENFRAME_SIGNED frame. RC_DENIED: no login. RC_REFUSED,
 * RC_EXPIRED, RC_STATE, RC_POLICY (certificate), RC_CRYPTO (the service's
 * signature is wrong), RC_RATE, RC_IO, RC_FORMAT.
 */
IG_CHECK enum rc approval_sign(struct approval *a, struct fetch *f,
    const struct tokenframe_sign *q, struct buf *out, struct err *e);

/*
 * The logouts-th C_Logout, unless it was heeded before. A number may be typed
 * again while it lives; a push may not.
 */
void approval_logout(struct approval *a, struct fetch *f, uint32_t logouts);

/* The service forgets the request. */
void approval_end(struct approval *a, struct fetch *f);

/*
 * The program ends: the service forgets the request, one that is being made
 * as well, and none is made from now on. until_ms: on the monotonic clock, how
 * long it waits for who is making one.
 */
void approval_close(struct approval *a, struct fetch *f, int64_t until_ms);
