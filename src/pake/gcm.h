/*
 * gcm.h - see gcm.c.
 */
#pragma once

#include "base/err.h"
#include "base/span.h"

#define GCM_NONCE_LEN 12
#define GCM_TAG_LEN   16

/* Fetches the ciphers; the other two do it themselves at the first call. */
IG_CHECK enum rc gcm_init(struct err *e);

/*
 * AES-GCM by the key's length (16 or 32 bytes). out takes plain.n +
 * GCM_TAG_LEN bytes. RC_CRYPTO.
 */
IG_CHECK enum rc gcm_seal(struct span key,
    const uint8_t nonce[static GCM_NONCE_LEN], struct span aad,
    struct span plain, uint8_t *out, struct err *e);

/*
 * The other way; out takes sealed.n - GCM_TAG_LEN bytes and is zeros unless
 * the tag fits. RC_DENIED when it does not, RC_FORMAT when there is none,
 * RC_CRYPTO when libcrypto fails: nobody knows then whether it fits.
 */
IG_CHECK enum rc gcm_open(struct span key,
    const uint8_t nonce[static GCM_NONCE_LEN], struct span aad,
    struct span sealed, uint8_t *out, struct err *e);
