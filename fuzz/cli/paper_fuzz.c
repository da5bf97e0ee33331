/*
 * paper_fuzz.c - a message as it is carried, and a login's JSON: what is read
 * is written in each form and read again as the same.
 *
 * Belongs here: DER, PEM, base64 and hex; the members of a login.
 * Not here: the message in it (fuzz/x509/cms_fuzz.c, rawsig_fuzz.c).
 */
#include "cli/paper.h"

#include "cli/hometax.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
again(struct span der)
{
	for (int form = PAPER_PEM; form <= PAPER_HEX; form++) {
		struct buf text = buf_init(4 * der.n + 256);
		struct buf back = buf_init(der.n + 1);

		paper_encode(&text, (enum paper_form)form, "CMS", der);
		if (paper_decode(buf_span(&text), &back, NULL) != RC_OK ||
		    !span_equal(buf_span(&back), der))
			abort();
		buf_clear(&text);
		buf_clear(&back);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct buf der = buf_init(n + 1);
	struct hometax login = { 0 };
	struct span in = { p, n };
	struct err e = { 0 };
	enum rc rc = paper_decode(in, &der, &e);

	if (rc != RC_OK && e.msg[0] == '\0')
		abort();
	/* Hex is told from base64 by its digits: what is neither is not DER. */
	if (rc == RC_OK && der.n > 1 && der.p[0] == 0x30)
		again(buf_span(&der));
	buf_clear(&der);
	err_clear(&e);
	rc = hometax_read(in, &login, &e);
	if (rc == RC_OK ? login.certificate == NULL : e.msg[0] == '\0')
		abort();
	hometax_clear(&login);

	return 0;
}
