/*
 * hpke.h - see hpke.c.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/sec.h"
#include "base/span.h"

/*
 * HPKE (RFC 9180), base mode, single shot: DHKEM(P-256, HKDF-SHA256),
 * HKDF-SHA256, AES-256-GCM. A sealed message is enc(65) ‖ ciphertext ‖ tag(16).
 */
#define HPKE_PUBLIC_LEN  65
#define HPKE_PRIVATE_LEN 32
#define HPKE_OVERHEAD    (HPKE_PUBLIC_LEN + 16)
#define HPKE_INFO_MAX    256
#define HPKE_PLAIN_MAX   65536

/* Only AES-256 is used; AES-128 is here for the RFC's own vectors. */
enum hpke_aead { HPKE_AES_128_GCM = 1, HPKE_AES_256_GCM = 2 };

/* A recipient: the uncompressed point and the scalar. */
struct hpke_key {
	uint8_t public[HPKE_PUBLIC_LEN];
	struct sec private;
};

#define HPKE_KEY_WIPED __attribute__((__cleanup__(hpke_key_clear)))

/*
 * Fetches every algorithm of this room and runs a sealed message there and
 * back, so that later calls open no file. Call it before the process is locked
 * up. RC_CRYPTO.
 */
IG_CHECK enum rc hpke_init(struct err *e);

/* A new key; or one from its 32-byte scalar (the point is computed). */
IG_CHECK enum rc hpke_key_new(struct hpke_key *out, struct err *e);
IG_CHECK enum rc hpke_key_load(
    struct hpke_key *out, struct span scalar, struct err *e);
void hpke_key_clear(struct hpke_key *k);

/*
 * Seals plain to a public key. out's ceiling must leave HPKE_OVERHEAD more
 * than plain. RC_FORMAT: public_key is no point of P-256. RC_LIMIT.
 */
IG_CHECK enum rc hpke_seal(struct span public_key, struct span info,
    struct span aad, struct span plain, struct buf *out, struct err *e);

/*
 * Opens. RC_FORMAT: too short or no point. RC_LIMIT: too long. RC_DENIED: not
 * sealed to this key with this info and aad, or altered. RC_MEMORY, RC_CRYPTO:
 * it could not be tried. out must be empty.
 */
IG_CHECK enum rc hpke_open(const struct hpke_key *key, struct span info,
    struct span aad, struct span sealed, struct sec *out, struct err *e);

/* The same with another suite or a given ephemeral key: for vectors. */
IG_CHECK enum rc hpke_seal_suite(enum hpke_aead aead,
    const struct hpke_key *ephemeral, struct span public_key, struct span info,
    struct span aad, struct span plain, struct buf *out, struct err *e);
IG_CHECK enum rc hpke_open_suite(enum hpke_aead aead,
    const struct hpke_key *key, struct span info, struct span aad,
    struct span sealed, struct sec *out, struct err *e);
