/*
 * vid.h - see vid.c.
 */
#pragma once

#include "npki/certinfo.h"
#include "npki/derput.h"
#include "npki/platform.h"

enum vid_hash { VID_SHA1, VID_SHA256 };

#define VID_NUMBER_SIZE 14 /* 13 digits and a zero */

/*
 * A resident or business registration number as it was typed, without its
 * blanks and hyphens: 13 or 10 digits, else RC_FORMAT. It is personal data:
 * wipe it.
 */
IG_CHECK enum rc vid_number(
    struct span typed, char out[static VID_NUMBER_SIZE], struct err *e);

/*
 * The virtual identifier: h(h(HashContent)) of KCAC.TS.SIVID, with idn as
 * vid_number() takes it and R, PKINFO_R bytes. *n is its length. RC_FORMAT: a
 * number or R that is none. RC_CRYPTO, RC_MEMORY.
 */
IG_CHECK enum rc vid_make(enum vid_hash hash, struct span idn, struct span r,
    uint8_t out[static PLATFORM_HASH_MAX], size_t *n, struct err *e);

/*
 * Is the certificate this person's or company's? Says nothing about the
 * certificate itself: whoever relies on it has verified it, and a signature
 * of this session. RC_DENIED: another number or another R, nobody can tell
 * which. RC_ABSENT: the certificate has no VID. RC_POLICY: one of SHA-1,
 * which sha1 allows. RC_UNKNOWN: one of another hash. Else as vid_make().
 */
IG_CHECK enum rc vid_check(const struct certinfo *c, struct span idn,
    struct span r, bool sha1, struct err *e);

/*
 * Has the certificate a VID, and its key (a PrivateKeyInfo) no R, as programs
 * leave it that do not know it? Then nobody can prove with them whose number
 * the VID is of.
 */
bool vid_lacks_r(const struct certinfo *c, struct span key);

/*
 * Puts a VID: SEQUENCE { hashAlg, virtualID [0] }. null: its algorithm has
 * NULL for parameters, as in messages to a CA; in certificates it has none.
 */
void vid_put(
    struct derput *w, enum vid_hash hash, bool null, struct span value);

/*
 * Puts the value of a subjectAltName with IdentifyData: the legal name, UTF-8,
 * and the VID; value empty: the name alone, as CA certificates have it.
 */
void vid_put_san(struct derput *w, struct span real_name, enum vid_hash hash,
    struct span value);
