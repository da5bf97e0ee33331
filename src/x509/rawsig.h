/*
 * rawsig.h - see rawsig.c.
 */
#pragma once

#include "base/sec.h"
#include "x509/certificate.h"
#include "x509/cmsput.h"

#define RAWSIG_CHALLENGE 1024 /* bytes of a site's challenge at most */
#define RAWSIG_MAX       4096 /* characters of a logSgnt */

/* What a logSgnt says; the text is in room, which the caller gives. */
struct rawsig {
	struct span challenge;
	struct span serial;    /* hex, as it was written */
	int64_t time_ms;       /* as the signer says */
	struct span signature; /* base64 */
};

/*
 * Appends a logSgnt: base64 of challenge$serial$time$signature, the signature
 * PKCS #1 with SHA-256 over the challenge, serial in hex of at least 8 digits,
 * time in Korea as YYYYMMDDhhmmss. RC_FORMAT: a challenge that is not 1 to
 * RAWSIG_CHALLENGE characters of ASCII without blanks and '$'. RC_DENIED: the
 * certificate's keyUsage. RC_CRYPTO, RC_MEMORY; else what sign answers.
 */
IG_CHECK enum rc rawsig_make(const struct certificate *c, struct span challenge,
    int64_t time_ms, cmsput_signer *sign, void *arg, struct buf *out,
    struct err *e);

/*
 * Reads a logSgnt: room is empty and takes its text. RC_FORMAT; RC_LIMIT.
 */
IG_CHECK enum rc rawsig_parse(
    struct span text, struct buf *room, struct rawsig *out, struct err *e);

/*
 * Did that certificate's key sign that? RC_DENIED: bad signature, or keyUsage.
 * RC_ABSENT: another certificate's serial. RC_FORMAT, RC_CRYPTO.
 */
IG_CHECK enum rc rawsig_verify(
    const struct rawsig *s, const struct certificate *c, struct err *e);

/*
 * R as those sites take it (randomEnc): base64 of its PKINFO_R bytes. It is as
 * secret as R. RC_FORMAT: r has another length. RC_MEMORY.
 */
IG_CHECK enum rc rawsig_random(struct span r, struct sec *out, struct err *e);

/* The other way. RC_FORMAT: not the base64 of PKINFO_R bytes. RC_MEMORY. */
IG_CHECK enum rc rawsig_random_parse(
    struct span text, struct sec *out, struct err *e);
