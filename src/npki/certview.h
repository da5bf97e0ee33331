/*
 * certview.h - see certview.c.
 */
#pragma once

#include "npki/certinfo.h"
#include "npki/dn.h"
#include "npki/platform.h"

#define CERTVIEW_TEXT 1024
#define CERTVIEW_JSON 49152 /* bytes that any certificate's view fits into */

/*
 * All that a person may want to see of a certificate. Strings are UTF-8 fit
 * for display, "" where the certificate says nothing; spans borrow from it.
 */
struct certview {
	struct certinfo info;
	char subject[DN_TEXT]; /* dn_text() */
	char issuer[DN_TEXT];
	char signature[DER_OID_TEXT]; /* "sha256WithRSAEncryption", or an OID */
	char notice[CERTVIEW_TEXT];   /* of the first policy, for people */
	char cps[CERTVIEW_TEXT];      /* its URI of the practice statement */
	char crl[CERTVIEW_TEXT];      /* the first URI with revocations */
	char ocsp[CERTVIEW_TEXT];     /* the first URI that answers about it */
	struct span aki;              /* keyIdentifier of the issuer's key */
	uint8_t sha1[PLATFORM_HASH_MAX]; /* PLATFORM_SHA1 bytes: fingerprint */
	uint8_t sha256[PLATFORM_HASH_MAX]; /* PLATFORM_SHA256 bytes */
};

/*
 * Reads a certificate. RC_FORMAT, with the extension in the field, where one
 * of those that are shown is malformed; else as certinfo_parse(), and
 * RC_CRYPTO, RC_MEMORY of the fingerprints.
 */
IG_CHECK enum rc certview_parse(
    struct span der, struct certview *out, struct err *e);

/*
 * Writes it as one JSON object into out, size bytes, ended with a zero: the
 * members of certjson.h and more. Gives its length, or 0 when it does not fit.
 * Its members are the contract of web/core/npki.js (typedef CertificateView).
 */
size_t certview_write(const struct certview *v, char *out, size_t size);
