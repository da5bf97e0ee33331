/*
 * pbe.h - see pbe.c.
 */
#pragma once

#include "base/sec.h"
#include "npki/der.h"
#include "npki/platform.h"

#define PBE_SALT_MAX     64
#define PBE_ITERATIONS   10000000
#define PBE_PASSWORD_MAX 256

/* How the key is derived from the password. */
enum pbe_scheme {
	PBE_SCHEME_SEED_SHA1,     /* 1.2.410.200004.1.15: PBKDF1, IV derived */
	PBE_SCHEME_SEED_FIXED_IV, /* 1.2.410.200004.1.4: PBKDF1, IV constant */
	PBE_SCHEME_PBES2,         /* PBKDF2 and any cipher we know */
	PBE_SCHEME_PKCS12,        /* 1.2.840.113549.1.12.1: 3DES, RC2 */
};

/* The forms that we write (pbeput.h). */
enum pbe_form {
	PBE_SEED_SHA1,  /* what every Korean program reads; SHA-1, 2048 */
	PBE_PBES2_SEED, /* PBES2, HMAC-SHA1, SEED: newer Korean ones */
	PBE_PBES2_SEED_SHA256, /* PBES2, HMAC-SHA256, SEED */
	PBE_PBES2_AES,         /* PBES2, HMAC-SHA256, AES-256 */
	PBE_PBES2_ARIA,        /* PBES2, HMAC-SHA256, ARIA-256 */
	PBE_PKCS12_3DES,       /* for PKCS#12 files alone */
};

/* What an AlgorithmIdentifier of password-based encryption says. */
struct pbe {
	enum pbe_scheme scheme;
	enum platform_cipher cipher;
	enum platform_hash prf; /* of PBES2 */
	uint32_t iterations;
	struct span salt; /* 1 to PBE_SALT_MAX bytes, borrowed */
	struct span iv;   /* of PBES2, borrowed; else empty: it is derived */
};

/*
 * Reads the AlgorithmIdentifier that comes next in r. RC_FORMAT: it is none.
 * RC_UNKNOWN: an algorithm that we do not know; the sentence has its OID.
 * RC_LIMIT: salt over PBE_SALT_MAX, iterations over PBE_ITERATIONS, or none.
 */
IG_CHECK enum rc pbe_parse(struct der *r, struct pbe *out, struct err *e);

/* The block of its cipher in bytes: what is encrypted is a multiple of it. */
size_t pbe_block(const struct pbe *p);

/*
 * The key and IV for these password bytes: key gets at most PBE_KEY_MAX bytes,
 * pbe_key_size() of them, iv pbe_block(). Both are secret.
 */
#define PBE_KEY_MAX   32
#define PBE_BLOCK_MAX 16
size_t pbe_key_size(const struct pbe *p);
IG_CHECK enum rc pbe_derive(const struct pbe *p, struct span password,
    uint8_t key[static PBE_KEY_MAX], uint8_t iv[static PBE_BLOCK_MAX],
    struct err *e);

/*
 * Decrypts in with these password bytes, and takes the padding away
 * (RFC 8018 6.1.2). RC_SECRET, without a sentence: the padding is none, which
 * a wrong password passes once in 256, so that the caller has more to check.
 * RC_FORMAT: in is empty or no multiple of the block. RC_MEMORY, RC_CRYPTO,
 * RC_UNKNOWN where the platform lacks the cipher.
 */
IG_CHECK enum rc pbe_open(const struct pbe *p, struct span password,
    struct span in, struct sec *out, struct err *e);
