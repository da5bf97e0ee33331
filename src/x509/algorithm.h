/*
 * algorithm.h - see algorithm.c.
 */
#pragma once

#include "npki/derput.h"
#include "x509/signature.h"

#define ALGORITHM_DIGEST_MAX 64 /* bytes: SHA-512 */

/*
 * Takes a hash's AlgorithmIdentifier (RFC 5754 section 2), its parameters
 * NULL or absent. RC_POLICY: SHA-1. RC_UNKNOWN: another algorithm. What is
 * malformed fails the document, and is RC_FORMAT.
 */
IG_CHECK enum rc algorithm_take_hash(
    struct der *r, enum signature_hash *out, struct err *e);

/*
 * Takes a signature's AlgorithmIdentifier beside which hash was named:
 * rsaEncryption and shaNNNWithRSA (RFC 5754 3.2), RSASSA-PSS (RFC 4056 and
 * 8017 A.2.3: MGF1 with the same hash), ecdsa-with-SHANNN (RFC 5754 3.3).
 * RC_POLICY: it names another hash. Else as algorithm_take_hash().
 */
IG_CHECK enum rc algorithm_take_signature(struct der *r,
    enum signature_hash hash, struct signature_algorithm *out, struct err *e);

/* Puts them: a hash with NULL, PKCS #1 as rsaEncryption. */
void algorithm_put_hash(struct derput *w, enum signature_hash hash);
void algorithm_put_signature(
    struct derput *w, const struct signature_algorithm *a);

/* "SHA-256", …, and "RSA", "RSA-PSS" or "ECDSA". */
const char *algorithm_hash_name(enum signature_hash hash);
const char *algorithm_scheme_name(enum signature_scheme scheme);

/*
 * The digest of up to n spans, one after the other; a hash of ours, not
 * SIGNATURE_HASH_NONE. out gives the bytes' place in room. RC_CRYPTO.
 */
IG_CHECK enum rc algorithm_digest(enum signature_hash hash,
    const struct span *parts, size_t n, uint8_t room[ALGORITHM_DIGEST_MAX],
    struct span *out, struct err *e);
