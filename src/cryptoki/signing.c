/*
 * signing.c - what a token's private key does.
 *
 * Belongs here: C_Sign and C_Decrypt with raw mechanisms.
 * Not here: digests and their DigestInfo (the caller); verifying (x509).
 */
#include "cryptoki/signing.h"

#include "cryptoki/inner.h"

#include <string.h>

/* Calls that read their input only; their types have no const. */
static CK_BYTE *
signing_input(struct span in)
{
	CK_BYTE *p;

	memcpy(&p, &in.p, sizeof(p));

	return p;
}

static enum rc
signing_sign(const struct login *l, CK_MECHANISM_TYPE type,
    unsigned long object, struct span in, struct buf *out, struct err *e)
{
	const CK_FUNCTION_LIST *call = l->module->call;
	CK_MECHANISM mechanism = { .mechanism = type };
	CK_BYTE signature[SIGNING_MAX];
	CK_ULONG n = sizeof(signature);
	CK_RV rv = call->C_SignInit(l->session, &mechanism, object);

	if (rv != CKR_OK)
		return module_answer(rv, "C_SignInit", e);
	rv = call->C_Sign(l->session, signing_input(in), in.n, signature, &n);
	if (rv != CKR_OK)
		return module_answer(rv, "C_Sign", e);
	if (n > sizeof(signature))
		return err_set(e, RC_IO, "C_Sign", "a signature too long");
	buf_bytes(out, (struct span){ signature, n });

	return buf_ok(out) ? RC_OK
			   : err_set(e, RC_LIMIT, "C_Sign", "no room for it");
}

enum rc
signing_rsa(const struct login *l, unsigned long object, struct span in,
    struct buf *out, struct err *e)
{
	return signing_sign(l, CKM_RSA_PKCS, object, in, out, e);
}

enum rc
signing_ecdsa(const struct login *l, unsigned long object, struct span in,
    struct buf *out, struct err *e)
{
	return signing_sign(l, CKM_ECDSA, object, in, out, e);
}

enum rc
signing_decrypt(const struct login *l, unsigned long object, struct span in,
    struct sec *out, struct err *e)
{
	const CK_FUNCTION_LIST *call = l->module->call;
	CK_MECHANISM mechanism = { .mechanism = CKM_RSA_PKCS };
	struct sec plain SEC_WIPED = { 0 };
	CK_ULONG n = SIGNING_MAX;
	enum rc rc = sec_new(&plain, SIGNING_MAX, e);
	CK_RV rv;

	if (rc != RC_OK)
		return rc;
	rv = call->C_DecryptInit(l->session, &mechanism, object);
	if (rv != CKR_OK)
		return module_answer(rv, "C_DecryptInit", e);
	rv = call->C_Decrypt(l->session, signing_input(in), in.n, plain.p, &n);
	if (rv != CKR_OK)
		return module_answer(rv, "C_Decrypt", e);
	if (n > SIGNING_MAX)
		return err_set(e, RC_IO, "C_Decrypt", "a text too long");

	return sec_copy(out, (struct span){ plain.p, n }, e);
}
