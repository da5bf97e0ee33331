/*
 * failpoint.c - where tests pull the plug.
 *
 * Belongs here: reading which point is meant, dying there.
 * Not here: the points themselves (whoever has a durable step).
 */
#include "base/failpoint.h"

#ifdef INGAM_FAILPOINTS
#	include "base/text.h"

#	include <signal.h>
#	include <stdatomic.h>
#	include <stdlib.h>
#	include <string.h>

/* Is "name" or "name:n" meant, and is this the nth time or a later one? */
static bool
failpoint_is(const char *wanted, const char *name, _Atomic uint64_t *passed)
{
	size_t n = strlen(name);
	uint64_t nth = 1;

	if (wanted == NULL || strncmp(wanted, name, n) != 0 ||
	    (wanted[n] != '\0' && wanted[n] != ':'))
		return false;
	if (wanted[n] == ':' &&
	    text_uint(span_str(wanted + n + 1), UINT32_MAX, &nth, NULL) !=
		RC_OK)
		return false;

	return atomic_fetch_add(passed, 1) + 1 >= nth;
}

void
failpoint_pass(const char *name)
{
	static _Atomic uint64_t passed;

	/* Under seccomp the call itself is the death. */
	if (failpoint_is(getenv("INGAM_FAILPOINT"), name, &passed))
		(void)raise(SIGKILL);
}

bool
failpoint_fault(const char *name)
{
	static _Atomic uint64_t passed;

	return failpoint_is(getenv("INGAM_FAULT"), name, &passed);
}
#endif
