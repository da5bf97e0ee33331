/*
 * hpke_fuzz.c - sealed messages that somebody made up.
 *
 * Belongs here: opening; the seeds are sealed to the key below.
 * Not here: what is in them (vault).
 */
#include "pake/hpke.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct hpke_key key;
	static const uint8_t scalar[32] = { [31] = 7 };
	struct sec plain SEC_WIPED = { 0 };
	enum rc rc;

	if (key.private.p == NULL &&
	    hpke_key_load(&key, SPAN(scalar), NULL) != RC_OK)
		abort();
	rc = hpke_open(&key, SPAN_LIT("INGAM-FUZZ1"), SPAN_LIT("aad"),
	    (struct span){ p, n }, &plain, NULL);
	if ((rc == RC_OK) != (plain.p != NULL) ||
	    (rc == RC_OK && plain.n + HPKE_OVERHEAD != n))
		abort();

	return 0;
}
