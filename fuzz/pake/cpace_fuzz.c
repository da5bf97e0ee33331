/*
 * cpace_fuzz.c - the three messages of CPace, as a stranger sends them.
 *
 * Belongs here: the input as first message, as answer, as confirmation.
 * Not here: the frame that follows (transfer_fuzz.c).
 */
#include "pake/cpace.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static const uint8_t scalar[32] = { 1, 2, 3 };
static const struct cpace_in in = { SPAN_LIT("1234567890128"),
	SPAN_LIT("INGAM-IMPORT1"), SPAN_LIT("12345"),
	SPAN_LIT("0123456789abcdef"), { NULL, 0 }, scalar };

/* As the responder; whoever does not know the code has no keys. */
static void
fuzz_answer(struct span message, struct buf *out)
{
	struct cpace c = { .step = 0 };
	struct cpace_keys keys;

	if (cpace_answer(&c, &in, message, out, NULL) == RC_OK &&
	    (message.n > CPACE_FIRST_MAX ||
		cpace_confirm(&c, message, &keys, NULL) == RC_OK))
		abort();
	cpace_clear(&c);
}

/* As the initiator, who began once: its first message is always the same. */
static void
fuzz_finish(struct span message, struct buf *out)
{
	static struct cpace begun;
	struct cpace_keys keys;
	struct cpace c;

	if (begun.secret.p == NULL &&
	    cpace_start(&begun, &in, out, NULL) != RC_OK)
		abort();
	c = begun;
	c.secret = (struct sec){ 0 };
	if (sec_copy(&c.secret, sec_span(&begun.secret), NULL) != RC_OK ||
	    cpace_finish(&c, message, out, &keys, NULL) == RC_OK)
		abort();
	cpace_clear(&c);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct buf out = buf_init(1024);

	fuzz_answer((struct span){ p, n }, &out);
	buf_reset(&out);
	fuzz_finish((struct span){ p, n }, &out);
	buf_clear(&out);

	return 0;
}
