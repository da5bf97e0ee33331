/*
 * pressed.c - a person who presses Ctrl-C at the worst moment: PRESSED, the
 * number of a signal, comes before a file is renamed.
 *
 * Belongs here: rename(2) for LD_PRELOAD.
 * Not here: what must be there then (tests/system/ends.test.mjs).
 */
#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>

int
rename(const char *from, const char *to)
{
	int (*real)(const char *, const char *);
	const char *number = getenv("PRESSED");

	/* ISO C has no way from an object's address to a function's. */
	*(void **)&real = dlsym(RTLD_NEXT, "rename");
	if (number != NULL)
		(void)raise(atoi(number));

	return real(from, to);
}
