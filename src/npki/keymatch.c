/*
 * keymatch.c - does a private key belong to a certificate, and is it whole?
 *
 * Belongs here: the relations between a key's numbers. Key files have no
 * authentication, so a damaged one can decrypt; and one wrong CRT number
 * gives a signature that gives the key away.
 * Not here: reading the numbers (pkinfo.c); computing with them (platform.h);
 * keeping keys (vault).
 */
#include "npki/keymatch.h"

#include "base/sec.h"
#include "npki/platform.h"

#include <string.h>

static const struct span one = { (const uint8_t *)"\x01", 1 };

/* *good stays only where a · b mod modulus = want, which has no leading zero. */
static enum rc
keymatch_holds(struct span a, struct span b, struct span modulus,
    struct span want, bool *good, struct err *e)
{
	uint8_t made[PLATFORM_NUMBER_MAX];
	struct span t = { made, modulus.n };
	enum rc rc = platform_multiply(a, b, modulus, made, e);

	while (rc == RC_OK && t.n > 0 && t.p[0] == 0)
		t = (struct span){ t.p + 1, t.n - 1 };
	*good = rc == RC_OK && *good && sec_equal(t, want);
	sec_wipe(made, sizeof(made));

	return rc;
}

/* n = p · q: modulo a number that no product of this length reaches. */
static enum rc
keymatch_product(const struct pkinfo *key, bool *good, struct err *e)
{
	uint8_t beyond[PLATFORM_NUMBER_MAX] = { 1 };
	struct span modulus = { beyond, key->p.n + key->q.n + 1 };

	if (modulus.n > sizeof(beyond)) {
		*good = false;
		return RC_OK;
	}

	return keymatch_holds(key->p, key->q, modulus, key->n, good, e);
}

static bool
keymatch_is_odd(struct span s)
{
	return (s.p[s.n - 1] & 1) != 0 && !span_equal(s, one);
}

/*
 * For one prime (RFC 8017 3.2): exponent = d mod (prime - 1), and
 * e · exponent = 1 mod (prime - 1).
 */
static enum rc
keymatch_prime(const struct pkinfo *key, struct span prime,
    struct span exponent, bool *good, struct err *e)
{
	uint8_t before[PLATFORM_NUMBER_MAX];
	struct span modulus = { before, prime.n };
	enum rc rc;

	memcpy(before, prime.p, prime.n);
	before[prime.n - 1] &= 0xfe;
	rc = keymatch_holds(key->d, one, modulus, exponent, good, e);
	if (rc == RC_OK)
		rc = keymatch_holds(key->e, exponent, modulus, one, good, e);
	sec_wipe(before, sizeof(before));

	return rc;
}

static enum rc
keymatch_rsa(const struct certinfo *c, const struct pkinfo *key, struct err *e)
{
	bool good = keymatch_is_odd(key->p) && keymatch_is_odd(key->q) &&
	    span_equal(key->e, c->exponent);
	enum rc rc = RC_OK;

	if (good)
		rc = keymatch_product(key, &good, e);
	if (rc == RC_OK && good)
		rc = keymatch_prime(key, key->p, key->dp, &good, e);
	if (rc == RC_OK && good)
		rc = keymatch_prime(key, key->q, key->dq, &good, e);
	/* qi · q = 1 mod p, and qi < p. */
	if (rc == RC_OK && good)
		rc = keymatch_holds(key->qi, key->q, key->p, one, &good, e);
	if (rc == RC_OK && good)
		rc = keymatch_holds(key->qi, one, key->p, key->qi, &good, e);
	if (rc == RC_OK && !good)
		return err_set(
		    e, RC_FORMAT, NULL, "the key's numbers do not fit");

	return rc;
}

static enum rc
keymatch_ec(const struct certinfo *c, const struct pkinfo *key, struct err *e)
{
	enum platform_curve curve = key->kind == PKINFO_P256
	    ? PLATFORM_CURVE_P256
	    : PLATFORM_CURVE_P384;
	uint8_t point[PLATFORM_POINT_MAX];
	struct span made = { point, c->point.n };
	enum rc rc = platform_point(curve, key->scalar, point, e);

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
keymatch_check(
    const struct certinfo *c, const struct pkinfo *key, struct err *e)
{
	static const struct {
		enum certinfo_key certificate;
		enum pkinfo_kind key;
	} same[] = {
		{ CERTINFO_KEY_RSA, PKINFO_RSA },
		{ CERTINFO_KEY_P256, PKINFO_P256 },
		{ CERTINFO_KEY_P384, PKINFO_P384 },
	};
	bool alike = false;

	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		alike = alike ||
		    (same[i].certificate == c->key && same[i].key == key->kind);
	if (!alike ||
	    (key->kind == PKINFO_RSA && !span_equal(key->n, c->modulus)))
		return err_set(
		    e, RC_STATE, NULL, "the key is another certificate's");

	return key->kind == PKINFO_RSA ? keymatch_rsa(c, key, e)
				       : keymatch_ec(c, key, e);
}
