/*
 * find.c - the C_ functions about objects: search, attributes, writes refused.
 *
 * Belongs here: arguments checked, handles looked up.
 * Not here: objects and attributes themselves (object.c).
 */
#include "pkcs11/state.h"

#include <stdlib.h>
#include <string.h>

/* Templates longer than any real one are mistakes, not questions. */
#define FIND_TEMPLATE_MAX 1024

static CK_RV
find_check_template(const CK_ATTRIBUTE *template, CK_ULONG n)
{
	if ((template == NULL && n > 0) || n > FIND_TEMPLATE_MAX)
		return CKR_ARGUMENTS_BAD;
	for (CK_ULONG i = 0; i < n; i++)
		if (template[i].pValue == NULL && template[i].ulValueLen > 0)
			return CKR_ARGUMENTS_BAD;

	return CKR_OK;
}

static CK_RV
find_begin(struct state *st, struct session *s, const CK_ATTRIBUTE *template,
    CK_ULONG n)
{
	size_t max = object_count(&st->objects);

	if (s->find.active)
		return CKR_OPERATION_ACTIVE;
	s->find.handles = calloc(max, sizeof(s->find.handles[0]));
	if (s->find.handles == NULL)
		return CKR_HOST_MEMORY;
	s->find.n = object_search(
	    &st->objects, st->logged_in, template, n, s->find.handles, max);
	s->find.next = 0;
	s->find.active = true;

	return CKR_OK;
}

CK_RV
C_FindObjectsInit(CK_SESSION_HANDLE handle, CK_ATTRIBUTE *template, CK_ULONG n)
{
	struct session *s;
	struct state *st;
	CK_RV rv = state_enter_session(handle, &st, &s);

	if (rv != CKR_OK)
		return rv;
	if ((rv = find_check_template(template, n)) == CKR_OK)
		rv = find_begin(st, s, template, n);
	state_leave(st);

	return rv;
}

CK_RV
C_FindObjects(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE *objects, CK_ULONG max,
    CK_ULONG *count)
{
	struct session *s;
	struct state *st;
	CK_RV rv = state_enter_session(handle, &st, &s);
	size_t n;

	if (rv != CKR_OK)
		return rv;
	if (!s->find.active) {
		rv = CKR_OPERATION_NOT_INITIALIZED;
	} else if (count == NULL || (objects == NULL && max > 0)) {
		rv = CKR_ARGUMENTS_BAD;
	} else {
		n = s->find.n - s->find.next;
		if (n > max)
			n = max;
		if (n > 0)
			memcpy(objects, s->find.handles + s->find.next,
			    n * sizeof(objects[0]));
		s->find.next += n;
		*count = n;
	}
	state_leave(st);

	return rv;
}

CK_RV
C_FindObjectsFinal(CK_SESSION_HANDLE handle)
{
	struct session *s;
	struct state *st;
	CK_RV rv = state_enter_session(handle, &st, &s);

	if (rv != CKR_OK)
		return rv;
	if (!s->find.active)
		rv = CKR_OPERATION_NOT_INITIALIZED;
	free(s->find.handles);
	memset(&s->find, 0, sizeof(s->find));
	state_leave(st);

	return rv;
}

CK_RV
C_GetAttributeValue(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE *template, CK_ULONG n)
{
	struct session *s;
	struct state *st;
	struct object o;
	CK_RV rv = state_enter_session(handle, &st, &s);

	if (rv != CKR_OK)
		return rv;
	if ((template == NULL && n > 0) || n > FIND_TEMPLATE_MAX)
		rv = CKR_ARGUMENTS_BAD;
	else if (!object_find(&st->objects, object, st->logged_in, &o))
		rv = CKR_OBJECT_HANDLE_INVALID;
	else
		rv = object_attributes(&o, template, n);
	state_leave(st);

	return rv;
}

CK_RV
C_GetObjectSize(
    CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object, CK_ULONG *size)
{
	struct session *s;
	struct state *st;
	struct object o;
	CK_RV rv = state_enter_session(handle, &st, &s);

	if (rv != CKR_OK)
		return rv;
	if (size == NULL)
		rv = CKR_ARGUMENTS_BAD;
	else if (!object_find(&st->objects, object, st->logged_in, &o))
		rv = CKR_OBJECT_HANDLE_INVALID;
	else
		*size = o.class == CKO_PROFILE   ? sizeof(CK_ULONG)
		    : o.class == CKO_CERTIFICATE ? o.record->o.der.n
						 : o.record->o.spki.n;
	state_leave(st);

	return rv;
}

/* What stands on the token is the service's; nothing is written from here. */
CK_RV
C_CreateObject(CK_SESSION_HANDLE handle, CK_ATTRIBUTE *template, CK_ULONG n,
    CK_OBJECT_HANDLE *object)
{
	struct session *s;
	struct state *st;
	CK_RV rv = state_enter_session(handle, &st, &s);
	bool on_token = false;

	if (rv != CKR_OK)
		return rv;
	rv = find_check_template(template, n);
	if (object == NULL)
		rv = CKR_ARGUMENTS_BAD;
	for (CK_ULONG i = 0; rv == CKR_OK && i < n; i++)
		if (template[i].type == CKA_TOKEN &&
		    template[i].ulValueLen == sizeof(CK_BBOOL))
			on_token =
			    *(const CK_BBOOL *)template[i].pValue != CK_FALSE;
	if (rv == CKR_OK)
		rv = on_token ? CKR_TOKEN_WRITE_PROTECTED
			      : CKR_FUNCTION_NOT_SUPPORTED;
	state_leave(st);

	return rv;
}

static CK_RV
find_refuse_write(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object)
{
	struct session *s;
	struct state *st;
	struct object o;
	CK_RV rv = state_enter_session(handle, &st, &s);

	if (rv != CKR_OK)
		return rv;
	rv = object_find(&st->objects, object, st->logged_in, &o)
	    ? CKR_ACTION_PROHIBITED
	    : CKR_OBJECT_HANDLE_INVALID;
	state_leave(st);

	return rv;
}

CK_RV
C_DestroyObject(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object)
{
	return find_refuse_write(handle, object);
}

CK_RV
C_SetAttributeValue(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE *template, CK_ULONG n)
{
	(void)template;
	(void)n;

	return find_refuse_write(handle, object);
}
