/*
 * fake.h - a token in memory: objects with the attributes that they were given,
 * and a call that fails when it is asked to.
 *
 * Belongs here: what the room calls. Templates are compared as bytes.
 * Not here: a real token (tests/system/softhsm.test.mjs).
 */
#pragma once

#include "cryptoki/inner.h"
#include "cryptoki/login.h"

#include <stdlib.h>
#include <string.h>

#define FAKE_OBJECTS    64
#define FAKE_ATTRIBUTES 24
#define FAKE_VALUE      2048

struct fake_attribute {
	CK_ATTRIBUTE_TYPE type;
	uint8_t value[FAKE_VALUE];
	size_t n;
};

static struct {
	struct {
		bool there;
		struct fake_attribute at[FAKE_ATTRIBUTES];
		size_t n;
	} object[FAKE_OBJECTS]; /* the handle is the place + 1 */
	CK_OBJECT_HANDLE found[FAKE_OBJECTS];
	size_t found_n, found_at;
	unsigned int creates;     /* so far */
	unsigned int fail_create; /* this one fails, from 1; 0: none */
	bool fail_destroy, fail_label;
	bool refuse_data_id;   /* no template of data with CKA_ID */
	CK_ATTRIBUTE_TYPE lie; /* of its length the second time */
	CK_RV login;           /* what C_Login says */
	bool asked_itself;     /* C_Login came without a PIN */
} fake;

static struct fake_attribute *
fake_attribute(CK_OBJECT_HANDLE h, CK_ATTRIBUTE_TYPE type)
{
	for (size_t i = 0; i < fake.object[h - 1].n; i++)
		if (fake.object[h - 1].at[i].type == type)
			return &fake.object[h - 1].at[i];

	return NULL;
}

static void
fake_set(CK_OBJECT_HANDLE h, const CK_ATTRIBUTE *row)
{
	struct fake_attribute *a = fake_attribute(h, row->type);

	if (a == NULL)
		a = &fake.object[h - 1].at[fake.object[h - 1].n++];
	if (row->ulValueLen > FAKE_VALUE)
		abort();
	a->type = row->type;
	a->n = row->ulValueLen;
	if (a->n > 0)
		memcpy(a->value, row->pValue, a->n);
}

static CK_RV
fake_create(
    CK_SESSION_HANDLE s, CK_ATTRIBUTE *rows, CK_ULONG n, CK_OBJECT_HANDLE *out)
{
	(void)s;
	if (++fake.creates == fake.fail_create)
		return CKR_DEVICE_MEMORY;
	for (CK_OBJECT_HANDLE h = 1; h <= FAKE_OBJECTS; h++) {
		if (fake.object[h - 1].there)
			continue;
		fake.object[h - 1].there = true;
		fake.object[h - 1].n = 0;
		for (CK_ULONG i = 0; i < n; i++)
			fake_set(h, &rows[i]);
		*out = h;
		return CKR_OK;
	}

	return CKR_DEVICE_MEMORY;
}

static CK_RV
fake_destroy(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE h)
{
	(void)s;
	if (fake.fail_destroy)
		return CKR_ACTION_PROHIBITED;
	if (h == 0 || h > FAKE_OBJECTS || !fake.object[h - 1].there)
		return CKR_OBJECT_HANDLE_INVALID;
	fake.object[h - 1].there = false;

	return CKR_OK;
}

static CK_RV
fake_get(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE h, CK_ATTRIBUTE *row, CK_ULONG n)
{
	const struct fake_attribute *a = fake_attribute(h, row->type);

	(void)s;
	if (n != 1)
		abort();
	if (a == NULL) {
		row->ulValueLen = CK_UNAVAILABLE_INFORMATION;
		return CKR_ATTRIBUTE_TYPE_INVALID;
	}
	if (row->pValue != NULL && row->ulValueLen < a->n)
		return CKR_BUFFER_TOO_SMALL;
	if (row->pValue != NULL)
		memcpy(row->pValue, a->value, a->n);
	row->ulValueLen = a->n;
	if (row->pValue != NULL && fake.lie == row->type)
		row->ulValueLen--;

	return CKR_OK;
}

static CK_RV
fake_change(
    CK_SESSION_HANDLE s, CK_OBJECT_HANDLE h, CK_ATTRIBUTE *row, CK_ULONG n)
{
	(void)s;
	if (fake.fail_label)
		return CKR_ATTRIBUTE_READ_ONLY;
	for (CK_ULONG i = 0; i < n; i++)
		fake_set(h, &row[i]);

	return CKR_OK;
}

static bool
fake_matches(CK_OBJECT_HANDLE h, const CK_ATTRIBUTE *rows, CK_ULONG n)
{
	for (CK_ULONG i = 0; i < n; i++) {
		const struct fake_attribute *a =
		    fake_attribute(h, rows[i].type);

		if (a == NULL || a->n != rows[i].ulValueLen ||
		    memcmp(a->value, rows[i].pValue, a->n) != 0)
			return false;
	}

	return true;
}

static CK_RV
fake_find_init(CK_SESSION_HANDLE s, CK_ATTRIBUTE *rows, CK_ULONG n)
{
	const CK_OBJECT_CLASS data = CKO_DATA;

	(void)s;
	if (fake.refuse_data_id && n == 2 && rows[1].type == CKA_ID &&
	    memcmp(rows[0].pValue, &data, sizeof(data)) == 0)
		return CKR_TEMPLATE_INCONSISTENT;
	fake.found_n = fake.found_at = 0;
	for (CK_OBJECT_HANDLE h = 1; h <= FAKE_OBJECTS; h++)
		if (fake.object[h - 1].there && fake_matches(h, rows, n))
			fake.found[fake.found_n++] = h;

	return CKR_OK;
}

static CK_RV
fake_find(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE *out, CK_ULONG max, CK_ULONG *n)
{
	(void)s;
	for (*n = 0; *n < max && fake.found_at < fake.found_n; (*n)++)
		out[*n] = fake.found[fake.found_at++];

	return CKR_OK;
}

static CK_RV
fake_find_final(CK_SESSION_HANDLE s)
{
	(void)s;

	return CKR_OK;
}

static CK_RV
fake_open(CK_SLOT_ID slot, CK_FLAGS flags, void *arg, CK_NOTIFY notify,
    CK_SESSION_HANDLE *out)
{
	(void)slot;
	(void)flags;
	(void)arg;
	(void)notify;
	*out = 7;

	return CKR_OK;
}

static CK_RV
fake_login(CK_SESSION_HANDLE s, CK_USER_TYPE user, CK_UTF8CHAR *pin, CK_ULONG n)
{
	(void)s;
	(void)user;
	fake.asked_itself = pin == NULL && n == 0;

	return fake.login;
}

static CK_RV
fake_session(CK_SESSION_HANDLE s)
{
	(void)s;

	return CKR_OK;
}

static const CK_FUNCTION_LIST fake_functions = {
	.version = { 2, 40 },
	.C_OpenSession = fake_open,
	.C_CloseSession = fake_session,
	.C_Login = fake_login,
	.C_Logout = fake_session,
	.C_CreateObject = fake_create,
	.C_DestroyObject = fake_destroy,
	.C_GetAttributeValue = fake_get,
	.C_SetAttributeValue = fake_change,
	.C_FindObjectsInit = fake_find_init,
	.C_FindObjects = fake_find,
	.C_FindObjectsFinal = fake_find_final,
};

static struct module fake_module = { &fake_functions, false };

/* An empty token, and a session with it. */
static inline struct login
fake_begin(void)
{
	memset(&fake, 0, sizeof(fake));

	return (struct login){ .module = &fake_module, .open = true };
}

/* Objects that are there. */
static inline size_t
fake_count(void)
{
	size_t n = 0;

	for (size_t i = 0; i < FAKE_OBJECTS; i++)
		n += fake.object[i].there;

	return n;
}
