/*
 * vapid.h - see vapid.c.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

/* Base64url of an uncompressed point, and its zero. */
#define VAPID_PUBLIC_SIZE 88

/* RFC 8292 section 2 allows 24 h; we stay at half of that. */
#define VAPID_LIFE_MAX_S (12 * 3600)

struct vapid;

/*
 * Opens the P-256 key pair in a PEM file (PKCS#8), or makes one there, mode
 * 0600. RC_POLICY: others may read the file. RC_FORMAT: not such a key.
 * RC_IO, RC_MEMORY, RC_CRYPTO.
 */
IG_CHECK enum rc vapid_open(
    const char *path, struct vapid **out, struct err *e);
void vapid_free(struct vapid *v);

/* The public key as browsers take it (applicationServerKey). Borrowed. */
const char *vapid_public(const struct vapid *v);

/*
 * Appends a signed token (RFC 8292 section 2, ES256). aud: the push service's
 * origin; sub: a mailto: or https: address of the operator; exp_s: when it
 * ends, in seconds since 1970. RC_LIMIT: the life is longer than
 * VAPID_LIFE_MAX_S. RC_FORMAT: aud or sub is not plain ASCII. RC_CRYPTO.
 */
IG_CHECK enum rc vapid_token(const struct vapid *v, const char *aud,
    const char *sub, int64_t exp_s, struct buf *out, struct err *e);

/* Appends only the part that is signed: for published vectors. */
IG_CHECK enum rc vapid_token_claims(const char *aud, const char *sub,
    int64_t exp_s, struct buf *out, struct err *e);
