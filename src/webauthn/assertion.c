/*
 * assertion.c - an answer of a credential: the proof behind each approval.
 *
 * Belongs here: navigator.credentials.get()'s answer, WebAuthn 7.2, whole.
 * Not here: which challenge, one-time use, the list of devices, counting
 * failures (vault).
 */
#include "webauthn/assertion.h"

#include "base/buf.h"
#include "webauthn/webauthn.h"

static enum rc
check_signature(struct span key, struct span authenticator_data,
    const uint8_t client_hash[static 32], struct span signature, struct err *e)
{
	struct buf data = buf_init(AUTH_DATA_MAX + 32);
	enum rc rc;

	buf_bytes(&data, authenticator_data);
	buf_bytes(&data, (struct span){ client_hash, 32 });
	rc = buf_ok(&data)
	    ? webauthn_verify(key, buf_span(&data), signature, e)
	    : err_set(e, RC_MEMORY, NULL, "no memory to check a signature");
	buf_clear(&data);

	return rc;
}

enum rc
assertion_verify(const struct client_expected *want,
    const struct assertion_credential *credential, struct span client_data_json,
    struct span authenticator_data, struct span signature,
    struct assertion *out, struct err *e)
{
	uint8_t client_hash[32];
	struct auth_data d;
	enum rc rc;

	memset(out, 0, sizeof(*out));
	if ((rc = client_data_check(client_data_json, "webauthn.get", want,
		 client_hash, e)) != RC_OK ||
	    (rc = auth_data_parse(authenticator_data, &d, e)) != RC_OK ||
	    (rc = auth_data_check(&d, want, e)) != RC_OK)
		return rc;
	if ((d.flags & AUTH_AT) != 0)
		return err_set(e, RC_FORMAT, "flags.AT",
		    "attested data in an assertion (WebAuthn 6.1)");
	if (((d.flags & AUTH_BE) != 0) != credential->backup_eligible)
		return err_set(e, RC_DENIED, "flags.BE",
		    "not as at registration (WebAuthn 7.2)");
	if ((rc = check_signature(credential->key, authenticator_data,
		 client_hash, signature, e)) != RC_OK)
		return rc;
	out->flags = d.flags;
	out->sign_count = d.sign_count;
	/* Many authenticators do not count: zero says nothing. */
	if (d.sign_count != 0 && credential->sign_count != 0 &&
	    d.sign_count <= credential->sign_count)
		return err_set(e, RC_POLICY, "signCount",
		    "the counter went back: a copied credential?");

	return RC_OK;
}
