/*
 * cms.c - a signed message, taken apart.
 *
 * Belongs here: SignedData of RFC 5652 as strangers send it, strictly.
 * Not here: is it signed (cms_verify.c); making one (cmsput.c); PEM and
 * base64 around it (cli).
 */
#include "x509/cms.h"

#include "npki/certtime.h"
#include "npki/oid.h"
#include "x509/algorithm.h"

/*
 * One reading: where it is, so that a refusal can say it, and the refusal
 * that is not just malformed.
 */
struct cms_reader {
	struct der_doc doc;
	const char *field, *clause;
	enum rc rc;
	struct err *e;
	/* The algorithms of one signer, and as its attributes repeat them. */
	struct span hash, signature, hash_again, signature_again;
};

/* From here on it is about this field; not any more once something failed. */
static void
cms_at(struct cms_reader *r, const char *field, const char *clause)
{
	if (r->doc.failed)
		return;
	r->field = field;
	r->clause = clause;
}

/* Not malformed, and not to be had; the document fails with it. */
static void
cms_refuse(struct cms_reader *r, enum rc rc, const char *why)
{
	if (!r->doc.failed)
		r->rc = err_set(r->e, rc, r->field, "%s", why);
	r->doc.failed = true;
}

/* An algorithm is read elsewhere, and refused with a sentence of its own. */
static void
cms_hash(struct cms_reader *r, struct der *at, enum signature_hash *out)
{
	if (r->doc.failed)
		return;
	r->rc = algorithm_take_hash(at, out, r->e);
	r->doc.failed = r->rc != RC_OK;
}

static void
cms_signature_algorithm(
    struct cms_reader *r, struct der *at, struct signature_algorithm *out)
{
	if (r->doc.failed)
		return;
	r->rc = algorithm_take_signature(at, out->hash, out, r->e);
	r->doc.failed = r->rc != RC_OK;
}

/* Of content-type: id-data, which is what all Korean clients sign. */
static void
cms_content_type(struct cms_reader *r, struct der *at, struct cms_signer *s)
{
	(void)s;
	if (!span_equal(der_take(at, DER_OID), OID_DATA))
		cms_refuse(r, RC_POLICY,
		    "another type than the content's (RFC 5652 11.1)");
}

static void
cms_message_digest(struct cms_reader *r, struct der *at, struct cms_signer *s)
{
	(void)r;
	s->message_digest = der_take(at, DER_OCTETS);
}

static void
cms_signing_time(struct cms_reader *r, struct der *at, struct cms_signer *s)
{
	(void)r;
	s->signing_time_ms = certtime_take(at);
}

/* RFC 5035 3: the first ESSCertIDv2 is the signer's certificate. */
static void
cms_signing_certificate(
    struct cms_reader *r, struct der *at, struct cms_signer *s)
{
	struct der whole = der_enter(at, DER_SEQUENCE);
	struct der list = der_enter(&whole, DER_SEQUENCE);
	struct der first = der_enter(&list, DER_SEQUENCE);

	s->certificate_hash = SIGNATURE_HASH_SHA256;
	if (der_peek(&first) == DER_SEQUENCE)
		cms_hash(r, &first, &s->certificate_hash);
	s->certificate_digest = der_take(&first, DER_OCTETS);
	/* issuerSerial: sid has said it, and the digest says more. */
	if (der_peek(&first) != 0)
		(void)der_take(&first, DER_SEQUENCE);
	der_close(&first);
	while (der_peek(&list) != 0)
		(void)der_take(&list, DER_SEQUENCE);
	if (der_peek(&whole) != 0)
		(void)der_take(&whole, DER_SEQUENCE);
	der_close(&whole);
}

/* RFC 6211 2: the algorithms once more, where they are signed. */
static void
cms_protection(struct cms_reader *r, struct der *at, struct cms_signer *s)
{
	struct der whole = der_enter(at, DER_SEQUENCE);

	(void)s;
	r->hash_again = der_any(&whole);
	r->signature_again = der_take(&whole, DER_EXPLICIT(1));
	der_close(&whole);
}

static const struct {
	struct span oid;
	const char *field, *clause;
	void (*read)(
	    struct cms_reader *r, struct der *at, struct cms_signer *s);
	bool must;
} attributes[] = {
	{ OID_CONTENT_TYPE, "signedAttrs.contentType", "RFC 5652 11.1",
	    cms_content_type, true },
	{ OID_MESSAGE_DIGEST, "signedAttrs.messageDigest", "RFC 5652 11.2",
	    cms_message_digest, true },
	{ OID_SIGNING_TIME, "signedAttrs.signingTime", "RFC 5652 11.3",
	    cms_signing_time, false },
	{ OID_ESS_CERTIFICATE, "signedAttrs.signingCertificateV2", "RFC 5035 3",
	    cms_signing_certificate, false },
	{ OID_CMS_PROTECTION, "signedAttrs.cmsAlgorithmProtection",
	    "RFC 6211 2", cms_protection, false },
};
#define ATTRIBUTES (sizeof(attributes) / sizeof(attributes[0]))

/* One attribute: one value of a type that was not there yet. */
static void
cms_attribute(struct cms_reader *r, struct der *set, struct cms_signer *s,
    unsigned int *seen)
{
	struct der attribute = der_enter(set, DER_SEQUENCE), values;
	struct span type = der_take(&attribute, DER_OID);

	values = der_enter(&attribute, DER_SET);
	der_close(&attribute);
	for (size_t i = 0; i < ATTRIBUTES; i++) {
		if (!span_equal(type, attributes[i].oid))
			continue;
		cms_at(r, attributes[i].field, attributes[i].clause);
		if ((*seen & 1U << i) != 0)
			cms_refuse(r, RC_FORMAT, "it is there twice");
		*seen |= 1U << i;
		attributes[i].read(r, &values, s);
		der_close(&values);
	}
}

static void
cms_attributes(struct cms_reader *r, struct der *at, struct cms_signer *s)
{
	struct span before = { NULL, 0 };
	unsigned int seen = 0;
	struct der whole, set;

	cms_at(r, "signedAttrs", "RFC 5652 5.3");
	if (der_peek(at) != DER_EXPLICIT(0))
		return;
	s->attributes = der_any(at);
	whole = der_init(&r->doc, s->attributes);
	set = der_enter(&whole, DER_EXPLICIT(0));
	while (der_peek(&set) != 0) {
		struct der peek = set;
		struct span next = der_any(&peek);

		cms_at(r, "signedAttrs", "RFC 5652 5.3");
		if (!der_ordered(before, next))
			cms_refuse(
			    r, RC_FORMAT, "not in DER's order (X.690 11.6)");
		before = next;
		cms_attribute(r, &set, s, &seen);
	}
	for (size_t i = 0; i < ATTRIBUTES; i++) {
		cms_at(r, attributes[i].field, attributes[i].clause);
		if (attributes[i].must && (seen & 1U << i) == 0)
			cms_refuse(
			    r, RC_FORMAT, "it is missing (RFC 5652 5.3)");
	}
}

/* Nobody signed these: only their form is looked at. */
static void
cms_unsigned(struct cms_reader *r, struct der *at)
{
	struct der set, attribute;

	cms_at(r, "signerInfo.unsignedAttrs", "RFC 5652 5.3");
	if (der_peek(at) != DER_EXPLICIT(1))
		return;
	set = der_enter(at, DER_EXPLICIT(1));
	do {
		attribute = der_enter(&set, DER_SEQUENCE);
		(void)der_take(&attribute, DER_OID);
		(void)der_take(&attribute, DER_SET);
		der_close(&attribute);
	} while (der_peek(&set) != 0);
}

/* Whose signature: version 1 says issuer and serial, 3 a key identifier. */
static void
cms_sid(struct cms_reader *r, struct der *at, struct cms_signer *s)
{
	uint32_t version;
	struct der sid;

	cms_at(r, "signerInfo.version", "RFC 5652 5.3");
	version = der_uint(at, 3);
	if (version != 1 && version != 3)
		cms_refuse(
		    r, RC_FORMAT, "neither version 1 nor 3 (RFC 5652 5.3)");
	cms_at(r, "signerInfo.sid", "RFC 5652 5.3");
	if (version == 3) {
		s->ski = der_take(at, DER_CONTEXT(0));
		return;
	}
	sid = der_enter(at, DER_SEQUENCE);
	if (der_peek(&sid) != DER_SEQUENCE)
		der_fail(&sid);
	s->issuer_der = der_any(&sid);
	if (der_peek(&sid) != DER_INTEGER)
		der_fail(&sid);
	s->serial_der = der_any(&sid);
	der_close(&sid);
}

static void
cms_signer(struct cms_reader *r, struct der *set, struct cms_signer *s)
{
	struct der info = der_enter(set, DER_SEQUENCE), peek;

	r->hash_again = r->signature_again = (struct span){ NULL, 0 };
	cms_sid(r, &info, s);
	cms_at(r, "signerInfo.digestAlgorithm", "RFC 5652 5.3");
	peek = info;
	r->hash = der_any(&peek);
	cms_hash(r, &info, &s->algorithm.hash);
	cms_attributes(r, &info, s);
	cms_at(r, "signerInfo.signatureAlgorithm", "RFC 5652 5.3");
	peek = info;
	r->signature = der_take(&peek, DER_SEQUENCE);
	cms_signature_algorithm(r, &info, &s->algorithm);
	if (r->hash_again.n > 0 &&
	    (!span_equal(r->hash, r->hash_again) ||
		!span_equal(r->signature, r->signature_again)))
		cms_refuse(r, RC_POLICY,
		    "not those of cmsAlgorithmProtection (RFC 6211 2)");
	cms_at(r, "signerInfo.signature", "RFC 5652 5.3");
	s->signature = der_take(&info, DER_OCTETS);
	cms_unsigned(r, &info);
	der_close(&info);
}

/* EncapsulatedContentInfo: id-data, and octets or nothing. */
static void
cms_content(struct cms_reader *r, struct der *at, struct cms *out)
{
	struct der info, content;

	cms_at(r, "encapContentInfo", "RFC 5652 5.2");
	info = der_enter(at, DER_SEQUENCE);
	if (!span_equal(der_take(&info, DER_OID), OID_DATA))
		cms_refuse(r, RC_UNKNOWN,
		    "a content that is not id-data (RFC 5652 5.2)");
	out->detached = der_peek(&info) == 0;
	if (out->detached)
		return;
	content = der_enter(&info, DER_EXPLICIT(0));
	der_close(&info);
	out->content = der_take(&content, DER_OCTETS);
	der_close(&content);
}

/* The certificates that came along, and CRLs. */
static void
cms_certificates(struct cms_reader *r, struct der *at, struct cms *out)
{
	struct der set;

	cms_at(r, "certificates", "RFC 5652 10.2.2");
	set = der_peek(at) == DER_EXPLICIT(0)
	    ? der_enter(at, DER_EXPLICIT(0))
	    : der_init(&r->doc, (struct span){ NULL, 0 });
	while (der_peek(&set) != 0) {
		if (out->certificates_n == CMS_CERTIFICATES)
			cms_refuse(r, RC_LIMIT, "more than 16 certificates");
		else if (der_peek(&set) != DER_SEQUENCE)
			cms_refuse(r, RC_UNKNOWN,
			    "not an X.509 certificate (RFC 5652 10.2.2)");
		else
			out->certificates[out->certificates_n++] =
			    der_any(&set);
	}
	cms_at(r, "crls", "RFC 5652 10.2.1");
	if (der_peek(at) == DER_EXPLICIT(1))
		out->crls = der_take(at, DER_EXPLICIT(1));
}

/* digestAlgorithms: what signers use is among them (RFC 5652 5.1). */
static void
cms_check_hashes(struct cms_reader *r, struct span hashes, const struct cms *c)
{
	unsigned int named = 0;
	struct der set = der_init(&r->doc, hashes);

	cms_at(r, "digestAlgorithms", "RFC 5652 5.1");
	while (der_peek(&set) != 0) {
		enum signature_hash hash = SIGNATURE_HASH_NONE;

		cms_hash(r, &set, &hash);
		named |= 1U << hash;
	}
	for (size_t i = 0; i < c->signers_n; i++)
		if ((named & 1U << c->signers[i].algorithm.hash) == 0)
			cms_refuse(r, RC_FORMAT,
			    "a signer's hash is not among them (RFC 5652 5.1)");
}

static void
cms_signed_data(struct cms_reader *r, struct der *at, struct cms *out)
{
	struct der data = der_enter(at, DER_SEQUENCE), set;
	struct span hashes;
	uint32_t version;

	cms_at(r, "version", "RFC 5652 5.1");
	version = der_uint(&data, 5);
	if (version != 1 && version != 3)
		cms_refuse(
		    r, RC_UNKNOWN, "neither version 1 nor 3 (RFC 5652 5.1)");
	cms_at(r, "digestAlgorithms", "RFC 5652 5.1");
	hashes = der_take(&data, DER_SET);
	cms_content(r, &data, out);
	cms_certificates(r, &data, out);
	cms_at(r, "signerInfos", "RFC 5652 5.1");
	set = der_enter(&data, DER_SET);
	der_close(&data);
	if (der_peek(&set) == 0)
		cms_refuse(r, RC_ABSENT, "no signature in it");
	while (der_peek(&set) != 0) {
		cms_at(r, "signerInfos", "RFC 5652 5.1");
		if (out->signers_n == CMS_SIGNERS)
			cms_refuse(r, RC_LIMIT, "more than 8 signatures");
		else
			cms_signer(r, &set, &out->signers[out->signers_n++]);
	}
	cms_check_hashes(r, hashes, out);
}

enum rc
cms_parse(struct span in, struct cms *out, struct err *e)
{
	struct cms_reader r = { .e = e };
	struct der whole = der_init(&r.doc, in), info, inner;
	enum rc rc;

	*out = (struct cms){ 0 };
	if (in.n > CMS_MAX)
		return err_larger(e, NULL, CMS_MAX);
	if ((rc = der_check(in, e)) != RC_OK)
		return rc;
	cms_at(&r, "contentType", "RFC 5652 3");
	info = der_enter(&whole, DER_SEQUENCE);
	if (!span_equal(der_take(&info, DER_OID), OID_SIGNED_DATA))
		cms_refuse(&r, RC_UNKNOWN, "not SignedData (RFC 5652 5.1)");
	inner = der_enter(&info, DER_EXPLICIT(0));
	der_close(&info);
	cms_signed_data(&r, &inner, out);
	der_close(&inner);
	if (der_done(&whole))
		return RC_OK;
	*out = (struct cms){ 0 };
	if (r.rc != RC_OK)
		return r.rc;

	return err_set(e, RC_FORMAT, r.field, "malformed (%s)", r.clause);
}
