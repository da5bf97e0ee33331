/*
 * sign.c - C_Sign and its parts.
 *
 * Belongs here: who may sign with what; what goes to the helper, once.
 * Not here: the data that comes in parts (operation.c); approval and
 * verification (token/approval.c).
 */
#include "pkcs11/state.h"

#include <string.h>

/* Browsers give a handshake up after 30 s. */
#define SIGN_WAIT_MS  25000
#define SIGN_SLACK_MS 10000

static CK_RV
sign_rv(enum rc rc)
{
	switch (rc) {
	case RC_OK:
		return CKR_OK;
	case RC_REFUSED:
		return CKR_FUNCTION_REJECTED;
	case RC_EXPIRED:
	case RC_STATE:
		return CKR_FUNCTION_CANCELED;
	case RC_SECRET:
	case RC_LOCKED:
	case RC_DENIED:
		return CKR_USER_NOT_LOGGED_IN;
	case RC_POLICY:
		return CKR_KEY_FUNCTION_NOT_PERMITTED;
	case RC_ABSENT:
		return CKR_DEVICE_ERROR;
	case RC_RATE:
	case RC_BUSY:
		return CKR_TOKEN_RESOURCE_EXCEEDED;
	case RC_MEMORY:
		return CKR_HOST_MEMORY;
	case RC_EXISTS:
	case RC_IO:
	case RC_FORMAT:
	case RC_LIMIT:
	case RC_UNKNOWN:
	case RC_CRYPTO:
		return CKR_DEVICE_ERROR;
	case RC_BUG:
		return CKR_GENERAL_ERROR;
	}

	return CKR_GENERAL_ERROR;
}

static CK_RV
sign_begin(struct state *st, struct session *s, const CK_MECHANISM *given,
    CK_OBJECT_HANDLE key)
{
	struct object o;

	if (!st->logged_in)
		return CKR_USER_NOT_LOGGED_IN;
	if (!object_find(&st->objects, key, true, &o))
		return CKR_KEY_HANDLE_INVALID;
	if (o.class == CKO_PUBLIC_KEY)
		return CKR_KEY_FUNCTION_NOT_PERMITTED;
	if (o.class != CKO_PRIVATE_KEY)
		return CKR_KEY_HANDLE_INVALID;
	if (!o.record->o.usable)
		return CKR_KEY_FUNCTION_NOT_PERMITTED;

	return operation_begin(&s->sign, given, key, &o.record->o);
}

CK_RV
C_SignInit(
    CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
	return operation_init(
	    handle, OPERATION_SIGN, mechanism, key, sign_begin);
}

static enum rc
sign_answer(struct state *st, const struct operation *op, struct span answer,
    CK_BYTE *out, struct err *e)
{
	struct tokenframe_failed failed;
	struct span signature;
	enum rc rc;

	if (answer.n > 0 && answer.p[0] == TOKENFRAME_FAILED) {
		if ((rc = tokenframe_failed_parse(answer, &failed, e)) != RC_OK)
			return rc;
		/* The approval is gone for good: programs must log in again. */
		if (failed.rc == RC_DENIED)
			st->logged_in = false;
		return err_set(e, failed.rc, "sign", "refused by helper");
	}
	if ((rc = tokenframe_signed_parse(answer, &signature, e)) != RC_OK)
		return rc;
	if (signature.n != op->signature_bytes)
		return err_set(e, RC_FORMAT, "signature", "of another length");
	memcpy(out, signature.p, signature.n);

	return RC_OK;
}

/* Sends the digest and waits. The session is held. */
static CK_RV
sign_ask(struct state *st, struct session *s, CK_BYTE *out)
{
	struct operation *op = &s->sign;
	struct tokenframe_sign q = { .wait_ms = SIGN_WAIT_MS,
		.scheme = op->mech->scheme,
		.salt = op->salt };
	struct buf request = buf_init(TOKENFRAME_REQUEST_MAX);
	struct buf answer = buf_init(TOKENFRAME_MAX);
	struct err e = { 0 };
	enum rc rc = RC_MEMORY;
	CK_RV rv = operation_digest(op, &q.digest);

	if (rv != CKR_OK)
		return rv;
	q.hash = op->digest;
	memcpy(q.certificate, op->certificate, sizeof(q.certificate));
	tokenframe_sign(&request, &q);
	if (buf_ok(&request))
		rc = helper_call(st, s, buf_span(&request),
		    (struct span){ NULL, 0 }, SIGN_WAIT_MS + SIGN_SLACK_MS,
		    &answer, &e);
	/* A dead helper took the approval with it. */
	if (rc == RC_IO)
		st->logged_in = false;
	if (rc == RC_OK)
		rc = sign_answer(st, op, buf_span(&answer), out, &e);
	buf_clear(&request);
	buf_clear(&answer);

	return sign_rv(rc);
}

/*
 * The last step of C_Sign and C_SignFinal. A question for the length, or a
 * buffer that is too small, keeps the operation and sends nothing.
 */
static CK_RV
sign_finish(struct state *st, struct session *s, struct span data, CK_BYTE *out,
    CK_ULONG *out_bytes)
{
	CK_ULONG have = *out_bytes;
	CK_RV rv;

	*out_bytes = s->sign.signature_bytes;
	if (out == NULL)
		return CKR_OK;
	if (have < s->sign.signature_bytes)
		return CKR_BUFFER_TOO_SMALL;
	s->busy = true;
	state_pause(st);
	rv = operation_add(&s->sign, data.p, data.n);
	state_resume(st);
	if (rv == CKR_OK && !s->closed)
		rv = sign_ask(st, s, out);
	s->sign.active = false;

	return session_release(st, s, rv);
}

CK_RV
C_Sign(CK_SESSION_HANDLE handle, CK_BYTE *data, CK_ULONG data_bytes,
    CK_BYTE *out, CK_ULONG *out_bytes)
{
	struct session *s;
	struct state *st;
	CK_RV rv = operation_enter(handle, OPERATION_SIGN, &st, &s);

	if (rv != CKR_OK)
		return rv;
	if (s->sign.updated)
		rv = CKR_OPERATION_ACTIVE;
	else if (out_bytes == NULL || (data == NULL && data_bytes > 0))
		rv = CKR_ARGUMENTS_BAD;
	if (rv == CKR_OK)
		rv = sign_finish(
		    st, s, (struct span){ data, data_bytes }, out, out_bytes);
	else
		s->sign.active = false;
	state_leave(st);

	return rv;
}

CK_RV
C_SignUpdate(CK_SESSION_HANDLE handle, CK_BYTE *data, CK_ULONG data_bytes)
{
	return operation_update(handle, OPERATION_SIGN, data, data_bytes);
}

CK_RV
C_SignFinal(CK_SESSION_HANDLE handle, CK_BYTE *out, CK_ULONG *out_bytes)
{
	struct session *s;
	struct state *st;
	CK_RV rv = operation_enter(handle, OPERATION_SIGN, &st, &s);

	if (rv != CKR_OK)
		return rv;
	if (out_bytes == NULL) {
		rv = CKR_ARGUMENTS_BAD;
		s->sign.active = false;
	} else {
		rv = sign_finish(
		    st, s, (struct span){ NULL, 0 }, out, out_bytes);
	}
	state_leave(st);

	return rv;
}
