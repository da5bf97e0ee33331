/*
 * pfx_fuzz.c - a PKCS#12 file of an attacker. Nobody finds a right MAC by
 * chance, so the input is the contents of the authSafe, and the file around it
 * is made here; an input that is itself a whole file is read as one too.
 *
 * Belongs here: the bags of an authSafe, and whole files.
 * Not here: key files that come out (keyfile_fuzz.c).
 */
#include "lib/pfx_around.h"
#include "pfx_cheap.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
open_one(struct span file)
{
	struct err e = { 0 };
	struct pfx out;
	enum rc rc = pfx_open(file, SPAN_LIT(PFX_PASSWORD), &out, &e);

	if (rc != RC_OK &&
	    (out.plain.p != NULL || out.n != 0 || out.chain_n != 0 ||
		e.msg[0] == '\0'))
		abort();
	for (size_t i = 0; rc == RC_OK && i < out.n; i++) {
		struct certinfo c;

		if (certinfo_parse(out.pairs[i].certificate, &c, NULL) !=
			RC_OK ||
		    !pfx_is_pair(out.pairs[i].info, &c))
			abort();
	}
	if (rc == RC_OK && out.n == 0)
		abort();
	pfx_clear(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static uint8_t memory[PFX_MAX + 256];
	struct span in = { p, n };

	if (n > PFX_MAX || !pfx_is_cheap(p, n))
		return 0;
	open_one(in);
	open_one(pfx_around(in, memory, sizeof(memory)));

	return 0;
}
