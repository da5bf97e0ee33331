/*
 * list.c - the tables of functions by which programs reach all the others.
 *
 * Belongs here: C_GetFunctionList, C_GetInterfaceList, C_GetInterface.
 * Not here: the functions. These three work before C_Initialize.
 */
#include "pkcs11/api.h"

#include <stddef.h>
#include <string.h>

/* In the order of the standard's structures. */
/* clang-format off */
#define LIST_2_40(X) \
	X(C_Initialize) X(C_Finalize) X(C_GetInfo) \
	X(C_GetFunctionList) X(C_GetSlotList) X(C_GetSlotInfo) \
	X(C_GetTokenInfo) X(C_GetMechanismList) X(C_GetMechanismInfo) \
	X(C_InitToken) X(C_InitPIN) X(C_SetPIN) X(C_OpenSession) \
	X(C_CloseSession) X(C_CloseAllSessions) X(C_GetSessionInfo) \
	X(C_GetOperationState) X(C_SetOperationState) X(C_Login) \
	X(C_Logout) X(C_CreateObject) X(C_CopyObject) \
	X(C_DestroyObject) X(C_GetObjectSize) X(C_GetAttributeValue) \
	X(C_SetAttributeValue) X(C_FindObjectsInit) X(C_FindObjects) \
	X(C_FindObjectsFinal) X(C_EncryptInit) X(C_Encrypt) \
	X(C_EncryptUpdate) X(C_EncryptFinal) X(C_DecryptInit) \
	X(C_Decrypt) X(C_DecryptUpdate) X(C_DecryptFinal) \
	X(C_DigestInit) X(C_Digest) X(C_DigestUpdate) X(C_DigestKey) \
	X(C_DigestFinal) X(C_SignInit) X(C_Sign) X(C_SignUpdate) \
	X(C_SignFinal) X(C_SignRecoverInit) X(C_SignRecover) \
	X(C_VerifyInit) X(C_Verify) X(C_VerifyUpdate) \
	X(C_VerifyFinal) X(C_VerifyRecoverInit) X(C_VerifyRecover) \
	X(C_DigestEncryptUpdate) X(C_DecryptDigestUpdate) \
	X(C_SignEncryptUpdate) X(C_DecryptVerifyUpdate) \
	X(C_GenerateKey) X(C_GenerateKeyPair) X(C_WrapKey) \
	X(C_UnwrapKey) X(C_DeriveKey) X(C_SeedRandom) \
	X(C_GenerateRandom) X(C_GetFunctionStatus) \
	X(C_CancelFunction) X(C_WaitForSlotEvent)

#define LIST_3_0(X) \
	X(C_GetInterfaceList) X(C_GetInterface) X(C_LoginUser) \
	X(C_SessionCancel) X(C_MessageEncryptInit) \
	X(C_EncryptMessage) X(C_EncryptMessageBegin) \
	X(C_EncryptMessageNext) X(C_MessageEncryptFinal) \
	X(C_MessageDecryptInit) X(C_DecryptMessage) \
	X(C_DecryptMessageBegin) X(C_DecryptMessageNext) \
	X(C_MessageDecryptFinal) X(C_MessageSignInit) \
	X(C_SignMessage) X(C_SignMessageBegin) X(C_SignMessageNext) \
	X(C_MessageSignFinal) X(C_MessageVerifyInit) \
	X(C_VerifyMessage) X(C_VerifyMessageBegin) \
	X(C_VerifyMessageNext) X(C_MessageVerifyFinal)
/* clang-format on */

/* A member in parentheses is none: NOLINTNEXTLINE(bugprone-macro-parentheses) */
#define LIST_MEMBER(name) .name = name,

static CK_FUNCTION_LIST list_2_40 = { .version = { 2, 40 },
	LIST_2_40(LIST_MEMBER) };

static CK_FUNCTION_LIST_3_0 list_3_0 = { .version = { 3, 0 },
	LIST_2_40(LIST_MEMBER) LIST_3_0(LIST_MEMBER) };

/*
 * Fork-safe: a child says CKR_CRYPTOKI_NOT_INITIALIZED until it calls
 * C_Initialize, which works. The first one is the preferred one.
 */
static CK_UTF8CHAR list_name[] = "PKCS 11";
static CK_INTERFACE list_interfaces[] = {
	{ list_name, &list_3_0, CKF_INTERFACE_FORK_SAFE },
	{ list_name, &list_2_40, CKF_INTERFACE_FORK_SAFE },
};
#define LIST_INTERFACES (sizeof(list_interfaces) / sizeof(list_interfaces[0]))

CK_RV
C_GetFunctionList(CK_FUNCTION_LIST **list)
{
	if (list == NULL)
		return CKR_ARGUMENTS_BAD;
	*list = &list_2_40;

	return CKR_OK;
}

CK_RV
C_GetInterfaceList(CK_INTERFACE *interfaces, CK_ULONG *count)
{
	CK_ULONG have;

	if (count == NULL)
		return CKR_ARGUMENTS_BAD;
	have = *count;
	*count = LIST_INTERFACES;
	if (interfaces == NULL)
		return CKR_OK;
	if (have < LIST_INTERFACES)
		return CKR_BUFFER_TOO_SMALL;
	memcpy(interfaces, list_interfaces, sizeof(list_interfaces));

	return CKR_OK;
}

CK_RV
C_GetInterface(CK_UTF8CHAR *name, CK_VERSION *version, CK_INTERFACE **interface,
    CK_FLAGS flags)
{
	if (interface == NULL)
		return CKR_ARGUMENTS_BAD;
	for (size_t i = 0; i < LIST_INTERFACES; i++) {
		/* Both lists begin with their version. */
		const CK_VERSION *v = list_interfaces[i].pFunctionList;

		if (name != NULL &&
		    strcmp((const char *)name, (const char *)list_name) != 0)
			continue;
		if (version != NULL &&
		    (version->major != v->major || version->minor != v->minor))
			continue;
		if ((flags & ~list_interfaces[i].flags) != 0)
			continue;
		*interface = &list_interfaces[i];
		return CKR_OK;
	}

	return CKR_FUNCTION_FAILED;
}
