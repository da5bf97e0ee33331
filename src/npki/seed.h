/*
 * seed.h - see seed.c.
 */
#pragma once

#include "base/span.h"

#define SEED_BLOCK 16
#define SEED_KEY   16

/* The round keys: as secret as the key. Wipe with sec_wipe(). */
struct seed {
	uint32_t k[32];
};

void seed_init(struct seed *s, const uint8_t key[static SEED_KEY]);

/* One block of 16 bytes; in and out may be the same. */
void seed_encrypt(const struct seed *s, const uint8_t *in, uint8_t *out);
void seed_decrypt(const struct seed *s, const uint8_t *in, uint8_t *out);

/*
 * CBC without padding over n bytes, a multiple of 16; in and out may be the
 * same. iv is 16 bytes.
 */
void seed_cbc_encrypt(const struct seed *s, const uint8_t *iv,
    const uint8_t *in, uint8_t *out, size_t n);
void seed_cbc_decrypt(const struct seed *s, const uint8_t *iv,
    const uint8_t *in, uint8_t *out, size_t n);
