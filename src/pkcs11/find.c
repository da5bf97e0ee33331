/*
 * find.c - the C_ functions that look at objects: search, attributes.
 *
 * Belongs here: arguments checked, handles looked up.
 * Not here: objects and attributes themselves (object.c, attribute.c); what programs make
 * and remove (create.c).
 */
#include "pkcs11/attribute.h"
#include "pkcs11/state.h"

#include <stdlib.h>
#include <string.h>

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
	if ((rv = attribute_check(template, n)) == CKR_OK)
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
	if (!object_find(&st->objects, object, st->logged_in, &o))
		rv = CKR_OBJECT_HANDLE_INVALID;
	else
		rv = attribute_get(&o, template, n);
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
