/*
 * natural.c - a product of two large numbers, where there is no OpenSSL.
 *
 * Belongs here: what a browser needs to see that the numbers of a key file
 * fit, on the machine of the person whose key it is; hence plain, and not in
 * constant time.
 * Not here: computing with a key; that is OpenSSL's, in the vault.
 */
#include "npki/natural.h"

#include "base/sec.h"

#include <string.h>

/* Numbers here are big-endian and as long as the modulus. */

static bool
natural_reaches(const uint8_t *a, struct span modulus)
{
	return memcmp(a, modulus.p, modulus.n) >= 0;
}

static void
natural_subtract(uint8_t *a, struct span modulus)
{
	unsigned int borrow = 0;

	for (size_t i = modulus.n; i-- > 0;) {
		unsigned int t = 0x100U + a[i] - modulus.p[i] - borrow;

		a[i] = (uint8_t)t;
		borrow = 1 - (t >> 8);
	}
}

/* a = a + b mod modulus; both are less than it. b may be a. */
static void
natural_add(uint8_t *a, const uint8_t *b, struct span modulus)
{
	unsigned int carry = 0;

	for (size_t i = modulus.n; i-- > 0;) {
		unsigned int t = carry + a[i] + b[i];

		a[i] = (uint8_t)t;
		carry = t >> 8;
	}
	if (carry != 0 || natural_reaches(a, modulus))
		natural_subtract(a, modulus);
}

/* out = a · b mod modulus; b is less than it. */
static void
natural_product(
    struct span a, const uint8_t *b, struct span modulus, uint8_t *out)
{
	memset(out, 0, modulus.n);
	for (size_t bit = 0; bit < 8 * a.n; bit++) {
		natural_add(out, out, modulus);
		if ((a.p[bit / 8] >> (7 - bit % 8) & 1) != 0)
			natural_add(out, b, modulus);
	}
}

void
natural_multiply(
    struct span a, struct span b, struct span modulus, uint8_t *out)
{
	uint8_t one[PLATFORM_NUMBER_MAX] = { 0 }, less[PLATFORM_NUMBER_MAX];

	/* One mod one is nothing. */
	one[modulus.n - 1] = 1;
	if (natural_reaches(one, modulus))
		one[modulus.n - 1] = 0;
	natural_product(b, one, modulus, less);
	natural_product(a, less, modulus, out);
	sec_wipe(less, sizeof(less));
}
