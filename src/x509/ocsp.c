/*
 * ocsp.c - asking whether a certificate is revoked, and reading the answer.
 *
 * Belongs here: question and answer of RFC 6960 as bytes, who may sign an
 * answer, how long it holds.
 * Not here: sending it (client/net.c); what an unknown status means for a
 * path (chain.c).
 */
#include "x509/ocsp.h"

#include "npki/der.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>
#include <time.h>

/* 1.3.6.1.5.5.7.48.1.1, id-pkix-ocsp-basic. */
#define OID_BASIC SPAN_LIT("\x2b\x06\x01\x05\x05\x07\x30\x01\x01")

#define TAG_ENUM  0x0a

/* An answer that says nothing of its end holds as long as clocks may differ. */
#define OCSP_FRESH_MS OCSP_SKEW_MS

struct ocsp_run {
	const struct certificate *of, *issuer;
	struct span nonce;
	int64_t now_ms;
	OCSP_BASICRESP *answer;
};

enum rc
ocsp_ask(const struct certificate *of, const struct certificate *issuer,
    struct span nonce, struct buf *out, struct err *e)
{
	OCSP_REQUEST *request = OCSP_REQUEST_new();
	OCSP_CERTID *id = OCSP_cert_to_id(
	    EVP_sha1(), certificate_x509(of), certificate_x509(issuer));
	uint8_t *der = NULL;
	bool good;
	int n = 0;

	good = request != NULL && id != NULL && nonce.n <= OCSP_NONCE_MAX &&
	    OCSP_request_add0_id(request, id) != NULL;
	if (good)
		id = NULL; /* it is the request's now */
	/* OpenSSL takes it for writing, and copies it. */
	if (good && nonce.n > 0) {
		uint8_t copy[OCSP_NONCE_MAX];

		memcpy(copy, nonce.p, nonce.n);
		good =
		    OCSP_request_add1_nonce(request, copy, (int)nonce.n) == 1;
	}
	if (good && (n = i2d_OCSP_REQUEST(request, &der)) > 0)
		buf_bytes(out, (struct span){ der, (size_t)n });
	OPENSSL_free(der);
	OCSP_CERTID_free(id);
	OCSP_REQUEST_free(request);
	ERR_clear_error();
	if (n <= 0)
		return err_set(e, RC_CRYPTO, NULL, "no OCSP request");
	if (!buf_ok(out))
		return err_set(e, RC_MEMORY, NULL, "no memory");

	return RC_OK;
}

/* The BasicOCSPResponse within an OCSPResponse (RFC 6960 4.2.1). */
static enum rc
ocsp_open(struct span in, struct span *basic, struct err *e)
{
	struct der_doc doc = { 0 };
	struct der whole = der_init(&doc, in), response, wrapper, bytes;
	struct span status;
	enum rc rc;

	if (in.n > OCSP_MAX)
		return err_set(e, RC_LIMIT, NULL, "OCSP answer too large");
	if ((rc = der_check(in, e)) != RC_OK)
		return rc;
	response = der_enter(&whole, DER_SEQUENCE);
	status = der_take(&response, TAG_ENUM);
	if (!doc.failed && status.n == 1 && status.p[0] != 0)
		return err_set(e, RC_REFUSED, "responseStatus",
		    "the responder gives no answer: %d (RFC 6960 4.2.1)",
		    status.p[0]);
	wrapper = der_enter(&response, DER_EXPLICIT(0));
	bytes = der_enter(&wrapper, DER_SEQUENCE);
	der_oid(&bytes, OID_BASIC);
	*basic = der_take(&bytes, DER_OCTETS);
	der_close(&bytes);
	der_close(&wrapper);
	der_close(&response);
	if (status.n != 1 || !der_done(&whole))
		return err_set(e, RC_FORMAT, "responseBytes",
		    "not an OCSP answer (RFC 6960 4.2.1)");

	return der_check(*basic, e);
}

static enum rc
ocsp_parse(struct ocsp_run *run, struct span basic, struct err *e)
{
	const uint8_t *p = basic.p;
	uint8_t *again = NULL;
	bool same;
	int n;

	run->answer = d2i_OCSP_BASICRESP(NULL, &p, (long)basic.n);
	n = run->answer == NULL ? 0 : i2d_OCSP_BASICRESP(run->answer, &again);
	same = n > 0 && span_equal(basic, (struct span){ again, (size_t)n });
	OPENSSL_free(again);
	if (!same)
		return err_set(e, RC_FORMAT, "responseBytes",
		    "not a basic OCSP answer (RFC 6960 4.2.1)");

	return RC_OK;
}

static int64_t
ocsp_time(const ASN1_GENERALIZEDTIME *t)
{
	struct tm tm;

	/* No time is long ago: old. */
	if (t == NULL || ASN1_TIME_to_tm(t, &tm) != 1)
		return 0;

	return (int64_t)timegm(&tm) * 1000;
}

/* The hashes by which answers name certificates; nothing is proven by them. */
static bool
ocsp_is_of(const struct ocsp_run *run, const OCSP_CERTID *id)
{
	ASN1_OBJECT *hash = NULL;
	const EVP_MD *md = NULL;
	OCSP_CERTID *own;
	bool same;

	/* It asks for a certid that it may change, and does not. */
	own = OCSP_CERTID_dup(id);
	if (own != NULL && OCSP_id_get0_info(NULL, &hash, NULL, NULL, own) == 1)
		md = EVP_get_digestbyobj(hash);
	OCSP_CERTID_free(own);
	if (md == NULL)
		return false;
	own = OCSP_cert_to_id(
	    md, certificate_x509(run->of), certificate_x509(run->issuer));
	same = own != NULL && OCSP_id_cmp(own, id) == 0;
	OCSP_CERTID_free(own);

	return same;
}

/* The one thing that it says of our certificate. */
static enum rc
ocsp_find(const struct ocsp_run *run, OCSP_SINGLERESP **out, struct err *e)
{
	OCSP_SINGLERESP *found = NULL;

	for (int i = 0; i < OCSP_resp_count(run->answer); i++) {
		OCSP_SINGLERESP *one = OCSP_resp_get0(run->answer, i);

		if (!ocsp_is_of(run, OCSP_SINGLERESP_get0_id(one)))
			continue;
		if (found != NULL)
			return err_set(e, RC_FORMAT, "responses",
			    "it speaks of the certificate twice");
		found = one;
	}
	if (found == NULL)
		return err_set(e, RC_ABSENT, "responses",
		    "it speaks of other certificates (RFC 6960 3.2)");
	*out = found;

	return RC_OK;
}

/* Nothing critical that nobody here acts on (RFC 6960 4.4). */
static enum rc
ocsp_check_extensions(
    const struct ocsp_run *run, OCSP_SINGLERESP *one, struct err *e)
{
	if (OCSP_BASICRESP_get_ext_by_critical(run->answer, 1, -1) >= 0 ||
	    OCSP_SINGLERESP_get_ext_by_critical(one, 1, -1) >= 0)
		return err_set(e, RC_POLICY, "responseExtensions",
		    "unknown critical extension (RFC 6960 4.4)");

	return RC_OK;
}

/* A nonce is an OCTET STRING within the extension's (RFC 9654 2.1). */
static enum rc
ocsp_check_nonce(const struct ocsp_run *run, struct err *e)
{
	int at = OCSP_BASICRESP_get_ext_by_NID(
	    run->answer, NID_id_pkix_OCSP_Nonce, -1);
	const ASN1_OCTET_STRING *value;
	struct der_doc doc = { 0 };
	struct span nonce;
	struct der r;

	if (run->nonce.n == 0 || at < 0)
		return RC_OK;
	value =
	    X509_EXTENSION_get_data(OCSP_BASICRESP_get_ext(run->answer, at));
	r = der_init(&doc,
	    (struct span){ ASN1_STRING_get0_data(value),
		(size_t)ASN1_STRING_length(value) });
	nonce = der_take(&r, DER_OCTETS);
	if (!der_done(&r) || !span_equal(nonce, run->nonce))
		return err_set(e, RC_DENIED, "nonce",
		    "an answer to another question (RFC 9654 2.1)");

	return RC_OK;
}

static enum rc
ocsp_check_time(const struct ocsp_run *run, OCSP_SINGLERESP *one,
    struct ocsp_status *out, struct err *e)
{
	ASN1_GENERALIZEDTIME *this_at = NULL, *next = NULL, *revoked = NULL;
	int status =
	    OCSP_single_get0_status(one, NULL, &revoked, &this_at, &next);
	int64_t until;

	switch (status) {
	case V_OCSP_CERTSTATUS_GOOD:
		out->state = OCSP_GOOD;
		break;
	case V_OCSP_CERTSTATUS_REVOKED:
		out->state = OCSP_REVOKED;
		break;
	default: /* another library's numbers */
		out->state = OCSP_UNKNOWN;
		break;
	}
	out->this_ms = ocsp_time(this_at);
	out->next_ms = ocsp_time(next);
	out->revoked_ms = ocsp_time(revoked);
	until = next == NULL ? out->this_ms + OCSP_FRESH_MS : out->next_ms;
	if (out->this_ms > run->now_ms + OCSP_SKEW_MS)
		return err_set(e, RC_EXPIRED, "thisUpdate",
		    "made in the future (RFC 6960 4.2.2.1)");
	if (until < run->now_ms - OCSP_SKEW_MS)
		return err_set(e, RC_EXPIRED, "nextUpdate",
		    "an old answer (RFC 6960 4.2.2.1)");

	return RC_OK;
}

/* Does the answer say that this certificate's owner signed it? */
static bool
ocsp_is_by(const struct ocsp_run *run, X509 *signer)
{
	const ASN1_OCTET_STRING *hash = NULL;
	const X509_NAME *name = NULL;
	uint8_t own[EVP_MAX_MD_SIZE];
	unsigned int n = 0;

	if (OCSP_resp_get0_id(run->answer, &hash, &name) != 1)
		return false;
	if (name != NULL)
		return X509_NAME_cmp(name, X509_get_subject_name(signer)) == 0;

	return X509_pubkey_digest(signer, EVP_sha1(), own, &n) == 1 &&
	    span_equal((struct span){ own, n },
		(struct span){ ASN1_STRING_get0_data(hash),
		    (size_t)ASN1_STRING_length(hash) });
}

/* Whom the issuer made a responder, with a certificate in the answer. */
static bool
ocsp_is_delegate(const struct ocsp_run *run, const struct certificate *c)
{
	const struct certinfo *info = certificate_info(c);
	X509 *x = certificate_x509(c);

	return X509_check_issued(certificate_x509(run->issuer), x) ==
	    X509_V_OK &&
	    certificate_is_strong(X509_get_signature_nid(x)) &&
	    X509_verify(x, certificate_key(run->issuer)) == 1 &&
	    (X509_get_extension_flags(x) & EXFLAG_XKUSAGE) != 0 &&
	    (X509_get_extended_key_usage(x) & XKU_OCSP_SIGN) != 0 &&
	    (X509_get_key_usage(x) & KU_DIGITAL_SIGNATURE) != 0 &&
	    info->not_before_ms <= run->now_ms &&
	    run->now_ms <= info->not_after_ms;
}

static bool
ocsp_signed_by(const struct ocsp_run *run, const struct certificate *c)
{
	const OCSP_BASICRESP *a = run->answer;

	return ASN1_item_verify(ASN1_ITEM_rptr(OCSP_RESPDATA),
		   OCSP_resp_get0_tbs_sigalg(a), OCSP_resp_get0_signature(a),
		   OCSP_resp_get0_respdata(a), certificate_key(c)) == 1;
}

/* Is this certificate of the answer the one of a delegate that signed it? */
static bool
ocsp_try(const struct ocsp_run *run, X509 *x)
{
	struct certificate *c = NULL;
	uint8_t *der = NULL;
	int n = i2d_X509(x, &der);
	bool good;

	good = n > 0 &&
	    certificate_parse((struct span){ der, (size_t)n }, &c, NULL) ==
		RC_OK &&
	    ocsp_is_delegate(run, c) && ocsp_signed_by(run, c);
	certificate_free(c);
	OPENSSL_free(der);

	return good;
}

static enum rc
ocsp_check_signer(const struct ocsp_run *run, struct err *e)
{
	const STACK_OF(X509) *sent = OCSP_resp_get0_certs(run->answer);
	const ASN1_OBJECT *algorithm = NULL;
	X509 *issuer = certificate_x509(run->issuer);

	X509_ALGOR_get0(
	    &algorithm, NULL, NULL, OCSP_resp_get0_tbs_sigalg(run->answer));
	if (!certificate_is_strong(OBJ_obj2nid(algorithm)))
		return err_set(
		    e, RC_POLICY, "signatureAlgorithm", "weaker than SHA-256");
	if (ocsp_is_by(run, issuer) && ocsp_signed_by(run, run->issuer))
		return RC_OK;
	for (int i = 0; i < sk_X509_num(sent); i++) {
		X509 *x = sk_X509_value(sent, i);

		if (ocsp_is_by(run, x) && ocsp_try(run, x))
			return RC_OK;
	}

	return err_set(e, RC_DENIED, "signature",
	    "not by the issuer or whom it named (RFC 6960 4.2.2.2)");
}

enum rc
ocsp_read(struct span answer, const struct certificate *of,
    const struct certificate *issuer, struct span nonce, int64_t now_ms,
    struct ocsp_status *out, struct err *e)
{
	struct ocsp_run run = {
		.of = of, .issuer = issuer, .nonce = nonce, .now_ms = now_ms
	};
	OCSP_SINGLERESP *one = NULL;
	struct span basic;
	enum rc rc;

	*out = (struct ocsp_status){ .state = OCSP_UNKNOWN };
	if ((rc = ocsp_open(answer, &basic, e)) != RC_OK)
		return rc;
	if ((rc = ocsp_parse(&run, basic, e)) == RC_OK &&
	    (rc = ocsp_find(&run, &one, e)) == RC_OK &&
	    (rc = ocsp_check_extensions(&run, one, e)) == RC_OK &&
	    (rc = ocsp_check_nonce(&run, e)) == RC_OK &&
	    (rc = ocsp_check_signer(&run, e)) == RC_OK)
		rc = ocsp_check_time(&run, one, out, e);
	OCSP_BASICRESP_free(run.answer);
	ERR_clear_error();
	if (rc != RC_OK)
		*out = (struct ocsp_status){ .state = OCSP_UNKNOWN };

	return rc;
}
