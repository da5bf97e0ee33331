/*
 * cmsput.c - a signed message, made.
 *
 * Belongs here: SignedData of RFC 5652, byte for byte as we want it: OpenSSL
 * leaves out NULLs that Korean clients write.
 * Not here: the key (pkey.c, or whoever has it); reading (cms.c).
 */
#include "x509/cmsput.h"

#include "npki/oid.h"
#include "x509/algorithm.h"
#include "x509/cms.h"
#include "x509/pkey.h"

#include <time.h>

#define CMSPUT_ATTRIBUTES     4
#define CMSPUT_ATTRIBUTES_MAX 512  /* bytes of all of them */
#define CMSPUT_AROUND         4096 /* bytes beside content and certificates */

/* UTCTime until 2049, GeneralizedTime after (RFC 5652 11.3). */
static void
cmsput_time(struct derput *w, int64_t ms)
{
	time_t seconds = (time_t)(ms / 1000);
	struct tm tm = { 0 };
	char text[32];
	bool utc;

	(void)gmtime_r(&seconds, &tm);
	utc = tm.tm_year >= 50 && tm.tm_year < 150;
	(void)strftime(text, sizeof(text), "%Y%m%d%H%M%SZ", &tm);
	derput_element(
	    w, utc ? DER_UTCTIME : DER_GENTIME, span_str(text + (utc ? 2 : 0)));
}

/* SigningCertificateV2 with the default hash, SHA-256. */
static enum rc
cmsput_certificate(struct derput *w, const struct certificate *c, struct err *e)
{
	size_t mark = derput_mark(w);
	uint8_t room[ALGORITHM_DIGEST_MAX];
	struct span der = certificate_der(c), digest;
	enum rc rc =
	    algorithm_digest(SIGNATURE_HASH_SHA256, &der, 1, room, &digest, e);

	if (rc != RC_OK)
		return rc;
	derput_element(w, DER_OCTETS, digest);
	derput_wrap(w, DER_SEQUENCE, mark);
	derput_wrap(w, DER_SEQUENCE, mark);
	derput_wrap(w, DER_SEQUENCE, mark);

	return RC_OK;
}

/* The value that was written since mark becomes an Attribute; gives its bytes. */
static struct span
cmsput_attribute(struct derput *w, size_t mark, struct span type)
{
	derput_wrap(w, DER_SET, mark);
	derput_element(w, DER_OID, type);
	derput_wrap(w, DER_SEQUENCE, mark);

	return (struct span){ w->p + w->at, derput_mark(w) - mark };
}

/* The signed attributes as a SET, which is what is signed. */
static enum rc
cmsput_attributes(const struct cmsput_in *in, struct span digest, uint8_t *room,
    size_t size, struct span *out, struct err *e)
{
	uint8_t each[CMSPUT_ATTRIBUTES_MAX];
	struct derput w = derput_init(each, sizeof(each)),
		      set = derput_init(room, size);
	struct span members[CMSPUT_ATTRIBUTES];
	size_t n = 0, mark = 0;
	enum rc rc;

	derput_element(&w, DER_OID, OID_DATA);
	members[n++] = cmsput_attribute(&w, mark, OID_CONTENT_TYPE);
	mark = derput_mark(&w);
	derput_element(&w, DER_OCTETS, digest);
	members[n++] = cmsput_attribute(&w, mark, OID_MESSAGE_DIGEST);
	mark = derput_mark(&w);
	if ((rc = cmsput_certificate(&w, in->certificate, e)) != RC_OK)
		return rc;
	members[n++] = cmsput_attribute(&w, mark, OID_ESS_CERTIFICATE);
	mark = derput_mark(&w);
	if (in->time_ms != 0) {
		cmsput_time(&w, in->time_ms);
		members[n++] = cmsput_attribute(&w, mark, OID_SIGNING_TIME);
	}
	derput_set(&set, DER_SET, members, n);
	*out = derput_span(&set);

	return RC_OK;
}

static void
cmsput_signer_info(struct derput *w, const struct cmsput_in *in,
    struct span attributes, struct span signature)
{
	const struct certinfo *info = certificate_info(in->certificate);
	size_t mark = derput_mark(w), sid;

	derput_element(w, DER_OCTETS, signature);
	algorithm_put_signature(w, &in->algorithm);
	if (attributes.n > 0) {
		size_t part = derput_mark(w);
		struct der_doc doc = { 0 };
		struct der set = der_init(&doc, attributes);

		derput_bytes(w, der_take(&set, DER_SET));
		derput_wrap(w, DER_EXPLICIT(0), part);
	}
	algorithm_put_hash(w, in->algorithm.hash);
	sid = derput_mark(w);
	derput_bytes(w, info->serial_der);
	derput_bytes(w, info->issuer_der);
	derput_wrap(w, DER_SEQUENCE, sid);
	derput_uint(w, 1);
	derput_wrap(w, DER_SEQUENCE, mark);
	derput_wrap(w, DER_SET, mark);
}

static void
cmsput_message(struct derput *w, const struct cmsput_in *in,
    struct span attributes, struct span signature)
{
	struct span certificates[1 + CMSPUT_CHAIN] = { certificate_der(
	    in->certificate) };
	size_t mark;

	for (size_t i = 0; i < in->chain_n; i++)
		certificates[1 + i] = in->chain[i];
	cmsput_signer_info(w, in, attributes, signature);
	derput_set(w, DER_EXPLICIT(0), certificates, 1 + in->chain_n);
	mark = derput_mark(w);
	if (!in->detached) {
		derput_element(w, DER_OCTETS, in->content);
		derput_wrap(w, DER_EXPLICIT(0), mark);
	}
	derput_element(w, DER_OID, OID_DATA);
	derput_wrap(w, DER_SEQUENCE, mark);
	mark = derput_mark(w);
	algorithm_put_hash(w, in->algorithm.hash);
	derput_wrap(w, DER_SET, mark);
	derput_uint(w, 1);
	derput_wrap(w, DER_SEQUENCE, 0);
	derput_wrap(w, DER_EXPLICIT(0), 0);
	derput_element(w, DER_OID, OID_SIGNED_DATA);
	derput_wrap(w, DER_SEQUENCE, 0);
}

/* Into out: written from its end, then moved to where out ended. */
static enum rc
cmsput_write(const struct cmsput_in *in, struct span attributes,
    struct span signature, struct buf *out, struct err *e)
{
	size_t size = CMSPUT_AROUND + certificate_der(in->certificate).n +
	    (in->detached ? 0 : in->content.n);
	struct derput w;
	uint8_t *room;

	for (size_t i = 0; i < in->chain_n; i++)
		size += in->chain[i].n;
	if ((room = buf_grow(out, size)) == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	w = derput_init(room, size);
	cmsput_message(&w, in, attributes, signature);
	if (w.failed) {
		out->n -= size;
		return err_set(e, RC_BUG, NULL, "no room");
	}
	memmove(room, w.p + w.at, derput_mark(&w));
	out->n -= size - derput_mark(&w);

	return RC_OK;
}

static enum rc
cmsput_check(const struct cmsput_in *in, struct err *e)
{
	if (in->content.n > CMS_CONTENT_MAX || in->chain_n > CMSPUT_CHAIN)
		return err_set(e, RC_LIMIT, "content", "too much to sign");
	if (!in->attributes && cms_is_ambiguous(in->content))
		return err_set(e, RC_POLICY, "content",
		    "it could be another content's attributes (RFC 5652 5.4)");

	return cms_check_usage(certificate_info(in->certificate), e);
}

enum rc
cmsput_signed(const struct cmsput_in *in, cmsput_signer *sign, void *arg,
    struct buf *out, struct err *e)
{
	uint8_t room[ALGORITHM_DIGEST_MAX], set[CMSPUT_ATTRIBUTES_MAX];
	struct buf signature = buf_init(PKEY_SIGNATURE_MAX);
	struct span digest, attributes = { NULL, 0 };
	enum rc rc;

	if ((rc = cmsput_check(in, e)) != RC_OK)
		return rc;
	rc = algorithm_digest(
	    in->algorithm.hash, &in->content, 1, room, &digest, e);
	if (rc == RC_OK && in->attributes) {
		rc = cmsput_attributes(
		    in, digest, set, sizeof(set), &attributes, e);
		if (rc == RC_OK)
			rc = algorithm_digest(in->algorithm.hash, &attributes,
			    1, room, &digest, e);
	}
	if (rc == RC_OK)
		rc = sign(arg, &in->algorithm, digest, &signature, e);
	/* Of a token or a vault: what does not verify is not passed on. */
	if (rc == RC_OK &&
	    signature_verify(certificate_key(in->certificate), &in->algorithm,
		digest, buf_span(&signature), NULL) != RC_OK)
		rc = err_set(e, RC_CRYPTO, "signature",
		    "the signature did not verify and was thrown away");
	if (rc == RC_OK)
		rc = cmsput_write(in, attributes, buf_span(&signature), out, e);
	buf_clear(&signature);

	return rc;
}
