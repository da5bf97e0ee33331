/*
 * ece.h - see ece.c.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

#include <openssl/evp.h>

#define ECE_POINT 65 /* uncompressed P-256 point */
#define ECE_AUTH  16
#define ECE_SALT  16

/* RFC 8291 section 4: one record of 4096 bytes less header, tag, delimiter. */
#define ECE_PLAIN_MAX 3993

/* A browser's half of the secret: its public key and auth secret. */
struct ece_peer {
	uint8_t point[ECE_POINT];
	uint8_t auth[ECE_AUTH];
};

/* Is this a point on the curve? RC_FORMAT, RC_MEMORY. */
IG_CHECK enum rc ece_point_check(
    const uint8_t point[static ECE_POINT], struct err *e);

/*
 * Appends the aes128gcm body for this peer (RFC 8291, RFC 8188), the
 * plaintext padded with zeros to at least `padded` bytes, so that its length
 * says nothing. RC_LIMIT: more than ECE_PLAIN_MAX. RC_FORMAT: not a point.
 * RC_CRYPTO. On failure out is as long as before.
 */
IG_CHECK enum rc ece_encrypt(const struct ece_peer *peer, struct span plain,
    size_t padded, struct buf *out, struct err *e);

/* The same with the sender's key and the salt given: for published vectors. */
IG_CHECK enum rc ece_encrypt_with(const struct ece_peer *peer,
    struct span plain, size_t padded, EVP_PKEY *sender,
    const uint8_t salt[static ECE_SALT], struct buf *out, struct err *e);
