/*
 * envelope.c - a message for the owners of certificates, sealed and opened.
 *
 * Belongs here: EnvelopedData of RFC 5652 with key transport, the ciphers of
 * its content.
 * Not here: RSA (keytrans.c); signedAndEnvelopedData of PKCS #7 1.5, which
 * nobody has shown: a signed message is sealed instead (cmsput.c).
 */
#include "x509/envelope.h"

#include "base/rnd.h"
#include "npki/oid.h"
#include "npki/platform.h"
#include "npki/seed.h"

#define ENVELOPE_KEY   32
#define ENVELOPE_BLOCK 16
#define ENVELOPE_HEAD  256 /* bytes beside recipients and content */

/* The first two are those of enum envelope_cipher. */
static const struct {
	struct span oid;
	enum platform_cipher cipher;
	size_t key, block;
} ciphers[] = {
	[ENVELOPE_SEED] = { OID_SEED_CBC, PLATFORM_SEED_CBC, 16, 16 },
	[ENVELOPE_AES_256] = { OID_AES_256_CBC, PLATFORM_AES_256_CBC, 32, 16 },
	{ OID_AES_128_CBC, PLATFORM_AES_128_CBC, 16, 16 },
	{ OID_AES_192_CBC, PLATFORM_AES_192_CBC, 24, 16 },
	{ OID_ARIA_128_CBC, PLATFORM_ARIA_128_CBC, 16, 16 },
	{ OID_ARIA_192_CBC, PLATFORM_ARIA_192_CBC, 24, 16 },
	{ OID_ARIA_256_CBC, PLATFORM_ARIA_256_CBC, 32, 16 },
	{ OID_3DES_CBC, PLATFORM_3DES_CBC, 24, 8 },
};
#define CIPHERS (sizeof(ciphers) / sizeof(ciphers[0]))

/* One that was read; spans borrow from the message. */
struct envelope {
	size_t cipher; /* of ciphers */
	struct span iv;
	struct span key; /* sealed, of the recipient who opens it */
	struct span content;
	bool later;            /* something is in it that version 0 had not */
	size_t n;              /* of recipients */
	struct certinfo first; /* of them, as certinfo_parse_named() */
};

static enum rc
envelope_crypt(size_t cipher, bool encrypt, const uint8_t *key,
    const uint8_t *iv, struct span in, uint8_t *out, struct err *e)
{
	struct span k = { key, ciphers[cipher].key };
	struct span v = { iv, ciphers[cipher].block };
	struct seed seed;

	if (ciphers[cipher].cipher != PLATFORM_SEED_CBC)
		return encrypt
		    ? platform_encrypt(ciphers[cipher].cipher, k, v, in, out, e)
		    : platform_decrypt(
			  ciphers[cipher].cipher, k, v, in, out, e);
	seed_init(&seed, key);
	(encrypt ? seed_cbc_encrypt : seed_cbc_decrypt)(
	    &seed, iv, in.p, out, in.n);
	sec_wipe(&seed, sizeof(seed));

	return RC_OK;
}

static void
envelope_put_recipient(
    struct derput *w, const struct certinfo *to, struct span sealed)
{
	size_t mark = derput_mark(w), algorithm;

	derput_element(w, DER_OCTETS, sealed);
	algorithm = derput_mark(w);
	derput_element(w, DER_NULL, (struct span){ NULL, 0 });
	derput_element(w, DER_OID, OID_RSA);
	derput_wrap(w, DER_SEQUENCE, algorithm);
	keytrans_put_name(w, to);
	derput_uint(w, 0);
	derput_wrap(w, DER_SEQUENCE, mark);
}

/* RecipientInfos; a SET OF in DER's order (X.690 11.6). */
static enum rc
envelope_put_recipients(struct derput *w, const struct certificate *const *to,
    size_t n, struct span key, struct err *e)
{
	struct span each[ENVELOPE_RECIPIENTS];
	struct derput parts;
	struct buf room =
	    buf_init(ENVELOPE_RECIPIENTS * (CERTINFO_MAX + KEYTRANS_MAX));
	uint8_t *p = buf_grow(&room, n * (CERTINFO_MAX + KEYTRANS_MAX));
	enum rc rc = RC_OK;

	if (p == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	parts = derput_init(p, room.n);
	for (size_t i = 0; rc == RC_OK && i < n; i++) {
		struct buf sealed = buf_init(KEYTRANS_MAX);
		size_t before = derput_mark(&parts);

		rc = keytrans_seal(to[i], key, &sealed, e);
		if (rc == RC_OK)
			envelope_put_recipient(
			    &parts, certificate_info(to[i]), buf_span(&sealed));
		each[i] = (struct span){ parts.p + parts.at,
			derput_mark(&parts) - before };
		buf_clear(&sealed);
	}
	if (rc == RC_OK) {
		derput_set(w, DER_SET, each, n);
	}
	buf_clear(&room);

	return rc;
}

/* Content, padded (RFC 5652 6.3), in place: memory for secrets. */
static enum rc
envelope_encrypt(enum envelope_cipher cipher, const uint8_t *key,
    const uint8_t *iv, struct span content, struct sec *out, struct err *e)
{
	size_t block = ciphers[cipher].block;
	size_t pad = block - content.n % block;
	enum rc rc = sec_new(out, content.n + pad, e);

	if (rc != RC_OK)
		return rc;
	if (content.n > 0)
		memcpy(out->p, content.p, content.n);
	memset(out->p + content.n, (int)pad, pad);

	return envelope_crypt(cipher, true, key, iv, sec_span(out), out->p, e);
}

enum rc
envelope_seal(enum envelope_cipher cipher, const struct certificate *const *to,
    size_t n, struct span content, struct buf *out, struct err *e)
{
	struct sec_key key SEC_KEY_WIPED = { { 0 } };
	struct sec sealed SEC_WIPED = { 0 };
	uint8_t iv[ENVELOPE_BLOCK];
	size_t size = ENVELOPE_HEAD + content.n + ENVELOPE_BLOCK +
	    n * (CERTINFO_MAX + KEYTRANS_MAX),
	       mark;
	struct derput w;
	uint8_t *room;
	enum rc rc;

	if (content.n > ENVELOPE_CONTENT)
		return err_set(e, RC_LIMIT, "content",
		    "more than 1 MiB with its signature is not sealed");
	if (n == 0 || n > ENVELOPE_RECIPIENTS)
		return err_set(
		    e, RC_LIMIT, "recipient", "not for 1 to 8 certificates");
	rnd_bytes(key.k, ciphers[cipher].key);
	rnd_bytes(iv, sizeof(iv));
	rc = envelope_encrypt(cipher, key.k, iv, content, &sealed, e);
	if (rc != RC_OK)
		return rc;
	if ((room = buf_grow(out, size)) == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	w = derput_init(room, size);
	derput_element(&w, DER_CONTEXT(0), sec_span(&sealed));
	mark = derput_mark(&w);
	derput_element(
	    &w, DER_OCTETS, (struct span){ iv, ciphers[cipher].block });
	derput_element(&w, DER_OID, ciphers[cipher].oid);
	derput_wrap(&w, DER_SEQUENCE, mark);
	derput_element(&w, DER_OID, OID_DATA);
	derput_wrap(&w, DER_SEQUENCE, 0);
	rc = envelope_put_recipients(
	    &w, to, n, (struct span){ key.k, ciphers[cipher].key }, e);
	derput_uint(&w, 0);
	derput_wrap(&w, DER_SEQUENCE, 0);
	derput_wrap(&w, DER_EXPLICIT(0), 0);
	derput_element(&w, DER_OID, OID_ENVELOPED_DATA);
	derput_wrap(&w, DER_SEQUENCE, 0);
	if (rc == RC_OK && w.failed)
		rc = err_set(e, RC_BUG, NULL, "no room");
	if (rc == RC_OK)
		memmove(room, w.p + w.at, derput_mark(&w));
	out->n -= rc == RC_OK ? size - derput_mark(&w) : size;

	return rc;
}

bool
envelope_is_one(struct span der)
{
	struct der_doc doc = { 0 };
	struct der whole = der_init(&doc, der);
	struct der info = der_enter(&whole, DER_SEQUENCE);

	return span_equal(der_take(&info, DER_OID), OID_ENVELOPED_DATA);
}

/* One KeyTransRecipientInfo; whether it is for that certificate (NULL: no). */
static enum rc
envelope_take_recipient(struct der *set, const struct certinfo *to,
    struct envelope *out, struct err *e)
{
	struct der info, algorithm;
	uint32_t version;
	struct span ski;
	bool ours;

	out->n++;
	if (der_peek(set) != DER_SEQUENCE) {
		/* Key agreement, passwords …: for others. */
		out->later = true;
		(void)der_any(set);
		return RC_OK;
	}
	info = der_enter(set, DER_SEQUENCE);
	version = der_uint(&info, 2);
	out->later = out->later || version != 0;
	if (version == 2) {
		ski = der_take(&info, DER_CONTEXT(0));
		ours = to != NULL && span_equal(ski, to->ski);
	} else {
		ours = keytrans_take_name(
		    &info, to, out->n == 1 ? &out->first : NULL);
	}
	if (version == 1)
		der_fail(&info);
	algorithm = der_enter(&info, DER_SEQUENCE);
	if (!span_equal(der_take(&algorithm, DER_OID), OID_RSA) && ours &&
	    !set->doc->failed)
		return err_set(e, RC_UNKNOWN, "keyEncryptionAlgorithm",
		    "not rsaEncryption (RFC 3370 4.2.1)");
	if (ours) {
		der_optional_null(&algorithm);
		der_close(&algorithm);
		out->key = der_take(&info, DER_OCTETS);
	} else {
		(void)der_take(&info, DER_OCTETS);
	}
	der_close(&info);

	return RC_OK;
}

/* EncryptedContentInfo: a cipher of ours with its IV, and the octets. */
static enum rc
envelope_take_content(struct der *data, struct envelope *out, struct err *e)
{
	struct der info = der_enter(data, DER_SEQUENCE), algorithm;
	struct span oid;

	if (!span_equal(der_take(&info, DER_OID), OID_DATA) &&
	    !data->doc->failed)
		return err_set(e, RC_UNKNOWN, "contentType",
		    "a content that is not id-data (RFC 5652 4)");
	algorithm = der_enter(&info, DER_SEQUENCE);
	oid = der_take(&algorithm, DER_OID);
	for (out->cipher = 0; out->cipher < CIPHERS; out->cipher++)
		if (span_equal(oid, ciphers[out->cipher].oid))
			break;
	if (out->cipher == CIPHERS && !data->doc->failed)
		return err_set(e, RC_UNKNOWN, "contentEncryptionAlgorithm",
		    "neither SEED, AES, ARIA nor Triple DES in CBC");
	out->iv = der_take(&algorithm, DER_OCTETS);
	der_close(&algorithm);
	out->content = der_take(&info, DER_CONTEXT(0));
	der_close(&info);
	if (data->doc->failed)
		return RC_OK;
	if (out->iv.n != ciphers[out->cipher].block || out->content.n == 0 ||
	    out->content.n % out->iv.n != 0)
		return err_set(e, RC_FORMAT, "encryptedContent",
		    "IV or content of a length that cannot be");

	return RC_OK;
}

static enum rc
envelope_take(struct der *data, const struct certinfo *to, struct envelope *out,
    struct err *e)
{
	uint32_t version = der_uint(data, 4);
	enum rc rc = RC_OK;
	struct der set;

	if (der_peek(data) == DER_EXPLICIT(0) || version == 1 || version == 4)
		return err_set(e, RC_UNKNOWN, "version",
		    "originatorInfo, or neither 0, 2 nor 3 (RFC 5652 6.1)");
	set = der_enter(data, DER_SET);
	while (rc == RC_OK && der_peek(&set) != 0)
		rc = envelope_take_recipient(&set, to, out, e);
	if (rc == RC_OK)
		rc = envelope_take_content(data, out, e);
	/* unprotectedAttrs */
	if (rc == RC_OK && der_peek(data) == DER_EXPLICIT(1)) {
		out->later = true;
		(void)der_take(data, DER_EXPLICIT(1));
	}
	if (rc == RC_OK && out->later == (version == 0))
		der_fail(data);

	return rc;
}

static enum rc
envelope_parse(struct span in, const struct certinfo *to, struct envelope *out,
    struct err *e)
{
	struct der_doc doc = { 0 };
	struct der whole = der_init(&doc, in), info, wrapper, data;
	enum rc rc;

	*out = (struct envelope){ 0 };
	if (in.n > ENVELOPE_MAX)
		return err_larger(e, NULL, ENVELOPE_MAX);
	if ((rc = der_check(in, e)) != RC_OK)
		return rc;
	info = der_enter(&whole, DER_SEQUENCE);
	if (!span_equal(der_take(&info, DER_OID), OID_ENVELOPED_DATA) &&
	    !doc.failed)
		return err_set(e, RC_UNKNOWN, "contentType",
		    "not EnvelopedData (RFC 5652 6.1)");
	wrapper = der_enter(&info, DER_EXPLICIT(0));
	der_close(&info);
	data = der_enter(&wrapper, DER_SEQUENCE);
	der_close(&wrapper);
	if (!doc.failed && (rc = envelope_take(&data, to, out, e)) != RC_OK)
		return rc;
	der_close(&data);
	if (!der_done(&whole))
		return err_set(
		    e, RC_FORMAT, "envelopedData", "malformed (RFC 5652 6.1)");
	if (out->key.n == 0)
		return err_set(
		    e, RC_ABSENT, "recipientInfos", "not for this certificate");

	return RC_OK;
}

enum rc
envelope_check(struct span der, const struct certificate *to, struct err *e)
{
	struct envelope v;

	return envelope_parse(der, certificate_info(to), &v, e);
}

enum rc
envelope_recipients(
    struct span der, struct certinfo *first, size_t *n, struct err *e)
{
	struct envelope v;
	enum rc rc = envelope_parse(der, NULL, &v, e);

	if (rc == RC_ABSENT)
		err_clear(e);
	*first = v.first;
	*n = v.n;

	return rc == RC_ABSENT ? RC_OK : rc;
}

/*
 * The content's key: what was sent, or where that is none, one that was drawn
 * before it was known (RFC 3218 2.3.2).
 */
static enum rc
envelope_key(const struct envelope *v, EVP_PKEY *key,
    uint8_t out[static ENVELOPE_KEY], struct err *e)
{
	struct sec sent SEC_WIPED = { 0 };
	size_t n = ciphers[v->cipher].key;
	enum rc rc;

	rnd_bytes(out, n);
	rc = keytrans_open(key, v->key, &sent, e);
	if (rc == RC_OK && sent.n == n)
		memcpy(out, sent.p, n);

	return rc == RC_SECRET ? RC_OK : rc;
}

/* How many bytes the padding has; 0 where it is none (RFC 5652 6.3). */
static size_t
envelope_padding(const uint8_t *p, size_t n, size_t block)
{
	unsigned int last = p[n - 1], bad = 0;

	bad |= last == 0 || last > block;
	for (size_t i = 0; i < block; i++)
		bad |= (unsigned int)(i < last) & (p[n - 1 - i] != last);

	return bad != 0 ? 0 : last;
}

enum rc
envelope_open(struct span der, const struct certificate *to, EVP_PKEY *key,
    struct sec *out, struct err *e)
{
	struct sec_key content SEC_KEY_WIPED = { { 0 } };
	struct envelope v;
	size_t padding = 0;
	enum rc rc;

	rc = envelope_parse(der, certificate_info(to), &v, e);
	if (rc == RC_OK)
		rc = envelope_key(&v, key, content.k, e);
	if (rc == RC_OK)
		rc = sec_new(out, v.content.n, e);
	if (rc != RC_OK)
		return rc;
	rc = envelope_crypt(
	    v.cipher, false, content.k, v.iv.p, v.content, out->p, e);
	if (rc == RC_OK) {
		padding = envelope_padding(out->p, out->n, v.iv.n);
		if (padding == 0)
			rc = err_set(e, RC_SECRET, "encryptedContent",
			    "not for this key, or changed");
	}
	if (rc != RC_OK)
		sec_free(out);
	else
		out->n -= padding;

	return rc;
}
