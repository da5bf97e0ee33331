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

void
failpoint_pass(const char *name)
{
	static _Atomic uint64_t passed;
	const char *wanted = getenv("INGAM_FAILPOINT");
	size_t n = strlen(name);
	uint64_t nth = 1;

	if (wanted == NULL || strncmp(wanted, name, n) != 0 ||
	    (wanted[n] != '\0' && wanted[n] != ':'))
		return;
	if (wanted[n] == ':' &&
	    text_uint(span_str(wanted + n + 1), UINT32_MAX, &nth, NULL) !=
		RC_OK)
		return;
	if (atomic_fetch_add(&passed, 1) + 1 < nth)
		return;
	/* Under seccomp the call itself is the death. */
	(void)raise(SIGKILL);
}

bool
failpoint_fault(const char *name)
{
	const char *wanted = getenv("INGAM_FAULT");

	return wanted != NULL && strcmp(wanted, name) == 0;
}
#endif
