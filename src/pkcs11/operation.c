/*
 * operation.c - what C_Sign and C_Verify have in common.
 *
 * Belongs here: beginning one, entering one that is under way, data that comes
 * in parts, and the digest of it.
 * Not here: what is done with the digest (sign.c, verify.c); mechanisms
 * (mech.c).
 */
#include "pkcs11/operation.h"

#include "pkcs11/state.h"

#include <string.h>

/* r ‖ s: the point is 04 ‖ x ‖ y, in an OCTET STRING of one length byte or two. */
static size_t
operation_bytes(const struct tokenframe_object *o)
{
	size_t n = o->ec_point.n;

	if (o->key == TOKENFRAME_KEY_RSA)
		return o->modulus.n;

	return n - (n > 127 + 2 ? 4 : 3);
}

CK_RV
operation_begin(struct operation *op, const CK_MECHANISM *given,
    CK_OBJECT_HANDLE key, const struct tokenframe_object *o)
{
	const struct mech *m = mech_find(given->mechanism);
	CK_RV rv;

	if (m == NULL || m->use != CKF_SIGN)
		return CKR_MECHANISM_INVALID;
	if ((m->key == CKK_RSA) != (o->key == TOKENFRAME_KEY_RSA))
		return CKR_KEY_TYPE_INCONSISTENT;
	rv = mech_check_parameter(
	    m, given, o->modulus.n, &op->digest, &op->salt);
	if (rv != CKR_OK)
		return rv;
	op->mech = m;
	op->key = key;
	memcpy(op->certificate, o->id, sizeof(op->certificate));
	op->signature_bytes = operation_bytes(o);
	op->raw_n = 0;
	op->updated = false;
	if (m->hashes)
		hash_init(&op->hash, m->hash);
	op->active = true;

	return CKR_OK;
}

CK_RV
operation_add(struct operation *op, const CK_BYTE *data, CK_ULONG n)
{
	if (op->mech->hashes) {
		hash_add(&op->hash, data, n);
		return CKR_OK;
	}
	if (n > sizeof(op->raw) - op->raw_n)
		return CKR_DATA_LEN_RANGE;
	if (n > 0)
		memcpy(op->raw + op->raw_n, data, n);
	op->raw_n += n;

	return CKR_OK;
}

CK_RV
operation_digest(struct operation *op, struct span *out)
{
	struct span raw = { op->raw, op->raw_n };

	if (!op->mech->hashes)
		return mech_raw_digest(
		    op->mech, raw, op->signature_bytes, &op->digest, out);
	hash_end(&op->hash, op->raw);
	*out = (struct span){ op->raw, hash_bytes(op->mech->hash) };

	return CKR_OK;
}

static struct operation *
operation_of(struct session *s, enum operation_kind kind)
{
	return kind == OPERATION_SIGN ? &s->sign : &s->verify;
}

CK_RV
operation_init(CK_SESSION_HANDLE handle, enum operation_kind kind,
    const CK_MECHANISM *given, CK_OBJECT_HANDLE key, operation_beginner *begin)
{
	struct operation *op;
	struct session *s;
	struct state *st;
	CK_RV rv = state_enter_session(handle, &st, &s);

	if (rv != CKR_OK)
		return rv;
	op = operation_of(s, kind);
	if (s->busy || (given != NULL && op->active))
		rv = CKR_OPERATION_ACTIVE;
	else if (given == NULL)
		op->active = false; /* PKCS#11 3.0, 5.13.1 and 5.15.1 */
	else
		rv = begin(st, s, given, key);
	state_leave(st);

	return rv;
}

CK_RV
operation_enter(CK_SESSION_HANDLE handle, enum operation_kind kind,
    struct state **st, struct session **s)
{
	CK_RV rv = state_enter_session(handle, st, s);

	if (rv != CKR_OK)
		return rv;
	if ((*s)->busy)
		rv = CKR_OPERATION_ACTIVE;
	else if (!operation_of(*s, kind)->active)
		rv = CKR_OPERATION_NOT_INITIALIZED;
	if (rv != CKR_OK)
		state_leave(*st);

	return rv;
}

CK_RV
operation_update(CK_SESSION_HANDLE handle, enum operation_kind kind,
    const CK_BYTE *data, CK_ULONG n)
{
	struct operation *op;
	struct session *s;
	struct state *st;
	CK_RV rv = operation_enter(handle, kind, &st, &s);

	if (rv != CKR_OK)
		return rv;
	op = operation_of(s, kind);
	if (data == NULL && n > 0) {
		rv = CKR_ARGUMENTS_BAD;
		op->active = false;
	} else {
		s->busy = true;
		op->updated = true;
		state_pause(st);
		rv = operation_add(op, data, n);
		state_resume(st);
		if (rv != CKR_OK)
			op->active = false;
		rv = session_release(st, s, rv);
	}
	state_leave(st);

	return rv;
}
