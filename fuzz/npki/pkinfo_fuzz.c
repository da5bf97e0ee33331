/*
 * pkinfo_fuzz.c - a decrypted key of an attacker; spans stay inside it.
 *
 * Belongs here: PrivateKeyInfo: the numbers, and R.
 * Not here: decrypting (keyfile_fuzz.c).
 */
#include "npki/pkinfo.h"

#include <stdlib.h>

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

	return 0;
}
