/*
 * sign_key.h - see sign_key.c.
 */
#pragma once

#include "vault/keyblob.h"
#include "x509/certificate.h"
#include "x509/signature.h"

/* A key that is open, for one approval, with its certificate. */
struct sign_key;

/*
 * Opens a key blob whose outside was parsed, and the certificate it belongs
 * to. RC_DENIED: blob altered, or its key is not the certificate's. Else as
 * certificate_parse(); RC_CRYPTO, RC_MEMORY.
 */
IG_CHECK enum rc sign_key_open(const struct master *m, struct span kb1,
    const struct keyblob *blob, struct span certificate, struct sign_key **out,
    struct err *e);

/* The same from numbers that lie open already, for a key that comes in. */
IG_CHECK enum rc sign_key_load(const struct pkinfo *numbers,
    struct span certificate, struct sign_key **out, struct err *e);

/* Forgets the key. NULL is fine. */
void sign_key_free(struct sign_key *k);

/* Was k opened from exactly this blob? */
bool sign_key_is(const struct sign_key *k, struct span kb1);

const struct certinfo *sign_key_info(const struct sign_key *k);

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
