/*
 * cms_verify.c - did the key of that certificate sign this content?
 *
 * Belongs here: what a signer and a content must be, and the digest between
 * them.
 * Not here: reading the message (cms.c); may the certificate be trusted
 * (chain.c); the signature itself (signature.c).
 */
#include "npki/oid.h"
#include "x509/algorithm.h"
#include "x509/cms.h"

bool
cms_is_signer(const struct cms_signer *s, const struct certinfo *info)
{
	if (s->ski.n > 0)
		return span_equal(s->ski, info->ski);

	return span_equal(s->issuer_der, info->issuer_der) &&
	    span_equal(s->serial_der, info->serial_der);
}

enum rc
cms_check_usage(const struct certinfo *info, struct err *e)
{
	static const unsigned int signs =
	    CERTINFO_DIGITAL_SIGNATURE | CERTINFO_NON_REPUDIATION;

	if (info->usage != 0 && (info->usage & signs) == 0)
		return err_set(e, RC_DENIED, "keyUsage",
		    "not a key that signs documents (RFC 5280 4.2.1.3)");

	return RC_OK;
}

bool
cms_is_ambiguous(struct span content)
{
	struct der_doc doc = { 0 };
	struct der whole = der_init(&doc, content), set, attribute;
	bool digest = false;

	set = der_enter(&whole, DER_SET);
	if (!der_done(&whole))
		return false;
	while (der_peek(&set) != 0) {
		/* However many there are: the cap is not a way around this. */
		doc.elements = 0;
		attribute = der_enter(&set, DER_SEQUENCE);
		digest = span_equal(der_take(&attribute, DER_OID),
			     OID_MESSAGE_DIGEST) ||
		    digest;
		(void)der_take(&attribute, DER_SET);
		der_close(&attribute);
	}

	return digest && !doc.failed;
}

/* ESS: the attributes name the certificate by its digest (RFC 5035 3). */
static enum rc
cms_check_certificate(
    const struct cms_signer *s, const struct certificate *signer, struct err *e)
{
	uint8_t room[ALGORITHM_DIGEST_MAX];
	struct span der = certificate_der(signer), digest;
	enum rc rc;

	if (s->certificate_digest.n == 0)
		return RC_OK;
	rc = algorithm_digest(s->certificate_hash, &der, 1, room, &digest, e);
	if (rc != RC_OK)
		return rc;
	if (!span_equal(digest, s->certificate_digest))
		return err_set(e, RC_DENIED, "signingCertificateV2",
		    "signed for another certificate (RFC 5035 3)");

	return RC_OK;
}

/* The digest that was signed: of the content, or of attributes about it. */
static enum rc
cms_signed_digest(const struct cms_signer *s, struct span content,
    uint8_t room[ALGORITHM_DIGEST_MAX], struct span *out, struct err *e)
{
	struct span parts[2] = { SPAN_LIT("\x31"), s->attributes };
	enum rc rc;

	rc = algorithm_digest(s->algorithm.hash, &content, 1, room, out, e);
	if (rc != RC_OK || s->attributes.n == 0)
		return rc;
	if (!span_equal(*out, s->message_digest))
		return err_set(e, RC_DENIED, "messageDigest",
		    "not this content (RFC 5652 5.6)");
	/* As they were sent, but for the tag: a SET's (RFC 5652 5.4). */
	parts[1].p++;
	parts[1].n--;

	return algorithm_digest(s->algorithm.hash, parts, 2, room, out, e);
}

enum rc
cms_verify(const struct cms *c, const struct cms_signer *s,
    const struct certificate *signer, const struct span *content, struct err *e)
{
	struct span signed_content = content == NULL ? c->content : *content;
	uint8_t room[ALGORITHM_DIGEST_MAX];
	struct span digest;
	enum rc rc;

	if (c->detached != (content != NULL))
		return err_set(e, RC_STATE, "content",
		    c->detached ? "it is not in the message"
				: "it is in the message");
	if (!cms_is_signer(s, certificate_info(signer)))
		return err_set(
		    e, RC_ABSENT, "sid", "not the signer's certificate");
	if (s->attributes.n == 0 && cms_is_ambiguous(signed_content))
		return err_set(e, RC_POLICY, "content",
		    "it could be another content's attributes (RFC 5652 5.4)");
	if ((rc = cms_check_usage(certificate_info(signer), e)) != RC_OK ||
	    (rc = cms_check_certificate(s, signer, e)) != RC_OK ||
	    (rc = cms_signed_digest(s, signed_content, room, &digest, e)) !=
		RC_OK)
		return rc;
	rc = signature_verify(
	    certificate_key(signer), &s->algorithm, digest, s->signature, NULL);
	if (rc != RC_OK)
		return err_set(e, rc == RC_FORMAT ? RC_DENIED : rc, "signature",
		    "not one of this certificate's key");

	return RC_OK;
}
