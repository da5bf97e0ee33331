/*
 * cookie_fuzz.c - any Cookie header: a value is found clean, or not at all.
 *
 * Belongs here: one cookie, by its name.
 * Not here: whether a session has that value (api).
 */
#include "http/pairs.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct span in = { p, n }, value;

	if (!pairs_cookie(in, "__Host-session", &value)) {
		if (value.n != 0)
			abort();
		return 0;
	}
	if (value.n > n || value.p < p || value.p + value.n > p + n)
		abort();
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] <= ' ' || value.p[i] >= 0x7f ||
		    value.p[i] == ';')
			abort();
	}

	return 0;
}
