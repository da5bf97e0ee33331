/*
 * refused.c - the functions of PKCS#11 that this token does not offer.
 *
 * Belongs here: CKR_FUNCTION_NOT_SUPPORTED, and the two that are history.
 * Not here: functions that refuse after a look at their object (create.c).
 */
#include "pkcs11/state.h"

/* Nothing but the library's state is looked at. */
#pragma GCC diagnostic ignored "-Wunused-parameter"

static CK_RV
refused(CK_RV why)
{
	struct state *st;
	CK_RV rv = state_enter(&st);

	if (rv != CKR_OK)
		return rv;
	state_leave(st);

	return why;
}

/* Parameters by what they are, so that the table can be read. */
#define SESSION CK_SESSION_HANDLE session
#define MECH    CK_MECHANISM *mechanism
#define KEY     CK_OBJECT_HANDLE key
#define KEY2    CK_OBJECT_HANDLE key2
#define GIVES   CK_OBJECT_HANDLE *made
#define GIVES2  CK_OBJECT_HANDLE *made2
#define PARAM   void *parameter, CK_ULONG parameter_bytes
#define IN      CK_BYTE *in, CK_ULONG in_bytes
#define IN2     CK_BYTE *in2, CK_ULONG in2_bytes
#define OUT     CK_BYTE *out, CK_ULONG *out_bytes
#define ATTRS   CK_ATTRIBUTE *attributes, CK_ULONG n
#define ATTRS2  CK_ATTRIBUTE *attributes2, CK_ULONG n2
#define TEXT    CK_UTF8CHAR *text, CK_ULONG text_bytes
#define TEXT2   CK_UTF8CHAR *text2, CK_ULONG text2_bytes

#define REFUSED_TABLE(X)                                                  \
	X(C_InitToken, CK_SLOT_ID slot, TEXT, CK_UTF8CHAR *label)         \
	X(C_InitPIN, SESSION, TEXT)                                       \
	X(C_SetPIN, SESSION, TEXT, TEXT2)                                 \
	X(C_GetOperationState, SESSION, OUT)                              \
	X(C_SetOperationState, SESSION, IN, KEY, KEY2)                    \
	X(C_CopyObject, SESSION, KEY, ATTRS, GIVES)                       \
	X(C_EncryptInit, SESSION, MECH, KEY)                              \
	X(C_Encrypt, SESSION, IN, OUT)                                    \
	X(C_EncryptUpdate, SESSION, IN, OUT)                              \
	X(C_EncryptFinal, SESSION, OUT)                                   \
	X(C_DecryptInit, SESSION, MECH, KEY)                              \
	X(C_Decrypt, SESSION, IN, OUT)                                    \
	X(C_DecryptUpdate, SESSION, IN, OUT)                              \
	X(C_DecryptFinal, SESSION, OUT)                                   \
	X(C_DigestKey, SESSION, KEY)                                      \
	X(C_SignRecoverInit, SESSION, MECH, KEY)                          \
	X(C_SignRecover, SESSION, IN, OUT)                                \
	X(C_VerifyRecoverInit, SESSION, MECH, KEY)                        \
	X(C_VerifyRecover, SESSION, IN, OUT)                              \
	X(C_DigestEncryptUpdate, SESSION, IN, OUT)                        \
	X(C_DecryptDigestUpdate, SESSION, IN, OUT)                        \
	X(C_SignEncryptUpdate, SESSION, IN, OUT)                          \
	X(C_DecryptVerifyUpdate, SESSION, IN, OUT)                        \
	X(C_GenerateKey, SESSION, MECH, ATTRS, GIVES)                     \
	X(C_GenerateKeyPair, SESSION, MECH, ATTRS, ATTRS2, GIVES, GIVES2) \
	X(C_WrapKey, SESSION, MECH, KEY, KEY2, OUT)                       \
	X(C_UnwrapKey, SESSION, MECH, KEY, IN, ATTRS, GIVES)              \
	X(C_DeriveKey, SESSION, MECH, KEY, ATTRS, GIVES)                  \
	X(C_MessageEncryptInit, SESSION, MECH, KEY)                       \
	X(C_EncryptMessage, SESSION, PARAM, IN, IN2, OUT)                 \
	X(C_EncryptMessageBegin, SESSION, PARAM, IN)                      \
	X(C_EncryptMessageNext, SESSION, PARAM, IN, OUT, CK_FLAGS flags)  \
	X(C_MessageEncryptFinal, SESSION)                                 \
	X(C_MessageDecryptInit, SESSION, MECH, KEY)                       \
	X(C_DecryptMessage, SESSION, PARAM, IN, IN2, OUT)                 \
	X(C_DecryptMessageBegin, SESSION, PARAM, IN)                      \
	X(C_DecryptMessageNext, SESSION, PARAM, IN, OUT, CK_FLAGS flags)  \
	X(C_MessageDecryptFinal, SESSION)                                 \
	X(C_MessageSignInit, SESSION, MECH, KEY)                          \
	X(C_SignMessage, SESSION, PARAM, IN, OUT)                         \
	X(C_SignMessageBegin, SESSION, PARAM)                             \
	X(C_SignMessageNext, SESSION, PARAM, IN, OUT)                     \
	X(C_MessageSignFinal, SESSION)                                    \
	X(C_MessageVerifyInit, SESSION, MECH, KEY)                        \
	X(C_VerifyMessage, SESSION, PARAM, IN, IN2)                       \
	X(C_VerifyMessageBegin, SESSION, PARAM)                           \
	X(C_VerifyMessageNext, SESSION, PARAM, IN, IN2)                   \
	X(C_MessageVerifyFinal, SESSION)

#define REFUSED_FUNCTION(name, ...)                         \
	CK_RV name(__VA_ARGS__)                             \
	{                                                   \
		return refused(CKR_FUNCTION_NOT_SUPPORTED); \
	}
REFUSED_TABLE(REFUSED_FUNCTION)

CK_RV
C_GetFunctionStatus(CK_SESSION_HANDLE session)
{
	return refused(CKR_FUNCTION_NOT_PARALLEL);
}

CK_RV
C_CancelFunction(CK_SESSION_HANDLE session)
{
	return refused(CKR_FUNCTION_NOT_PARALLEL);
}
