/*
 * pkinfo.c - a PrivateKeyInfo taken apart without copying it.
 *
 * Belongs here: PKCS#8, RSAPrivateKey, ECPrivateKey, the attribute with R.
 * Not here: decrypting it (keyfile.c); whether its numbers fit (keymatch.c); computing with it (x509, vault).
 */
#include "npki/pkinfo.h"

#include "npki/der.h"
#include "npki/oid.h"

#define PKINFO_RSA_MAX 1024 /* octets of a modulus; x509 is stricter */

static void
pkinfo_rsa(struct der *r, struct pkinfo *out)
{
	struct span *numbers[] = { &out->n, &out->e, &out->d, &out->p, &out->q,
		&out->dp, &out->dq, &out->qi };
	struct der key = der_enter(r, DER_SEQUENCE);

	/* Version 0: two primes. */
	(void)der_uint(&key, 0);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		*numbers[i] = der_natural(&key);
		if (numbers[i]->n == 0 || numbers[i]->n > PKINFO_RSA_MAX ||
		    numbers[i]->p[0] == 0)
			der_fail(&key);
	}
	der_close(&key);
}

/* ECPrivateKey; the curve was named in the algorithm and may be repeated. */
static void
pkinfo_ec(struct der *r, struct span curve, size_t size, struct pkinfo *out)
{
	struct der key = der_enter(r, DER_SEQUENCE);

	if (der_uint(&key, 1) != 1)
		der_fail(&key);
	out->scalar = der_take(&key, DER_OCTETS);
	if (out->scalar.n != size)
		der_fail(&key);
	if (der_peek(&key) == DER_EXPLICIT(0)) {
		struct der parameters = der_enter(&key, DER_EXPLICIT(0));

		der_oid(&parameters, curve);
		der_close(&parameters);
	}
	if (der_peek(&key) == DER_EXPLICIT(1)) {
		struct der public = der_enter(&key, DER_EXPLICIT(1));

		out->point = der_octet_bits(&public);
		if (out->point.n != 2 * size + 1 || out->point.p[0] != 0x04)
			der_fail(&public);
		der_close(&public);
	}
	der_close(&key);
}

/* Attributes: R is read, others are passed over. */
static void
pkinfo_attributes(struct der *r, struct pkinfo *out)
{
	struct der set = der_enter(r, DER_EXPLICIT(0));

	while (der_peek(&set) != 0) {
		struct der attribute = der_enter(&set, DER_SEQUENCE);
		bool is_r =
		    span_equal(der_take(&attribute, DER_OID), OID_RANDOM);
		struct der values = der_enter(&attribute, DER_SET);

		if (is_r) {
			if (out->r.n != 0)
				der_fail(&values);
			out->r = der_octet_bits(&values);
			if (out->r.n != PKINFO_R)
				der_fail(&values);
			der_close(&values);
		}
		der_close(&attribute);
	}
}

static enum rc
pkinfo_algorithm(
    struct der *r, struct span *curve, struct pkinfo *out, struct err *e)
{
	struct der algorithm = der_enter(r, DER_SEQUENCE);
	struct span oid = der_take(&algorithm, DER_OID);

	if (r->doc->failed)
		return err_set(e, RC_FORMAT, NULL, "not a PrivateKeyInfo");
	if (span_equal(oid, OID_RSA)) {
		out->kind = PKINFO_RSA;
		der_optional_null(&algorithm);
		der_close(&algorithm);
		return RC_OK;
	}
	if (!span_equal(oid, OID_EC))
		return err_set(e, RC_UNKNOWN, NULL, "kind of private key");
	*curve = der_take(&algorithm, DER_OID);
	der_close(&algorithm);
	if (r->doc->failed)
		return err_set(e, RC_UNKNOWN, NULL, "curve without a name");
	if (span_equal(*curve, OID_P256))
		out->kind = PKINFO_P256;
	else if (span_equal(*curve, OID_P384))
		out->kind = PKINFO_P384;
	else
		return err_set(e, RC_UNKNOWN, NULL, "elliptic curve");

	return RC_OK;
}

enum rc
pkinfo_parse(struct span in, struct pkinfo *out, struct err *e)
{
	struct der_doc doc = { 0 };
	struct der whole = der_init(&doc, in), info, key;
	struct span curve = { NULL, 0 };
	uint32_t version;
	enum rc rc;

	*out = (struct pkinfo){ 0 };
	info = der_enter(&whole, DER_SEQUENCE);
	version = der_uint(&info, 1);
	rc = pkinfo_algorithm(&info, &curve, out, e);
	if (rc != RC_OK)
		return rc;
	key = der_init(&doc, der_take(&info, DER_OCTETS));
	if (out->kind == PKINFO_RSA)
		pkinfo_rsa(&key, out);
	else
		pkinfo_ec(&key, curve, out->kind == PKINFO_P256 ? 32 : 48, out);
	der_close(&key);
	if (der_peek(&info) == DER_EXPLICIT(0))
		pkinfo_attributes(&info, out);
	/* OneAsymmetricKey (RFC 5958) repeats the public key here. */
	if (version == 1 && der_peek(&info) == DER_CONTEXT(1))
		(void)der_take(&info, DER_CONTEXT(1));
	der_close(&info);
	/* What was passed over, attributes of others, is DER as well. */
	if (!der_done(&whole) || der_check(in, NULL) != RC_OK) {
		*out = (struct pkinfo){ 0 };
		return err_set(e, RC_FORMAT, NULL, "not a PrivateKeyInfo");
	}

	return RC_OK;
}
