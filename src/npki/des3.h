/*
 * des3.h - see des3.c.
 */
#pragma once

#include "base/span.h"

#define DES3_BLOCK 8
#define DES3_KEY   24

/* The round keys, six bits a byte: as secret as the key. Wipe with sec_wipe(). */
struct des3 {
	uint8_t k[3][16][8];
};

/* Parity bits of the key are passed over. */
void des3_init(struct des3 *s, const uint8_t key[static DES3_KEY]);

/*
 * CBC without padding over n bytes, a multiple of 8; in and out may be the
 * same. iv is 8 bytes.
 */
void des3_cbc_encrypt(const struct des3 *s, const uint8_t *iv,
    const uint8_t *in, uint8_t *out, size_t n);
void des3_cbc_decrypt(const struct des3 *s, const uint8_t *iv,
    const uint8_t *in, uint8_t *out, size_t n);
