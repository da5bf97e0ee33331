/*
 * evid.h - see evid.c.
 */
#pragma once

#include "npki/vid.h"
#include "x509/keytrans.h"

#define EVID_MAX 4096 /* bytes of an EncryptedVID */

/*
 * What was in it; the spans point into content, which is secret: sec_free()
 * it. The hash is that of the VID.
 */
struct evid {
	struct sec content;
	enum vid_hash hash;
	struct span vid;
	struct span r; /* PKINFO_R bytes */
};

/*
 * Appends an EncryptedVID (KCAC.TS.SIVID): VID and R to the certificate's key.
 * RC_FORMAT: vid or r of another length. Else as keytrans_seal().
 */
IG_CHECK enum rc evid_make(const struct certificate *to, enum vid_hash hash,
    struct span vid, struct span r, struct buf *out, struct err *e);

/*
 * Is it one for that certificate? As evid_open(), but for what needs the key.
 */
IG_CHECK enum rc evid_check(
    struct span der, const struct certificate *to, struct err *e);

/*
 * For whose certificate is it? As certinfo_parse_named(); fails as evid_check(),
 * but for RC_ABSENT.
 */
IG_CHECK enum rc evid_recipient(
    struct span der, struct certinfo *out, struct err *e);

/*
 * Opens one with the key of the certificate that it was made for. That the VID
 * is right for an owner's number is the caller's to see (vid_make()).
 * RC_FORMAT, RC_UNKNOWN (another hash or cipher), RC_LIMIT. RC_ABSENT: for
 * another certificate. RC_SECRET, one answer for all that depends on the key.
 * RC_MEMORY, RC_CRYPTO.
 */
IG_CHECK enum rc evid_open(struct span der, const struct certificate *to,
    EVP_PKEY *key, struct evid *out, struct err *e);
