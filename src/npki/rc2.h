/*
 * rc2.h - see rc2.c.
 */
#pragma once

#include "base/span.h"

#define RC2_BLOCK 8

/*
 * Decrypts n bytes, a multiple of 8, in CBC without removing the padding; in
 * and out may be the same. key has 1 to 16 bytes, of which bits are
 * effective (RFC 2268 2): 40 and 5 bytes, or 128 and 16, in PKCS#12.
 */
void rc2_cbc_decrypt(struct span key, unsigned int bits,
    const uint8_t iv[static RC2_BLOCK], const uint8_t *in, uint8_t *out,
    size_t n);
