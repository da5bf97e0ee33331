/*
 * pfx_cheap.h - which PKCS#12 files are worth a fuzzer's time.
 *
 * Belongs here: telling how many iterations a file asks for.
 * Not here: making one (tests/lib/pfx_around.h).
 */
#pragma once

#include "npki/derput.h"

#include <stdbool.h>

/* An iteration count follows its salt; those over 2048 would cost time alone. */
static bool
pfx_is_cheap(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i + 1 < n; i++) {
		size_t at = i + 2 + p[i + 1], size;
		uint64_t count = 0;

		if (p[i] != DER_OCTETS || at + 1 >= n || p[at] != DER_INTEGER)
			continue;
		size = p[at + 1];
		for (size_t k = 0; k < size && k < 8 && at + 2 + k < n; k++)
			count = count << 8 | p[at + 2 + k];
		if (count > 2048)
			return false;
	}

	return true;
}
