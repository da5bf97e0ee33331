/*
 * signing.h - see signing.c.
 */
#pragma once

#include "base/buf.h"
#include "base/sec.h"
#include "cryptoki/login.h"

#define SIGNING_MAX 512 /* bytes of a signature, and of what is decrypted */

/*
 * Signs with a private key of the token (its object): RSA pads what it gets as
 * it is (CKM_RSA_PKCS; a DigestInfo), an elliptic key signs a digest and gives
 * r ‖ s (CKM_ECDSA). out is appended to. RC_UNKNOWN: the token cannot;
 * RC_REFUSED, RC_IO.
 */
IG_CHECK enum rc signing_rsa(const struct login *l, unsigned long object,
    struct span in, struct buf *out, struct err *e);
IG_CHECK enum rc signing_ecdsa(const struct login *l, unsigned long object,
    struct span in, struct buf *out, struct err *e);

/* Decrypts RSAES-PKCS1-v1_5 (RFC 8017 7.2). As above. */
IG_CHECK enum rc signing_decrypt(const struct login *l, unsigned long object,
    struct span in, struct sec *out, struct err *e);
