/*
 * attestation_fuzz.c - attestation objects: CBOR, authenticator data, keys.
 *
 * Belongs here: registration_verify() behind client data that always fits.
 * Not here: client data (client_data_fuzz.c).
 */
#include "base/digest.h"
#include "webauthn/cbor.h"
#include "webauthn/registration.h"
#include "webauthn/webauthn.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const struct span origin[] = { SPAN_LIT("https://a.example") };
	static const struct span json = SPAN_LIT(
	    "{\"type\":\"webauthn.create\",\"challenge\":\"AAAAAAAAAAAAAAAAAAAA"
	    "AAAAAAAAAAAAAAAAAAAAAAA\",\"origin\":\"https://a.example\"}");
	struct client_expected want = { .origins = origin, .n_origins = 1 };
	struct span rp = SPAN_LIT("app.ingam.example");
	struct registration r;
	struct cose_parts parts;
	struct span key;
	size_t used;

	digest_sha256(want.rp_id_hash, &rp, 1);
	if (cbor_check((struct span){ p, n }, &used, NULL) == RC_OK) {
		struct rd at = rd_init((struct span){ p, n });

		/* What was checked can be walked, to the same end. */
		cbor_skip(&at);
		if (at.failed || (size_t)(at.p - p) != used)
			abort();
	}
	if (registration_verify(&want, json, (struct span){ p, n }, &r, NULL) !=
	    RC_OK)
		return 0;
	key = (struct span){ r.key.bytes, r.key.n };
	if (cose_split(key, &parts, NULL) != RC_OK ||
	    webauthn_check_key(key, NULL) != RC_OK || r.credential_id_n == 0 ||
	    (r.flags & (AUTH_UP | AUTH_UV)) != (AUTH_UP | AUTH_UV))
		abort();

	return 0;
}
