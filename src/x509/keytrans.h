/*
 * keytrans.h - see keytrans.c.
 */
#pragma once

#include "base/buf.h"
#include "base/sec.h"
#include "npki/derput.h"
#include "x509/certificate.h"

#define KEYTRANS_MAX 512 /* bytes of what is encrypted: RSA of 4096 bits */

/*
 * May secrets be encrypted to that certificate? RC_UNKNOWN: no RSA key.
 * RC_DENIED: its keyUsage has no keyEncipherment (RFC 5280 4.2.1.3); without
 * the extension it may.
 */
IG_CHECK enum rc keytrans_check(const struct certinfo *to, struct err *e);

/*
 * Appends a secret, encrypted to the certificate's key (RSAES-PKCS1-v1_5, RFC
 * 8017 7.2). Else as keytrans_check(); RC_LIMIT: longer than the key takes.
 * RC_CRYPTO, RC_MEMORY.
 */
IG_CHECK enum rc keytrans_seal(const struct certificate *to, struct span secret,
    struct buf *out, struct err *e);

/*
 * Decrypts it. RC_SECRET, without a sentence: it is nothing for this key. Who
 * answers strangers must not let them see that (RFC 3218).
 */
IG_CHECK enum rc keytrans_open(
    EVP_PKEY *key, struct span sealed, struct sec *out, struct err *e);

/*
 * IssuerAndSerialNumber (RFC 5652 10.2.4): put, and taken; taken is true where
 * it is that certificate's (NULL: nobody's). named, where not NULL, becomes as
 * certinfo_parse_named() has it.
 */
void keytrans_put_name(struct derput *w, const struct certinfo *c);
bool keytrans_take_name(
    struct der *r, const struct certinfo *c, struct certinfo *named);
