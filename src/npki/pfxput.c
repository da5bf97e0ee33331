/*
 * pfxput.c - PKCS#12 files (RFC 7292), made: pfx.c the other way round.
 *
 * Belongs here: the two forms that we write, their bags and their MAC.
 * Not here: opening one (pfx.c); encrypting (pbeput.c).
 */
#include "npki/pfxput.h"

#include "npki/nametext.h"
#include "npki/oid.h"
#include "npki/pbeput.h"

#define PFXPUT_KEY_ID    64  /* bytes of an SKI that we take over */
#define PFXPUT_NAME      256 /* bytes of a friendlyName */
#define PFXPUT_ATTRIBUTE (32 + PFXPUT_NAME)
#define PFXPUT_SALT      16

/*
 * What Korean clients write has the certificates in clear, 8 bytes of salt
 * and few iterations; theirs are 1024, ours 2048.
 */
static const struct {
	const char *name;
	enum pbe_form key;
	bool encrypted; /* the certificates too */
	enum platform_hash hash;
	struct span hash_oid;
	uint32_t iterations; /* of the MAC */
	size_t salt;
} forms[] = {
	[PFXPUT_COMPATIBLE] = { "compatible", PBE_PKCS12_3DES, false,
	    PLATFORM_HASH_SHA1, OID_SHA1, 2048, 8 },
	[PFXPUT_MODERN] = { "modern", PBE_PBES2_AES, true, PLATFORM_HASH_SHA256,
	    OID_SHA256, 100000, 16 },
};

/* What is said of a pair in its bags. */
struct pfxput_names {
	uint8_t id[PFXPUT_KEY_ID];
	size_t id_n;
	char owner[CERTINFO_NAME];
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char *
pfxput_form_name(enum pfxput_form form)
{
	return forms[form].name;
}

bool
pfxput_form_find(const char *name, enum pfxput_form *form)
{
	for (size_t i = 0; i < COUNT(forms); i++) {
		if (strcmp(forms[i].name, name) != 0)
			continue;
		*form = (enum pfxput_form)i;
		return true;
	}

	return false;
}

static enum rc
pfxput_too_large(struct err *e)
{
	return err_set(e, RC_LIMIT, NULL, "no room for the PKCS#12 file");
}

/* PKCS12Attribute with one value (RFC 7292 4.2). */
static struct span
pfxput_attribute(struct span oid, uint8_t tag, struct span value,
    uint8_t out[PFXPUT_ATTRIBUTE])
{
	struct derput w = derput_init(out, PFXPUT_ATTRIBUTE);

	derput_element(&w, tag, value);
	derput_wrap(&w, DER_SET, 0);
	derput_element(&w, DER_OID, oid);
	derput_wrap(&w, DER_SEQUENCE, 0);

	return derput_span(&w);
}

/* Is a's encoding after b's (X.690 11.6)? Lengths stand in their headers. */
static bool
pfxput_after(struct span a, struct span b)
{
	size_t n = a.n < b.n ? a.n : b.n;

	return n > 0 && memcmp(a.p, b.p, n) > 0;
}

/* What certificate and key have in common: their attributes, in DER's order. */
static void
pfxput_attributes(struct derput *w, const struct pfxput_names *names)
{
	uint8_t memory[2][PFXPUT_ATTRIBUTE], utf16[PFXPUT_NAME];
	struct span owner = { utf16,
		nametext_utf16(span_str(names->owner), utf16, sizeof(utf16)) };
	struct span id = pfxput_attribute(OID_LOCAL_KEY_ID, DER_OCTETS,
	    (struct span){ names->id, names->id_n }, memory[0]);
	struct span name = SPAN_LIT("");
	size_t mark = derput_mark(w);
	bool id_last;

	if (owner.n > 0)
		name = pfxput_attribute(
		    OID_FRIENDLY_NAME, DER_BMP, owner, memory[1]);
	id_last = pfxput_after(id, name);
	derput_bytes(w, id_last ? id : name);
	derput_bytes(w, id_last ? name : id);
	derput_wrap(w, DER_SET, mark);
}

/* Wraps what was put since the mark as a SafeBag's value and names its kind. */
static void
pfxput_bag(struct derput *w, struct span kind, size_t value, size_t bag)
{
	derput_wrap(w, DER_EXPLICIT(0), value);
	derput_element(w, DER_OID, kind);
	derput_wrap(w, DER_SEQUENCE, bag);
}

/* names NULL: a certificate that has no key here. */
static void
pfxput_cert_bag(
    struct derput *w, struct span certificate, const struct pfxput_names *names)
{
	size_t bag = derput_mark(w), value;

	if (names != NULL)
		pfxput_attributes(w, names);
	value = derput_mark(w);
	derput_element(w, DER_OCTETS, certificate);
	derput_wrap(w, DER_EXPLICIT(0), value);
	derput_element(w, DER_OID, OID_X509_CERTIFICATE);
	derput_wrap(w, DER_SEQUENCE, value);
	pfxput_bag(w, OID_CERT_BAG, value, bag);
}

static void
pfxput_cert_bags(
    struct derput *w, const struct pfx *in, const struct pfxput_names *names)
{
	for (size_t i = in->chain_n; i-- > 0;)
		pfxput_cert_bag(w, in->chain[i], NULL);
	for (size_t i = in->n; i-- > 0;)
		pfxput_cert_bag(w, in->pairs[i].certificate, &names[i]);
}

static enum rc
pfxput_key_bags(struct derput *w, enum pfxput_form form, struct span password,
    const struct pfx *in, const struct pfxput_names *names, struct err *e)
{
	for (size_t i = in->n; i-- > 0;) {
		size_t bag = derput_mark(w), value;
		enum rc rc;

		pfxput_attributes(w, &names[i]);
		value = derput_mark(w);
		rc = pbeput_seal(w, forms[form].key, 0, password, DER_OCTETS,
		    in->pairs[i].info, e);
		if (rc != RC_OK)
			return rc;
		derput_wrap(w, DER_SEQUENCE, value);
		pfxput_bag(w, OID_SHROUDED_KEY_BAG, value, bag);
	}

	return RC_OK;
}

/* Bags put since the mark become a ContentInfo in clear. */
static void
pfxput_data(struct derput *w, size_t mark)
{
	derput_wrap(w, DER_SEQUENCE, mark);
	derput_wrap(w, DER_OCTETS, mark);
	derput_wrap(w, DER_EXPLICIT(0), mark);
	derput_element(w, DER_OID, OID_DATA);
	derput_wrap(w, DER_SEQUENCE, mark);
}

/* The certificates as a ContentInfo that is encrypted (RFC 5652 8). */
static enum rc
pfxput_encrypted(struct derput *w, enum pfxput_form form, struct span password,
    const struct pfx *in, const struct pfxput_names *names, struct err *e)
{
	struct sec memory SEC_WIPED = { 0 };
	size_t mark = derput_mark(w);
	struct derput bags;
	enum rc rc = sec_new(&memory, PFX_MAX, e);

	if (rc != RC_OK)
		return rc;
	bags = derput_init(memory.p, memory.n);
	pfxput_cert_bags(&bags, in, names);
	derput_wrap(&bags, DER_SEQUENCE, 0);
	if (bags.failed)
		return pfxput_too_large(e);
	rc = pbeput_seal(w, forms[form].key, 0, password, DER_CONTEXT(0),
	    derput_span(&bags), e);
	if (rc != RC_OK)
		return rc;
	derput_element(w, DER_OID, OID_DATA);
	derput_wrap(w, DER_SEQUENCE, mark);
	derput_uint(w, 0);
	derput_wrap(w, DER_SEQUENCE, mark);
	derput_wrap(w, DER_EXPLICIT(0), mark);
	derput_element(w, DER_OID, OID_ENCRYPTED_DATA);
	derput_wrap(w, DER_SEQUENCE, mark);

	return RC_OK;
}

/* The AuthenticatedSafe. */
static enum rc
pfxput_safes(struct derput *w, enum pfxput_form form, struct span password,
    const struct pfx *in, const struct pfxput_names *names, struct err *e)
{
	enum rc rc = pfxput_key_bags(w, form, password, in, names, e);

	if (rc == RC_OK && !forms[form].encrypted)
		pfxput_cert_bags(w, in, names);
	if (rc == RC_OK)
		pfxput_data(w, 0);
	if (rc == RC_OK && forms[form].encrypted)
		rc = pfxput_encrypted(w, form, password, in, names, e);
	if (rc != RC_OK)
		return rc;
	derput_wrap(w, DER_SEQUENCE, 0);
	if (w->failed)
		return pfxput_too_large(e);

	return RC_OK;
}

/* MacData over these contents (RFC 7292 4, 5.1). */
static enum rc
pfxput_mac(struct derput *w, enum pfxput_form form, struct span password,
    struct span contents, struct err *e)
{
	uint8_t salt[PFXPUT_SALT], key[PLATFORM_HASH_MAX];
	uint8_t mac[PLATFORM_HASH_MAX];
	size_t n = platform_hash_size(forms[form].hash), mark, algorithm;
	struct span used = { salt, forms[form].salt };
	enum rc rc = platform_random(salt, sizeof(salt), e);

	if (rc == RC_OK)
		rc = platform_pkcs12_kdf(forms[form].hash, password, used, 3,
		    forms[form].iterations, key, n, e);
	if (rc == RC_OK)
		rc = platform_hmac(forms[form].hash, (struct span){ key, n },
		    contents, mac, e);
	sec_wipe(key, sizeof(key));
	if (rc != RC_OK)
		return rc;
	derput_uint(w, forms[form].iterations);
	derput_element(w, DER_OCTETS, used);
	mark = derput_mark(w);
	derput_element(w, DER_OCTETS, (struct span){ mac, n });
	algorithm = derput_mark(w);
	derput_element(w, DER_NULL, (struct span){ NULL, 0 });
	derput_element(w, DER_OID, forms[form].hash_oid);
	derput_wrap(w, DER_SEQUENCE, algorithm);
	derput_wrap(w, DER_SEQUENCE, mark);
	derput_wrap(w, DER_SEQUENCE, 0);

	return RC_OK;
}

/* SHA-1 of the key's bits (RFC 5280 4.2.1.2 (1)), for a certificate without SKI. */
static enum rc
pfxput_key_id(
    const struct certinfo *c, uint8_t out[static PFXPUT_KEY_ID], struct err *e)
{
	struct der_doc doc = { 0 };
	struct der outer = der_init(&doc, c->spki_der), spki;
	struct span bits;

	spki = der_enter(&outer, DER_SEQUENCE);
	(void)der_any(&spki);
	bits = der_octet_bits(&spki);

	return platform_digest(PLATFORM_HASH_SHA1, &bits, 1, out, e);
}

static enum rc
pfxput_name(
    const struct pfx_pair *pair, struct pfxput_names *out, struct err *e)
{
	struct certinfo c;
	enum rc rc = certinfo_parse(pair->certificate, &c, e);

	if (rc != RC_OK)
		return rc;
	if (!pfx_is_pair(pair->info, &c))
		return err_set(e, RC_FORMAT, "keyBag",
		    "the key is not that of its certificate");
	memcpy(out->owner, c.owner, sizeof(out->owner));
	if (c.ski.n > 0 && c.ski.n <= sizeof(out->id)) {
		memcpy(out->id, c.ski.p, c.ski.n);
		out->id_n = c.ski.n;
		return RC_OK;
	}
	out->id_n = PLATFORM_SHA1;

	return pfxput_key_id(&c, out->id, e);
}

enum rc
pfxput_make(enum pfxput_form form, struct span password, const struct pfx *in,
    uint8_t *out, size_t size, struct span *file, struct err *e)
{
	struct derput w = derput_init(out, size < PFX_MAX ? size : PFX_MAX);
	struct pfxput_names names[PFX_PAIRS] = { 0 };
	struct sec memory SEC_WIPED = { 0 };
	struct derput safes;
	enum rc rc = RC_OK;
	size_t mark;

	*file = (struct span){ NULL, 0 };
	if (in->n == 0 || in->n > PFX_PAIRS || in->chain_n > PFX_CHAIN)
		return err_set(
		    e, RC_LIMIT, "keyBag", "not one to four pairs of keys");
	for (size_t i = 0; rc == RC_OK && i < in->n; i++)
		rc = pfxput_name(&in->pairs[i], &names[i], e);
	if (rc == RC_OK)
		rc = sec_new(&memory, PFX_MAX, e);
	if (rc != RC_OK)
		return rc;
	safes = derput_init(memory.p, memory.n);
	rc = pfxput_safes(&safes, form, password, in, names, e);
	if (rc == RC_OK)
		rc = pfxput_mac(&w, form, password, derput_span(&safes), e);
	if (rc != RC_OK)
		return rc;
	mark = derput_mark(&w);
	derput_element(&w, DER_OCTETS, derput_span(&safes));
	derput_wrap(&w, DER_EXPLICIT(0), mark);
	derput_element(&w, DER_OID, OID_DATA);
	derput_wrap(&w, DER_SEQUENCE, mark);
	derput_uint(&w, 3);
	derput_wrap(&w, DER_SEQUENCE, 0);
	if (w.failed)
		return pfxput_too_large(e);
	*file = derput_span(&w);

	return RC_OK;
}
