/*
 * certificate_key.c - does a private key belong to a certificate, and is it whole?
 *
 * Belongs here: the relations between a key's numbers. Key files have no
 * authentication, so a damaged one can decrypt; and one wrong CRT number
 * gives a signature that gives the key away.
 * Not here: reading the numbers (npki/pkinfo.c); keeping keys (vault).
 */
#include "x509/certificate.h"

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>

static BIGNUM *
certificate_number(BN_CTX *ctx, struct span s)
{
	BIGNUM *n = BN_CTX_get(ctx);

	if (n == NULL || s.n > INT32_MAX || BN_bin2bn(s.p, (int)s.n, n) == NULL)
		return NULL;
	BN_set_flags(n, BN_FLG_CONSTTIME);

	return n;
}

/*
 * For one prime (RFC 8017 3.2): d = exponent mod (prime - 1), and
 * e · exponent = 1 mod (prime - 1). *good is false where it is not so.
 */
static bool
certificate_prime(BN_CTX *ctx, const BIGNUM *e, const BIGNUM *d,
    const BIGNUM *prime, const BIGNUM *exponent, bool *good)
{
	BIGNUM *less = BN_CTX_get(ctx), *t = BN_CTX_get(ctx);

	if (t == NULL || BN_sub(less, prime, BN_value_one()) != 1)
		return false;
	if (BN_is_zero(less) || BN_is_negative(less)) {
		*good = false;
		return true;
	}
	if (BN_mod(t, d, less, ctx) != 1)
		return false;
	*good = *good && BN_cmp(t, exponent) == 0;
	if (BN_mod_mul(t, e, exponent, less, ctx) != 1)
		return false;
	*good = *good && BN_is_one(t);

	return true;
}

static enum rc
certificate_rsa(
    const struct certinfo *c, const struct pkinfo *key, struct err *e)
{
	BN_CTX *ctx = BN_CTX_secure_new();
	BIGNUM *n, *exp, *d, *p, *q, *dp, *dq, *qi, *t;
	bool good = true, done = false;

	if (ctx == NULL)
		return err_set(e, RC_MEMORY, NULL, "no memory");
	BN_CTX_start(ctx);
	n = certificate_number(ctx, key->n);
	exp = certificate_number(ctx, key->e);
	d = certificate_number(ctx, key->d);
	p = certificate_number(ctx, key->p);
	q = certificate_number(ctx, key->q);
	dp = certificate_number(ctx, key->dp);
	dq = certificate_number(ctx, key->dq);
	qi = certificate_number(ctx, key->qi);
	t = BN_CTX_get(ctx);
	if (n == NULL || exp == NULL || d == NULL || p == NULL || q == NULL ||
	    dp == NULL || dq == NULL || qi == NULL || t == NULL)
		goto out;
	if (BN_mul(t, p, q, ctx) != 1)
		goto out;
	good = BN_cmp(t, n) == 0 && BN_is_odd(p) && BN_is_odd(q) &&
	    span_equal(key->e, c->exponent);
	if (!good) {
		done = true;
		goto out;
	}
	if (!certificate_prime(ctx, exp, d, p, dp, &good) ||
	    !certificate_prime(ctx, exp, d, q, dq, &good) ||
	    BN_mod_mul(t, qi, q, p, ctx) != 1)
		goto out;
	good = good && BN_is_one(t) && BN_cmp(qi, p) < 0;
	done = true;
out:
	BN_CTX_end(ctx);
	BN_CTX_free(ctx);
	if (!done)
		return err_set(e, RC_CRYPTO, NULL, "numbers not computed");
	if (!good)
		return err_set(
		    e, RC_FORMAT, NULL, "the key's numbers do not fit");

	return RC_OK;
}

/* scalar · G as an uncompressed point. RC_FORMAT: no scalar of the curve. */
static enum rc
certificate_point(
    int curve, struct span scalar, uint8_t *out, size_t size, struct err *e)
{
	EC_GROUP *group = EC_GROUP_new_by_curve_name(curve);
	EC_POINT *point = group == NULL ? NULL : EC_POINT_new(group);
	BN_CTX *ctx = BN_CTX_secure_new();
	enum rc rc = RC_CRYPTO;
	BIGNUM *k;

	if (point == NULL || ctx == NULL)
		goto out;
	BN_CTX_start(ctx);
	k = certificate_number(ctx, scalar);
	if (k != NULL &&
	    (BN_is_zero(k) || BN_cmp(k, EC_GROUP_get0_order(group)) >= 0))
		rc = RC_FORMAT;
	else if (k != NULL &&
	    EC_POINT_mul(group, point, k, NULL, NULL, ctx) == 1 &&
	    EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, out,
		size, ctx) == size)
		rc = RC_OK;
	BN_CTX_end(ctx);
out:
	BN_CTX_free(ctx);
	EC_POINT_free(point);
	EC_GROUP_free(group);
	if (rc != RC_OK)
		return err_set(e, rc, NULL, "the key's numbers do not fit");

	return RC_OK;
}

static enum rc
certificate_ec(
    const struct certinfo *c, const struct pkinfo *key, struct err *e)
{
	int curve =
	    key->kind == PKINFO_P256 ? NID_X9_62_prime256v1 : NID_secp384r1;
	uint8_t point[1 + 2 * 48];
	struct span made = { point, c->point.n };
	enum rc rc;

	rc = certificate_point(curve, key->scalar, point, c->point.n, e);
	if (rc != RC_OK)
		return rc;
	if (key->point.n > 0 && !span_equal(key->point, made))
		return err_set(
		    e, RC_FORMAT, NULL, "the key's numbers do not fit");
	if (!span_equal(c->point, made))
		return err_set(
		    e, RC_STATE, NULL, "the key is another certificate's");

	return RC_OK;
}

enum rc
certificate_key_matches(
    const struct certificate *c, const struct pkinfo *key, struct err *e)
{
	static const struct {
		enum certinfo_key certificate;
		enum pkinfo_kind key;
	} same[] = {
		{ CERTINFO_KEY_RSA, PKINFO_RSA },
		{ CERTINFO_KEY_P256, PKINFO_P256 },
		{ CERTINFO_KEY_P384, PKINFO_P384 },
	};
	const struct certinfo *info = certificate_info(c);
	bool alike = false;
	enum rc rc;

	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		alike = alike ||
		    (same[i].certificate == info->key &&
			same[i].key == key->kind);
	if (!alike ||
	    (key->kind == PKINFO_RSA && !span_equal(key->n, info->modulus)))
		return err_set(
		    e, RC_STATE, NULL, "the key is another certificate's");
	rc = key->kind == PKINFO_RSA ? certificate_rsa(info, key, e)
				     : certificate_ec(info, key, e);
	ERR_clear_error();

	return rc;
}
