/*
 * pfx.c - PKCS#12 files (RFC 7292), opened without losing what is in the key.
 *
 * Belongs here: the MAC, the safes and their bags, which key goes with which
 * certificate.
 * Not here: making one (pfxput.c); decrypting (pbe.c); PKCS#12 through
 * OpenSSL, which drops R.
 */
#include "npki/pfx.h"

#include "npki/keyfile.h"
#include "npki/oid.h"
#include "npki/pkinfo.h"

#define PFX_BAGS     16

#define OID_SAFE_BAG SPAN_LIT(OID_RSADSI "\x01\x0c\x0a\x01\x06")

/* Hashes of a MAC. */
static const struct {
	struct span oid;
	enum platform_hash hash;
} hashes[] = {
	{ OID_SHA1, PLATFORM_HASH_SHA1 },
	{ OID_SHA256, PLATFORM_HASH_SHA256 },
	{ OID_SHA384, PLATFORM_HASH_SHA384 },
	{ OID_SHA512, PLATFORM_HASH_SHA512 },
};

struct pfx_mac {
	enum platform_hash hash;
	struct span digest, salt;
	uint32_t iterations;
};

/* A certificate or a key, with what is said of it. */
struct pfx_bag {
	struct span value, local_id;
	bool is_key, used;
};

/* What is known while a file is read. */
struct pfx_reader {
	struct span password;
	uint32_t iterations; /* asked for so far */
	size_t room;         /* of out->plain, whose n is what is in use */
	struct pfx *out;
	struct pfx_bag bags[PFX_BAGS];
	size_t n;
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static enum rc
pfx_format(const char *field, const char *what, struct err *e)
{
	return err_set(e, RC_FORMAT, field, "not %s", what);
}

static enum rc
pfx_none(struct err *e)
{
	return err_set(e, RC_FORMAT, NULL, "not a PKCS#12 file (RFC 7292 4)");
}

static enum rc
pfx_secret(struct err *e)
{
	return err_set(e, RC_SECRET, NULL, "wrong password or damaged file");
}

static enum rc
pfx_unknown(const char *field, struct span oid, struct err *e)
{
	char text[DER_OID_TEXT];

	(void)der_oid_text(oid, text);

	return err_set(
	    e, RC_UNKNOWN, field, "algorithm %s is not supported", text);
}

/*
 * Part of a file that is DER of its own. Programs of Mozilla write BER; what
 * that costs to read safely is not worth it, where others can write it anew.
 */
static enum rc
pfx_der(struct span in, struct err *e)
{
	if (in.n > 1 && in.p[0] == DER_SEQUENCE && in.p[1] == 0x80)
		return err_set(e, RC_FORMAT, "lengths",
		    "indefinite lengths (X.690 8.1.3.6) are not read: export "
		    "the file anew with another program");

	return der_check(in, e);
}

/* Counts what the file asks us to compute, before it is computed. */
static enum rc
pfx_spend(struct pfx_reader *r, uint32_t iterations, struct err *e)
{
	if (iterations > PBE_ITERATIONS - r->iterations)
		return err_set(e, RC_LIMIT, "iterations",
		    "iteration counts of the file over 10,000,000 together");
	r->iterations += iterations;

	return RC_OK;
}

/* Copies into memory that lives as long as the result. */
static enum rc
pfx_keep(struct pfx_reader *r, struct span s, struct span *kept, struct err *e)
{
	struct sec *plain = &r->out->plain;

	if (s.n > r->room - plain->n)
		return err_set(e, RC_LIMIT, NULL, "file with too much in it");
	*kept = (struct span){ plain->p + plain->n, s.n };
	if (s.n > 0)
		memcpy(plain->p + plain->n, s.p, s.n);
	plain->n += s.n;

	return RC_OK;
}

static enum rc
pfx_decrypt(struct pfx_reader *r, const struct pbe *pbe, struct span in,
    struct span *plain, struct err *e)
{
	struct sec part SEC_WIPED = { 0 };
	enum rc rc = pfx_spend(r, pbe->iterations, e);

	if (rc == RC_OK)
		rc = pbe_open(pbe, r->password, in, &part, e);
	if (rc == RC_SECRET)
		return pfx_secret(e);
	if (rc != RC_OK)
		return rc;

	return pfx_keep(r, sec_span(&part), plain, e);
}

/* MacData (RFC 7292 4); iterations are 1 where they are not said. */
static enum rc
pfx_mac_data(struct der *r, struct pfx_mac *out, struct err *e)
{
	struct der mac = der_enter(r, DER_SEQUENCE), digest, algorithm;
	struct span oid;
	size_t i;

	digest = der_enter(&mac, DER_SEQUENCE);
	algorithm = der_enter(&digest, DER_SEQUENCE);
	oid = der_take(&algorithm, DER_OID);
	if (r->doc->failed)
		return pfx_format("macData", "MacData (RFC 7292 4)", e);
	for (i = 0; i < COUNT(hashes); i++) {
		if (span_equal(oid, hashes[i].oid))
			break;
	}
	if (i == COUNT(hashes))
		return pfx_unknown("macData", oid, e);
	der_optional_null(&algorithm);
	der_close(&algorithm);
	out->hash = hashes[i].hash;
	out->digest = der_take(&digest, DER_OCTETS);
	der_close(&digest);
	out->salt = der_take(&mac, DER_OCTETS);
	out->iterations = 1;
	if (der_peek(&mac) != 0)
		out->iterations = der_uint(&mac, UINT32_MAX);
	der_close(&mac);
	if (r->doc->failed || out->digest.n != platform_hash_size(out->hash))
		return pfx_format("macData", "MacData (RFC 7292 4)", e);
	if (out->salt.n == 0 || out->salt.n > PBE_SALT_MAX ||
	    out->iterations == 0)
		return err_set(e, RC_LIMIT, "macData",
		    "salt not 1 to 64 bytes, or no iterations");

	return RC_OK;
}

/* The MAC over the contents of the authSafe's OCTET STRING (RFC 7292 5.1). */
static enum rc
pfx_check_mac(struct pfx_reader *r, const struct pfx_mac *mac,
    struct span contents, struct err *e)
{
	uint8_t key[PLATFORM_HASH_MAX], got[PLATFORM_HASH_MAX];
	struct span whole = { key, platform_hash_size(mac->hash) };
	enum rc rc = pfx_spend(r, mac->iterations, e);

	if (rc == RC_OK)
		rc = platform_pkcs12_kdf(mac->hash, r->password, mac->salt, 3,
		    mac->iterations, key, whole.n, e);
	if (rc == RC_OK)
		rc = platform_hmac(mac->hash, whole, contents, got, e);
	if (rc == RC_OK &&
	    !sec_equal(mac->digest, (struct span){ got, whole.n }))
		rc = pfx_secret(e);
	sec_wipe(key, sizeof(key));
	sec_wipe(got, sizeof(got));

	return rc;
}

/* Of what is typed as nothing, finds out what it is. */
static enum rc
pfx_check_password(struct pfx_reader *r, const struct pfx_mac *mac,
    struct span contents, struct err *e)
{
	enum rc rc;

	if (r->password.n > 0)
		return pfx_check_mac(r, mac, contents, e);
	/* An empty password is one, and not none (RFC 7292 B.1). */
	r->password = SPAN_LIT("");
	rc = pfx_check_mac(r, mac, contents, e);
	if (rc != RC_SECRET)
		return rc;
	/* But there are programs that write a file with none. */
	err_clear(e);
	r->password = (struct span){ NULL, 0 };

	return pfx_check_mac(r, mac, contents, e);
}

/* certBag: one X.509 certificate (RFC 7292 4.2.3). */
static enum rc
pfx_cert_bag(struct pfx_reader *r, struct span value, struct err *e)
{
	struct der_doc doc = { 0 };
	struct der whole = der_init(&doc, value), bag, explicit;
	struct span oid, certificate;
	struct certinfo c;
	enum rc rc;

	bag = der_enter(&whole, DER_SEQUENCE);
	oid = der_take(&bag, DER_OID);
	explicit = der_enter(&bag, DER_EXPLICIT(0));
	certificate = der_take(&explicit, DER_OCTETS);
	der_close(&explicit);
	der_close(&bag);
	if (!der_done(&whole) || !span_equal(oid, OID_X509_CERTIFICATE))
		return pfx_format(
		    "certBag", "an X.509 certificate (RFC 7292 4.2.3)", e);
	rc = certinfo_parse(certificate, &c, e);
	if (rc != RC_OK)
		return rc;

	return pfx_keep(r, certificate, &r->bags[r->n].value, e);
}

static enum rc
pfx_key_bag(struct pfx_reader *r, struct span value, struct err *e)
{
	r->bags[r->n].is_key = true;

	return pfx_keep(r, value, &r->bags[r->n].value, e);
}

static enum rc
pfx_shrouded_bag(struct pfx_reader *r, struct span value, struct err *e)
{
	struct keyfile k;
	enum rc rc = keyfile_parse(value, &k, e);

	r->bags[r->n].is_key = true;
	if (rc != RC_OK)
		return rc;

	return pfx_decrypt(r, &k.pbe, k.encrypted, &r->bags[r->n].value, e);
}

static enum rc
pfx_nested_bag(struct pfx_reader *r, struct span value, struct err *e)
{
	(void)r, (void)value;

	return err_set(e, RC_FORMAT, "safeContentsBag",
	    "SafeContents in SafeContents (RFC 7292 4.2.6) are not read");
}

/* Bags of other kinds, lists of revocations and whatever, are passed over. */
static const struct {
	struct span oid;
	enum rc (*read)(struct pfx_reader *r, struct span value, struct err *e);
} kinds[] = {
	{ OID_CERT_BAG, pfx_cert_bag },
	{ OID_KEY_BAG, pfx_key_bag },
	{ OID_SHROUDED_KEY_BAG, pfx_shrouded_bag },
	{ OID_SAFE_BAG, pfx_nested_bag },
};

/* PKCS12Attributes: localKeyId is read, others are passed over. */
static struct span
pfx_attributes(struct der *r)
{
	struct span local_id = { NULL, 0 };
	struct der set;

	if (der_peek(r) == 0)
		return local_id;
	set = der_enter(r, DER_SET);
	while (der_peek(&set) != 0) {
		struct der attribute = der_enter(&set, DER_SEQUENCE);
		bool is_id =
		    span_equal(der_take(&attribute, DER_OID), OID_LOCAL_KEY_ID);
		struct der values = der_enter(&attribute, DER_SET);

		if (is_id && local_id.n == 0) {
			local_id = der_take(&values, DER_OCTETS);
			der_close(&values);
		}
		der_close(&attribute);
	}

	return local_id;
}

/* A SafeBag (RFC 7292 4.2). */
static enum rc
pfx_bag(struct pfx_reader *r, struct der *list, struct err *e)
{
	struct der bag = der_enter(list, DER_SEQUENCE), explicit;
	struct span oid = der_take(&bag, DER_OID), value, local_id;
	enum rc rc = RC_OK;
	size_t i;

	explicit = der_enter(&bag, DER_EXPLICIT(0));
	value = der_any(&explicit);
	der_close(&explicit);
	local_id = pfx_attributes(&bag);
	der_close(&bag);
	if (list->doc->failed)
		return pfx_format(
		    "safeContents", "a SafeBag (RFC 7292 4.2)", e);
	if (r->n == PFX_BAGS)
		return err_set(e, RC_LIMIT, "safeContents",
		    "more than 16 certificates and keys in the file");
	for (i = 0; i < COUNT(kinds); i++) {
		if (span_equal(oid, kinds[i].oid))
			break;
	}
	if (i == COUNT(kinds))
		return RC_OK;
	r->bags[r->n] = (struct pfx_bag){ 0 };
	rc = kinds[i].read(r, value, e);
	if (rc == RC_OK)
		rc = pfx_keep(r, local_id, &r->bags[r->n].local_id, e);
	if (rc == RC_OK)
		r->n++;

	return rc;
}

/* One of a list. */
typedef enum rc pfx_item(struct pfx_reader *r, struct der *list, struct err *e);

/* A SEQUENCE OF, whole and nothing behind it. */
static enum rc
pfx_list(struct pfx_reader *r, struct span in, pfx_item *item,
    const char *field, const char *what, struct err *e)
{
	struct der_doc doc = { 0 };
	struct der whole = der_init(&doc, in), list;
	enum rc rc = pfx_der(in, e);

	if (rc != RC_OK)
		return rc;
	list = der_enter(&whole, DER_SEQUENCE);
	while (rc == RC_OK && der_peek(&list) != 0)
		rc = item(r, &list, e);
	if (rc == RC_OK && (!der_done(&list) || !der_done(&whole)))
		rc = pfx_format(field, what, e);

	return rc;
}

static enum rc
pfx_contents(struct pfx_reader *r, struct span in, struct err *e)
{
	return pfx_list(
	    r, in, pfx_bag, "safeContents", "SafeContents (RFC 7292 4.2)", e);
}

/* EncryptedData (RFC 2315 13) that holds SafeContents. */
static enum rc
pfx_encrypted(struct pfx_reader *r, struct der *explicit, struct err *e)
{
	struct der data = der_enter(explicit, DER_SEQUENCE), info;
	struct span in, plain;
	struct pbe pbe;
	enum rc rc;

	if (der_uint(&data, 2) == 1)
		der_fail(&data);
	info = der_enter(&data, DER_SEQUENCE);
	der_oid(&info, OID_DATA);
	if (explicit->doc->failed)
		return pfx_format(
		    "authSafe", "EncryptedData (RFC 7292 4.1)", e);
	rc = pbe_parse(&info, &pbe, e);
	if (rc != RC_OK)
		return rc;
	in = der_take(&info, DER_CONTEXT(0));
	der_close(&info);
	der_close(&data);
	der_close(explicit);
	if (explicit->doc->failed)
		return pfx_format(
		    "authSafe", "EncryptedData (RFC 7292 4.1)", e);
	rc = pfx_decrypt(r, &pbe, in, &plain, e);
	if (rc != RC_OK)
		return rc;

	return pfx_contents(r, plain, e);
}

/* One ContentInfo of the AuthenticatedSafe (RFC 7292 4.1). */
static enum rc
pfx_safe(struct pfx_reader *r, struct der *list, struct err *e)
{
	struct der info = der_enter(list, DER_SEQUENCE), explicit;
	struct span oid = der_take(&info, DER_OID), contents;

	explicit = der_enter(&info, DER_EXPLICIT(0));
	der_close(&info);
	if (list->doc->failed)
		return pfx_format("authSafe", "ContentInfo (RFC 7292 4.1)", e);
	if (span_equal(oid, OID_ENCRYPTED_DATA))
		return pfx_encrypted(r, &explicit, e);
	if (!span_equal(oid, OID_DATA))
		return pfx_unknown("authSafe", oid, e);
	contents = der_take(&explicit, DER_OCTETS);
	der_close(&explicit);
	if (list->doc->failed)
		return pfx_format("authSafe", "Data (RFC 7292 4.1)", e);

	return pfx_contents(r, contents, e);
}

static enum rc
pfx_safes(struct pfx_reader *r, struct span in, struct err *e)
{
	return pfx_list(r, in, pfx_safe, "authSafe",
	    "an AuthenticatedSafe (RFC 7292 4.1)", e);
}

/* The outermost structure: what the MAC is over, and the MAC. */
static enum rc
pfx_outer(
    struct span file, struct span *contents, struct pfx_mac *mac, struct err *e)
{
	struct der_doc doc = { 0 };
	struct der whole = der_init(&doc, file), pfx, info, explicit;
	struct span oid;
	enum rc rc;

	_Static_assert(PFX_MAX == 64 << 10, "said in words");
	if (file.n > PFX_MAX)
		return err_set(e, RC_LIMIT, NULL, "larger than 64 KiB");
	rc = pfx_der(file, e);
	if (rc != RC_OK)
		return rc;
	pfx = der_enter(&whole, DER_SEQUENCE);
	if (der_uint(&pfx, 3) != 3)
		der_fail(&pfx);
	info = der_enter(&pfx, DER_SEQUENCE);
	oid = der_take(&info, DER_OID);
	explicit = der_enter(&info, DER_EXPLICIT(0));
	der_close(&info);
	if (doc.failed)
		return pfx_none(e);
	if (!span_equal(oid, OID_DATA))
		return pfx_unknown("authSafe", oid, e);
	*contents = der_take(&explicit, DER_OCTETS);
	der_close(&explicit);
	if (doc.failed)
		return pfx_format("authSafe", "Data (RFC 7292 4)", e);
	if (der_peek(&pfx) == 0)
		return err_set(e, RC_FORMAT, "mac",
		    "a PKCS#12 file without a MAC (RFC 7292 4) is not read: "
		    "anybody could have changed it");
	rc = pfx_mac_data(&pfx, mac, e);
	if (rc != RC_OK)
		return rc;
	der_close(&pfx);
	if (!der_done(&whole))
		return pfx_none(e);

	return RC_OK;
}

bool
pfx_is_pair(struct span info, const struct certinfo *c)
{
	struct pkinfo k;

	if (pkinfo_parse(info, &k, NULL) != RC_OK)
		return false;
	switch (k.kind) {
	case PKINFO_RSA:
		return sec_equal(k.n, c->modulus);
	case PKINFO_P256:
		return c->key == CERTINFO_KEY_P256 &&
		    (k.point.n == 0 || span_equal(k.point, c->point));
	case PKINFO_P384:
		return c->key == CERTINFO_KEY_P384 &&
		    (k.point.n == 0 || span_equal(k.point, c->point));
	}

	return false;
}

bool
pfx_is_encryption(const struct certinfo *c)
{
	return (c->usage &
		   (CERTINFO_KEY_ENCIPHERMENT | CERTINFO_DATA_ENCIPHERMENT |
		       CERTINFO_KEY_AGREEMENT)) != 0 &&
	    (c->usage &
		(CERTINFO_DIGITAL_SIGNATURE | CERTINFO_NON_REPUDIATION)) == 0;
}

bool
pfx_is_keyless(struct span der, struct certinfo *out)
{
	return certinfo_parse(der, out, NULL) == RC_OK && !out->is_ca &&
	    pfx_is_encryption(out);
}

size_t
pfx_authorities(const struct pfx *p, struct span out[static PFX_CHAIN])
{
	struct certinfo info;
	size_t n = 0;

	for (size_t i = 0; i < p->chain_n; i++)
		if (certinfo_parse(p->chain[i], &info, NULL) == RC_OK &&
		    info.is_ca)
			out[n++] = p->chain[i];

	return n;
}

/* The certificate of a key: of its public key, the one of its name first. */
static struct pfx_bag *
pfx_certificate_of(
    struct pfx_reader *r, const struct pfx_bag *key, struct certinfo *c)
{
	struct pfx_bag *found = NULL;
	struct certinfo one;

	for (size_t i = 0; i < r->n; i++) {
		struct pfx_bag *bag = &r->bags[i];
		bool named = key->local_id.n > 0 &&
		    span_equal(bag->local_id, key->local_id);

		if (bag->is_key || bag->used || (found != NULL && !named) ||
		    certinfo_parse(bag->value, &one, NULL) != RC_OK ||
		    !pfx_is_pair(key->value, &one))
			continue;
		found = bag;
		*c = one;
		if (named)
			break;
	}

	return found;
}

static enum rc
pfx_pair(struct pfx_reader *r, struct pfx_bag *key, struct err *e)
{
	struct pfx *out = r->out;
	struct pfx_bag *certificate;
	struct certinfo c;
	struct pkinfo k;
	enum rc rc = pkinfo_parse(key->value, &k, e);

	if (rc != RC_OK)
		return rc;
	certificate = pfx_certificate_of(r, key, &c);
	if (certificate == NULL)
		return err_set(e, RC_FORMAT, "keyBag",
		    "the certificate of a key in it is missing");
	if (out->n == PFX_PAIRS)
		return err_set(
		    e, RC_LIMIT, "keyBag", "more than 4 keys in the file");
	certificate->used = true;
	out->pairs[out->n++] = (struct pfx_pair){ certificate->value,
		key->value, key->local_id, pfx_is_encryption(&c) };

	return RC_OK;
}

/* Bags to pairs, and what is left to the chain. */
static enum rc
pfx_sort(struct pfx_reader *r, struct err *e)
{
	struct pfx *out = r->out;
	enum rc rc = RC_OK;

	for (size_t i = 0; rc == RC_OK && i < r->n; i++) {
		if (r->bags[i].is_key)
			rc = pfx_pair(r, &r->bags[i], e);
	}
	if (rc != RC_OK)
		return rc;
	if (out->n == 0)
		return err_set(
		    e, RC_ABSENT, "keyBag", "there is no private key in it");
	for (size_t i = 0; i < r->n; i++) {
		if (r->bags[i].is_key || r->bags[i].used)
			continue;
		if (out->chain_n == PFX_CHAIN)
			return err_set(e, RC_LIMIT, "certBag",
			    "more than 8 certificates of others in the file");
		out->chain[out->chain_n++] = r->bags[i].value;
	}

	return RC_OK;
}

enum rc
pfx_check(struct span file, struct err *e)
{
	struct pfx_mac mac = { 0 };
	struct span contents;

	return pfx_outer(file, &contents, &mac, e);
}

enum rc
pfx_open(struct span file, struct span password, struct pfx *out, struct err *e)
{
	struct pfx_reader r = { .password = password, .out = out };
	struct pfx_mac mac = { 0 };
	struct span contents;
	enum rc rc;

	*out = (struct pfx){ 0 };
	if (password.n > PBE_PASSWORD_MAX)
		return err_set(
		    e, RC_LIMIT, "password", "password over 256 bytes");
	rc = pfx_outer(file, &contents, &mac, e);
	if (rc == RC_OK)
		rc = pfx_check_password(&r, &mac, contents, e);
	if (rc != RC_OK)
		return rc;
	/* Decrypted safes, and what is taken out of them. */
	r.room = 2 * file.n;
	rc = sec_new(&out->plain, r.room, e);
	if (rc != RC_OK)
		return rc;
	out->plain.n = 0;
	rc = pfx_safes(&r, contents, e);
	if (rc == RC_OK)
		rc = pfx_sort(&r, e);
	if (rc != RC_OK)
		pfx_clear(out);

	return rc;
}

void
pfx_clear(struct pfx *p)
{
	sec_free(&p->plain);
	*p = (struct pfx){ 0 };
}
