/*
 * client_data_fuzz.c - clientDataJSON.
 *
 * Belongs here: the reader and the checks.
 * Not here: what is signed with it (assertion_fuzz.c).
 */
#include "base/text.h"
#include "webauthn/client_data.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const struct span origin[] = { SPAN_LIT(
	    "https://app.ingam.example") };
	struct client_expected want = { .origins = origin, .n_origins = 1 };
	struct client_data d;
	uint8_t hash[32];
	enum rc rc, checked;

	rc = client_data_parse((struct span){ p, n }, &d, NULL);
	if (rc == RC_OK &&
	    (n > CLIENT_DATA_MAX || !text_is_utf8(d.origin) || d.origin.p < p ||
		d.origin.p + d.origin.n > p + n))
		abort();
	checked = client_data_check(
	    (struct span){ p, n }, "webauthn.get", &want, hash, NULL);
	if (checked == RC_OK &&
	    (rc != RC_OK || !span_equal(d.origin, origin[0]) || d.cross_origin))
		abort();

	return 0;
}
