/*
 * registration.h - see registration.c.
 */
#pragma once

#include "base/err.h"
#include "base/span.h"
#include "webauthn/auth_data.h"
#include "webauthn/client_data.h"
#include "webauthn/cose.h"

#define REGISTRATION_OBJECT_MAX 16384

/* A new credential. */
struct registration {
	uint8_t credential_id[AUTH_CREDENTIAL_ID_MAX];
	size_t credential_id_n;
	struct cose_key key;
	uint8_t aaguid[16];
	uint8_t flags;
	uint32_t sign_count;
};

/*
 * Checks what navigator.credentials.create() gave (WebAuthn level 3, 7.1):
 * clientDataJSON with type webauthn.create, challenge, origin; rpIdHash; UP
 * and UV; the key. Attestation is asked for as "none": formats none and packed
 * (self) are checked, the statement of any other is read as CBOR and left
 * alone. RC_FORMAT, RC_LIMIT, RC_UNKNOWN (algorithm), RC_DENIED. On failure
 * out is all zeros.
 */
IG_CHECK enum rc registration_verify(const struct client_expected *want,
    struct span client_data_json, struct span attestation_object,
    struct registration *out, struct err *e);
