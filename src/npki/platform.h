/*
 * platform.h - what the core of this room needs from where it runs.
 *
 * Natively platform_openssl.c answers, and platform_seal.c for what only
 * writers need; in the browser platform_wasm.c does, which asks JavaScript
 * (web/core/npki.js). Beside these the core uses err_set(),
 * sec_new(), sec_free(), sec_wipe() and the mem* functions, nothing else:
 * no allocation, no files, no time.
 */
#pragma once

#include "base/err.h"
#include "base/span.h"

#define PLATFORM_SHA1     20
#define PLATFORM_SHA256   32
#define PLATFORM_HASH_MAX 64

/* Octets: a number; a point, which is 04 x y. */
#define PLATFORM_NUMBER_MAX 2049
#define PLATFORM_POINT_MAX  97

enum platform_hash {
	PLATFORM_HASH_SHA1,
	PLATFORM_HASH_SHA256,
	PLATFORM_HASH_SHA384,
	PLATFORM_HASH_SHA512,
};

enum platform_cipher {
	PLATFORM_AES_128_CBC,
	PLATFORM_AES_192_CBC,
	PLATFORM_AES_256_CBC,
	PLATFORM_ARIA_128_CBC,
	PLATFORM_ARIA_192_CBC,
	PLATFORM_ARIA_256_CBC,
	PLATFORM_3DES_CBC,
	PLATFORM_SEED_CBC,   /* these are never asked of the platform: seed.c */
	PLATFORM_RC2_40_CBC, /* rc2.c */
	PLATFORM_RC2_128_CBC, /* rc2.c */
};

enum platform_curve { PLATFORM_CURVE_P256, PLATFORM_CURVE_P384 };

/*
 * PBKDF1 of RFC 8018 5.1 with SHA-1, all 20 bytes. RC_CRYPTO, RC_MEMORY.
 */
IG_CHECK enum rc platform_pbkdf1(struct span password, struct span salt,
    uint32_t iterations, uint8_t out[static PLATFORM_SHA1], struct err *e);

/* PBKDF2 of RFC 8018 5.2 with HMAC of the hash. RC_CRYPTO, RC_MEMORY. */
IG_CHECK enum rc platform_pbkdf2(enum platform_hash hash, struct span password,
    struct span salt, uint32_t iterations, uint8_t *out, size_t n,
    struct err *e);

/* How many bytes a hash has; PLATFORM_HASH_MAX at most. */
static inline size_t
platform_hash_size(enum platform_hash hash)
{
	static const uint8_t sizes[] = {
		[PLATFORM_HASH_SHA1] = PLATFORM_SHA1,
		[PLATFORM_HASH_SHA256] = PLATFORM_SHA256,
		[PLATFORM_HASH_SHA384] = 48,
		[PLATFORM_HASH_SHA512] = 64,
	};

	return sizes[hash];
}

/*
 * The hash of n parts, one after the other (FIPS 180-4): its
 * platform_hash_size() bytes, the rest of out stays. RC_CRYPTO, RC_MEMORY.
 */
IG_CHECK enum rc platform_digest(enum platform_hash hash,
    const struct span *parts, size_t n, uint8_t out[static PLATFORM_HASH_MAX],
    struct err *e);

/* HMAC (RFC 2104) of in, as platform_digest(). */
IG_CHECK enum rc platform_hmac(enum platform_hash hash, struct span key,
    struct span in, uint8_t out[static PLATFORM_HASH_MAX], struct err *e);

/*
 * Decrypts CBC without padding: in.n is a multiple of the block, out has as
 * many bytes. RC_UNKNOWN where the platform has no such cipher.
 */
IG_CHECK enum rc platform_decrypt(enum platform_cipher cipher, struct span key,
    struct span iv, struct span in, uint8_t *out, struct err *e);

/* The other direction: adds no padding either. As platform_decrypt(). */
IG_CHECK enum rc platform_encrypt(enum platform_cipher cipher, struct span key,
    struct span iv, struct span in, uint8_t *out, struct err *e);

/*
 * The key and IV derivation of PKCS#12 (RFC 7292 B.2); id is 1 for a key, 2
 * for an IV, 3 for the key of a MAC. The password is UTF-8; where its address is
 * NULL there is none, which is not an empty one (B.1). RC_UNKNOWN where the
 * platform does not offer it.
 */
IG_CHECK enum rc platform_pkcs12_kdf(enum platform_hash hash,
    struct span password, struct span salt, uint8_t id, uint32_t iterations,
    uint8_t *out, size_t n, struct err *e);

/* n bytes that nobody can guess. RC_UNKNOWN where there are none to have. */
IG_CHECK enum rc platform_random(uint8_t *out, size_t n, struct err *e);

/*
 * a · b mod modulus, big-endian and modulus.n bytes long. Numbers have no
 * leading zeros, are not zero, and have PLATFORM_NUMBER_MAX bytes at most.
 * RC_CRYPTO, RC_MEMORY.
 */
IG_CHECK enum rc platform_multiply(struct span a, struct span b,
    struct span modulus, uint8_t *out, struct err *e);

/*
 * scalar · G, uncompressed: 2 · scalar.n + 1 bytes. The scalar has the length
 * of the curve's numbers. RC_FORMAT: it is not one of the curve's. RC_CRYPTO,
 * RC_MEMORY.
 */
IG_CHECK enum rc platform_point(
    enum platform_curve curve, struct span scalar, uint8_t *out, struct err *e);
