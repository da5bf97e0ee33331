/*
 * protected.c - a PKCS#11 module before another one (PROTECTED_MODULE): a token
 * with a finger to put on it, and faults on demand.
 *
 *	PROTECTED_PIN    the token asks by itself (CKF_PROTECTED_AUTHENTICATION_PATH);
 *	                 the finger is this PIN, none (empty) is a person's no
 *	PROTECTED_FLAGS  more flags of CK_TOKEN_INFO, hexadecimal
 *	PROTECTED_AFTER  the same, after C_Login has failed
 *	PROTECTED_FAULT  CALL:N:WHAT: the N-th call of C_CreateObject,
 *	                 C_DestroyObject, C_SetAttributeValue, C_Sign, C_Decrypt or
 *	                 C_Login gives WHAT (a CK_RV, hexadecimal), or "spoil": a
 *	                 wrong result, or "kill": the program ends before it, as by
 *	                 kill -9
 *	PROTECTED_ROOM   how many objects fit beside those that were there
 *
 * Belongs here: what SoftHSM2 does not do and other tokens do.
 * Not here: a token (SoftHSM2); what is tried (tests/system/softhsm.test.mjs).
 */
#include "pkcs11/pkcs11.h"

#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static CK_FUNCTION_LIST *real;
static CK_FUNCTION_LIST ours;
static int failed; /* C_Login has */
static long made;  /* objects, less those that went */

/* What becomes of this call; *spoil: a wrong result. */
static CK_RV
fault(const char *name, unsigned long *calls, int *spoil)
{
	const char *f = getenv("PROTECTED_FAULT");
	size_t n = strlen(name);
	char *rest;

	*spoil = 0;
	if (f == NULL || strncmp(f, name, n) != 0 || f[n] != ':' ||
	    strtoul(f + n + 1, &rest, 10) != ++*calls)
		return CKR_OK;
	if (strcmp(rest, ":kill") == 0)
		(void)kill(getpid(), SIGKILL);
	*spoil = strcmp(rest, ":spoil") == 0;

	return *spoil ? CKR_OK : strtoul(rest + 1, NULL, 16);
}

static CK_RV
token_info(CK_SLOT_ID slot, CK_TOKEN_INFO *info)
{
	const char *flags = getenv("PROTECTED_FLAGS");
	const char *after = getenv("PROTECTED_AFTER");
	CK_RV rv = real->C_GetTokenInfo(slot, info);

	if (getenv("PROTECTED_PIN") != NULL)
		info->flags |= CKF_PROTECTED_AUTHENTICATION_PATH;
	if (flags != NULL)
		info->flags |= strtoul(flags, NULL, 16);
	if (failed && after != NULL)
		info->flags |= strtoul(after, NULL, 16);

	return rv;
}

static CK_RV
login_as(CK_SESSION_HANDLE s, CK_USER_TYPE user, CK_UTF8CHAR *pin, CK_ULONG n)
{
	static unsigned long calls;
	char finger[64] = "";
	const char *own = getenv("PROTECTED_PIN");
	int spoil;
	CK_RV rv = fault("C_Login", &calls, &spoil);

	if (rv != CKR_OK || own == NULL)
		return rv != CKR_OK ? rv : real->C_Login(s, user, pin, n);
	if (pin != NULL || n != 0)
		return CKR_ARGUMENTS_BAD;
	if (own[0] == '\0')
		return CKR_FUNCTION_CANCELED;
	(void)snprintf(finger, sizeof(finger), "%s", own);

	return real->C_Login(s, user, (CK_UTF8CHAR *)finger, strlen(finger));
}

static CK_RV
login(CK_SESSION_HANDLE s, CK_USER_TYPE user, CK_UTF8CHAR *pin, CK_ULONG n)
{
	CK_RV rv = login_as(s, user, pin, n);

	failed = rv != CKR_OK;

	return rv;
}

static CK_RV
create(
    CK_SESSION_HANDLE s, CK_ATTRIBUTE *rows, CK_ULONG n, CK_OBJECT_HANDLE *out)
{
	static unsigned long calls;
	const char *room = getenv("PROTECTED_ROOM");
	int spoil;
	CK_RV rv = fault("C_CreateObject", &calls, &spoil);

	if (rv != CKR_OK)
		return rv;
	if (room != NULL && made >= strtol(room, NULL, 10))
		return CKR_DEVICE_MEMORY;
	rv = real->C_CreateObject(s, rows, n, out);
	made += rv == CKR_OK;

	return rv;
}

static CK_RV
destroy(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE object)
{
	static unsigned long calls;
	int spoil;
	CK_RV rv = fault("C_DestroyObject", &calls, &spoil);

	if (rv != CKR_OK)
		return rv;
	rv = real->C_DestroyObject(s, object);
	made -= rv == CKR_OK;

	return rv;
}

static CK_RV
change(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *rows,
    CK_ULONG n)
{
	static unsigned long calls;
	int spoil;
	CK_RV rv = fault("C_SetAttributeValue", &calls, &spoil);

	return rv != CKR_OK ? rv
			    : real->C_SetAttributeValue(s, object, rows, n);
}

static CK_RV
sign(CK_SESSION_HANDLE s, CK_BYTE *in, CK_ULONG in_n, CK_BYTE *out, CK_ULONG *n)
{
	static unsigned long calls;
	int spoil;
	CK_RV rv = fault("C_Sign", &calls, &spoil);

	if (rv == CKR_OK)
		rv = real->C_Sign(s, in, in_n, out, n);
	if (rv == CKR_OK && spoil)
		out[*n / 2] ^= 1;

	return rv;
}

static CK_RV
decrypt(
    CK_SESSION_HANDLE s, CK_BYTE *in, CK_ULONG in_n, CK_BYTE *out, CK_ULONG *n)
{
	static unsigned long calls;
	int spoil;
	CK_RV rv = fault("C_Decrypt", &calls, &spoil);

	if (rv == CKR_OK)
		rv = real->C_Decrypt(s, in, in_n, out, n);
	if (rv == CKR_OK && spoil)
		out[0] ^= 1;

	return rv;
}

__attribute__((visibility("default"))) CK_RV
C_GetFunctionList(CK_FUNCTION_LIST **out)
{
	const char *path = getenv("PROTECTED_MODULE");
	void *library = path == NULL ? NULL : dlopen(path, RTLD_NOW);
	void *symbol =
	    library == NULL ? NULL : dlsym(library, "C_GetFunctionList");
	CK_C_GetFunctionList get;
	CK_RV rv;

	memcpy(&get, &symbol, sizeof(get));
	rv = get == NULL ? CKR_GENERAL_ERROR : get(&real);
	if (rv != CKR_OK)
		return rv;
	ours = *real;
	ours.C_GetTokenInfo = token_info;
	ours.C_Login = login;
	ours.C_CreateObject = create;
	ours.C_DestroyObject = destroy;
	ours.C_SetAttributeValue = change;
	ours.C_Sign = sign;
	ours.C_Decrypt = decrypt;
	*out = &ours;

	return CKR_OK;
}
