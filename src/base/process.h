/*
 * process.h - see process.c.
 */
#pragma once

#include "base/err.h"

/* Is this a build under a sanitizer, which wants to trace itself? */
#if defined(__has_feature)
#	if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#		define PROCESS_SANITIZED 1
#	endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#	define PROCESS_SANITIZED 1
#endif
#ifndef PROCESS_SANITIZED
#	define PROCESS_SANITIZED 0
#endif

/*
 * From here on this process leaves no core (its children neither), and other
 * processes of the same user cannot read its memory or trace it; under a
 * sanitizer they can. RC_IO.
 */
IG_CHECK enum rc process_hide(struct err *e);
