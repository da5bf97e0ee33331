/*
 * cpace_fuzz.c - the three messages of CPace, as a stranger sends them, and as
 * the one who knows the code does; where memory runs out too.
 *
 * Belongs here: the input as first message, as answer, as confirmation.
 * Not here: the frame that follows (transfer_fuzz.c).
 */
#include "failing.h"
#include "pake/cpace.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static const uint8_t scalars[2][32] = { { 1, 2, 3 }, { 4, 5, 6 } };
static const struct cpace_in sides[2] = {
	{ SPAN_LIT("1234567890128"), SPAN_LIT("INGAM-IMPORT1"),
	    SPAN_LIT("12345"), SPAN_LIT("0123456789abcdef"), { NULL, 0 },
	    scalars[0] },
	{ SPAN_LIT("1234567890128"), SPAN_LIT("INGAM-IMPORT1"),
	    SPAN_LIT("12345"), SPAN_LIT("0123456789abcdef"), { NULL, 0 },
	    scalars[1] },
};

/* The two who know the code: their messages, and how far each side is. */
static struct {
	struct buf first, answer, confirm;
	struct cpace started, answered;
} known;

static enum rc
copy(struct cpace *to, const struct cpace *from)
{
	*to = *from;
	to->secret = (struct sec){ 0 };

	return sec_copy(&to->secret, sec_span(&from->secret), NULL);
}

static void
meet(void)
{
	struct cpace_keys ours, theirs;
	struct cpace a, b;

	known.first = known.answer = known.confirm = buf_init(1024);
	if (cpace_start(&known.started, &sides[0], &known.first, NULL) !=
		RC_OK ||
	    cpace_answer(&known.answered, &sides[1], buf_span(&known.first),
		&known.answer, NULL) != RC_OK ||
	    copy(&a, &known.started) != RC_OK ||
	    copy(&b, &known.answered) != RC_OK)
		abort();
	if (cpace_finish(&a, buf_span(&known.answer), &known.confirm, &ours,
		NULL) != RC_OK ||
	    cpace_confirm(&b, buf_span(&known.confirm), &theirs, NULL) !=
		RC_OK ||
	    memcmp(&ours, &theirs, sizeof(ours)) != 0)
		abort();
	cpace_clear(&a);
	cpace_clear(&b);
}

/* Keys for nobody but the one who knows the code. */
static void
check(enum rc rc, struct span message, const struct buf *right,
    const struct cpace_keys *keys)
{
	static const struct cpace_keys none;

	if (rc == RC_OK && !span_equal(message, buf_span(right)))
		abort();
	if ((rc == RC_OK) == (memcmp(keys, &none, sizeof(none)) == 0))
		abort();
}

static enum rc
run_answer(struct span message)
{
	struct buf out = buf_init(1024);
	struct cpace c = { .step = 0 };
	struct cpace_keys keys;
	enum rc rc = cpace_answer(&c, &sides[1], message, &out, NULL);

	/* There is one guess, and a first message is none. */
	if ((rc == RC_OK && message.n > CPACE_FIRST_MAX) ||
	    cpace_confirm(&c, message, &keys, NULL) == RC_OK ||
	    cpace_confirm(&c, buf_span(&known.confirm), &keys, NULL) !=
		RC_STATE)
		abort();
	cpace_clear(&c);
	buf_clear(&out);

	return rc;
}

static enum rc
run_finish(struct span message)
{
	struct buf out = buf_init(1024);
	struct cpace_keys keys;
	struct cpace c;
	enum rc rc;

	if ((rc = copy(&c, &known.started)) != RC_OK)
		return rc;
	rc = cpace_finish(&c, message, &out, &keys, NULL);
	check(rc, message, &known.answer, &keys);
	cpace_clear(&c);
	buf_clear(&out);

	return rc;
}

static enum rc
run_confirm(struct span message)
{
	struct cpace_keys keys;
	struct cpace c;
	enum rc rc;

	if ((rc = copy(&c, &known.answered)) != RC_OK)
		return rc;
	rc = cpace_confirm(&c, message, &keys, NULL);
	check(rc, message, &known.confirm, &keys);
	cpace_clear(&c);

	return rc;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct failing f = failing_take(p, n);

	if (known.first.p == NULL)
		meet();
	(void)failing_run(&f, run_answer);
	(void)failing_run(&f, run_finish);
	(void)failing_run(&f, run_confirm);

	return 0;
}
