/*
 * hpke_fuzz.c - sealed messages that somebody made up.
 *
 * Belongs here: opening, where memory runs out too; the seeds are sealed to
 * the key below.
 * Not here: what is in them (vault).
 */
#include "failing.h"
#include "pake/hpke.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static struct hpke_key key;

static enum rc
run(struct span sealed)
{
	struct sec plain SEC_WIPED = { 0 };
	enum rc rc = hpke_open(&key, SPAN_LIT("INGAM-FUZZ1"), SPAN_LIT("aad"),
	    sealed, &plain, NULL);

	if ((rc == RC_OK) != (plain.p != NULL) ||
	    (rc == RC_OK && plain.n + HPKE_OVERHEAD != sealed.n))
		abort();

	return rc;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const uint8_t scalar[32] = { [31] = 7 };
	struct failing f = failing_take(p, n);

	if (key.private.p == NULL &&
	    hpke_key_load(&key, SPAN(scalar), NULL) != RC_OK)
		abort();
	(void)failing_run(&f, run);

	return 0;
}
