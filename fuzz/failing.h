/*
 * failing.h - inputs that say which allocation fails.
 *
 * The last seven bytes of such an input are "fail", whose allocation it is
 * (even: our own, odd: libcrypto's) and its number in two bytes, from 1. What
 * does not end so is read whole, and nothing fails.
 *
 * Belongs here: taking these bytes off, what may come of a failure.
 * Not here: counting and failing (tests/starve.c, which the linker puts before
 * the allocator); what is done meanwhile (the targets).
 */
#pragma once

#include "base/err.h"
#include "base/span.h"
#include "starve.h"

#include <string.h>

struct failing {
	struct span input; /* without the seven bytes */
	enum starve_whose whose;
	uint32_t nth; /* from 1; 0: none fails */
};

static inline struct failing
failing_take(const uint8_t *p, size_t n)
{
	struct failing f = { .input = { p, n } };

	if (n < 7 || memcmp(p + n - 7, "fail", 4) != 0)
		return f;
	f.input.n = n - 7;
	f.whose = p[n - 3] % 2 == 0 ? STARVE_OWN : STARVE_LIBCRYPTO;
	f.nth = (uint32_t)(p[n - 2] << 8 | p[n - 1]);

	return f;
}

/*
 * Ends the process unless it comes to the same as if nothing had failed, or is
 * refused for want of memory (RC_LIMIT: a buf does not say why it ended). Of
 * libcrypto we may learn only that it failed, but nobody is told that he is
 * wrong.
 */
static inline void
failing_check(const struct failing *f, enum rc whole, enum rc rc, bool failed)
{
	if (rc == whole)
		return;
	if (!failed || rc == RC_OK || rc == RC_SECRET || rc == RC_LOCKED ||
	    rc == RC_DENIED ||
	    (f->whose == STARVE_OWN && rc != RC_MEMORY && rc != RC_CRYPTO &&
		rc != RC_LIMIT))
		abort();
}

/*
 * Runs a step that reads the input and keeps nothing: as it is, with the
 * failure where the input asks for one, and again. Gives what it comes to when
 * nothing fails.
 */
static inline enum rc
failing_run(const struct failing *f, enum rc (*run)(struct span input))
{
	enum rc whole = run(f->input), rc;
	bool failed;

	if (f->nth == 0)
		return whole;
	starve_begin(starve_here(), f->whose, f->nth);
	rc = run(f->input);
	failed = starve_end(starve_here());
	failing_check(f, whole, rc, failed);
	if (run(f->input) != whole)
		abort();

	return whole;
}
