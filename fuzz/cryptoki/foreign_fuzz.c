/*
 * foreign_fuzz.c - somebody else's module that answers anything: slots, texts,
 * handles, lengths, values, errors. Its bytes are the input. Then the same
 * bytes as a .module file.
 *
 * Belongs here: a module whose answers are taken from the input.
 * Not here: what a true module does (tests/unit/cryptoki).
 */
#include "base/rd.h"
#include "base/text.h"
#include "cryptoki/inner.h"
#include "cryptoki/known.h"
#include "cryptoki/slots.h"
#include "cryptoki/stage.h"
#include "cryptoki/stored.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static struct rd in;

/* One byte of the input says how a call ends; mostly well. */
static CK_RV
answer(void)
{
	static const CK_RV some[] = { CKR_DEVICE_ERROR, CKR_DEVICE_MEMORY,
		CKR_ATTRIBUTE_TYPE_INVALID, CKR_ATTRIBUTE_SENSITIVE,
		CKR_BUFFER_TOO_SMALL, CKR_VENDOR_DEFINED };
	uint8_t b = rd_u8(&in);

	return b < 250 ? CKR_OK : some[b - 250];
}

static CK_RV
get_slots(CK_BBOOL present, CK_SLOT_ID *ids, CK_ULONG *n)
{
	CK_ULONG room = *n;

	(void)present;
	*n = rd_u8(&in) % 20;
	for (CK_ULONG i = 0; i < *n && i < room; i++)
		ids[i] = i;

	return answer();
}

static CK_RV
get_token(CK_SLOT_ID id, CK_TOKEN_INFO *info)
{
	(void)id;
	rd_copy(&in, info->label, sizeof(info->label));
	rd_copy(&in, info->manufacturerID, sizeof(info->manufacturerID));
	rd_copy(&in, info->model, sizeof(info->model));
	rd_copy(&in, info->serialNumber, sizeof(info->serialNumber));
	info->flags = rd_u32(&in);

	return answer();
}

static CK_RV
find_init(CK_SESSION_HANDLE s, CK_ATTRIBUTE *rows, CK_ULONG n)
{
	(void)s;
	for (CK_ULONG i = 0; i < n; i++)
		if (rows[i].ulValueLen > 0 && rows[i].pValue == NULL)
			abort();

	return answer();
}

static CK_RV
find(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE *out, CK_ULONG max, CK_ULONG *n)
{
	(void)s;
	/* It may say that it gave more than it was asked for. */
	*n = rd_u8(&in) % 20;
	for (CK_ULONG i = 0; i < *n && i < max; i++)
		out[i] = rd_u8(&in);

	return answer();
}

static CK_RV
find_final(CK_SESSION_HANDLE s)
{
	(void)s;

	return CKR_OK;
}

/* A length of one byte, or one that is far too large, or none. */
static CK_ULONG
length(void)
{
	uint8_t b = rd_u8(&in);

	return b == 255 ? CK_UNAVAILABLE_INFORMATION
	    : b == 254  ? rd_u32(&in)
	    : b == 253  ? rd_u16(&in)
			: b;
}

static CK_RV
get(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE h, CK_ATTRIBUTE *row, CK_ULONG n)
{
	CK_ULONG room = row->ulValueLen;

	(void)s;
	(void)h;
	if (n != 1)
		abort();
	if (row->pValue == NULL) {
		row->ulValueLen = length();
		return answer();
	}
	/* All that was promised must be there to be written. */
	memset(row->pValue, 0xee, room);
	rd_copy(&in, row->pValue, room < rd_left(&in) ? room : rd_left(&in));
	if (rd_u8(&in) > 250)
		row->ulValueLen = length();

	return answer();
}

static CK_RV
create(
    CK_SESSION_HANDLE s, CK_ATTRIBUTE *rows, CK_ULONG n, CK_OBJECT_HANDLE *out)
{
	*out = rd_u8(&in);

	return find_init(s, rows, n);
}

static CK_RV
change(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE h, CK_ATTRIBUTE *rows, CK_ULONG n)
{
	(void)h;

	return find_init(s, rows, n);
}

static CK_RV
destroy(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE h)
{
	(void)s;
	/* None is never asked for. */
	if (h == CK_INVALID_HANDLE)
		abort();

	return answer();
}

static const CK_FUNCTION_LIST functions = {
	.version = { 2, 40 },
	.C_GetSlotList = get_slots,
	.C_GetTokenInfo = get_token,
	.C_FindObjectsInit = find_init,
	.C_FindObjects = find,
	.C_FindObjectsFinal = find_final,
	.C_GetAttributeValue = get,
	.C_SetAttributeValue = change,
	.C_CreateObject = create,
	.C_DestroyObject = destroy,
};
static struct module module = { &functions, false };

static void
check_text(const char *s, size_t size)
{
	if (strnlen(s, size) == size ||
	    (s[0] != '\0' && !text_is_display(span_str(s), size)))
		abort();
}

static void
try_slots(void)
{
	struct slot_info slots[4];
	size_t n = 0;

	if (slots_list(&module, slots, 4, &n, NULL) != RC_OK)
		return;
	for (size_t i = 0; i < n; i++) {
		check_text(slots[i].label, SLOTS_TEXT);
		check_text(slots[i].maker, SLOTS_TEXT);
		check_text(slots[i].model, SLOTS_TEXT);
		check_text(slots[i].serial, SLOTS_TEXT);
	}
}

static void
try_objects(void)
{
	const struct login l = { .module = &module, .open = true };
	struct stored_list list = { 0 };
	bool changed;
	enum rc rc = stored_list(&l, &list, NULL);

	for (size_t i = 0; rc == RC_OK && i < list.n; i++) {
		struct sec r SEC_WIPED = { 0 };

		check_text(list.at[i].label, STORED_LABEL);
		if (stored_r(&l, &list.at[i], &r, NULL) == RC_OK &&
		    r.n != PKINFO_R)
			abort();
	}
	if (rc == RC_OK)
		rc = stage_settle(&l, &list, &changed, NULL);
	if (rc == RC_OK && list.n > 0)
		(void)!stored_remove(&l, &list, &list.at[0], NULL);
	stored_clear(&list);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char path[KNOWN_PATH];

	in = rd_init((struct span){ p, n });
	try_slots();
	in = rd_init((struct span){ p, n });
	try_objects();
	if (known_parse((struct span){ p, n }, path) &&
	    strnlen(path, KNOWN_PATH) == KNOWN_PATH)
		abort();

	return 0;
}
