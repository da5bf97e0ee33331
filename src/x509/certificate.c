/*
 * certificate.c - a certificate from outside, checked, parsed once and kept.
 *
 * Belongs here: what we refuse of a single certificate (security.md 4.6).
 * Not here: facts for lists (npki/certinfo.c); does a private key belong to
 * it (certificate_key.c); chains, dates and revocation, which need more than one
 * certificate.
 */
#include "x509/certificate.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#define RSA_BITS_MIN 2048
#define RSA_BITS_MAX 4096

struct certificate {
	struct certinfo info; /* its spans point into der */
	X509 *x;
	size_t n;
	uint8_t der[];
};

void
certificate_free(struct certificate *c)
{
	if (c == NULL)
		return;
	X509_free(c->x);
	free(c);
}

struct span
certificate_der(const struct certificate *c)
{
	return (struct span){ c->der, c->n };
}

const struct certinfo *
certificate_info(const struct certificate *c)
{
	return &c->info;
}

EVP_PKEY *
certificate_key(const struct certificate *c)
{
	return X509_get0_pubkey(c->x);
}

X509 *
certificate_x509(const struct certificate *c)
{
	return c->x;
}

bool
certificate_is_strong(int nid)
{
	static const int good[] = { NID_sha256WithRSAEncryption,
		NID_sha384WithRSAEncryption, NID_sha512WithRSAEncryption,
		NID_rsassaPss, NID_ecdsa_with_SHA256, NID_ecdsa_with_SHA384,
		NID_ecdsa_with_SHA512 };

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (nid == good[i])
			return true;
	}

	return false;
}

/*
 * What OpenSSL understood, written anew and not from the bytes that it keeps,
 * is what came: no SET out of order (X.690 11.6), nothing said in two ways.
 */
static bool
certificate_is_canonical(struct certificate *c)
{
	uint8_t *again = NULL;
	int n = i2d_re_X509_tbs(c->x, &again);
	bool good;

	OPENSSL_free(again);
	again = NULL;
	if (n <= 0)
		return false;
	n = i2d_X509(c->x, &again);
	good = n > 0 &&
	    span_equal(certificate_der(c), (struct span){ again, (size_t)n });
	OPENSSL_free(again);

	return good;
}

/* No "critical" that is FALSE and written out: OpenSSL keeps it as it came. */
static bool
certificate_defaults(const struct certificate *c)
{
	struct der_doc doc = { 0 };
	struct der list = der_init(&doc, c->info.extensions);

	while (der_peek(&list) != 0) {
		struct der extension = der_enter(&list, DER_SEQUENCE);

		(void)der_take(&extension, DER_OID);
		if (der_peek(&extension) == DER_BOOLEAN &&
		    !der_bool(&extension))
			return false;
	}

	return true;
}

static enum rc
certificate_check_extensions(const struct certificate *c, struct err *e)
{
	if (!certificate_defaults(c))
		return err_set(e, RC_FORMAT, "extensions",
		    "a DEFAULT is written out (X.690 11.5)");
	for (int i = 0; i < X509_get_ext_count(c->x); i++) {
		X509_EXTENSION *extension = X509_get_ext(c->x, i);

		if (X509_EXTENSION_get_critical(extension) != 0 &&
		    X509_supported_extension(extension) == 0)
			return err_set(e, RC_POLICY, "extensions",
			    "unknown critical extension (RFC 5280 4.2)");
	}
	/* Reads them all; they stay parsed. */
	if ((X509_get_extension_flags(c->x) & EXFLAG_INVALID) != 0)
		return err_set(e, RC_FORMAT, "extensions",
		    "one is malformed (RFC 5280 4.2)");

	return RC_OK;
}

/* e is odd, at least 65537, and below 2^64. */
static bool
certificate_exponent_fits(struct span exponent)
{
	if (exponent.n == 0 || exponent.n > 8)
		return false;
	if ((exponent.p[exponent.n - 1] & 1) == 0)
		return false;

	return exponent.n > 3 ||
	    (exponent.n == 3 && (exponent.p[1] != 0 || exponent.p[2] != 0));
}

static enum rc
certificate_check_key(const struct certificate *c, struct err *e)
{
	EVP_PKEY *key = certificate_key(c);
	int bits;

	if (c->info.key == CERTINFO_KEY_OTHER)
		return err_set(e, RC_UNKNOWN, "subjectPublicKeyInfo",
		    "a kind of key that we do not use (RFC 3279 2.3)");
	if (key == NULL)
		return err_set(e, RC_FORMAT, "subjectPublicKeyInfo",
		    "no usable key (RFC 5280 4.1.2.7)");
	if (c->info.key != CERTINFO_KEY_RSA)
		return RC_OK;
	bits = EVP_PKEY_get_bits(key);
	if (bits < RSA_BITS_MIN || bits > RSA_BITS_MAX)
		return err_set(e, RC_POLICY, "subjectPublicKeyInfo",
		    "RSA modulus not 2048 to 4096 bits (SP 800-131A)");
	if (!certificate_exponent_fits(c->info.exponent))
		return err_set(e, RC_POLICY, "subjectPublicKeyInfo",
		    "RSA exponent not odd and 65537 or more (FIPS 186-5 5.1)");

	return RC_OK;
}

static enum rc
certificate_check(struct certificate *c, struct err *e)
{
	const uint8_t *p = c->der;
	enum rc rc;

	rc = certinfo_parse(certificate_der(c), &c->info, e);
	if (rc != RC_OK)
		return rc;
	c->x = d2i_X509(NULL, &p, (long)c->n);
	if (c->x == NULL || p != c->der + c->n || !certificate_is_canonical(c))
		return err_set(e, RC_FORMAT, NULL,
		    "not a certificate in DER (X.690 clauses 10 and 11)");
	/* RFC 5280 4.1.2.2; the contents' sign was checked by certinfo. */
	if (ASN1_INTEGER_get(X509_get0_serialNumber(c->x)) == 0)
		return err_set(
		    e, RC_POLICY, "serialNumber", "zero (RFC 5280 4.1.2.2)");
	rc = certificate_check_key(c, e);
	if (rc != RC_OK)
		return rc;

	return certificate_check_extensions(c, e);
}

enum rc
certificate_parse(struct span der, struct certificate **out, struct err *e)
{
	struct certificate *c;
	enum rc rc;

	*out = NULL;
	if (der.n > CERTINFO_MAX)
		return err_set(e, RC_LIMIT, NULL, "certificate too large");
	c = calloc(1, sizeof(*c) + der.n);
	if (c == NULL)
		return err_set(e, RC_MEMORY, NULL, "no memory");
	if (der.n > 0)
		memcpy(c->der, der.p, der.n);
	c->n = der.n;
	rc = certificate_check(c, e);
	ERR_clear_error();
	if (rc == RC_OK)
		*out = c;
	else
		certificate_free(c);

	return rc;
}
