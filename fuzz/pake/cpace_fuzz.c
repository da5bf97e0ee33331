/*
 * cpace_fuzz.c - the three messages of CPace, as a stranger sends them.
 *
 * Belongs here: the input as first message, as answer, as confirmation.
 * Not here: the frame that follows (transfer_fuzz.c).
 */
#include "pake/cpace.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const uint8_t scalar[32] = { 1, 2, 3 };
	struct cpace_in in = { SPAN_LIT("1234567890128"),
		SPAN_LIT("INGAM-IMPORT1"), SPAN_LIT("12345"),
		SPAN_LIT("0123456789abcdef"), { NULL, 0 }, scalar };
	struct span message = { p, n };
	struct buf out = buf_init(1024);
	struct cpace_keys keys;
	struct cpace c = { .step = 0 };

	if (cpace_answer(&c, &in, message, &out, NULL) == RC_OK) {
		/* Whoever does not know the code has no keys. */
		if (n > CPACE_FIRST_MAX ||
		    cpace_confirm(&c, message, &keys, NULL) == RC_OK)
			abort();
	}
	cpace_clear(&c);
	buf_reset(&out);
	if (cpace_start(&c, &in, &out, NULL) != RC_OK)
		abort();
	if (cpace_finish(&c, message, &out, &keys, NULL) == RC_OK)
		abort();
	cpace_clear(&c);
	buf_clear(&out);

	return 0;
}
