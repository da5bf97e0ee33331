/*
 * slot.c - the library, its slot and its token as programs see them.
 *
 * Belongs here: C_Initialize, C_Finalize, information, random numbers.
 * Not here: the state behind it (state.c).
 */
#include "pkcs11/state.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#define SLOT_PIN_MAX 64

CK_RV
C_Initialize(void *args)
{
	return state_start(args);
}

CK_RV
C_Finalize(void *reserved)
{
	if (reserved != NULL) {
		struct state *st;
		CK_RV rv = state_enter(&st);

		if (rv != CKR_OK)
			return rv;
		state_leave(st);
		return CKR_ARGUMENTS_BAD;
	}

	return state_stop();
}

/* Blank-padded, no zero; cut on a character boundary. */
static void
slot_text(CK_UTF8CHAR *out, size_t size, const char *text)
{
	size_t n = strlen(text);

	memset(out, ' ', size);
	if (n > size)
		for (n = size; n > 0 && ((uint8_t)text[n] & 0xc0) == 0x80; n--)
			;
	/* No zero is wanted. NOLINTNEXTLINE(bugprone-not-null-terminated-result) */
	memcpy(out, text, n);
}
#define SLOT_TEXT(field, text) slot_text(field, sizeof(field), text)

static const CK_VERSION slot_version = { 0, 1 };

CK_RV
C_GetInfo(CK_INFO *info)
{
	struct state *st;
	CK_RV rv = state_enter(&st);

	if (rv != CKR_OK)
		return rv;
	if (info == NULL) {
		rv = CKR_ARGUMENTS_BAD;
	} else {
		memset(info, 0, sizeof(*info));
		info->cryptokiVersion = (CK_VERSION){ 3, 0 };
		SLOT_TEXT(info->manufacturerID, "Ingam");
		SLOT_TEXT(info->libraryDescription, "Ingam PKCS#11 module");
		info->libraryVersion = slot_version;
	}
	state_leave(st);

	return rv;
}

CK_RV
C_GetSlotList(CK_BBOOL with_token, CK_SLOT_ID *slots, CK_ULONG *count)
{
	struct state *st;
	CK_RV rv = state_enter(&st);
	CK_ULONG n;

	if (rv != CKR_OK)
		return rv;
	n = with_token && !st->present ? 0 : 1;
	if (count == NULL) {
		rv = CKR_ARGUMENTS_BAD;
	} else {
		if (slots != NULL && *count < n)
			rv = CKR_BUFFER_TOO_SMALL;
		else if (slots != NULL && n > 0)
			slots[0] = STATE_SLOT;
		*count = n;
	}
	state_leave(st);

	return rv;
}

/* Guards that all functions about the slot begin with. */
static CK_RV
slot_enter(CK_SLOT_ID slot, const void *out, struct state **st)
{
	CK_RV rv = state_enter(st);

	if (rv != CKR_OK)
		return rv;
	if (slot != STATE_SLOT)
		rv = CKR_SLOT_ID_INVALID;
	else if (out == NULL)
		rv = CKR_ARGUMENTS_BAD;
	if (rv != CKR_OK)
		state_leave(*st);

	return rv;
}

CK_RV
C_GetSlotInfo(CK_SLOT_ID slot, CK_SLOT_INFO *info)
{
	struct state *st;
	CK_RV rv = slot_enter(slot, info, &st);

	if (rv != CKR_OK)
		return rv;
	memset(info, 0, sizeof(*info));
	SLOT_TEXT(info->slotDescription, "Ingam certificate service");
	SLOT_TEXT(info->manufacturerID, "Ingam");
	/* Without REMOVABLE, NSS never looks at a slot again that was empty. */
	info->flags =
	    CKF_REMOVABLE_DEVICE | (st->present ? CKF_TOKEN_PRESENT : 0);
	info->hardwareVersion = info->firmwareVersion = slot_version;
	state_leave(st);

	return CKR_OK;
}

/*
 * Programs remember a token by this: the same member, the same number. Made
 * without memory from the heap: hosts ask often, and fork meanwhile.
 */
static void
slot_serial(const struct state *st, CK_CHAR out[static 16])
{
	char hex[17];

	for (size_t i = 0; i < 8; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", st->owner[i]);
	memcpy(out, hex, 16);
}

static CK_FLAGS
slot_token_flags(const struct state *st)
{
	CK_FLAGS flags = CKF_TOKEN_INITIALIZED | CKF_USER_PIN_INITIALIZED |
	    CKF_LOGIN_REQUIRED | CKF_WRITE_PROTECTED | CKF_RNG;

	if (st->conf.login == TOKENCONF_PUSH)
		flags |= CKF_PROTECTED_AUTHENTICATION_PATH;
	if (st->pin_low)
		flags |= CKF_USER_PIN_COUNT_LOW;
	if (st->pin_final)
		flags |= CKF_USER_PIN_FINAL_TRY;
	if (st->pin_locked)
		flags |= CKF_USER_PIN_LOCKED;

	return flags;
}

CK_RV
C_GetTokenInfo(CK_SLOT_ID slot, CK_TOKEN_INFO *info)
{
	struct state *st;
	CK_RV rv = slot_enter(slot, info, &st);

	if (rv != CKR_OK)
		return rv;
	if (!st->present) {
		state_leave(st);
		return CKR_TOKEN_NOT_PRESENT;
	}
	memset(info, 0, sizeof(*info));
	SLOT_TEXT(info->label, st->conf.label);
	SLOT_TEXT(info->manufacturerID, "Ingam");
	SLOT_TEXT(info->model, "Ingam");
	slot_serial(st, info->serialNumber);
	info->flags = slot_token_flags(st);
	info->ulMaxSessionCount = CK_EFFECTIVELY_INFINITE;
	info->ulMaxRwSessionCount = CK_EFFECTIVELY_INFINITE;
	for (const struct session *s = st->sessions; s != NULL; s = s->next) {
		info->ulSessionCount++;
		info->ulRwSessionCount += s->writable ? 1 : 0;
	}
	info->ulMaxPinLen = SLOT_PIN_MAX;
	info->ulMinPinLen = 4;
	info->ulTotalPublicMemory = CK_UNAVAILABLE_INFORMATION;
	info->ulFreePublicMemory = CK_UNAVAILABLE_INFORMATION;
	info->ulTotalPrivateMemory = CK_UNAVAILABLE_INFORMATION;
	info->ulFreePrivateMemory = CK_UNAVAILABLE_INFORMATION;
	info->hardwareVersion = info->firmwareVersion = slot_version;
	memset(info->utcTime, ' ', sizeof(info->utcTime));
	state_leave(st);

	return CKR_OK;
}

CK_RV
C_GetMechanismList(CK_SLOT_ID slot, CK_MECHANISM_TYPE *list, CK_ULONG *count)
{
	struct state *st;
	CK_RV rv = slot_enter(slot, count, &st);
	CK_ULONG n = 0;

	if (rv != CKR_OK)
		return rv;
	while (mech_at(n) != NULL)
		n++;
	if (!st->present)
		rv = CKR_TOKEN_NOT_PRESENT;
	else if (list != NULL && *count < n)
		rv = CKR_BUFFER_TOO_SMALL;
	for (CK_ULONG i = 0; rv == CKR_OK && list != NULL && i < n; i++)
		list[i] = mech_at(i)->type;
	if (rv != CKR_TOKEN_NOT_PRESENT)
		*count = n;
	state_leave(st);

	return rv;
}

CK_RV
C_GetMechanismInfo(
    CK_SLOT_ID slot, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *info)
{
	const struct mech *m = mech_find(type);
	struct state *st;
	CK_RV rv = slot_enter(slot, info, &st);

	if (rv != CKR_OK)
		return rv;
	if (!st->present) {
		rv = CKR_TOKEN_NOT_PRESENT;
	} else if (m == NULL) {
		rv = CKR_MECHANISM_INVALID;
	} else {
		memset(info, 0, sizeof(*info));
		info->flags = m->use;
		if (m->use == CKF_SIGN)
			/* Not in this process, and pkcs11-tool tests no other. */
			info->flags |= CKF_HW | CKF_VERIFY;
		if (m->use == CKF_SIGN && m->key == CKK_RSA) {
			info->ulMinKeySize = 1024;
			info->ulMaxKeySize = 8192;
		} else if (m->use == CKF_SIGN) {
			info->ulMinKeySize = 256;
			info->ulMaxKeySize = 521;
			info->flags |=
			    CKF_EC_F_P | CKF_EC_OID | CKF_EC_UNCOMPRESS;
		}
	}
	state_leave(st);

	return rv;
}

CK_RV
C_WaitForSlotEvent(CK_FLAGS flags, CK_SLOT_ID *slot, void *reserved)
{
	struct state *st;
	CK_RV rv = state_enter(&st);

	if (rv != CKR_OK)
		return rv;
	/* The slot never changes; to wait for it would be to wait for ever. */
	if (slot == NULL || reserved != NULL)
		rv = CKR_ARGUMENTS_BAD;
	else
		rv = (flags & CKF_DONT_BLOCK) != 0 ? CKR_NO_EVENT
						   : CKR_FUNCTION_NOT_SUPPORTED;
	state_leave(st);

	return rv;
}

CK_RV
C_SeedRandom(CK_SESSION_HANDLE handle, CK_BYTE *seed, CK_ULONG n)
{
	struct session *s;
	struct state *st;
	CK_RV rv = state_enter_session(handle, &st, &s);

	if (rv != CKR_OK)
		return rv;
	rv = seed == NULL && n > 0 ? CKR_ARGUMENTS_BAD
				   : CKR_RANDOM_SEED_NOT_SUPPORTED;
	state_leave(st);

	return rv;
}

CK_RV
C_GenerateRandom(CK_SESSION_HANDLE handle, CK_BYTE *out, CK_ULONG n)
{
	struct session *s;
	struct state *st;
	CK_RV rv = state_enter_session(handle, &st, &s);

	if (rv != CKR_OK)
		return rv;
	state_leave(st);
	if (out == NULL && n > 0)
		return CKR_ARGUMENTS_BAD;
	/* Not rnd_bytes(): that ends the process, and it is not ours to end. */
	while (n > 0) {
		ssize_t got = getrandom(out, n, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return CKR_DEVICE_ERROR;
		out += got;
		n -= (CK_ULONG)got;
	}

	return CKR_OK;
}
