/*
 * pkinfo_fuzz.c - a decrypted key of an attacker; spans stay inside it, and
 * whether its numbers fit is computed alike here and in a browser.
 *
 * Belongs here: PrivateKeyInfo: the numbers, and R.
 * Not here: decrypting (keyfile_fuzz.c).
 */
#include "npki/keymatch.h"
#include "npki/natural.h"

#include <stdlib.h>
#include <string.h>

#define SHORT 64 /* octets of numbers that are multiplied twice */

/* A certificate that is this key's, as far as it goes. */
static void
match(const struct pkinfo *i)
{
	struct certinfo c = { .modulus = i->n, .exponent = i->e };
	enum rc rc;

	c.key = i->kind == PKINFO_RSA ? CERTINFO_KEY_RSA
	    : i->kind == PKINFO_P256  ? CERTINFO_KEY_P256
				      : CERTINFO_KEY_P384;
	c.point = i->point;
	rc = keymatch_check(&c, i, NULL);
	if (rc != RC_OK && rc != RC_FORMAT && rc != RC_STATE)
		abort();
}

static void
multiply(const struct pkinfo *i)
{
	uint8_t want[SHORT], got[SHORT];

	if (i->d.n == 0 || i->d.n > SHORT || i->q.n > SHORT || i->p.n > SHORT)
		return;
	natural_multiply(i->d, i->q, i->p, got);
	if (platform_multiply(i->d, i->q, i->p, want, NULL) != RC_OK ||
	    memcmp(want, got, i->p.n) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct pkinfo i;
	const struct span *all[] = { &i.n, &i.e, &i.d, &i.p, &i.q, &i.dp, &i.dq,
		&i.qi, &i.scalar, &i.point, &i.r };

	if (pkinfo_parse((struct span){ p, n }, &i, NULL) != RC_OK)
		return 0;
	for (size_t k = 0; k < sizeof(all) / sizeof(all[0]); k++) {
		const struct span *s = all[k];

		if (s->n > 0 && (s->p < p || s->p + s->n > p + n))
			abort();
	}
	if (i.r.n != 0 && i.r.n != PKINFO_R)
		abort();
	match(&i);
	multiply(&i);

	return 0;
}
