/*
 * ocsp_fuzz.c - an answer of an attacker about our certificate. What is taken
 * was signed by who may, so that only the seeds are, and says one of three.
 *
 * Belongs here: answers with and without a nonce.
 * Not here: fetching them (tests/system/online.test.mjs).
 */
#include "x509/ocsp.h"

#include "paper.h"

#include <stdlib.h>

/* 2024-01-01, when the seeds were made for. */
#define NOW_MS (1704067200LL * 1000)

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct certificate *ca, *leaf;
	/* Every other answer is to a question with a nonce. */
	struct span nonce = { p, n > 16 && p[n - 1] % 2 == 1 ? 16 : 0 };
	struct ocsp_status out;
	struct err e = { 0 };
	enum rc rc;

	if (ca == NULL &&
	    (certificate_parse(SPAN(paper_ca), &ca, NULL) != RC_OK ||
		certificate_parse(SPAN(paper_leaf), &leaf, NULL) != RC_OK))
		abort();
	rc =
	    ocsp_read((struct span){ p, n }, leaf, ca, nonce, NOW_MS, &out, &e);
	if (rc != RC_OK && (e.msg[0] == '\0' || out.state != OCSP_UNKNOWN))
		abort();
	if (rc == RC_OK && out.this_ms > NOW_MS + OCSP_SKEW_MS)
		abort();

	return 0;
}
