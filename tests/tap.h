/*
 * tap.h - a test framework of forty lines: one line a check, in TAP.
 *
 * Belongs here: ok(), is_int(), the count at the end.
 * Not here: fixtures (each test's own).
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static int tap_count;
static int tap_failed;

__attribute__((format(printf, 2, 3))) static inline bool
ok(bool good, const char *fmt, ...)
{
	va_list ap;

	printf("%sok %d - ", good ? "" : "not ", ++tap_count);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	if (!good)
		tap_failed++;
	fflush(stdout);

	return good;
}

/* Says why the last check failed, or anything else worth reading. */
#define diag(...) (printf("# " __VA_ARGS__), printf("\n"))

/* A test that cannot run here is counted as skipped, by name. */
static inline void
skip(const char *what, const char *why)
{
	printf("ok %d - %s # SKIP %s\n", ++tap_count, what, why);
}

/*
 * Of what is tried by the thousand, every which one: all of them, unless
 * something slow that watches (tools/memcheck.sh) asks for fewer.
 */
__attribute__((unused)) static inline size_t
tap_each(void)
{
	const char *each = getenv("INGAM_EACH");
	size_t n = each == NULL ? 1 : strtoul(each, NULL, 10);

	return n == 0 ? 1 : n;
}

static inline int
tap_done(void)
{
	printf("1..%d\n", tap_count);

	return tap_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
