/*
 * signature.h - see signature.c.
 */
#pragma once

#include "base/err.h"
#include "base/span.h"

#include <openssl/types.h>

enum signature_scheme {
	SIGNATURE_RSA_PKCS1, /* RFC 8017 8.2 */
	SIGNATURE_RSA_PSS,   /* RFC 8017 8.1; MGF1 with the same hash */
	SIGNATURE_ECDSA_DER, /* SEQUENCE { r, s } */
	SIGNATURE_ECDSA_RAW, /* r ‖ s, each as long as the order (PKCS#11) */
};

/*
 * NONE, for SIGNATURE_RSA_PKCS1 only: the caller's bytes are padded as they
 * are, a DigestInfo or not (CKM_RSA_PKCS); and for ECDSA: a digest whose
 * algorithm does not matter.
 */
enum signature_hash {
	SIGNATURE_HASH_NONE,
	SIGNATURE_HASH_SHA1,
	SIGNATURE_HASH_SHA256,
	SIGNATURE_HASH_SHA384,
	SIGNATURE_HASH_SHA512,
};

struct signature_algorithm {
	enum signature_scheme scheme;
	enum signature_hash hash;
	unsigned int salt_bytes; /* of PSS */
};

/*
 * Verifies a signature over a digest that was made already. RC_OK: good.
 * RC_DENIED: bad signature. RC_FORMAT: digest of another length than the
 * hash, or a scheme that the key cannot do. RC_CRYPTO, RC_MEMORY.
 */
IG_CHECK enum rc signature_verify(EVP_PKEY *key,
    const struct signature_algorithm *algorithm, struct span digest,
    struct span signature, struct err *e);
