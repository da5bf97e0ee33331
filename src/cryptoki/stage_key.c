/*
 * stage_key.c - a key pair as objects of a token.
 *
 * Belongs here: the templates of private and public keys, RSA and elliptic.
 * Not here: when they are made, and what else is (stage.c).
 */
#include "cryptoki/stage_key.h"

#include "npki/oid.h"

#include <string.h>

#define ROWS 24

static const CK_BBOOL yes = CK_TRUE, no = CK_FALSE;

/* Rows that come one after the other. */
struct rows {
	CK_ATTRIBUTE at[ROWS];
	size_t n;
};

static void
stage_key_row(struct rows *r, CK_ATTRIBUTE_TYPE type, struct span value)
{
	r->at[r->n++] = attributes_row(type, value);
}

static void
stage_key_flag(struct rows *r, CK_ATTRIBUTE_TYPE type, bool on)
{
	const CK_BBOOL *value = on ? &yes : &no;

	stage_key_row(r, type, ATTRIBUTES_BYTES(*value));
}

/*
 * What the certificate allows (RFC 5280 4.2.1.3); one that says nothing allows
 * all. An elliptic key may always sign: it is tried so before anything is
 * deleted for it.
 */
static bool
stage_key_signs(const struct stage_pair *pair)
{
	unsigned int u = pair->info->usage;

	return u == 0 || pair->key->kind != PKINFO_RSA ||
	    (u & (CERTINFO_DIGITAL_SIGNATURE | CERTINFO_NON_REPUDIATION)) != 0;
}

static bool
stage_key_opens(const struct stage_pair *pair)
{
	unsigned int u = pair->info->usage;

	return pair->key->kind == PKINFO_RSA &&
	    (u == 0 ||
		(u &
		    (CERTINFO_KEY_ENCIPHERMENT | CERTINFO_DATA_ENCIPHERMENT)) !=
		    0);
}

/* What both halves say. */
static void
stage_key_common(struct rows *r, const struct stage_pair *pair, struct span id)
{
	static const CK_KEY_TYPE rsa = CKK_RSA, ec = CKK_EC;

	stage_key_flag(r, CKA_TOKEN, true);
	stage_key_row(r, CKA_KEY_TYPE,
	    pair->key->kind == PKINFO_RSA ? ATTRIBUTES_BYTES(rsa)
					  : ATTRIBUTES_BYTES(ec));
	stage_key_row(r, CKA_ID, id);
	stage_key_row(r, CKA_SUBJECT, pair->info->subject_der);
	stage_key_row(r, CKA_LABEL, SPAN_LIT(STORED_STAGED));
}

/* The curve's name as DER into out, 16 bytes. */
static struct span
stage_key_curve(enum pkinfo_kind kind, uint8_t out[static 16])
{
	struct span oid = kind == PKINFO_P256 ? OID_P256 : OID_P384;

	out[0] = 0x06;
	out[1] = (uint8_t)oid.n;
	memcpy(out + 2, oid.p, oid.n);

	return (struct span){ out, oid.n + 2 };
}

enum rc
stage_key_private(const struct login *l, const struct stage_pair *pair,
    struct span id, CK_OBJECT_HANDLE *out, struct err *e)
{
	static const CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	const struct pkinfo *k = pair->key;
	struct rows r = { .n = 0 };
	uint8_t curve[16];

	stage_key_row(&r, CKA_CLASS, ATTRIBUTES_BYTES(class));
	stage_key_common(&r, pair, id);
	stage_key_flag(&r, CKA_PRIVATE, true);
	stage_key_flag(&r, CKA_SENSITIVE, true);
	stage_key_flag(&r, CKA_EXTRACTABLE, false);
	stage_key_flag(&r, CKA_SIGN, stage_key_signs(pair));
	if (k->kind == PKINFO_RSA) {
		stage_key_flag(&r, CKA_DECRYPT, stage_key_opens(pair));
		stage_key_flag(&r, CKA_UNWRAP, stage_key_opens(pair));
		stage_key_row(&r, CKA_MODULUS, k->n);
		stage_key_row(&r, CKA_PUBLIC_EXPONENT, k->e);
		stage_key_row(&r, CKA_PRIVATE_EXPONENT, k->d);
		stage_key_row(&r, CKA_PRIME_1, k->p);
		stage_key_row(&r, CKA_PRIME_2, k->q);
		stage_key_row(&r, CKA_EXPONENT_1, k->dp);
		stage_key_row(&r, CKA_EXPONENT_2, k->dq);
		stage_key_row(&r, CKA_COEFFICIENT, k->qi);
	} else {
		stage_key_row(
		    &r, CKA_EC_PARAMS, stage_key_curve(k->kind, curve));
		stage_key_row(&r, CKA_VALUE, k->scalar);
	}

	return attributes_create(l, r.at, r.n, out, e);
}

enum rc
stage_key_public(const struct login *l, const struct stage_pair *pair,
    struct span id, CK_OBJECT_HANDLE *out, struct err *e)
{
	static const CK_OBJECT_CLASS class = CKO_PUBLIC_KEY;
	const struct certinfo *c = pair->info;
	struct rows r = { .n = 0 };
	uint8_t curve[16], point[2 + 1 + 2 * 48] = { 0x04 };

	stage_key_row(&r, CKA_CLASS, ATTRIBUTES_BYTES(class));
	stage_key_common(&r, pair, id);
	stage_key_flag(&r, CKA_PRIVATE, false);
	stage_key_flag(&r, CKA_VERIFY, stage_key_signs(pair));
	if (pair->key->kind == PKINFO_RSA) {
		stage_key_flag(&r, CKA_ENCRYPT, stage_key_opens(pair));
		stage_key_flag(&r, CKA_WRAP, stage_key_opens(pair));
		stage_key_row(&r, CKA_MODULUS, c->modulus);
		stage_key_row(&r, CKA_PUBLIC_EXPONENT, c->exponent);
	} else {
		if (c->point.n + 2 > sizeof(point))
			return err_set(e, RC_FORMAT, "subjectPublicKey",
			    "a point too long");
		/* CKA_EC_POINT is an OCTET STRING (PKCS#11 2.3.3). */
		point[1] = (uint8_t)c->point.n;
		memcpy(point + 2, c->point.p, c->point.n);
		stage_key_row(
		    &r, CKA_EC_PARAMS, stage_key_curve(pair->key->kind, curve));
		stage_key_row(
		    &r, CKA_EC_POINT, (struct span){ point, c->point.n + 2 });
	}

	return attributes_create(l, r.at, r.n, out, e);
}
