/*
 * assertion_fuzz.c - authenticator data and signature of an assertion.
 *
 * Belongs here: the input is a key length, a compact key, a signature length,
 * a signature, and authenticator data.
 * Not here: client data (client_data_fuzz.c).
 */
#include "base/digest.h"
#include "base/rd.h"
#include "webauthn/assertion.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const struct span origin[] = { SPAN_LIT("https://a.example") };
	static const struct span json = SPAN_LIT(
	    "{\"type\":\"webauthn.get\",\"challenge\":\"AAAAAAAAAAAAAAAAAAAA"
	    "AAAAAAAAAAAAAAAAAAAAAAA\",\"origin\":\"https://a.example\"}");
	struct client_expected want = { .origins = origin, .n_origins = 1 };
	struct span rp = SPAN_LIT("app.ingam.example");
	struct rd r = rd_init((struct span){ p, n });
	struct assertion_credential known = { .sign_count = 1 };
	struct assertion out;
	struct span signature, data;
	enum rc rc;

	known.key = rd_lp16(&r, 600);
	signature = rd_lp16(&r, 600);
	data = rd_bytes(&r, rd_left(&r));
	if (r.failed)
		return 0;
	digest_sha256(want.rp_id_hash, &rp, 1);
	known.backup_eligible = data.n > 32 && (data.p[32] & AUTH_BE) != 0;
	rc = assertion_verify(&want, &known, json, data, signature, &out, NULL);
	if ((rc == RC_OK || rc == RC_POLICY) &&
	    (out.flags & (AUTH_UP | AUTH_UV)) != (AUTH_UP | AUTH_UV))
		abort();

	return 0;
}
