/*
 * certificate.h - see certificate.c.
 */
#pragma once

#include "npki/certinfo.h"

#include <openssl/types.h>

/* A certificate that was checked on the way in, parsed once and kept. */
struct certificate;

/*
 * Parses DER, and refuses what is not exactly one certificate that OpenSSL
 * writes back byte for byte: v3, serial positive and <= 20 octets, the same
 * algorithm inside and outside, no unknown critical extension, RSA of 2048 to
 * 4096 bits with odd e >= 65537 below 2^64, or P-256 / P-384 by name.
 * RC_FORMAT: malformed. RC_LIMIT: too large. RC_POLICY: well-formed and
 * refused. RC_UNKNOWN: key type that we do not use. *out is NULL on failure;
 * free it with certificate_free().
 */
IG_CHECK enum rc certificate_parse(
    struct span der, struct certificate **out, struct err *e);
void certificate_free(struct certificate *c);

/* All three are borrowed from c. */
struct span certificate_der(const struct certificate *c);
const struct certinfo *certificate_info(const struct certificate *c);
EVP_PKEY *certificate_key(const struct certificate *c);
X509 *certificate_x509(const struct certificate *c);

/*
 * Is this, by OpenSSL's number, a signature algorithm that we take from others:
 * RSA or ECDSA with SHA-256 or more?
 */
bool certificate_is_strong(int nid);
