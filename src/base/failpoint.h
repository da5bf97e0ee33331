/*
 * failpoint.h - see failpoint.c.
 */
#pragma once

#include <stdbool.h>

/*
 * A place where tests let a process die, or let a part fail. In builds without
 * the option "failpoints" (release) nothing of it is compiled in.
 *
 * FAILPOINT("name") kills the process when INGAM_FAILPOINT is "name", or, for
 * "name:3", when it is passed for the third time. FAULT("name") is true when
 * INGAM_FAULT is "name", or, for "name:3", from the third time on.
 */
#ifdef INGAM_FAILPOINTS
void failpoint_pass(const char *name);
bool failpoint_fault(const char *name);
#	define FAILPOINT(name) failpoint_pass(name)
#	define FAULT(name)     failpoint_fault(name)
#else
#	define FAILPOINT(name) ((void)0)
#	define FAULT(name)     false
#endif
