/*
 * session.c - sessions: opened, closed, cancelled, described.
 *
 * Belongs here: the list of sessions, and who may work on one.
 * Not here: logging in (login.c); operations (find.c, sign.c, digest.c).
 */
#include "pkcs11/session.h"

#include "pkcs11/state.h"
#include "wire/tokenframe.h"

#include <stdlib.h>
#include <string.h>

struct session *
session_find(struct state *st, CK_SESSION_HANDLE handle)
{
	for (struct session *s = st->sessions; s != NULL; s = s->next)
		if (s->handle == handle)
			return s;

	return NULL;
}

static void
session_free(struct session *s)
{
	free(s->find.handles);
	explicit_bzero(s, sizeof(*s));
	free(s);
}

static void
session_close(struct state *st, struct session *s)
{
	struct session **at = &st->sessions;

	while (*at != s)
		at = &(*at)->next;
	*at = s->next;
	object_remove_session(&st->objects, s->handle);
	if (s->busy) {
		s->closed = true;
		helper_wake(&st->helper, s);
	} else {
		session_free(s);
	}
	/* PKCS#11 3.0, 5.6.2: the last session takes the login with it. */
	if (st->sessions == NULL)
		st->logged_in = false;
}

void
session_close_all(struct state *st)
{
	while (st->sessions != NULL)
		session_close(st, st->sessions);
}

CK_RV
session_hold(struct session *s)
{
	if (s->busy)
		return CKR_OPERATION_ACTIVE;
	s->busy = true;

	return CKR_OK;
}

CK_RV
session_release(struct state *st, struct session *s, CK_RV rv)
{
	s->busy = false;
	if (!s->closed)
		return rv;
	session_free(s);

	return st->ending ? CKR_CRYPTOKI_NOT_INITIALIZED : CKR_SESSION_CLOSED;
}

CK_RV
C_OpenSession(CK_SLOT_ID slot, CK_FLAGS flags, void *application,
    CK_NOTIFY notify, CK_SESSION_HANDLE *handle)
{
	static const uint8_t announce[] = { TOKENFRAME_ANNOUNCE };
	struct session *s = NULL;
	struct state *st;
	CK_RV rv = state_enter(&st);

	(void)application;
	(void)notify;
	if (rv != CKR_OK)
		return rv;
	if (slot != STATE_SLOT)
		rv = CKR_SLOT_ID_INVALID;
	else if (handle == NULL ||
	    (flags & ~(CKF_SERIAL_SESSION | CKF_RW_SESSION)) != 0)
		rv = CKR_ARGUMENTS_BAD;
	else if ((flags & CKF_SERIAL_SESSION) == 0)
		rv = CKR_SESSION_PARALLEL_NOT_SUPPORTED;
	else if (!st->present)
		rv = CKR_TOKEN_NOT_PRESENT;
	else if ((s = calloc(1, sizeof(*s))) == NULL)
		rv = CKR_HOST_MEMORY;
	if (s != NULL) {
		s->handle = ++st->last_session;
		s->slot = slot;
		s->writable = (flags & CKF_RW_SESSION) != 0;
		s->channel = -1;
		s->next = st->sessions;
		st->sessions = s;
		*handle = s->handle;
		/* The phone shows the number while the person finds the field. */
		if (!st->announced && st->conf.ask_at_session)
			helper_tell(st, SPAN(announce), true);
		st->announced = true;
	}
	state_leave(st);

	return rv;
}

CK_RV
C_CloseSession(CK_SESSION_HANDLE handle)
{
	struct session *s;
	struct state *st;
	CK_RV rv = state_enter_session(handle, &st, &s);

	if (rv != CKR_OK)
		return rv;
	session_close(st, s);
	state_leave(st);

	return CKR_OK;
}

CK_RV
C_CloseAllSessions(CK_SLOT_ID slot)
{
	struct state *st;
	CK_RV rv = state_enter(&st);

	if (rv != CKR_OK)
		return rv;
	if (slot != STATE_SLOT)
		rv = CKR_SLOT_ID_INVALID;
	else
		session_close_all(st);
	state_leave(st);

	return rv;
}

CK_RV
C_GetSessionInfo(CK_SESSION_HANDLE handle, CK_SESSION_INFO *info)
{
	struct session *s;
	struct state *st;
	CK_RV rv = state_enter_session(handle, &st, &s);

	if (rv != CKR_OK)
		return rv;
	if (info == NULL) {
		rv = CKR_ARGUMENTS_BAD;
	} else {
		memset(info, 0, sizeof(*info));
		info->slotID = s->slot;
		info->flags =
		    CKF_SERIAL_SESSION | (s->writable ? CKF_RW_SESSION : 0);
		if (s->writable)
			info->state = st->logged_in ? CKS_RW_USER_FUNCTIONS
						    : CKS_RW_PUBLIC_SESSION;
		else
			info->state = st->logged_in ? CKS_RO_USER_FUNCTIONS
						    : CKS_RO_PUBLIC_SESSION;
	}
	state_leave(st);

	return rv;
}

/* Ends one operation when it is running and the flags name it. */
static CK_FLAGS
session_cancel(struct state *st, struct session *s, CK_FLAGS flags)
{
	CK_FLAGS done = 0;

	if ((flags & CKF_FIND_OBJECTS) != 0 && s->find.active) {
		free(s->find.handles);
		memset(&s->find, 0, sizeof(s->find));
		done |= CKF_FIND_OBJECTS;
	}
	if ((flags & CKF_DIGEST) != 0 && s->digest.active && !s->busy) {
		s->digest.active = false;
		done |= CKF_DIGEST;
	}
	if ((flags & CKF_SIGN) != 0 && s->sign.active) {
		if (s->busy)
			helper_wake(&st->helper, s);
		else
			s->sign.active = false;
		done |= CKF_SIGN;
	}
	if ((flags & CKF_VERIFY) != 0 && s->verify.active && !s->busy) {
		s->verify.active = false;
		done |= CKF_VERIFY;
	}

	return done;
}

CK_RV
C_SessionCancel(CK_SESSION_HANDLE handle, CK_FLAGS flags)
{
	struct session *s;
	struct state *st;
	CK_RV rv = state_enter_session(handle, &st, &s);

	if (rv != CKR_OK)
		return rv;
	/* A waiting C_Login has no flag of its own; any cancel ends it. */
	if (s->busy && !s->sign.active && !s->digest.active &&
	    !s->verify.active)
		helper_wake(&st->helper, s);
	(void)session_cancel(st, s, flags);
	state_leave(st);

	return CKR_OK;
}
