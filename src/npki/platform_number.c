/*
 * platform_number.c - large numbers and points, on a machine with OpenSSL.
 *
 * Belongs here: what is asked of a private key before it is used (keymatch.c).
 * Not here: using it (x509/pkey.c); hashes and ciphers (platform_openssl.c).
 */
#include "npki/platform_openssl.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>

static BIGNUM *
platform_number(BN_CTX *ctx, struct span s)
{
	BIGNUM *n = BN_CTX_get(ctx);

	if (n == NULL || s.n > INT32_MAX || BN_bin2bn(s.p, (int)s.n, n) == NULL)
		return NULL;
	BN_set_flags(n, BN_FLG_CONSTTIME);

	return n;
}

enum rc
platform_multiply(struct span a, struct span b, struct span modulus,
    uint8_t *out, struct err *e)
{
	BN_CTX *ctx = BN_CTX_secure_new();
	BIGNUM *x, *y, *m, *product;
	bool good;

	if (ctx == NULL)
		return err_set(e, RC_MEMORY, NULL, "no memory");
	BN_CTX_start(ctx);
	x = platform_number(ctx, a);
	y = platform_number(ctx, b);
	m = platform_number(ctx, modulus);
	product = BN_CTX_get(ctx);
	good = x != NULL && y != NULL && m != NULL && product != NULL &&
	    BN_mod_mul(product, x, y, m, ctx) == 1 &&
	    BN_bn2binpad(product, out, (int)modulus.n) >= 0;
	BN_CTX_end(ctx);
	BN_CTX_free(ctx);
	ERR_clear_error();

	return good ? RC_OK : platform_failed(e);
}

static enum rc
platform_scalar_point(const EC_GROUP *group, struct span scalar, uint8_t *out,
    BN_CTX *ctx, struct err *e)
{
	EC_POINT *point = EC_POINT_new(group);
	BIGNUM *k = platform_number(ctx, scalar);
	size_t n = 2 * scalar.n + 1;
	bool good = false, outside = false;

	if (point != NULL && k != NULL) {
		outside =
		    BN_is_zero(k) || BN_cmp(k, EC_GROUP_get0_order(group)) >= 0;
		good = !outside &&
		    EC_POINT_mul(group, point, k, NULL, NULL, ctx) == 1 &&
		    EC_POINT_point2oct(group, point,
			POINT_CONVERSION_UNCOMPRESSED, out, n, ctx) == n;
	}
	EC_POINT_free(point);
	if (outside)
		return err_set(
		    e, RC_FORMAT, NULL, "the key's numbers do not fit");

	return good ? RC_OK : platform_failed(e);
}

enum rc
platform_point(
    enum platform_curve curve, struct span scalar, uint8_t *out, struct err *e)
{
	EC_GROUP *group = EC_GROUP_new_by_curve_name(
	    curve == PLATFORM_CURVE_P256 ? NID_X9_62_prime256v1
					 : NID_secp384r1);
	BN_CTX *ctx = BN_CTX_secure_new();
	enum rc rc;

	if (group == NULL || ctx == NULL) {
		rc = err_set(e, RC_MEMORY, NULL, "no memory");
	} else {
		BN_CTX_start(ctx);
		rc = platform_scalar_point(group, scalar, out, ctx, e);
		BN_CTX_end(ctx);
	}
	BN_CTX_free(ctx);
	EC_GROUP_free(group);
	ERR_clear_error();

	return rc;
}
