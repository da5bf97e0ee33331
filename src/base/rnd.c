/*
 * rnd.c - random bytes and digits.
 *
 * Belongs here: the kernel's generator, and numbers without bias.
 * Not here: keys (they come from libcrypto, in the vault).
 */
#include "base/rnd.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

void
rnd_bytes(void *p, size_t n)
{
	uint8_t *at = p;

	while (n > 0) {
		ssize_t got = getrandom(at, n, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			abort();
		at += got;
		n -= (size_t)got;
	}
}

uint32_t
rnd_below(uint32_t bound)
{
	uint32_t limit = UINT32_MAX - UINT32_MAX % bound;
	uint32_t v;

	do {
		rnd_bytes(&v, sizeof(v));
	} while (v >= limit);

	return v % bound;
}

void
rnd_digits(char *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (char)('0' + rnd_below(10));
	out[n] = '\0';
}
