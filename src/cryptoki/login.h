/*
 * login.h - see login.c.
 */
#pragma once

#include "base/err.h"
#include "base/span.h"
#include "cryptoki/slots.h"

/* A session with a token. */
struct login {
	struct module *module; /* borrowed */
	unsigned long session;
	struct slot_info slot; /* as it was when it began */
	bool open;
	bool entered; /* the PIN was right */
};

/*
 * Opens a session, in which what is public can be read; with write, things can
 * be changed. Ends with login_close(), also after a failure. RC_POLICY: write,
 * and the token is write-protected. RC_ABSENT: it is gone. RC_IO.
 */
IG_CHECK enum rc login_open(struct module *m, const struct slot_info *slot,
    bool write, struct login *out, struct err *e);

/*
 * The PIN of the user. A token with a protected path asks by itself, and pin is
 * not looked at (PKCS#11 2.40 section 5.6, C_Login with NULL); this waits until
 * it has.
 * RC_SECRET: wrong PIN. RC_LOCKED: too many wrong ones, or it was locked before;
 * then nothing is tried. RC_REFUSED: the person said no at the token.
 * RC_STATE: no PIN was ever set. RC_EXPIRED: the PIN must be changed first.
 */
IG_CHECK enum rc login_enter(struct login *l, struct span pin, struct err *e);

/* Logs out and closes. A login that was never opened is fine. */
void login_close(struct login *l);
