/*
 * assertion.h - see assertion.c.
 */
#pragma once

#include "base/err.h"
#include "base/span.h"
#include "webauthn/auth_data.h"
#include "webauthn/client_data.h"

/* What is known of the credential that is said to have answered. */
struct assertion_credential {
	struct span key;      /* compact, cose.h */
	uint32_t sign_count;  /* the last one seen */
	bool backup_eligible; /* BE at registration; never changes */
};

struct assertion {
	uint8_t flags;
	uint32_t sign_count;
};

/*
 * Checks what navigator.credentials.get() gave (WebAuthn level 3, 7.2), all or
 * nothing: type webauthn.get, challenge, origin, crossOrigin, topOrigin,
 * rpIdHash, UP and UV, BE as registered, the signature, the counter. Needs
 * webauthn_init(); opens no file.
 *
 * RC_FORMAT, RC_LIMIT: not what it claims to be. RC_DENIED: a check fails; the
 * err names the field. RC_POLICY: all is right but the counter
 * went back or stood, both figures not being zero: the credential may have
 * been copied.
 * out is set with RC_OK and RC_POLICY, zeros otherwise.
 */
IG_CHECK enum rc assertion_verify(const struct client_expected *want,
    const struct assertion_credential *credential, struct span client_data_json,
    struct span authenticator_data, struct span signature,
    struct assertion *out, struct err *e);
