/*
 * session.h - see session.c.
 */
#pragma once

#include "pkcs11/api.h"
#include "pkcs11/operation.h"

#include <stdbool.h>

struct state;

/* A search: the handles that were there when it began. */
struct session_find {
	bool active;
	CK_OBJECT_HANDLE *handles;
	size_t n, next;
};

struct session_digest {
	bool active;
	bool updated; /* C_DigestUpdate was called: no more C_Digest */
	struct hash hash;
};

struct session {
	struct session *next;
	CK_SESSION_HANDLE handle;
	CK_SLOT_ID slot;
	bool writable;
	bool busy;      /* a thread works on it outside of the lock */
	bool closed;    /* by another thread; the busy one frees it */
	bool cancelled; /* by helper_wake() */
	int channel;    /* of the helper that it waits on; -1: none */
	struct session_find find;
	struct session_digest digest;
	struct operation sign, verify;
};

/* The session of a handle, or NULL. With the lock. */
struct session *session_find(struct state *st, CK_SESSION_HANDLE handle);

/* Closes every session; those that wait are woken and go by themselves. */
void session_close_all(struct state *st);

/*
 * Marks a session as worked on without the lock, so that only its owner
 * touches its operations. CKR_OPERATION_ACTIVE when somebody does already.
 */
CK_RV session_hold(struct session *s);

/*
 * The way back. When it was closed meanwhile: frees it, and says
 * CKR_CRYPTOKI_NOT_INITIALIZED (C_Finalize) or CKR_SESSION_CLOSED; else rv.
 */
CK_RV session_release(struct state *st, struct session *s, CK_RV rv);
