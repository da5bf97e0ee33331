/*
 * capubs_fuzz.c - a CaPubs file of an attacker; what is read is written again.
 *
 * Belongs here: the reader, then the writer.
 * Not here: the certificates in it (certinfo_fuzz.c).
 */
#include "npki/capubs.h"

#include <stdlib.h>

#define MAX 4

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static uint8_t again[CAPUBS_MAX];
	struct span file = { p, n }, parts[MAX], second[MAX];
	struct derput w = derput_init(again, sizeof(again));
	struct err e = { 0 };
	size_t found, twice;

	if (capubs_parse(file, parts, MAX, &found, &e) != RC_OK) {
		if (found != 0 || e.msg[0] == '\0')
			abort();
		return 0;
	}
	capubs_put(&w, parts, found);
	/* Each once, root first: the same bytes in another order at most. */
	if (derput_span(&w).n != n ||
	    capubs_parse(derput_span(&w), second, MAX, &twice, NULL) != RC_OK ||
	    twice != found)
		abort();

	return 0;
}
