/*
 * aria.h - see aria.c.
 */
#pragma once

#include "base/span.h"

#define ARIA_BLOCK  16
#define ARIA_ROUNDS 16 /* of the longest key */

/* The round keys: as secret as the key. Wipe with sec_wipe(). */
struct aria {
	uint8_t encrypt[ARIA_ROUNDS + 1][ARIA_BLOCK];
	uint8_t decrypt[ARIA_ROUNDS + 1][ARIA_BLOCK];
	size_t rounds;
};

/* key.n is 16, 24 or 32. */
void aria_init(struct aria *s, struct span key);

/*
 * CBC without padding over n bytes, a multiple of 16; in and out may be the
 * same. iv is 16 bytes.
 */
void aria_cbc_encrypt(const struct aria *s, const uint8_t *iv,
    const uint8_t *in, uint8_t *out, size_t n);
void aria_cbc_decrypt(const struct aria *s, const uint8_t *iv,
    const uint8_t *in, uint8_t *out, size_t n);
