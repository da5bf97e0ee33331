/* verify_test.c - C_Verify: of anybody, by the helper, once. */
#include "module.h"
#include "tap.h"

static CK_BYTE signature[257], data[] = "abc";
static CK_ULONG signature_n;

/* A signature of the fake helper: its own kind, over what it was sent. */
static void
sign(CK_SESSION_HANDLE s, CK_MECHANISM *m, CK_BYTE id, CK_ULONG n)
{
	signature_n = sizeof(signature);
	if (p11->C_SignInit(s, m, module_object(s, CKO_PRIVATE_KEY, id)) !=
		CKR_OK ||
	    p11->C_Sign(s, data, n, signature, &signature_n) != CKR_OK)
		abort();
}

static void
test_kinds(void)
{
	static CK_RSA_PKCS_PSS_PARAMS pss = { CKM_SHA384, CKG_MGF1_SHA384, 40 };
	static CK_MECHANISM rows[] = {
		{ CKM_SHA256_RSA_PKCS, NULL, 0 },
		{ CKM_SHA384_RSA_PKCS_PSS, &pss, sizeof(pss) },
		{ CKM_ECDSA_SHA512, NULL, 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CK_BYTE id =
		    rows[i].mechanism == CKM_ECDSA_SHA512 ? 0x22 : 0x11;
		CK_SESSION_HANDLE s = module_session();
		CK_OBJECT_HANDLE key;

		(void)module_login(s, "123456");
		sign(s, &rows[i], id, 3);
		(void)p11->C_Logout(s);
		key = module_object(s, CKO_PUBLIC_KEY, id);
		(void)p11->C_VerifyInit(s, &rows[i], key);
		ok(p11->C_Verify(s, data, 3, signature, signature_n) == CKR_OK,
		    "%zu: good, with nobody logged in", i);
		(void)p11->C_VerifyInit(s, &rows[i], key);
		ok(p11->C_VerifyUpdate(s, data, 1) == CKR_OK &&
			p11->C_VerifyUpdate(s, data + 1, 2) == CKR_OK &&
			p11->C_VerifyFinal(s, signature, signature_n) == CKR_OK,
		    "%zu: good, in parts", i);
		(void)p11->C_VerifyInit(s, &rows[i], key);
		ok(p11->C_Verify(s, data, 2, signature, signature_n) ==
			CKR_SIGNATURE_INVALID,
		    "%zu: of other data", i);
		signature[1] ^= 1;
		(void)p11->C_VerifyInit(s, &rows[i], key);
		ok(p11->C_Verify(s, data, 3, signature, signature_n) ==
			CKR_SIGNATURE_INVALID,
		    "%zu: another signature", i);
		(void)p11->C_VerifyInit(s, &rows[i], key);
		ok(p11->C_Verify(s, data, 3, signature, signature_n - 1) ==
			    CKR_SIGNATURE_LEN_RANGE &&
			p11->C_Verify(s, data, 3, signature, signature_n) ==
			    CKR_OPERATION_NOT_INITIALIZED,
		    "%zu: a byte short, and over", i);
		(void)p11->C_CloseSession(s);
	}
}

static void
test_begin(CK_SESSION_HANDLE s)
{
	const struct {
		const char *what;
		CK_MECHANISM_TYPE mechanism;
		CK_OBJECT_HANDLE key;
		CK_RV want;
	} rows[] = {
		{ "a private key", CKM_ECDSA,
		    module_object(s, CKO_PRIVATE_KEY, 0x22),
		    CKR_KEY_FUNCTION_NOT_PERMITTED },
		{ "a certificate", CKM_ECDSA,
		    module_object(s, CKO_CERTIFICATE, 0x22),
		    CKR_KEY_HANDLE_INVALID },
		{ "no handle", CKM_ECDSA, 0, CKR_KEY_HANDLE_INVALID },
		{ "EC with an RSA key", CKM_ECDSA,
		    module_object(s, CKO_PUBLIC_KEY, 0x11),
		    CKR_KEY_TYPE_INCONSISTENT },
		{ "a digest", CKM_SHA256,
		    module_object(s, CKO_PUBLIC_KEY, 0x11),
		    CKR_MECHANISM_INVALID },
		{ "PSS without parameters", CKM_RSA_PKCS_PSS,
		    module_object(s, CKO_PUBLIC_KEY, 0x11),
		    CKR_MECHANISM_PARAM_INVALID },
		{ "the key of an expired certificate", CKM_SHA256_RSA_PKCS,
		    module_object(s, CKO_PUBLIC_KEY, 0x44), CKR_OK },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CK_MECHANISM m = { rows[i].mechanism, NULL, 0 };

		ok(p11->C_VerifyInit(s, &m, rows[i].key) == rows[i].want,
		    "begun with %s", rows[i].what);
	}
	ok(p11->C_VerifyInit(s, NULL, 0) == CKR_OK &&
		p11->C_VerifyUpdate(s, data, 1) ==
		    CKR_OPERATION_NOT_INITIALIZED,
	    "begun and cancelled");
}

static void
test_order(CK_SESSION_HANDLE s)
{
	CK_MECHANISM m = { CKM_SHA256_RSA_PKCS, NULL, 0 };
	CK_MECHANISM raw = { CKM_RSA_PKCS, NULL, 0 };
	CK_OBJECT_HANDLE key = module_object(s, CKO_PUBLIC_KEY, 0x11);

	(void)p11->C_VerifyInit(s, &m, key);
	ok(p11->C_VerifyInit(s, &m, key) == CKR_OPERATION_ACTIVE,
	    "begun twice");
	(void)p11->C_VerifyUpdate(s, data, 1);
	ok(p11->C_Verify(s, data, 3, signature, 256) == CKR_OPERATION_ACTIVE &&
		p11->C_VerifyFinal(s, signature, 256) ==
		    CKR_OPERATION_NOT_INITIALIZED,
	    "whole after part ends it");
	(void)p11->C_VerifyInit(s, &m, key);
	ok(p11->C_Verify(s, data, 3, NULL, 256) == CKR_ARGUMENTS_BAD,
	    "no signature");
	(void)p11->C_VerifyInit(s, &m, key);
	ok(p11->C_VerifyFinal(s, NULL, 256) == CKR_ARGUMENTS_BAD,
	    "no signature, in parts");
	(void)p11->C_VerifyInit(s, &m, key);
	ok(p11->C_VerifyUpdate(s, NULL, 3) == CKR_ARGUMENTS_BAD &&
		p11->C_VerifyUpdate(s, data, 3) ==
		    CKR_OPERATION_NOT_INITIALIZED,
	    "no data but a length");
	(void)p11->C_VerifyInit(s, &raw, key);
	ok(p11->C_Verify(s, data, 3, signature, 256) == CKR_DATA_INVALID,
	    "raw: no DigestInfo");
	(void)p11->C_VerifyInit(s, &m, key);
	ok(p11->C_SessionCancel(s, CKF_VERIFY) == CKR_OK &&
		p11->C_VerifyUpdate(s, data, 1) ==
		    CKR_OPERATION_NOT_INITIALIZED,
	    "cancelled by C_SessionCancel");
	(void)p11->C_VerifyInit(s, &m, key);
	(void)module_login(s, "123456");
	sign(s, &m, 0x11, 3);
	ok(p11->C_Verify(s, data, 3, signature, signature_n) == CKR_OK,
	    "begun before a login, with a signature in between");
}

static void
test_helper(CK_SESSION_HANDLE s)
{
	CK_MECHANISM m = { CKM_ECDSA, NULL, 0 };
	CK_OBJECT_HANDLE key = module_object(s, CKO_PUBLIC_KEY, 0x22);
	CK_BYTE digest[32] = { 0xf1 };

	(void)p11->C_VerifyInit(s, &m, key);
	ok(p11->C_Verify(s, digest, 32, signature, 64) == CKR_DEVICE_ERROR,
	    "the helper dies");
	digest[0] = RC_CRYPTO;
	(void)p11->C_VerifyInit(s, &m, key);
	ok(p11->C_Verify(s, digest, 32, signature, 64) == CKR_DEVICE_ERROR,
	    "the helper cannot; another one was started");
}

int
main(void)
{
	CK_SESSION_HANDLE s;

	module_home("[default]\nask-at = login\n");
	module_load();
	(void)p11->C_Initialize(NULL);
	test_kinds();
	s = module_session();
	(void)module_login(s, "123456");
	test_begin(s);
	(void)p11->C_Logout(s);
	test_order(s);
	test_helper(s);
	(void)p11->C_Finalize(NULL);

	return tap_done();
}
