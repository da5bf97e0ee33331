/*
 * registration.c - a new credential: attestation objects.
 *
 * Belongs here: navigator.credentials.create()'s answer, WebAuthn 7.1.
 * Not here: whom it belongs to, how many are allowed (vault, domain).
 */
#include "webauthn/registration.h"

#include "base/buf.h"
#include "webauthn/cbor.h"
#include "webauthn/webauthn.h"

/* An attestation object's three members (WebAuthn 6.5.4). */
struct attestation {
	struct span fmt;
	struct span statement; /* the whole map */
	struct span auth_data;
};

static struct span
find_string(struct span map, const char *key, enum cbor_type type)
{
	struct rd at;
	struct cbor_item item = { .type = CBOR_NONE };

	if (cbor_find_text(map, key, &at))
		item = cbor_next(&at);

	return item.type == type ? item.bytes : (struct span){ NULL, 0 };
}

static enum rc
attestation_parse(struct span in, struct attestation *out, struct err *e)
{
	struct rd at, head = rd_init(in);
	struct span rest;
	size_t used;
	enum rc rc;

	if (in.n > REGISTRATION_OBJECT_MAX)
		return err_set(e, RC_LIMIT, "attestationObject", "too long");
	if ((rc = cbor_check(in, &used, e)) != RC_OK)
		return rc;
	out->fmt = find_string(in, "fmt", CBOR_TEXT);
	out->auth_data = find_string(in, "authData", CBOR_BYTES);
	if (cbor_find_text(in, "attStmt", &at)) {
		rest = (struct span){ at.p, rd_left(&at) };
		cbor_skip(&at);
		out->statement = (struct span){ rest.p, rest.n - rd_left(&at) };
	}
	if (used != in.n || cbor_next(&head).n != 3 || out->fmt.n == 0 ||
	    out->auth_data.n == 0 || out->statement.n == 0 ||
	    out->statement.p[0] >> 5 != 5)
		return err_set(e, RC_FORMAT, "attestationObject",
		    "not an attestation object (WebAuthn 6.5.4)");

	return RC_OK;
}

/* Self attestation: the new key signs for itself (WebAuthn 8.2). */
static enum rc
check_self(const struct attestation *a, const struct cose_key *key,
    const uint8_t client_hash[static 32], struct err *e)
{
	static const int64_t ids[] = {
		[COSE_ES256] = -7, [COSE_EDDSA] = -8, [COSE_RS256] = -257
	};
	struct span signature = find_string(a->statement, "sig", CBOR_BYTES);
	struct buf data = buf_init(AUTH_DATA_MAX + 32);
	struct cbor_item alg = { .type = CBOR_NONE };
	struct rd at;
	enum rc rc;

	if (cbor_find_text(a->statement, "alg", &at))
		alg = cbor_next(&at);
	if (alg.type != CBOR_NINT ||
	    alg.n != (uint64_t)(-1 - ids[key->bytes[0]]) || signature.n == 0)
		return err_set(e, RC_DENIED, "attStmt",
		    "self attestation by another algorithm");
	buf_bytes(&data, a->auth_data);
	buf_bytes(&data, (struct span){ client_hash, 32 });
	rc = buf_ok(&data)
	    ? webauthn_verify((struct span){ key->bytes, key->n },
		  buf_span(&data), signature, e)
	    : err_set(e, RC_MEMORY, NULL, "no memory to check a signature");
	buf_clear(&data);

	return rc;
}

static enum rc
check_statement(const struct attestation *a, const struct cose_key *key,
    const uint8_t client_hash[static 32], struct err *e)
{
	struct rd at;

	if (span_equal(a->fmt, SPAN_LIT("none")))
		return a->statement.n == 1 ? RC_OK
					   : err_set(e, RC_FORMAT, "attStmt",
						 "not empty (WebAuthn 8.7)");
	/* With a chain it is a maker's claim, which we did not ask for. */
	if (span_equal(a->fmt, SPAN_LIT("packed")) &&
	    !cbor_find_text(a->statement, "x5c", &at))
		return check_self(a, key, client_hash, e);

	return RC_OK;
}

static enum rc
verify(const struct client_expected *want, struct span json, struct span object,
    struct registration *out, struct err *e)
{
	uint8_t client_hash[32];
	struct attestation a = { .fmt = { NULL, 0 } };
	struct auth_data d;
	enum rc rc;

	if ((rc = client_data_check(
		 json, "webauthn.create", want, client_hash, e)) != RC_OK ||
	    (rc = attestation_parse(object, &a, e)) != RC_OK ||
	    (rc = auth_data_parse(a.auth_data, &d, e)) != RC_OK ||
	    (rc = auth_data_check(&d, want, e)) != RC_OK)
		return rc;
	if ((d.flags & AUTH_AT) == 0)
		return err_set(
		    e, RC_FORMAT, "flags.AT", "no credential (WebAuthn 7.1)");
	if ((rc = cose_parse(d.cose_key, &out->key, e)) != RC_OK ||
	    (rc = webauthn_check_key(
		 (struct span){ out->key.bytes, out->key.n }, e)) != RC_OK ||
	    (rc = check_statement(&a, &out->key, client_hash, e)) != RC_OK)
		return rc;
	memcpy(out->credential_id, d.credential_id.p, d.credential_id.n);
	out->credential_id_n = d.credential_id.n;
	memcpy(out->aaguid, d.aaguid.p, sizeof(out->aaguid));
	out->flags = d.flags;
	out->sign_count = d.sign_count;

	return RC_OK;
}

enum rc
registration_verify(const struct client_expected *want,
    struct span client_data_json, struct span attestation_object,
    struct registration *out, struct err *e)
{
	enum rc rc;

	memset(out, 0, sizeof(*out));
	rc = verify(want, client_data_json, attestation_object, out, e);
	if (rc != RC_OK)
		memset(out, 0, sizeof(*out));

	return rc;
}
