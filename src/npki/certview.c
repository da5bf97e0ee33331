/*
 * certview.c - everything that a person may want to see of a certificate.
 *
 * Belongs here: the extensions that are only shown, fingerprints, their JSON.
 * Not here: what lists and programs need (certinfo.c); believing any of it
 * (x509).
 */
#include "npki/certview.h"

#include "npki/certjson.h"
#include "npki/nametext.h"
#include "npki/oid.h"

#define TAG_URI      DER_CONTEXT(6) /* of a GeneralName */

#define OID_PKIX     "\x2b\x06\x01\x05\x05\x07"
#define OID_CPS      SPAN_LIT(OID_PKIX "\x02\x01")
#define OID_NOTICE   SPAN_LIT(OID_PKIX "\x02\x02")
#define OID_AIA      SPAN_LIT(OID_PKIX "\x01\x01")
#define OID_AIA_OCSP SPAN_LIT(OID_PKIX "\x30\x01")

static const struct {
	struct span oid;
	const char *name;
} signatures[] = {
	{ OID_RSA_SHA256, "sha256WithRSAEncryption" },
	{ OID_RSA_SHA384, "sha384WithRSAEncryption" },
	{ OID_RSA_SHA512, "sha512WithRSAEncryption" },
	{ OID_RSA_PSS, "rsassaPss" },
	{ OID_ECDSA_SHA256, "ecdsa-with-SHA256" },
	{ OID_ECDSA_SHA384, "ecdsa-with-SHA384" },
	{ OID_ECDSA_SHA512, "ecdsa-with-SHA512" },
	{ SPAN_LIT(OID_RSADSI "\x01\x01\x05"), "sha1WithRSAEncryption" },
};

static void
certview_show(uint8_t tag, struct span s, char out[CERTVIEW_TEXT])
{
	nametext_show(tag, s, out, CERTVIEW_TEXT);
}

/* GeneralNames: the first URI, where there is none yet. */
static void
certview_uri(struct der *names, char out[CERTVIEW_TEXT])
{
	while (der_peek(names) != 0) {
		if (der_peek(names) == TAG_URI && out[0] == '\0')
			certview_show(DER_IA5, der_take(names, TAG_URI), out);
		else
			(void)der_any(names);
	}
}

static void
certview_aki(struct der *r, struct certview *out)
{
	struct der aki = der_enter(r, DER_SEQUENCE);

	if (der_peek(&aki) == DER_CONTEXT(0))
		out->aki = der_take(&aki, DER_CONTEXT(0));
	while (der_peek(&aki) != 0)
		(void)der_any(&aki);
}

/* UserNotice: a reference that nobody writes, and a text. */
static void
certview_notice(struct der *r, struct certview *out)
{
	struct der notice = der_enter(r, DER_SEQUENCE);
	uint8_t tag;

	if (der_peek(&notice) == DER_SEQUENCE)
		(void)der_any(&notice);
	tag = der_peek(&notice);
	if (tag != 0 && out->notice[0] == '\0')
		certview_show(tag, der_take(&notice, tag), out->notice);
	else if (tag != 0)
		(void)der_any(&notice);
	der_close(&notice);
}

static void
certview_qualifier(struct der *r, struct certview *out)
{
	struct der qualifier = der_enter(r, DER_SEQUENCE);
	struct span id = der_take(&qualifier, DER_OID);

	if (span_equal(id, OID_NOTICE))
		certview_notice(&qualifier, out);
	else if (span_equal(id, OID_CPS) && out->cps[0] == '\0')
		certview_show(DER_IA5, der_take(&qualifier, DER_IA5), out->cps);
	else
		(void)der_any(&qualifier);
	der_close(&qualifier);
}

/* Only the first policy is shown, as certinfo.c has it. */
static void
certview_policies(struct der *r, struct certview *out)
{
	struct der policies = der_enter(r, DER_SEQUENCE), policy, qualifiers;

	policy = der_enter(&policies, DER_SEQUENCE);
	(void)der_take(&policy, DER_OID);
	if (der_peek(&policy) == 0)
		return;
	qualifiers = der_enter(&policy, DER_SEQUENCE);
	while (der_peek(&qualifiers) != 0)
		certview_qualifier(&qualifiers, out);
	der_close(&policy);
}

/* A DistributionPoint; those by reason or relative name have no URI. */
static void
certview_point(struct der *r, struct certview *out)
{
	struct der point = der_enter(r, DER_SEQUENCE), name, full;

	if (der_peek(&point) == DER_EXPLICIT(0)) {
		name = der_enter(&point, DER_EXPLICIT(0));
		if (der_peek(&name) == DER_EXPLICIT(0)) {
			full = der_enter(&name, DER_EXPLICIT(0));
			certview_uri(&full, out->crl);
		} else {
			(void)der_any(&name);
		}
		der_close(&name);
	}
	while (der_peek(&point) != 0)
		(void)der_any(&point);
}

static void
certview_points(struct der *r, struct certview *out)
{
	struct der points = der_enter(r, DER_SEQUENCE);

	do {
		certview_point(&points, out);
	} while (der_peek(&points) != 0);
}

static void
certview_access(struct der *r, struct certview *out)
{
	struct der list = der_enter(r, DER_SEQUENCE);

	do {
		struct der one = der_enter(&list, DER_SEQUENCE);

		if (span_equal(der_take(&one, DER_OID), OID_AIA_OCSP))
			certview_uri(&one, out->ocsp);
		else
			(void)der_any(&one);
		der_close(&one);
	} while (der_peek(&list) != 0);
}

static const struct {
	struct span oid;
	const char *field, *complaint;
	void (*read)(struct der *r, struct certview *out);
} extensions[] = {
	{ SPAN_LIT("\x55\x1d\x23"), "authorityKeyIdentifier",
	    "not an AuthorityKeyIdentifier (RFC 5280 4.2.1.1)", certview_aki },
	{ SPAN_LIT("\x55\x1d\x20"), "certificatePolicies",
	    "not CertificatePolicies (RFC 5280 4.2.1.4)", certview_policies },
	{ SPAN_LIT("\x55\x1d\x1f"), "cRLDistributionPoints",
	    "not CRLDistributionPoints (RFC 5280 4.2.1.13)", certview_points },
	{ OID_AIA, "authorityInfoAccess",
	    "not AuthorityInfoAccess (RFC 5280 4.2.2.1)", certview_access },
};

static enum rc
certview_extension(
    struct span oid, struct span value, struct certview *out, struct err *e)
{
	for (size_t i = 0; i < sizeof(extensions) / sizeof(extensions[0]);
	     i++) {
		struct der_doc doc = { 0 };
		struct der r = der_init(&doc, value);

		if (!span_equal(oid, extensions[i].oid))
			continue;
		extensions[i].read(&r, out);
		if (!der_done(&r))
			return err_set(e, RC_FORMAT, extensions[i].field, "%s",
			    extensions[i].complaint);
	}

	return RC_OK;
}

/* certinfo_parse() has seen that they are extensions. */
static enum rc
certview_extensions(struct certview *out, struct err *e)
{
	struct der_doc doc = { 0 };
	struct der list = der_init(&doc, out->info.extensions);
	enum rc rc = RC_OK;

	while (rc == RC_OK && der_peek(&list) != 0) {
		struct der one = der_enter(&list, DER_SEQUENCE);
		struct span oid = der_take(&one, DER_OID);

		if (der_peek(&one) == DER_BOOLEAN)
			(void)der_bool(&one);
		rc =
		    certview_extension(oid, der_take(&one, DER_OCTETS), out, e);
	}

	return rc;
}

static void
certview_signature(struct certview *out)
{
	(void)der_oid_text(out->info.signature_oid, out->signature);
	for (size_t i = 0; i < sizeof(signatures) / sizeof(signatures[0]);
	     i++) {
		if (span_equal(out->info.signature_oid, signatures[i].oid))
			memcpy(out->signature, signatures[i].name,
			    strlen(signatures[i].name) + 1);
	}
}

enum rc
certview_parse(struct span der, struct certview *out, struct err *e)
{
	enum rc rc;

	*out = (struct certview){ 0 };
	rc = certinfo_parse(der, &out->info, e);
	if (rc == RC_OK)
		rc = certview_extensions(out, e);
	if (rc == RC_OK)
		rc = platform_digest(PLATFORM_HASH_SHA1, &der, 1, out->sha1, e);
	if (rc == RC_OK)
		rc = platform_digest(
		    PLATFORM_HASH_SHA256, &der, 1, out->sha256, e);
	if (rc != RC_OK) {
		*out = (struct certview){ .info.policy = policy_find("") };
		return rc;
	}
	(void)dn_text(out->info.subject_der, out->subject, DN_TEXT);
	(void)dn_text(out->info.issuer_der, out->issuer, DN_TEXT);
	certview_signature(out);

	return RC_OK;
}

size_t
certview_write(const struct certview *v, char *out, size_t size)
{
	const struct {
		const char *name, *value;
	} strings[] = {
		{ ",\"subjectName\":", v->subject },
		{ ",\"issuerName\":", v->issuer },
		{ ",\"signatureAlgorithm\":", v->signature },
		{ ",\"notice\":", v->notice },
		{ ",\"cps\":", v->cps },
		{ ",\"crl\":", v->crl },
		{ ",\"ocsp\":", v->ocsp },
	};
	const struct {
		const char *name;
		struct span value;
	} bytes[] = {
		{ ",\"subjectKeyId\":", v->info.ski },
		{ ",\"authorityKeyId\":", v->aki },
		{ ",\"sha1\":", { v->sha1, PLATFORM_SHA1 } },
		{ ",\"sha256\":", { v->sha256, PLATFORM_SHA256 } },
	};
	struct jsonput w = jsonput_init(out, size);

	jsonput_raw(&w, "{");
	certjson_members(&w, &v->info);
	for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
		jsonput_raw(&w, strings[i].name);
		jsonput_string(&w, strings[i].value);
	}
	for (size_t i = 0; i < sizeof(bytes) / sizeof(bytes[0]); i++) {
		jsonput_raw(&w, bytes[i].name);
		jsonput_hex(&w, bytes[i].value);
	}
	jsonput_raw(&w, "}");

	return jsonput_end(&w);
}
