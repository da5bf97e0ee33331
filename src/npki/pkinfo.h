/*
 * pkinfo.h - see pkinfo.c.
 */
#pragma once

#include "base/err.h"
#include "base/span.h"

#define PKINFO_R 20

enum pkinfo_kind { PKINFO_RSA, PKINFO_P256, PKINFO_P384 };

/*
 * The numbers of a private key, as spans into the PrivateKeyInfo: secret, and
 * alive as long as it. Big-endian without leading zeros, except scalar, point
 * and r, which have their full length.
 */
struct pkinfo {
	enum pkinfo_kind kind;
	struct span n, e, d, p, q, dp, dq, qi; /* RSA */
	struct span scalar;                    /* EC: 32 or 48 bytes */
	struct span point; /* EC: uncompressed, empty if not given */
	struct span r;     /* PKINFO_R bytes, empty if the key has none */
};

/*
 * Reads a PrivateKeyInfo (RFC 5208 section 5): RSA (RFC 8017 A.1.2) or EC
 * with a named curve (RFC 5915), R in attribute 1.2.410.200004.10.1.1.3.
 * RC_FORMAT: not such a thing. RC_UNKNOWN: another algorithm or curve.
 * That the numbers fit together is keymatch_check().
 */
IG_CHECK enum rc pkinfo_parse(
    struct span in, struct pkinfo *out, struct err *e);
