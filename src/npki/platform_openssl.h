/*
 * platform_openssl.h - what platform_openssl.c and platform_seal.c share.
 */
#pragma once

#include "npki/platform.h"

#include <openssl/evp.h>

/* The hash as OpenSSL has it; NULL where it does not. */
const EVP_MD *platform_md(enum platform_hash hash);

/* CBC without padding in one of its directions; as platform_decrypt(). */
IG_CHECK enum rc platform_cbc(enum platform_cipher cipher, bool encrypt,
    struct span key, struct span iv, struct span in, uint8_t *out,
    struct err *e);

/* RC_CRYPTO with its sentence. */
enum rc platform_failed(struct err *e);
