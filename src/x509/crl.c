/*
 * crl.c - a list of revoked certificates from outside, read strictly.
 *
 * Belongs here: the shape of a CRL (RFC 5280 clause 5), before OpenSSL sees it.
 * Not here: who signed it, whom it covers, is it fresh (chain.c, which has
 * the path); where to get one (client/net.c).
 */
#include "x509/crl.h"

#include "npki/certtime.h"
#include "npki/der.h"
#include "x509/certificate.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#define CRL_EXTENSIONS 32

struct crl {
	X509_CRL *x;
};

/* Extensions that we, or OpenSSL for us, act on: those may be critical. */
static const struct span crl_known[] = {
	SPAN_LIT("\x55\x1d\x23"), /* authorityKeyIdentifier */
	SPAN_LIT("\x55\x1d\x14"), /* cRLNumber */
	SPAN_LIT("\x55\x1d\x1b"), /* deltaCRLIndicator */
	SPAN_LIT("\x55\x1d\x1c"), /* issuingDistributionPoint */
};
static const struct span crl_entry_known[] = {
	SPAN_LIT("\x55\x1d\x15"), /* cRLReason */
	SPAN_LIT("\x55\x1d\x18"), /* invalidityDate */
	SPAN_LIT("\x55\x1d\x1d"), /* certificateIssuer */
};

struct crl_read {
	struct der_doc doc;
	struct err *e;
	enum rc rc; /* of a rule that is broken; RC_OK: none yet */
};

/* The first complaint stays; a document that failed is malformed there. */
static bool
crl_read_good(struct crl_read *r, const char *field, const char *why)
{
	if (r->rc == RC_OK && r->doc.failed)
		r->rc = err_set(r->e, RC_FORMAT, field, "%s", why);

	return r->rc == RC_OK;
}

static bool
crl_is_known(struct span oid, const struct span *known, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (span_equal(oid, known[i]))
			return true;
	}

	return false;
}

/* Extensions: each once, and none that is critical and unknown. */
static bool
crl_read_extensions(struct crl_read *r, struct der *in, const char *field,
    const struct span *known, size_t known_n)
{
	struct der list = der_enter(in, DER_SEQUENCE);
	struct span seen[CRL_EXTENSIONS];
	size_t n = 0;

	if (der_peek(&list) == 0)
		der_fail(in);
	while (der_peek(&list) != 0) {
		struct der extension = der_enter(&list, DER_SEQUENCE);
		struct span oid = der_take(&extension, DER_OID);
		bool critical = false;

		if (der_peek(&extension) == DER_BOOLEAN) {
			critical = der_bool(&extension);
			/* DEFAULT FALSE is not written (X.690 11.5). */
			if (!critical)
				der_fail(in);
		}
		(void)der_take(&extension, DER_OCTETS);
		der_close(&extension);
		if (n == CRL_EXTENSIONS || crl_is_known(oid, seen, n))
			der_fail(in);
		else
			seen[n++] = oid;
		if (!crl_read_good(r, field,
			"malformed, or an extension twice (RFC 5280 5.2)"))
			return false;
		if (critical && !crl_is_known(oid, known, known_n)) {
			r->rc = err_set(r->e, RC_POLICY, field,
			    "unknown critical extension (RFC 5280 5.2)");
			return false;
		}
	}

	return true;
}

/* revokedCertificates, of which there may be many: each is checked alone. */
static bool
crl_read_entries(struct crl_read *r, struct der *tbs)
{
	static const char field[] = "revokedCertificates";
	struct der list = der_enter(tbs, DER_SEQUENCE);

	if (der_peek(&list) == 0)
		der_fail(tbs);
	while (der_peek(&list) != 0) {
		struct span whole = der_any(&list);
		struct der entry = der_init(&r->doc, whole), inner;

		r->doc.elements = 0;
		if (der_check(whole, NULL) != RC_OK)
			der_fail(tbs);
		inner = der_enter(&entry, DER_SEQUENCE);
		if (der_take(&inner, DER_INTEGER).n > 21)
			der_fail(tbs);
		(void)certtime_take(&inner);
		if (!crl_read_good(
			r, field, "malformed entry (RFC 5280 5.1.2.6)"))
			return false;
		if (der_peek(&inner) != 0 &&
		    !crl_read_extensions(r, &inner, field, crl_entry_known,
			sizeof(crl_entry_known) / sizeof(crl_entry_known[0])))
			return false;
		der_close(&inner);
	}

	return crl_read_good(r, field, "malformed entry (RFC 5280 5.1.2.6)");
}

/* A part that is not taken apart here, checked as DER. */
static struct span
crl_read_whole(struct der *in)
{
	struct span whole = der_any(in);

	if (der_check(whole, NULL) != RC_OK)
		der_fail(in);

	return whole;
}

static bool
crl_read_tbs(struct crl_read *r, struct der *tbs, struct span *algorithm)
{
	if (der_uint(tbs, 1) != 1)
		der_fail(tbs);
	if (!crl_read_good(
		r, "version", "not a version 2 list (RFC 5280 5.1.2.1)"))
		return false;
	*algorithm = crl_read_whole(tbs);
	(void)crl_read_whole(tbs);
	if (!crl_read_good(r, "issuer", "malformed (RFC 5280 5.1.2.3)"))
		return false;
	(void)certtime_take(tbs);
	if (!crl_read_good(r, "thisUpdate", "malformed (RFC 5280 5.1.2.4)"))
		return false;
	(void)certtime_take(tbs);
	if (!crl_read_good(
		r, "nextUpdate", "missing or malformed (RFC 5280 5.1.2.5)"))
		return false;
	if (der_peek(tbs) == DER_SEQUENCE && !crl_read_entries(r, tbs))
		return false;
	if (der_peek(tbs) == DER_EXPLICIT(0)) {
		struct der wrapper = der_enter(tbs, DER_EXPLICIT(0));

		if (!crl_read_extensions(r, &wrapper, "crlExtensions",
			crl_known, sizeof(crl_known) / sizeof(crl_known[0])))
			return false;
		der_close(&wrapper);
	}
	der_close(tbs);

	return crl_read_good(r, "tbsCertList", "malformed (RFC 5280 5.1.2)");
}

static enum rc
crl_read(struct span in, struct err *e)
{
	struct crl_read r = { .e = e };
	struct der whole = der_init(&r.doc, in), list, tbs;
	struct span inner = { NULL, 0 }, outer;

	list = der_enter(&whole, DER_SEQUENCE);
	tbs = der_enter(&list, DER_SEQUENCE);
	if (!crl_read_tbs(&r, &tbs, &inner))
		return r.rc;
	outer = crl_read_whole(&list);
	if (!span_equal(inner, outer))
		return err_set(e, RC_FORMAT, "signatureAlgorithm",
		    "not the one inside (RFC 5280 5.1.1.2)");
	(void)der_octet_bits(&list);
	der_close(&list);
	if (!der_done(&whole))
		return err_set(e, RC_FORMAT, NULL,
		    "not one certificate list (RFC 5280 5.1)");

	return RC_OK;
}

/* What OpenSSL understood, written anew, is what came. */
static bool
crl_is_canonical(X509_CRL *x, struct span der)
{
	uint8_t *again = NULL;
	int n = i2d_X509_CRL(x, &again);
	bool good = n > 0 && span_equal(der, (struct span){ again, (size_t)n });

	OPENSSL_free(again);

	return good;
}

enum rc
crl_parse(struct span der, struct crl **out, struct err *e)
{
	const uint8_t *p = der.p;
	struct crl *c;
	enum rc rc;

	*out = NULL;
	if (der.n > CRL_MAX)
		return err_set(e, RC_LIMIT, NULL, "certificate list too large");
	if ((rc = crl_read(der, e)) != RC_OK)
		return rc;
	if ((c = calloc(1, sizeof(*c))) == NULL)
		return err_set(e, RC_MEMORY, NULL, "no memory");
	c->x = d2i_X509_CRL(NULL, &p, (long)der.n);
	if (c->x == NULL || p != der.p + der.n ||
	    !crl_is_canonical(c->x, der)) {
		rc = err_set(e, RC_FORMAT, NULL,
		    "not one certificate list (RFC 5280 5.1)");
	} else if (!certificate_is_strong(X509_CRL_get_signature_nid(c->x))) {
		rc = err_set(
		    e, RC_POLICY, "signatureAlgorithm", "weaker than SHA-256");
	}
	if (rc != RC_OK) {
		crl_free(c);
		c = NULL;
	}
	ERR_clear_error();
	*out = c;

	return rc;
}

void
crl_free(struct crl *c)
{
	if (c == NULL)
		return;
	X509_CRL_free(c->x);
	free(c);
}

X509_CRL *
crl_x509(const struct crl *c)
{
	return c->x;
}
