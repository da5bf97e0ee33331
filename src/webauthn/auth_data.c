/*
 * auth_data.c - authenticator data: the bytes that an authenticator signs.
 *
 * Belongs here: taking it apart; rpIdHash and flags.
 * Not here: the key inside (cose.c); the counter's meaning (assertion.c).
 */
#include "webauthn/auth_data.h"

#include "base/sec.h"
#include "webauthn/cbor.h"

/* One CBOR map at the reader's place. */
static enum rc
auth_map(struct rd *r, struct span *out, struct err *e)
{
	struct span rest = { r->p, rd_left(r) };
	size_t used;
	enum rc rc;

	if ((rc = cbor_check(rest, &used, e)) != RC_OK)
		return rc;
	*out = rd_bytes(r, used);
	if (out->p[0] >> 5 != 5)
		return err_set(e, RC_FORMAT, "authData", "not a CBOR map");

	return RC_OK;
}

static enum rc
auth_read(struct rd *r, struct auth_data *out, struct err *e)
{
	enum rc rc;

	out->rp_id_hash = rd_bytes(r, 32);
	out->flags = rd_u8(r);
	out->sign_count = rd_u32(r);
	if ((out->flags & AUTH_AT) != 0) {
		out->aaguid = rd_bytes(r, 16);
		out->credential_id = rd_lp16(r, AUTH_CREDENTIAL_ID_MAX);
		if (!r->failed && out->credential_id.n == 0)
			rd_fail(r);
		if (!r->failed &&
		    (rc = auth_map(r, &out->cose_key, e)) != RC_OK)
			return rc;
	}
	if ((out->flags & AUTH_ED) != 0 && !r->failed &&
	    (rc = auth_map(r, &out->extensions, e)) != RC_OK)
		return rc;
	if (!rd_done(r))
		return err_set(e, RC_FORMAT, "authData",
		    "length does not fit the flags (WebAuthn 6.1)");
	if ((out->flags & (AUTH_BE | AUTH_BS)) == AUTH_BS)
		return err_set(e, RC_FORMAT, "authData.flags",
		    "backed up, but not eligible (WebAuthn 6.1.3)");

	return RC_OK;
}

enum rc
auth_data_parse(struct span in, struct auth_data *out, struct err *e)
{
	struct rd r = rd_init(in);
	enum rc rc;

	memset(out, 0, sizeof(*out));
	if (in.n > AUTH_DATA_MAX)
		return err_set(e, RC_LIMIT, "authData", "too long");
	if ((rc = auth_read(&r, out, e)) != RC_OK)
		memset(out, 0, sizeof(*out));

	return rc;
}

enum rc
auth_data_check(const struct auth_data *a, const struct client_expected *want,
    struct err *e)
{
	if (!sec_equal(a->rp_id_hash, SPAN(want->rp_id_hash)))
		return err_set(
		    e, RC_DENIED, "rpIdHash", "credential of another site");
	if ((a->flags & AUTH_UP) == 0)
		return err_set(e, RC_DENIED, "flags.UP", "nobody was present");
	if ((a->flags & AUTH_UV) == 0)
		return err_set(
		    e, RC_DENIED, "flags.UV", "the person was not verified");

	return RC_OK;
}
