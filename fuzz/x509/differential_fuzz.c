/*
 * differential_fuzz.c - what we accept, OpenSSL accepts, and reads the same.
 * The first byte says what the rest is. Where the two differ and may, it
 * stands in tests/golden/differential.md.
 *
 * Belongs here: our readers beside OpenSSL's, for certificates, lists, answers
 * and paths.
 * Not here: whether our readers keep their word (certificate_fuzz.c,
 * crl_fuzz.c, ocsp_fuzz.c).
 */
#include "npki/certinfo.h"
#include "x509/chain.h"
#include "x509/ocsp.h"

#include "paper.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

/* 2024-01-01, when the seeds were made for. */
#define NOW_MS (1704067200LL * 1000)

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static struct certificate *ca, *leaf;
static struct trust *trust;

static void
start(void)
{
	if (certificate_parse(SPAN(paper_ca), &ca, NULL) != RC_OK ||
	    certificate_parse(SPAN(paper_leaf), &leaf, NULL) != RC_OK ||
	    trust_new(&trust, NULL) != RC_OK ||
	    trust_add(trust, SPAN(paper_root), NULL) != RC_OK)
		abort();
}

static bool
is_name(struct span der)
{
	const uint8_t *p = der.p;
	X509_NAME *name = d2i_X509_NAME(NULL, &p, (long)der.n);

	X509_NAME_free(name);

	return name != NULL;
}

/* 1. in differential.md: values of names that are no strings of their type. */
static bool
is_about_a_name(const struct certinfo *c)
{
	return !is_name(c->issuer_der) || !is_name(c->subject_der);
}

static int64_t
ms_of(const ASN1_TIME *t)
{
	struct tm tm;

	if (ASN1_TIME_to_tm(t, &tm) != 1)
		abort();

	return (int64_t)timegm(&tm) * 1000;
}

static bool
names_are(const struct certinfo *c, X509 *x)
{
	uint8_t *issuer = NULL, *subject = NULL;
	int i = i2d_X509_NAME(X509_get_issuer_name(x), &issuer);
	int s = i2d_X509_NAME(X509_get_subject_name(x), &subject);
	bool same = i > 0 && s > 0 &&
	    span_equal(c->issuer_der, (struct span){ issuer, (size_t)i }) &&
	    span_equal(c->subject_der, (struct span){ subject, (size_t)s });

	OPENSSL_free(issuer);
	OPENSSL_free(subject);

	return same;
}

/* The browser shows what certinfo.c reads; the vault acts on both. */
static void
try_certificate(struct span in)
{
	const uint8_t *p = in.p;
	struct certinfo c;
	X509 *x;

	if (certinfo_parse(in, &c, NULL) != RC_OK)
		return;
	ERR_clear_error();
	x = d2i_X509(NULL, &p, (long)in.n);
	if (x == NULL) {
		if (!is_about_a_name(&c))
			abort();
		return;
	}
	if (p != in.p + in.n || X509_get_version(x) != X509_VERSION_3 ||
	    ms_of(X509_get0_notBefore(x)) != c.not_before_ms ||
	    ms_of(X509_get0_notAfter(x)) != c.not_after_ms || !names_are(&c, x))
		abort();
	/* 2. there: extensions that we do not read are OpenSSL's to refuse. */
	if ((X509_get_extension_flags(x) & EXFLAG_INVALID) == 0 &&
	    ((X509_get_extension_flags(x) & EXFLAG_CA) != 0) != c.is_ca)
		abort();
	X509_free(x);
}

static void
try_crl(struct span in)
{
	const uint8_t *p = in.p;
	struct crl *c;
	X509_CRL *x;

	if (crl_parse(in, &c, NULL) != RC_OK)
		return;
	x = d2i_X509_CRL(NULL, &p, (long)in.n);
	if (x == NULL || p != in.p + in.n)
		abort();
	X509_CRL_free(x);
	crl_free(c);
}

/* OpenSSL's judgement of an answer that we took. */
static bool
openssl_takes(OCSP_BASICRESP *basic)
{
	STACK_OF(X509) *certs = sk_X509_new_null();
	X509_STORE *store = X509_STORE_new();
	bool good;

	(void)sk_X509_push(certs, certificate_x509(ca));
	(void)X509_STORE_add_cert(store, certificate_x509(ca));
	X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store), NOW_MS / 1000);
	(void)X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
	good = OCSP_basic_verify(basic, certs, store, OCSP_PARTIAL_CHAIN) == 1;
	X509_STORE_free(store);
	sk_X509_free(certs);

	return good;
}

static void
try_ocsp(struct span in)
{
	struct ocsp_status status;
	const uint8_t *p = in.p;
	OCSP_BASICRESP *basic;
	OCSP_RESPONSE *x;

	if (ocsp_read(in, leaf, ca, (struct span){ NULL, 0 }, NOW_MS, &status,
		NULL) != RC_OK)
		return;
	x = d2i_OCSP_RESPONSE(NULL, &p, (long)in.n);
	basic = x == NULL ? NULL : OCSP_response_get1_basic(x);
	if (basic == NULL || p != in.p + in.n || !openssl_takes(basic))
		abort();
	OCSP_BASICRESP_free(basic);
	OCSP_RESPONSE_free(x);
}

/* OpenSSL with what openssl-verify(1) uses, and no policies asked for. */
static bool
openssl_finds(const struct certificate *c, struct span sent)
{
	STACK_OF(X509) *pool = sk_X509_new_null();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	const uint8_t *p = sent.p;
	X509 *x = sent.n == 0 ? NULL : d2i_X509(NULL, &p, (long)sent.n);
	bool good;

	if (x != NULL)
		(void)sk_X509_push(pool, x);
	good = X509_STORE_CTX_init(
		   ctx, trust_store(trust), certificate_x509(c), pool) == 1;
	X509_STORE_CTX_set_time(ctx, 0, NOW_MS / 1000);
	good = good && X509_verify_cert(ctx) == 1;
	X509_STORE_CTX_free(ctx);
	sk_X509_free(pool);
	X509_free(x);

	return good;
}

/* A leaf, and behind it what was sent along. */
static void
try_chain(struct span in)
{
	struct der_doc doc = { 0 };
	struct der r = der_init(&doc, in);
	struct span first = der_any(&r);
	struct span sent = { r.p, (size_t)(r.end - r.p) };
	struct chain_in ask = { .pool = &sent,
		.pool_n = sent.n > 0 ? 1 : 0,
		.trust = trust,
		.at_ms = NOW_MS,
		.profile = CHAIN_PATH };
	struct certificate *c;
	struct chain out;

	if (doc.failed || certificate_parse(first, &c, NULL) != RC_OK)
		return;
	ask.leaf = c;
	if (chain_verify(&ask, &out, NULL) == RC_OK && !openssl_finds(c, sent))
		abort();
	certificate_free(c);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static void (*const kinds[])(
	    struct span in) = { try_certificate, try_crl, try_ocsp, try_chain };

	if (trust == NULL)
		start();
	if (n < 2)
		return 0;
	kinds[p[0] % (sizeof(kinds) / sizeof(kinds[0]))](
	    (struct span){ p + 1, n - 1 });
	ERR_clear_error();

	return 0;
}
