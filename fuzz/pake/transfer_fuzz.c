/*
 * transfer_fuzz.c - the payload of a transfer: from a peer who has the code.
 *
 * Belongs here: the plain text, and the input as a sealed frame.
 * Not here: key agreement (cpace_fuzz.c).
 */
#include "pake/transfer.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const struct sec_key key = { { 7 } };
	struct sec plain SEC_WIPED = { 0 };
	struct transfer_files f;

	if (transfer_parse((struct span){ p, n }, &f, NULL) == RC_OK &&
	    9 + 8 + f.sign_cert.n + f.sign_pri.n + f.km_cert.n + f.km_pri.n !=
		n)
		abort();
	(void)!transfer_open(&key, (struct span){ p, n }, &plain, &f, NULL);

	return 0;
}
