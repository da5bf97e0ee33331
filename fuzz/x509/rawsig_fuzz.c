/*
 * rawsig_fuzz.c - a logSgnt of an attacker: what is read is what was written,
 * and nothing is left over.
 *
 * Belongs here: the text with its four parts.
 * Not here: verifying it (tests/unit/x509/rawsig_test.c).
 */
#include "x509/rawsig.h"

#include "base/enc.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* The input is the text within the base64, so that its form is found. */
int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct buf text = buf_init(2 * RAWSIG_MAX), room = buf_init(RAWSIG_MAX);
	struct err e = { 0 };
	struct rawsig s;
	enum rc rc;

	enc_base64(&text, (struct span){ p, n });
	if (!buf_ok(&text)) {
		buf_clear(&text);
		return 0;
	}
	rc = rawsig_parse(buf_span(&text), &room, &s, &e);
	if (rc == RC_OK
		? s.challenge.n + s.serial.n + s.signature.n + 14 + 3 != n
		: s.challenge.p != NULL || e.msg[0] == '\0')
		abort();
	buf_clear(&text);
	buf_clear(&room);

	return 0;
}
