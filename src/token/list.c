/*
 * list.c - certificates as PKCS#11 objects, and signatures under them.
 *
 * Belongs here: attributes from DER, verification before release.
 * Not here: reading certificates (npki/certinfo.c, x509/certificate.c);
 * handles and matching (pkcs11/object.c).
 */
#include "token/list.h"

#include "base/digest.h"
#include "npki/certinfo.h"
#include "npki/derput.h"
#include "token/verify.h"
#include "x509/certificate.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#define LIST_LABEL 255

/* CKA_EC_PARAMS: the curve's OID in DER (RFC 5480). */
static const uint8_t list_p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d,
	0x03, 0x01, 0x07 };
static const uint8_t list_p384[] = { 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22 };

/* SHA-1 of the subjectPublicKey's bits, as RFC 5280 4.2.1.2 (1) does it. */
static enum rc
list_key_id(struct span spki, uint8_t out[static 20], struct err *e)
{
	struct der_doc doc = { 0 };
	struct der outer = der_init(&doc, spki);
	struct der in = der_enter(&outer, DER_SEQUENCE);
	struct span bits;
	size_t n = 0;

	(void)der_any(&in);
	bits = der_take(&in, DER_BITS);
	if (doc.failed || bits.n < 2)
		return err_set(e, RC_FORMAT, "key", "no public key");
	if (EVP_Q_digest(NULL, "SHA1", NULL, bits.p + 1, bits.n - 1, out, &n) !=
		1 ||
	    n != 20)
		return err_set(e, RC_CRYPTO, NULL, "no SHA-1");

	return RC_OK;
}

/* Appends one object: what is known of it, and what its certificate says. */
static enum rc
list_put(struct buf *out, const struct tokenframe_object *known,
    struct span der, bool with_key, struct err *e)
{
	struct tokenframe_object o = *known;
	struct certinfo info;
	uint8_t point[160];
	struct derput w = derput_init(point, sizeof(point));
	enum rc rc = certinfo_parse(der, &info, e);

	if (rc == RC_OK)
		rc = list_key_id(info.spki_der, o.key_id, e);
	if (rc != RC_OK)
		return rc;
	o.der = der;
	o.subject = info.subject_der;
	o.issuer = info.issuer_der;
	o.serial = info.serial_der;
	o.spki = info.spki_der;
	if (o.label.n == 0)
		o.label = span_str(info.owner);
	if (with_key && info.key == CERTINFO_KEY_RSA) {
		o.key = TOKENFRAME_KEY_RSA;
		o.modulus = info.modulus;
		o.exponent = info.exponent;
	} else if (with_key && info.key != CERTINFO_KEY_OTHER) {
		o.key = TOKENFRAME_KEY_EC;
		o.ec_params = info.key == CERTINFO_KEY_P256 ? SPAN(list_p256)
							    : SPAN(list_p384);
		derput_element(&w, DER_OCTETS, info.point);
		o.ec_point = derput_span(&w);
	} else if (with_key) {
		return err_set(e, RC_UNKNOWN, "key", "of another kind");
	}
	tokenframe_list_object(out, &o);

	return buf_ok(out) ? RC_OK
			   : err_set(e, RC_LIMIT, "list", "list too long");
}

/* NSS calls a certificate token:label, Java shows one of each label. */
static void
list_label(const struct answer_login *from, size_t i, char out[LIST_LABEL + 1])
{
	const struct answer_certificate *c = &from->certificates[i];
	size_t same = 0;

	for (size_t k = 0; k < from->n; k++)
		if (strcmp(from->certificates[k].label, c->label) == 0)
			same++;
	if (same > 1 || c->label[0] == '\0')
		(void)snprintf(out, LIST_LABEL + 1, "%s%s%.8s", c->label,
		    c->label[0] == '\0' ? "" : " ", c->id_text);
	else
		(void)snprintf(out, LIST_LABEL + 1, "%s", c->label);
}

/* Was this CA's certificate put before? Also adds it. */
static bool
list_seen(uint8_t seen[][DIGEST_SHA256], size_t *n, size_t max, struct span der,
    uint8_t id[static 16])
{
	uint8_t digest[DIGEST_SHA256];

	digest_sha256(digest, &der, 1);
	memcpy(id, digest, 16);
	for (size_t i = 0; i < *n; i++)
		if (memcmp(seen[i], digest, sizeof(digest)) == 0)
			return true;
	if (*n == max)
		return true;
	memcpy(seen[(*n)++], digest, sizeof(digest));

	return false;
}

static enum rc
list_put_chains(struct buf *out, const struct answer_login *from,
    uint16_t *count, struct err *e)
{
	static const size_t max = TOKENFRAME_OBJECTS_MAX - ANSWER_CERTIFICATES;
	uint8_t seen[TOKENFRAME_OBJECTS_MAX][DIGEST_SHA256];
	size_t n = 0;

	for (size_t i = 0; i < from->n; i++)
		for (size_t k = 0; k < from->certificates[i].chain_n; k++) {
			struct tokenframe_object o = { .usable = true };
			struct span der =
			    buf_span(&from->certificates[i].chain[k]);

			if (list_seen(seen, &n, max, der, o.id))
				continue;
			if (list_put(out, &o, der, false, e) == RC_OK)
				(*count)++;
			else if (!buf_ok(out))
				return RC_LIMIT;
			err_clear(e);
		}

	return RC_OK;
}

static enum rc
list_put_users(struct list *l, struct buf *out, const struct answer_login *from,
    uint16_t *count, struct err *e)
{
	char label[LIST_LABEL + 1];

	for (size_t i = 0; i < from->n; i++) {
		const struct answer_certificate *c = &from->certificates[i];
		struct tokenframe_object o = { .usable = c->usable };
		struct span der = buf_span(&c->der);

		list_label(from, i, label);
		o.label = span_str(label);
		memcpy(o.id, c->id, sizeof(o.id));
		memcpy(l->entries[l->n].id, c->id, sizeof(c->id));
		memcpy(
		    l->entries[l->n].id_text, c->id_text, sizeof(c->id_text));
		if (certificate_parse(der, &l->entries[l->n].certificate, e) ==
			RC_OK &&
		    list_put(out, &o, der, true, e) == RC_OK) {
			l->n++;
			(*count)++;
		} else {
			certificate_free(l->entries[l->n].certificate);
			l->entries[l->n].certificate = NULL;
			if (!buf_ok(out))
				return RC_LIMIT;
		}
		err_clear(e);
	}

	return RC_OK;
}

enum rc
list_make(struct list *l, const struct answer_login *from,
    const uint8_t owner[static 16], struct err *e)
{
	struct buf objects = buf_init(TOKENFRAME_MAX - 64);
	uint16_t count = 0;
	enum rc rc;

	memset(l, 0, sizeof(*l));
	l->frame = buf_init(TOKENFRAME_MAX);
	rc = list_put_users(l, &objects, from, &count, e);
	if (rc == RC_OK)
		rc = list_put_chains(&objects, from, &count, e);
	tokenframe_list_begin(&l->frame, owner, count);
	buf_bytes(&l->frame, buf_span(&objects));
	if (rc == RC_OK && !buf_ok(&l->frame))
		rc = RC_MEMORY;
	if (rc != RC_OK) {
		err_set(e, rc, "list", "list too long");
		list_clear(l);
	}
	buf_clear(&objects);

	return rc;
}

void
list_clear(struct list *l)
{
	for (size_t i = 0; i < l->n; i++)
		certificate_free(l->entries[i].certificate);
	buf_clear(&l->frame);
	l->n = 0;
}

static const struct certificate *
list_certificate(const struct list *l, const uint8_t id[static 16])
{
	for (size_t i = 0; i < l->n; i++)
		if (memcmp(l->entries[i].id, id, 16) == 0)
			return l->entries[i].certificate;

	return NULL;
}

const char *
list_id(const struct list *l, const uint8_t id[static 16])
{
	for (size_t i = 0; i < l->n; i++)
		if (memcmp(l->entries[i].id, id, 16) == 0)
			return l->entries[i].id_text;

	return NULL;
}

/* SEQUENCE { r, s } to r ‖ s of the curve's length. */
static enum rc
list_raw_ecdsa(struct span der, size_t half, struct buf *out, struct err *e)
{
	struct der_doc doc = { 0 };
	struct der outer = der_init(&doc, der);
	struct der in = der_enter(&outer, DER_SEQUENCE);
	struct span number[2] = { der_natural(&in), { NULL, 0 } };
	uint8_t *at;

	number[1] = der_natural(&in);
	der_close(&in);
	der_close(&outer);
	if (doc.failed || number[0].n > half || number[1].n > half)
		return err_set(e, RC_FORMAT, "signature", "not r and s");
	if ((at = buf_grow(out, 2 * half)) == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	memset(at, 0, 2 * half);
	for (size_t i = 0; i < 2; i++)
		memcpy(at + (i + 1) * half - number[i].n, number[i].p,
		    number[i].n);

	return RC_OK;
}

enum rc
list_check_signature(const struct list *l, const struct tokenframe_sign *q,
    struct span signature, struct buf *out, struct err *e)
{
	const struct certificate *c = list_certificate(l, q->certificate);
	struct signature_algorithm algorithm =
	    verify_algorithm(q->scheme, q->hash, q->salt);
	enum rc rc = RC_OK;

	if (c == NULL)
		return err_set(e, RC_ABSENT, "certificate", "not in the list");
	if (q->scheme == TOKENFRAME_ECDSA)
		rc = list_raw_ecdsa(
		    signature, (certificate_info(c)->point.n - 1) / 2, out, e);
	else
		buf_bytes(out, signature);
	if (rc == RC_OK && !buf_ok(out))
		rc = err_set(e, RC_MEMORY, NULL, "out of memory");
	if (rc == RC_OK &&
	    signature_verify(certificate_key(c), &algorithm, q->digest,
		buf_span(out), NULL) != RC_OK)
		rc = err_set(e, RC_CRYPTO, "signature",
		    "not made by this certificate's key");

	return rc;
}
