/*
 * attributes.c - objects of a token and their attributes, whatever they are.
 *
 * Belongs here: the calls; that a foreign module's lengths are not believed.
 * Not here: which objects and attributes a certificate is made of (stored.c,
 * stage.c).
 */
#include "cryptoki/attributes.h"

#include <string.h>

#define ROWS_MAX 24
#define AT_ONCE  16

CK_ATTRIBUTE
attributes_row(CK_ATTRIBUTE_TYPE type, struct span value)
{
	CK_ATTRIBUTE row = { .type = type, .ulValueLen = value.n };

	/* Templates are read only; their type has no const. */
	memcpy(&row.pValue, &value.p, sizeof(row.pValue));

	return row;
}

/* The length that the module gives, at most max. */
static enum rc
attributes_length(const struct login *l, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE_TYPE type, size_t max, size_t *n, struct err *e)
{
	CK_ATTRIBUTE row = { .type = type };
	CK_RV rv =
	    l->module->call->C_GetAttributeValue(l->session, object, &row, 1);

	*n = 0;
	if (rv == CKR_ATTRIBUTE_TYPE_INVALID || rv == CKR_ATTRIBUTE_SENSITIVE ||
	    (rv == CKR_OK && row.ulValueLen == CK_UNAVAILABLE_INFORMATION))
		return err_set(
		    e, RC_ABSENT, "C_GetAttributeValue", "no such attribute");
	if (rv != CKR_OK)
		return module_answer(rv, "C_GetAttributeValue", e);
	if (row.ulValueLen > max)
		return err_set(
		    e, RC_LIMIT, "C_GetAttributeValue", "a value too long");
	*n = row.ulValueLen;

	return RC_OK;
}

/* n bytes, which must be as many as were promised. */
static enum rc
attributes_fill(const struct login *l, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE_TYPE type, uint8_t *p, size_t n, struct err *e)
{
	CK_ATTRIBUTE row = { type, p, n };
	CK_RV rv =
	    l->module->call->C_GetAttributeValue(l->session, object, &row, 1);

	if (rv == CKR_OK && row.ulValueLen != n)
		return err_set(
		    e, RC_IO, "C_GetAttributeValue", "two lengths of a value");

	return module_answer(rv, "C_GetAttributeValue", e);
}

enum rc
attributes_read(const struct login *l, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE_TYPE type, struct buf *out, struct err *e)
{
	size_t before = out->n, n;
	enum rc rc =
	    attributes_length(l, object, type, out->max - out->n, &n, e);
	uint8_t *p;

	if (rc != RC_OK || n == 0)
		return rc;
	p = buf_grow(out, n);
	if (p == NULL)
		return err_set(e, RC_MEMORY, NULL, "no memory for a value");
	rc = attributes_fill(l, object, type, p, n, e);
	if (rc != RC_OK)
		out->n = before;

	return rc;
}

enum rc
attributes_read_secret(const struct login *l, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE_TYPE type, size_t max, struct sec *out, struct err *e)
{
	size_t n;
	enum rc rc = attributes_length(l, object, type, max, &n, e);

	if (rc == RC_OK && n == 0)
		return err_set(
		    e, RC_ABSENT, "C_GetAttributeValue", "an empty value");
	if (rc == RC_OK)
		rc = sec_new(out, n, e);
	if (rc != RC_OK)
		return rc;
	rc = attributes_fill(l, object, type, out->p, n, e);
	if (rc != RC_OK)
		sec_free(out);

	return rc;
}

/* A copy whose type C_FindObjectsInit and C_CreateObject take. */
static size_t
attributes_copy(CK_ATTRIBUTE *to, const CK_ATTRIBUTE *rows, size_t n)
{
	n = n < ROWS_MAX ? n : ROWS_MAX;
	memcpy(to, rows, n * sizeof(*rows));

	return n;
}

enum rc
attributes_find(const struct login *l, const CK_ATTRIBUTE *rows, size_t n,
    CK_OBJECT_HANDLE *out, size_t max, size_t *found, struct err *e)
{
	const CK_FUNCTION_LIST *call = l->module->call;
	CK_ATTRIBUTE template[ROWS_MAX];
	CK_ULONG got = 1;
	CK_RV rv;

	*found = 0;
	n = attributes_copy(template, rows, n);
	rv = call->C_FindObjectsInit(l->session, template, n);
	if (rv != CKR_OK)
		return module_answer(rv, "C_FindObjectsInit", e);
	while (rv == CKR_OK && got > 0 && *found < max) {
		CK_OBJECT_HANDLE some[AT_ONCE];
		size_t room = max - *found < AT_ONCE ? max - *found : AT_ONCE;

		got = 0;
		rv = call->C_FindObjects(l->session, some, room, &got);
		got = rv != CKR_OK ? 0 : got < room ? got : room;
		memcpy(out + *found, some, got * sizeof(*out));
		*found += got;
	}
	(void)call->C_FindObjectsFinal(l->session);

	return module_answer(rv, "C_FindObjects", e);
}

enum rc
attributes_find_id(const struct login *l, CK_OBJECT_CLASS class, struct span id,
    CK_OBJECT_HANDLE *out, struct err *e)
{
	const CK_ATTRIBUTE rows[] = {
		attributes_row(CKA_CLASS, ATTRIBUTES_BYTES(class)),
		attributes_row(CKA_ID, id),
	};
	size_t n = 0;

	*out = CK_INVALID_HANDLE;

	return id.n == 0 ? RC_OK : attributes_find(l, rows, 2, out, 1, &n, e);
}

enum rc
attributes_set_label(const struct login *l, CK_OBJECT_HANDLE object,
    struct span label, struct err *e)
{
	CK_ATTRIBUTE row = attributes_row(CKA_LABEL, label);

	return module_answer(
	    l->module->call->C_SetAttributeValue(l->session, object, &row, 1),
	    "C_SetAttributeValue", e);
}

enum rc
attributes_create(const struct login *l, const CK_ATTRIBUTE *rows, size_t n,
    CK_OBJECT_HANDLE *out, struct err *e)
{
	CK_ATTRIBUTE template[ROWS_MAX];
	CK_RV rv;

	*out = CK_INVALID_HANDLE;
	n = attributes_copy(template, rows, n);
	rv = l->module->call->C_CreateObject(l->session, template, n, out);
	if (rv != CKR_OK)
		*out = CK_INVALID_HANDLE;

	return module_answer(rv, "C_CreateObject", e);
}

enum rc
attributes_destroy(
    const struct login *l, CK_OBJECT_HANDLE object, struct err *e)
{
	if (object == CK_INVALID_HANDLE)
		return RC_OK;

	return module_answer(
	    l->module->call->C_DestroyObject(l->session, object),
	    "C_DestroyObject", e);
}
