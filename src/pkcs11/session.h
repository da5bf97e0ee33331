/*
 * session.h - see session.c.
 */
#pragma once

#include "pkcs11/api.h"
#include "pkcs11/mech.h"

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

/* Raw mechanisms gather at most what fits under an RSA key of 8192 bits. */
#define SESSION_RAW_MAX 1024

struct session_sign {
	bool active;
	bool updated;
	const struct mech *mech;
	CK_OBJECT_HANDLE key;
	uint8_t certificate[16];
	size_t signature_bytes;
	enum tokenframe_hash digest; /* PSS: what the parameters say */
	uint16_t salt;
	struct hash hash;             /* of a mechanism that hashes */
	uint8_t raw[SESSION_RAW_MAX]; /* of one that does not */
	size_t raw_n;
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
	struct session_sign sign;
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
