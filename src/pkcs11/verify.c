/*
 * verify.c - C_Verify and its parts: for anybody, no phone is asked.
 *
 * Belongs here: who may verify with what; what goes to the helper.
 * Not here: the arithmetic (token/verify.c), for which the module would have
 * to bring a whole cryptographic library into the host; the data that comes
 * in parts (operation.c).
 */
#include "pkcs11/state.h"

#define VERIFY_WAIT_MS 10000

static CK_RV
verify_begin(struct state *st, struct session *s, const CK_MECHANISM *given,
    CK_OBJECT_HANDLE key)
{
	struct object o;

	if (!object_find(&st->objects, key, st->logged_in, &o))
		return CKR_KEY_HANDLE_INVALID;
	if (o.class == CKO_PRIVATE_KEY)
		return CKR_KEY_FUNCTION_NOT_PERMITTED;
	if (o.class != CKO_PUBLIC_KEY)
		return CKR_KEY_HANDLE_INVALID;
	if ((o.record->may & OBJECT_VERIFY) == 0)
		return CKR_KEY_FUNCTION_NOT_PERMITTED;

	return operation_begin(&s->verify, given, key, &o.record->o);
}

CK_RV
C_VerifyInit(
    CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
	return operation_init(
	    handle, OPERATION_VERIFY, mechanism, key, verify_begin);
}

/* The helper cannot read a key: a point that a program made, off its curve. */
static bool
verify_is_no_key(struct span answer)
{
	struct tokenframe_failed failed;

	return tokenframe_failed_parse(answer, &failed, NULL) == RC_OK &&
	    failed.rc == RC_FORMAT;
}

static CK_RV
verify_answer(enum rc rc, struct span answer)
{
	bool good;

	if (rc == RC_STATE)
		return CKR_FUNCTION_CANCELED;
	if (rc == RC_MEMORY)
		return CKR_HOST_MEMORY;
	/* Nothing is the signature of what is no key. */
	if (rc == RC_OK && verify_is_no_key(answer))
		return CKR_SIGNATURE_INVALID;
	if (rc != RC_OK ||
	    tokenframe_verified_parse(answer, &good, NULL) != RC_OK)
		return CKR_DEVICE_ERROR;

	return good ? CKR_OK : CKR_SIGNATURE_INVALID;
}

/* Sends digest, signature and public key, and waits. The session is held. */
static CK_RV
verify_ask(struct state *st, struct session *s, struct span signature)
{
	struct operation *op = &s->verify;
	struct tokenframe_verify v = { .scheme = op->mech->scheme,
		.salt = op->salt,
		.signature = signature };
	struct buf request = buf_init(TOKENFRAME_REQUEST_MAX);
	struct buf answer = buf_init(TOKENFRAME_MAX);
	struct err e = { 0 };
	enum rc rc = RC_MEMORY;
	struct object o;
	CK_RV rv = operation_digest(op, &v.digest);

	if (rv != CKR_OK)
		return rv;
	/* A login since C_VerifyInit may have brought another list. */
	if (!object_find(&st->objects, op->key, st->logged_in, &o))
		return CKR_KEY_HANDLE_INVALID;
	v.hash = op->digest;
	v.spki = o.record->o.spki;
	tokenframe_verify(&request, &v);
	if (buf_ok(&request))
		rc = helper_call(st, s, buf_span(&request),
		    (struct span){ NULL, 0 }, VERIFY_WAIT_MS, &answer, &e);
	/* A dead helper took the approval with it. */
	if (rc == RC_IO)
		st->logged_in = false;
	rv = verify_answer(rc, buf_span(&answer));
	buf_clear(&request);
	buf_clear(&answer);

	return rv;
}

/* The last step of C_Verify and C_VerifyFinal: the operation is over. */
static CK_RV
verify_finish(struct state *st, struct session *s, struct span data,
    struct span signature)
{
	CK_RV rv;

	if (signature.n != s->verify.signature_bytes) {
		s->verify.active = false;
		return CKR_SIGNATURE_LEN_RANGE;
	}
	s->busy = true;
	state_pause(st);
	rv = operation_add(&s->verify, data.p, data.n);
	state_resume(st);
	if (rv == CKR_OK && !s->closed)
		rv = verify_ask(st, s, signature);
	s->verify.active = false;

	return session_release(st, s, rv);
}

CK_RV
C_Verify(CK_SESSION_HANDLE handle, CK_BYTE *data, CK_ULONG data_bytes,
    CK_BYTE *signature, CK_ULONG signature_bytes)
{
	struct session *s;
	struct state *st;
	CK_RV rv = operation_enter(handle, OPERATION_VERIFY, &st, &s);

	if (rv != CKR_OK)
		return rv;
	if (s->verify.updated)
		rv = CKR_OPERATION_ACTIVE;
	else if (signature == NULL || (data == NULL && data_bytes > 0))
		rv = CKR_ARGUMENTS_BAD;
	if (rv == CKR_OK)
		rv = verify_finish(st, s, (struct span){ data, data_bytes },
		    (struct span){ signature, signature_bytes });
	else
		s->verify.active = false;
	state_leave(st);

	return rv;
}

CK_RV
C_VerifyUpdate(CK_SESSION_HANDLE handle, CK_BYTE *data, CK_ULONG data_bytes)
{
	return operation_update(handle, OPERATION_VERIFY, data, data_bytes);
}

CK_RV
C_VerifyFinal(
    CK_SESSION_HANDLE handle, CK_BYTE *signature, CK_ULONG signature_bytes)
{
	struct session *s;
	struct state *st;
	CK_RV rv = operation_enter(handle, OPERATION_VERIFY, &st, &s);

	if (rv != CKR_OK)
		return rv;
	if (signature == NULL) {
		rv = CKR_ARGUMENTS_BAD;
		s->verify.active = false;
	} else {
		rv = verify_finish(st, s, (struct span){ NULL, 0 },
		    (struct span){ signature, signature_bytes });
	}
	state_leave(st);

	return rv;
}
