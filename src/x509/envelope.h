/*
 * envelope.h - see envelope.c.
 */
#pragma once

#include "x509/keytrans.h"

#define ENVELOPE_CONTENT    (1U << 20)                 /* bytes sealed */
#define ENVELOPE_MAX        (ENVELOPE_CONTENT + 65536) /* of a message */
#define ENVELOPE_RECIPIENTS 8

/* What new envelopes are sealed with; others are opened too. */
enum envelope_cipher {
	ENVELOPE_SEED,    /* RFC 4010: what Korean programs read */
	ENVELOPE_AES_256, /* RFC 3565 */
};

/*
 * Appends a ContentInfo with EnvelopedData (RFC 5652 6): content for the owners
 * of these certificates, each by RSA key transport. Nobody vouches for it: what
 * has to be believed is a signed message itself (cmsput_signed()), nested.
 * RC_LIMIT: too long, or none or too many of them. Else as keytrans_seal().
 */
IG_CHECK enum rc envelope_seal(enum envelope_cipher cipher,
    const struct certificate *const *to, size_t n, struct span content,
    struct buf *out, struct err *e);

/* Does it begin as one? Nothing else is looked at. */
bool envelope_is_one(struct span der);

/*
 * Is it one for that certificate? All is looked at that needs no key: as
 * envelope_open(), but for RC_SECRET.
 */
IG_CHECK enum rc envelope_check(
    struct span der, const struct certificate *to, struct err *e);

/*
 * For whose certificates is it? n of them; the first one as
 * certinfo_parse_named() has it, without names where it is known by its key.
 * Fails as envelope_check(), but for RC_ABSENT.
 */
IG_CHECK enum rc envelope_recipients(
    struct span der, struct certinfo *first, size_t *n, struct err *e);

/*
 * Opens one with the key of a certificate that it is for. SEED, AES, ARIA and
 * Triple DES in CBC. RC_FORMAT: malformed, with the field. RC_UNKNOWN: another
 * cipher or way to send the key. RC_LIMIT. RC_ABSENT: not for this certificate.
 * RC_SECRET, one answer for all that depends on the key: a wrong content key
 * goes on with one that was drawn (RFC 3218 2.3.2), and now and then gives
 * some content, as a changed message does. RC_MEMORY, RC_CRYPTO.
 */
IG_CHECK enum rc envelope_open(struct span der, const struct certificate *to,
    EVP_PKEY *key, struct sec *out, struct err *e);
