/*
 * keyfile_fuzz.c - a key file of an attacker. It is opened where that is
 * cheap, so that padding and contents are reached as well.
 *
 * Belongs here: the file's forms, opened with two passwords.
 * Not here: the decrypted key alone (pkinfo_fuzz.c); writing one
 * (writers_fuzz.c).
 */
#include "npki/keyfile.h"

#include "npki/pkinfo.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct sec key SEC_WIPED = { 0 };
	struct span file = { p, n }, none = { NULL, 0 };
	struct err e = { 0 };
	struct keyfile k;
	struct pkinfo i;

	if (keyfile_parse(file, &k, &e) != RC_OK) {
		if (k.encrypted.p != NULL || e.msg[0] == '\0')
			abort();
		return 0;
	}
	if (k.pbe.iterations > 64)
		return 0;
	if (keyfile_open(file, SPAN_LIT("WTuA8Ev0lWXVFSiI!"), none, &key, &e) ==
	    RC_OK) {
		if (pkinfo_parse(sec_span(&key), &i, NULL) != RC_OK)
			abort();
		return 0;
	}
	/* As bytes and as Windows had them; of another certificate's key. */
	if (keyfile_open(file, SPAN_LIT("\xeb\xb9\x84\xeb\xb0\x80"), file, &key,
		&e) == RC_OK)
		abort();

	return 0;
}
