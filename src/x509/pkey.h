/*
 * pkey.h - see pkey.c.
 */
#pragma once

#include "base/buf.h"
#include "npki/certinfo.h"
#include "npki/pkinfo.h"
#include "x509/signature.h"

#define PKEY_SIGNATURE_MAX 512 /* bytes of a signature: RSA of 4096 bits */

/*
 * libcrypto's form of a private key; its public half is the certificate's,
 * whose facts are given. Where the numbers come from outside, they must have
 * passed keymatch_check(): nothing of that is tried here. *out is
 * NULL on failure; free it with EVP_PKEY_free(). RC_DENIED: key of another
 * certificate. RC_CRYPTO: not loaded.
 */
IG_CHECK enum rc pkey_load(const struct pkinfo *numbers,
    const struct certinfo *info, EVP_PKEY **out, struct err *e);

/*
 * RC_FORMAT unless the key can make such a signature over such a digest:
 * PKCS #1 or PSS by RSA, ECDSA_DER by the others; SHA-256, -384 or -512.
 */
IG_CHECK enum rc pkey_check(EVP_PKEY *key, const struct signature_algorithm *a,
    struct span digest, struct err *e);

/*
 * Signs a digest that passed pkey_check(), and verifies with the public key
 * before a byte goes out. RC_CRYPTO: no signature, nothing is written to out.
 */
IG_CHECK enum rc pkey_sign(EVP_PKEY *key, const struct signature_algorithm *a,
    struct span digest, struct buf *out, struct err *e);
