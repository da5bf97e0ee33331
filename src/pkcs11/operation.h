/*
 * operation.h - see operation.c.
 */
#pragma once

#include "pkcs11/api.h"
#include "pkcs11/mech.h"
#include "wire/tokenframe.h"

#include <stdbool.h>

/* Raw mechanisms gather at most what fits under an RSA key of 8192 bits. */
#define OPERATION_RAW_MAX 1024

/* A signature that is made, or verified, of one session. */
struct operation {
	bool active;
	bool updated;
	const struct mech *mech;
	CK_OBJECT_HANDLE key;
	uint8_t certificate[16];
	size_t signature_bytes;
	enum tokenframe_hash digest; /* PSS: what the parameters say */
	uint16_t salt;
	struct hash hash;               /* of a mechanism that hashes */
	uint8_t raw[OPERATION_RAW_MAX]; /* of one that does not */
	size_t raw_n;
};

struct session;
struct state;

enum operation_kind { OPERATION_SIGN, OPERATION_VERIFY };

/* Whether this key may, and operation_begin(). The session is entered. */
typedef CK_RV operation_beginner(struct state *st, struct session *s,
    const CK_MECHANISM *given, CK_OBJECT_HANDLE key);

/*
 * C_SignInit and C_VerifyInit; without a mechanism the one under way is
 * cancelled. CKR_OPERATION_ACTIVE: there is one, or a call of another thread.
 */
CK_RV operation_init(CK_SESSION_HANDLE handle, enum operation_kind kind,
    const CK_MECHANISM *given, CK_OBJECT_HANDLE key, operation_beginner *begin);

/*
 * Enters the session of a handle that has one under way; state_leave() ends
 * it. CKR_OPERATION_ACTIVE: a call of another thread. On failure nothing was
 * entered.
 */
CK_RV operation_enter(CK_SESSION_HANDLE handle, enum operation_kind kind,
    struct state **st, struct session **s);

/* C_SignUpdate and C_VerifyUpdate. */
CK_RV operation_update(CK_SESSION_HANDLE handle, enum operation_kind kind,
    const CK_BYTE *data, CK_ULONG n);

/*
 * Begins one with a key of a certificate; whether the key may is the caller's
 * to know. CKR_MECHANISM_INVALID, CKR_KEY_TYPE_INCONSISTENT,
 * CKR_MECHANISM_PARAM_INVALID: op is not active.
 */
CK_RV operation_begin(struct operation *op, const CK_MECHANISM *given,
    CK_OBJECT_HANDLE key, const struct tokenframe_object *o);

/* Takes more of the data. Needs no lock. CKR_DATA_LEN_RANGE. */
CK_RV operation_add(struct operation *op, const CK_BYTE *data, CK_ULONG n);

/*
 * The digest that the signature is over; out borrows from op, and op->digest
 * says which it is. CKR_DATA_INVALID, CKR_DATA_LEN_RANGE.
 */
CK_RV operation_digest(struct operation *op, struct span *out);
