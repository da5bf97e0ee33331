/*
 * digest.c - C_Digest and its parts.
 *
 * Belongs here: the operation's state.
 * Not here: hashing (hash.c).
 */
#include "pkcs11/state.h"

#include <string.h>

CK_RV
C_DigestInit(CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism)
{
	const struct mech *m;
	struct session *s;
	struct state *st;
	CK_RV rv = state_enter_session(handle, &st, &s);

	if (rv != CKR_OK)
		return rv;
	if (s->busy || (mechanism != NULL && s->digest.active)) {
		rv = CKR_OPERATION_ACTIVE;
	} else if (mechanism == NULL) {
		s->digest.active = false; /* PKCS#11 3.0, 5.12.1 */
	} else if ((m = mech_find(mechanism->mechanism)) == NULL ||
	    m->use != CKF_DIGEST) {
		rv = CKR_MECHANISM_INVALID;
	} else if (mechanism->ulParameterLen != 0) {
		rv = CKR_MECHANISM_PARAM_INVALID;
	} else {
		hash_init(&s->digest.hash, m->hash);
		s->digest.active = true;
		s->digest.updated = false;
	}
	state_leave(st);

	return rv;
}

/* Holds a session that digests. */
static CK_RV
digest_enter(CK_SESSION_HANDLE handle, struct state **st, struct session **s)
{
	CK_RV rv = state_enter_session(handle, st, s);

	if (rv != CKR_OK)
		return rv;
	if ((*s)->busy)
		rv = CKR_OPERATION_ACTIVE;
	else if (!(*s)->digest.active)
		rv = CKR_OPERATION_NOT_INITIALIZED;
	if (rv != CKR_OK)
		state_leave(*st);

	return rv;
}

/* Without the lock: the data may be long. */
static CK_RV
digest_add(struct state *st, struct session *s, const CK_BYTE *data, CK_ULONG n)
{
	s->busy = true;
	state_pause(st);
	hash_add(&s->digest.hash, data, n);
	state_resume(st);

	return session_release(st, s, CKR_OK);
}

/* Where the digest would go: length only, too small, or there. */
static CK_RV
digest_check_room(
    const struct session *s, const CK_BYTE *out, CK_ULONG *n, bool *fits)
{
	CK_ULONG need = hash_bytes(s->digest.hash.kind);
	CK_ULONG have = *n;

	*fits = out != NULL && have >= need;
	*n = need;

	return out == NULL || *fits ? CKR_OK : CKR_BUFFER_TOO_SMALL;
}

CK_RV
C_Digest(CK_SESSION_HANDLE handle, CK_BYTE *data, CK_ULONG data_bytes,
    CK_BYTE *out, CK_ULONG *out_bytes)
{
	struct session *s;
	struct state *st;
	bool fits = false;
	CK_RV rv = digest_enter(handle, &st, &s);

	if (rv != CKR_OK)
		return rv;
	if (s->digest.updated) {
		rv = CKR_OPERATION_ACTIVE;
		s->digest.active = false;
	} else if (out_bytes == NULL || (data == NULL && data_bytes > 0)) {
		rv = CKR_ARGUMENTS_BAD;
		s->digest.active = false;
	} else {
		rv = digest_check_room(s, out, out_bytes, &fits);
	}
	if (fits && (rv = digest_add(st, s, data, data_bytes)) == CKR_OK) {
		hash_end(&s->digest.hash, out);
		s->digest.active = false;
	}
	state_leave(st);

	return rv;
}

CK_RV
C_DigestUpdate(CK_SESSION_HANDLE handle, CK_BYTE *data, CK_ULONG data_bytes)
{
	struct session *s;
	struct state *st;
	CK_RV rv = digest_enter(handle, &st, &s);

	if (rv != CKR_OK)
		return rv;
	if (data == NULL && data_bytes > 0) {
		rv = CKR_ARGUMENTS_BAD;
		s->digest.active = false;
	} else {
		s->digest.updated = true;
		rv = digest_add(st, s, data, data_bytes);
	}
	state_leave(st);

	return rv;
}

CK_RV
C_DigestFinal(CK_SESSION_HANDLE handle, CK_BYTE *out, CK_ULONG *out_bytes)
{
	struct session *s;
	struct state *st;
	bool fits = false;
	CK_RV rv = digest_enter(handle, &st, &s);

	if (rv != CKR_OK)
		return rv;
	if (out_bytes == NULL) {
		rv = CKR_ARGUMENTS_BAD;
		s->digest.active = false;
	} else {
		rv = digest_check_room(s, out, out_bytes, &fits);
	}
	if (fits) {
		hash_end(&s->digest.hash, out);
		s->digest.active = false;
	}
	state_leave(st);

	return rv;
}
