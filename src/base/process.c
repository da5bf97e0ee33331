/*
 * process.c - this process, as others of its user may see it.
 *
 * Belongs here: no core, no tracer.
 * Not here: memory that is locked (sec.c, vault/heap.c); what a process may
 * still do (vault/jail.c).
 */
#include "base/process.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/resource.h>
#ifdef __linux__
#	include <sys/prctl.h>
#endif

static bool
process_untraced(void)
{
#ifdef __linux__
	return PROCESS_SANITIZED || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
#else
	return true; /* what traces there asks for a right first */
#endif
}

enum rc
process_hide(struct err *e)
{
	const struct rlimit none = { 0, 0 };

	if (setrlimit(RLIMIT_CORE, &none) != 0 || !process_untraced())
		return err_set(e, RC_IO, "process", "%s", strerror(errno));

	return RC_OK;
}
