/*
 * mech.h - see mech.c.
 */
#pragma once

#include "base/span.h"
#include "pkcs11/api.h"
#include "pkcs11/hash.h"
#include "wire/tokenframe.h"

#include <stdbool.h>

/* One mechanism of the token. */
struct mech {
	CK_MECHANISM_TYPE type;
	CK_FLAGS use;                  /* CKF_SIGN (and verify) or CKF_DIGEST */
	CK_KEY_TYPE key;               /* of a CKF_SIGN */
	enum tokenframe_scheme scheme; /* of a CKF_SIGN */
	bool hashes;                   /* takes data, not a digest */
	enum hash_kind hash;
};

const struct mech *mech_find(CK_MECHANISM_TYPE type);

/* The i-th mechanism, or NULL behind the last. */
const struct mech *mech_at(size_t i);

/*
 * Checks the parameter of a CKF_SIGN mechanism. For PSS gives digest and salt
 * length, which must fit a modulus of the given size.
 * CKR_MECHANISM_PARAM_INVALID.
 */
CK_RV mech_check_parameter(const struct mech *m, const CK_MECHANISM *given,
    size_t modulus_bytes, enum tokenframe_hash *digest, uint16_t *salt);

/*
 * Checks what a raw mechanism was given and finds the digest in it: a SHA-2
 * DigestInfo (PKCS#1), a digest (PSS, ECDSA). digest: what PSS parameters
 * say, else set here. CKR_DATA_LEN_RANGE, CKR_DATA_INVALID.
 */
CK_RV mech_raw_digest(const struct mech *m, struct span in,
    size_t modulus_bytes, enum tokenframe_hash *digest, struct span *out);

/* TOKENFRAME_SHA256 for HASH_SHA256 …; HASH_SHA1 has none and is never asked. */
enum tokenframe_hash mech_frame_hash(enum hash_kind kind);
