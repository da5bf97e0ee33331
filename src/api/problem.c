/*
 * problem.c - what a person is told when something goes wrong.
 *
 * Belongs here: the table of problems, and the one a code stands for.
 * Not here: how a problem document is written (http/response.c).
 */
#include "api/problem.h"

static const struct problem_text texts[PROBLEM_COUNT] = {
#define PROBLEM_ROW(code, slug, status, ko, next_ko, en, next_en) \
	[PROBLEM_##code] = { slug, status, ko, next_ko, en, next_en },
	PROBLEM_TABLE(PROBLEM_ROW)
#undef PROBLEM_ROW
};

const struct problem_text *
problem_text(enum problem p)
{
	return &texts[p < PROBLEM_COUNT ? p : PROBLEM_INTERNAL];
}

enum problem
problem_of(enum rc rc)
{
	switch (rc) { /* no default: a new code must not compile here */
	case RC_FORMAT:
	case RC_UNKNOWN:
		return PROBLEM_BAD_REQUEST;
	case RC_LIMIT:
		return PROBLEM_TOO_LARGE;
	case RC_POLICY:
	case RC_STATE:
	case RC_EXISTS:
		return PROBLEM_CONFLICT;
	case RC_DENIED:
		return PROBLEM_APPROVAL_REFUSED;
	case RC_SECRET:
		return PROBLEM_WRONG_CODE;
	case RC_LOCKED:
		return PROBLEM_LOCKED;
	case RC_RATE:
		return PROBLEM_RATE_LIMITED;
	case RC_ABSENT:
		return PROBLEM_NOT_FOUND;
	case RC_EXPIRED:
		return PROBLEM_EXPIRED;
	case RC_REFUSED:
		return PROBLEM_REFUSED;
	case RC_BUSY:
		return PROBLEM_BUSY;
	case RC_OK:
	case RC_IO:
	case RC_MEMORY:
	case RC_CRYPTO:
	case RC_BUG:
		return PROBLEM_INTERNAL;
	}

	return PROBLEM_INTERNAL;
}
