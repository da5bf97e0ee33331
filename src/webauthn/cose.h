/*
 * cose.h - see cose.c.
 */
#pragma once

#include "base/err.h"
#include "base/span.h"

/* The first byte of a compact key. One algorithm a key, for ever. */
enum cose_alg {
	COSE_ES256 = 1, /* -7, P-256: x(32) ‖ y(32) */
	COSE_EDDSA = 2, /* -8, Ed25519: 32 bytes */
	COSE_RS256 =
	    3, /* -257: n(2-byte length, 256..512) ‖ e(2-byte length) */
};

#define COSE_KEY_MAX 528

/*
 * A public key in the form that is stored: alg(1) ‖ numbers as above, so that
 * loading it needs no decoder.
 */
struct cose_key {
	uint8_t bytes[COSE_KEY_MAX];
	size_t n;
};

/*
 * Makes the compact form of a COSE_Key (RFC 9052 section 7, RFC 8230) that
 * fills in exactly. The point's being on its curve is checked when the key is
 * loaded (webauthn_check_key). RC_UNKNOWN: an algorithm we do not ask for.
 */
IG_CHECK enum rc cose_parse(
    struct span in, struct cose_key *out, struct err *e);

/* The numbers of a compact key, borrowed from it. */
struct cose_parts {
	enum cose_alg alg;
	struct span x, y; /* ES256; EdDSA has x only */
	struct span n, e; /* RS256 */
};

/* Takes a compact key apart. RC_FORMAT unless it is exactly one. */
IG_CHECK enum rc cose_split(
    struct span compact, struct cose_parts *out, struct err *e);
