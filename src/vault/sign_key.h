/*
 * sign_key.h - see sign_key.c.
 */
#pragma once

#include "npki/certinfo.h"
#include "vault/keyblob.h"
#include "x509/signature.h"

/*
 * A key that is open, and what its certificate says of its use: the public
 * half is the certificate's, and its validity is kept.
 */
struct sign_key;

/*
 * Opens a key blob whose outside was parsed, for the certificate whose hash
 * the blob holds: the caller has compared that. RC_DENIED: blob altered, or
 * its key is not the certificate's. Else as certinfo_parse(); RC_CRYPTO,
 * RC_MEMORY.
 */
IG_CHECK enum rc sign_key_open(const struct master *m,
    const struct keyblob *blob, struct span certificate, struct sign_key **out,
    struct err *e);

/* The same from numbers that lie open already, for a key that comes in. */
IG_CHECK enum rc sign_key_load(const struct pkinfo *numbers,
    const struct certinfo *info, struct sign_key **out, struct err *e);

/* One more who has it, and one less: the last one forgets it. NULL is fine. */
struct sign_key *sign_key_hold(struct sign_key *k);
void sign_key_free(struct sign_key *k);

/* Is the certificate valid at that moment (RFC 5280 4.1.2.5)? */
bool sign_key_is_valid_at(const struct sign_key *k, int64_t now_ms);

/* KB1's flags. */
uint8_t sign_key_flags(const struct sign_key *k);

/* RC_FORMAT unless the key can make such a signature over such a digest. */
IG_CHECK enum rc sign_key_check(const struct sign_key *k,
    const struct signature_algorithm *a, struct span digest, struct err *e);

/*
 * Signs, and verifies with the certificate's public key before a byte goes
 * out. RC_CRYPTO: no signature, nothing is written to out.
 */
IG_CHECK enum rc sign_key_sign(const struct sign_key *k,
    const struct signature_algorithm *a, struct span digest, struct buf *out,
    struct err *e);
