/*
 * certinfo.c - what a list shows of a certificate, without OpenSSL, so that
 * a browser shows the same.
 *
 * Belongs here: reading the fields that people see or that programs compare.
 * Not here: trusting a certificate (x509); which policy means what
 * (policy.def); virtual identifiers and key files.
 */
#include "npki/certinfo.h"

#include "npki/certtime.h"
#include "npki/nametext.h"
#include "npki/oid.h"

#define CERTINFO_EXTENSIONS 64

/* What of a certificate was the first to be wrong, and where that stands. */
struct certinfo_fault {
	const char *field, *why;
};

/* To be asked after each part: a failure sticks, so the first one stays. */
static void
certinfo_part(const struct der *r, const char *field, const char *why,
    struct certinfo_fault *fault)
{
	if (r->doc->failed && fault->field == NULL)
		*fault = (struct certinfo_fault){ field, why };
}

/* A Name: its last CN and last O (the most specific ones). */
static struct span
certinfo_name(struct der *r, char cn[CERTINFO_NAME], char *org)
{
	struct span whole = der_any(r);
	struct der outer = der_init(r->doc, whole);
	struct der name = der_enter(&outer, DER_SEQUENCE);

	while (der_peek(&name) != 0) {
		struct der rdn = der_enter(&name, DER_SET);

		do {
			struct der pair = der_enter(&rdn, DER_SEQUENCE);
			struct span type = der_take(&pair, DER_OID);
			uint8_t tag = der_peek(&pair);
			struct span value = der_take(&pair, tag);

			der_close(&pair);
			if (span_equal(type, OID_CN))
				nametext_show(tag, value, cn, CERTINFO_NAME);
			else if (org != NULL && span_equal(type, OID_O))
				nametext_show(tag, value, org, CERTINFO_NAME);
		} while (der_peek(&rdn) != 0);
	}

	return whole;
}

static void
certinfo_serial(struct der *r, struct certinfo *out)
{
	static const char digits[] = "0123456789abcdef";
	struct der peek = *r;
	struct span s;

	out->serial_der = der_any(&peek);
	s = der_natural(r);
	/* RFC 5280 4.1.2.2: at most 20 octets. */
	if (s.n > 20)
		der_fail(r);
	for (size_t i = 0; i < s.n && s.n <= 20; i++) {
		out->serial[2 * i] = digits[s.p[i] >> 4];
		out->serial[2 * i + 1] = digits[s.p[i] & 15];
	}
}

static void
certinfo_rsa(struct der *bits, struct certinfo *out)
{
	struct der key = der_enter(bits, DER_SEQUENCE);

	out->key = CERTINFO_KEY_RSA;
	out->modulus = der_natural(&key);
	out->exponent = der_natural(&key);
	der_close(&key);
	der_close(bits);
}

static void
certinfo_ec(
    struct der *r, struct span curve, struct span point, struct certinfo *out)
{
	size_t size = 0;

	if (span_equal(curve, OID_P256)) {
		out->key = CERTINFO_KEY_P256;
		size = 32;
	} else if (span_equal(curve, OID_P384)) {
		out->key = CERTINFO_KEY_P384;
		size = 48;
	}
	if (size == 0)
		return;
	if (point.n != 2 * size + 1 || point.p[0] != 0x04)
		der_fail(r);
	out->point = point;
}

/* SubjectPublicKeyInfo; a kind of key that we do not know is no error. */
static void
certinfo_spki(struct der *r, struct certinfo *out)
{
	struct der outer, spki, algorithm, bits;
	struct span oid, parameters = { NULL, 0 }, key;

	out->spki_der = der_any(r);
	outer = der_init(r->doc, out->spki_der);
	spki = der_enter(&outer, DER_SEQUENCE);
	algorithm = der_enter(&spki, DER_SEQUENCE);
	oid = der_take(&algorithm, DER_OID);
	if (der_peek(&algorithm) == DER_OID)
		parameters = der_take(&algorithm, DER_OID);
	else if (der_peek(&algorithm) != 0)
		(void)der_any(&algorithm);
	der_close(&algorithm);
	key = der_octet_bits(&spki);
	der_close(&spki);
	bits = der_init(r->doc, key);
	if (span_equal(oid, OID_RSA))
		certinfo_rsa(&bits, out);
	else if (span_equal(oid, OID_EC))
		certinfo_ec(r, parameters, key, out);
}

static void
certinfo_key_usage(struct der *r, struct certinfo *out)
{
	struct span s = der_take(r, DER_BITS);

	if (s.n < 2 || s.n > 3)
		der_fail(r);
	for (unsigned int i = 0; s.n >= 2 && i < 8 * (s.n - 1) && i < 9; i++) {
		if ((s.p[1 + i / 8] & (0x80U >> i % 8)) != 0)
			out->usage |= 1U << i;
	}
}

static void
certinfo_ski(struct der *r, struct certinfo *out)
{
	out->ski = der_take(r, DER_OCTETS);
}

static void
certinfo_basic(struct der *r, struct certinfo *out)
{
	struct der basic = der_enter(r, DER_SEQUENCE);

	if (der_peek(&basic) == DER_BOOLEAN)
		out->is_ca = der_bool(&basic);
	if (der_peek(&basic) == DER_INTEGER)
		(void)der_uint(&basic, INT32_MAX);
	der_close(&basic);
}

/* certificatePolicies: the first one is what the certificate is for. */
static void
certinfo_policies(struct der *r, struct certinfo *out)
{
	struct der policies = der_enter(r, DER_SEQUENCE);
	struct der first = der_enter(&policies, DER_SEQUENCE);

	if (!der_oid_text(der_take(&first, DER_OID), out->policy_oid))
		der_fail(r);
	while (der_peek(&policies) != 0)
		(void)der_any(&policies);
}

/* SEQUENCE { hashAlg, virtualID [0] } of KCAC.TS.SIVID. */
static void
certinfo_vid(struct der *r, struct certinfo *out)
{
	struct der vid = der_enter(r, DER_SEQUENCE), hash, id;

	hash = der_enter(&vid, DER_SEQUENCE);
	out->vid_oid = der_take(&hash, DER_OID);
	der_optional_null(&hash);
	der_close(&hash);
	id = der_enter(&vid, DER_EXPLICIT(0));
	out->vid = der_take(&id, DER_OCTETS);
	der_close(&id);
	der_close(&vid);
}

/* IdentifyData: realName and what else identifies the owner. */
static void
certinfo_identify(struct der *r, struct certinfo *out)
{
	struct der data = der_enter(r, DER_SEQUENCE), list;
	uint8_t tag = der_peek(&data);

	nametext_show(tag, der_take(&data, tag), out->owner_name,
	    sizeof(out->owner_name));
	if (der_peek(&data) == 0)
		return;
	list = der_enter(&data, DER_SEQUENCE);
	while (der_peek(&list) != 0) {
		struct der entry = der_enter(&list, DER_SEQUENCE);

		if (span_equal(der_take(&entry, DER_OID), OID_VID))
			certinfo_vid(&entry, out);
		else
			(void)der_any(&entry);
		der_close(&entry);
	}
	der_close(&data);
}

/*
 * The text of SIVID was not available in full and CAs differ in details, so
 * an IdentifyData of another shape counts as none: it hides a name and a VID,
 * and does not make the certificate unreadable.
 */
static void
certinfo_identify_loose(struct span in, struct certinfo *out)
{
	struct der_doc doc = { 0 };
	struct der value = der_init(&doc, in);

	certinfo_identify(&value, out);
	if (der_done(&value))
		return;
	out->owner_name[0] = '\0';
	out->vid = out->vid_oid = (struct span){ NULL, 0 };
}

static void
certinfo_alt_names(struct der *r, struct certinfo *out)
{
	struct der names = der_enter(r, DER_SEQUENCE);

	while (der_peek(&names) != 0) {
		struct der other;

		if (der_peek(&names) != DER_EXPLICIT(0)) {
			(void)der_any(&names);
			continue;
		}
		other = der_enter(&names, DER_EXPLICIT(0));
		if (!span_equal(der_take(&other, DER_OID), OID_IDENTIFY_DATA))
			continue;
		certinfo_identify_loose(der_take(&other, DER_EXPLICIT(0)), out);
		der_close(&other);
	}
}

static const struct {
	struct span oid;
	void (*read)(struct der *r, struct certinfo *out);
	struct certinfo_fault fault;
} extensions[] = {
	{ SPAN_LIT("\x55\x1d\x0e"), certinfo_ski,
	    { "subjectKeyIdentifier", "malformed (RFC 5280 4.2.1.2)" } },
	{ SPAN_LIT("\x55\x1d\x0f"), certinfo_key_usage,
	    { "keyUsage", "malformed (RFC 5280 4.2.1.3)" } },
	{ SPAN_LIT("\x55\x1d\x11"), certinfo_alt_names,
	    { "subjectAltName", "malformed (RFC 5280 4.2.1.6)" } },
	{ SPAN_LIT("\x55\x1d\x13"), certinfo_basic,
	    { "basicConstraints", "malformed (RFC 5280 4.2.1.9)" } },
	{ SPAN_LIT("\x55\x1d\x20"), certinfo_policies,
	    { "certificatePolicies", "malformed (RFC 5280 4.2.1.4)" } },
};

static void
certinfo_extension(struct der *r, struct span oid, struct certinfo *out,
    struct certinfo_fault *fault)
{
	struct der value;

	if (der_peek(r) == DER_BOOLEAN)
		(void)der_bool(r);
	value = der_init(r->doc, der_take(r, DER_OCTETS));
	der_close(r);
	certinfo_part(r, "extensions", "malformed (RFC 5280 4.1.2.9)", fault);
	for (size_t i = 0; i < sizeof(extensions) / sizeof(extensions[0]);
	     i++) {
		if (!span_equal(oid, extensions[i].oid))
			continue;
		extensions[i].read(&value, out);
		der_close(&value);
		certinfo_part(r, extensions[i].fault.field,
		    extensions[i].fault.why, fault);
	}
}

static void
certinfo_extensions(
    struct der *r, struct certinfo *out, struct certinfo_fault *fault)
{
	struct span seen[CERTINFO_EXTENSIONS];
	struct der wrapper, list;
	size_t n = 0;

	wrapper = der_enter(r, DER_EXPLICIT(3));
	out->extensions = der_take(&wrapper, DER_SEQUENCE);
	der_close(&wrapper);
	list = der_init(r->doc, out->extensions);
	while (der_peek(&list) != 0) {
		struct der extension = der_enter(&list, DER_SEQUENCE);
		struct span oid = der_take(&extension, DER_OID);

		/* RFC 5280 4.2: not the same extension twice. */
		for (size_t i = 0; i < n; i++) {
			if (span_equal(seen[i], oid))
				der_fail(r);
		}
		if (n == CERTINFO_EXTENSIONS)
			der_fail(r);
		certinfo_part(r, "extensions",
		    "malformed, too many, or one twice (RFC 5280 4.2)", fault);
		if (r->doc->failed)
			return;
		seen[n++] = oid;
		certinfo_extension(&extension, oid, out, fault);
	}
}

static void
certinfo_signature(struct der *r, struct span algorithm, struct certinfo *out)
{
	struct der outer = der_init(r->doc, algorithm);
	struct der inner = der_enter(&outer, DER_SEQUENCE);

	out->signature_oid = der_take(&inner, DER_OID);
}

static void
certinfo_tbs(struct der *tbs, struct span *algorithm, struct certinfo *out,
    struct certinfo_fault *fault)
{
	struct der version = der_enter(tbs, DER_EXPLICIT(0)), validity;

	if (der_uint(&version, 2) != 2)
		der_fail(tbs);
	der_close(&version);
	certinfo_part(
	    tbs, "version", "not version 3 (RFC 5280 4.1.2.1)", fault);
	certinfo_serial(tbs, out);
	certinfo_part(tbs, "serialNumber",
	    "negative, or over 20 octets (RFC 5280 4.1.2.2)", fault);
	*algorithm = der_any(tbs);
	certinfo_signature(tbs, *algorithm, out);
	certinfo_part(tbs, "signature", "malformed (RFC 5280 4.1.2.3)", fault);
	out->issuer_der = certinfo_name(tbs, out->issuer, out->issuer_org);
	certinfo_part(tbs, "issuer", "malformed (RFC 5280 4.1.2.4)", fault);
	validity = der_enter(tbs, DER_SEQUENCE);
	out->not_before_ms = certtime_take(&validity);
	out->not_after_ms = certtime_take(&validity);
	der_close(&validity);
	certinfo_part(
	    tbs, "validity", "not two times (RFC 5280 4.1.2.5)", fault);
	out->subject_der = certinfo_name(tbs, out->owner, NULL);
	nametext_person(out->owner, out->name, CERTINFO_NAME);
	certinfo_part(tbs, "subject", "malformed (RFC 5280 4.1.2.6)", fault);
	certinfo_spki(tbs, out);
	certinfo_part(
	    tbs, "subjectPublicKeyInfo", "malformed (RFC 5280 4.1.2.7)", fault);
	if (der_peek(tbs) == DER_CONTEXT(1))
		(void)der_any(tbs);
	if (der_peek(tbs) == DER_CONTEXT(2))
		(void)der_any(tbs);
	if (der_peek(tbs) != 0)
		certinfo_extensions(tbs, out, fault);
	der_close(tbs);
	certinfo_part(tbs, "extensions", "malformed (RFC 5280 4.1.2.9)", fault);
}

enum rc
certinfo_parse(struct span in, struct certinfo *out, struct err *e)
{
	struct der_doc doc = { 0 };
	struct der whole = der_init(&doc, in), certificate, tbs;
	struct certinfo_fault fault = { NULL, NULL };
	struct span inner, outer;
	enum rc rc;

	*out = (struct certinfo){ .policy = policy_find("") };
	if (in.n > CERTINFO_MAX)
		return err_set(e, RC_LIMIT, NULL, "certificate too large");
	rc = der_check(in, e);
	if (rc != RC_OK)
		return rc;
	certificate = der_enter(&whole, DER_SEQUENCE);
	tbs = der_enter(&certificate, DER_SEQUENCE);
	certinfo_part(
	    &tbs, "tbsCertificate", "not a certificate (RFC 5280 4.1)", &fault);
	certinfo_tbs(&tbs, &inner, out, &fault);
	outer = der_any(&certificate);
	/* RFC 5280 4.1.1.2: the same algorithm in both places. */
	if (!span_equal(inner, outer))
		der_fail(&whole);
	certinfo_part(&whole, "signatureAlgorithm",
	    "not the one inside (RFC 5280 4.1.1.2)", &fault);
	(void)der_octet_bits(&certificate);
	der_close(&certificate);
	der_close(&whole);
	certinfo_part(
	    &whole, "signatureValue", "malformed (RFC 5280 4.1.1.3)", &fault);
	if (fault.field != NULL) {
		*out = (struct certinfo){ .policy = policy_find("") };
		return err_set(e, RC_FORMAT, fault.field, "%s", fault.why);
	}
	out->policy = policy_find(out->policy_oid);

	return RC_OK;
}

void
certinfo_parse_named(
    struct span issuer_der, struct span serial_der, struct certinfo *out)
{
	struct der_doc issuer_doc = { 0 }, serial_doc = { 0 };
	struct der issuer = der_init(&issuer_doc, issuer_der);
	struct der serial = der_init(&serial_doc, serial_der);

	*out = (struct certinfo){ 0 };
	out->issuer_der = certinfo_name(&issuer, out->issuer, out->issuer_org);
	certinfo_serial(&serial, out);
}
