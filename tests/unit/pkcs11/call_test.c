/* call_test.c - login and signing: what each answer of the helper becomes. */
#include "module.h"
#include "tap.h"

#include <pthread.h>

static CK_BYTE digest[32], signature[256];

static CK_RV
sign_ec(CK_SESSION_HANDLE s, CK_BYTE first)
{
	CK_MECHANISM m = { CKM_ECDSA, NULL, 0 };
	CK_ULONG n = sizeof(signature);
	CK_RV rv =
	    p11->C_SignInit(s, &m, module_object(s, CKO_PRIVATE_KEY, 0x22));

	digest[0] = first;

	return rv == CKR_OK
	    ? p11->C_Sign(s, digest, sizeof(digest), signature, &n)
	    : rv;
}

/* Also what stands between PKCS#11 and enum rc: every code, both calls. */
static void
test_codes(void)
{
	static const struct {
		enum rc rc;
		CK_RV login, sign;
	} rows[] = {
		{ RC_FORMAT, CKR_DEVICE_ERROR, CKR_DEVICE_ERROR },
		{ RC_LIMIT, CKR_DEVICE_ERROR, CKR_DEVICE_ERROR },
		{ RC_UNKNOWN, CKR_DEVICE_ERROR, CKR_DEVICE_ERROR },
		{ RC_POLICY, CKR_DEVICE_ERROR, CKR_KEY_FUNCTION_NOT_PERMITTED },
		{ RC_DENIED, CKR_DEVICE_ERROR, CKR_USER_NOT_LOGGED_IN },
		{ RC_SECRET, CKR_PIN_INCORRECT, CKR_USER_NOT_LOGGED_IN },
		{ RC_LOCKED, CKR_PIN_LOCKED, CKR_USER_NOT_LOGGED_IN },
		{ RC_RATE, CKR_TOKEN_RESOURCE_EXCEEDED,
		    CKR_TOKEN_RESOURCE_EXCEEDED },
		{ RC_ABSENT, CKR_DEVICE_ERROR, CKR_DEVICE_ERROR },
		{ RC_EXISTS, CKR_DEVICE_ERROR, CKR_DEVICE_ERROR },
		{ RC_STATE, CKR_FUNCTION_CANCELED, CKR_FUNCTION_CANCELED },
		{ RC_EXPIRED, CKR_FUNCTION_CANCELED, CKR_FUNCTION_CANCELED },
		{ RC_REFUSED, CKR_FUNCTION_CANCELED, CKR_FUNCTION_REJECTED },
		{ RC_BUSY, CKR_TOKEN_RESOURCE_EXCEEDED,
		    CKR_TOKEN_RESOURCE_EXCEEDED },
		{ RC_IO, CKR_DEVICE_ERROR, CKR_DEVICE_ERROR },
		{ RC_MEMORY, CKR_HOST_MEMORY, CKR_HOST_MEMORY },
		{ RC_CRYPTO, CKR_DEVICE_ERROR, CKR_DEVICE_ERROR },
		{ RC_BUG, CKR_GENERAL_ERROR, CKR_GENERAL_ERROR },
	};
	CK_SESSION_HANDLE s = module_session();
	char pin[8];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		(void)snprintf(pin, sizeof(pin), "rc%02d", (int)rows[i].rc);
		ok(module_login(s, pin) == rows[i].login, "login: %s",
		    err_name(rows[i].rc));
		ok(module_login(s, "123456") == CKR_OK &&
			sign_ec(s, (CK_BYTE)rows[i].rc) == rows[i].sign,
		    "sign: %s", err_name(rows[i].rc));
		(void)p11->C_Logout(s);
	}
	(void)p11->C_CloseSession(s);
}

static CK_FLAGS
token_flags(void)
{
	CK_TOKEN_INFO info = { 0 };

	(void)p11->C_GetTokenInfo(1, &info);

	return info.flags &
	    (CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY |
		CKF_USER_PIN_LOCKED);
}

static void
test_officer(CK_SESSION_HANDLE reader)
{
	CK_UTF8CHAR pin[] = "123456";
	CK_SESSION_HANDLE s = 0;

	ok(p11->C_OpenSession(1, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL,
	       NULL, &s) == CKR_OK &&
		p11->C_Login(s, CKU_SO, pin, 6) == CKR_SESSION_READ_ONLY_EXISTS,
	    "security officer: not beside a session that only reads");
	ok(module_login(reader, "123456") == CKR_OK &&
		p11->C_Login(s, CKU_SO, pin, 6) ==
		    CKR_USER_ANOTHER_ALREADY_LOGGED_IN &&
		p11->C_Logout(reader) == CKR_OK,
	    "security officer: not beside the user");
	(void)p11->C_CloseAllSessions(1);
	(void)p11->C_OpenSession(
	    1, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &s);
	ok(p11->C_Login(s, CKU_SO, pin, 6) == CKR_USER_TYPE_INVALID,
	    "security officer: there is none");
	(void)p11->C_CloseSession(s);
}

static void
test_login(void)
{
	CK_SESSION_HANDLE s = module_session();
	CK_UTF8CHAR pin[] = "123456";
	CK_SESSION_INFO info;

	ok(p11->C_Login(s, 77, pin, 6) == CKR_USER_TYPE_INVALID,
	    "login: only as user");
	test_officer(s);
	s = module_session();
	ok(p11->C_Login(s, CKU_CONTEXT_SPECIFIC, pin, 6) ==
		CKR_OPERATION_NOT_INITIALIZED,
	    "login: no key asks for one of its own");
	ok(p11->C_Login(0, CKU_USER, pin, 6) == CKR_SESSION_HANDLE_INVALID,
	    "login: no session");
	ok(p11->C_Login(s, CKU_USER, pin, 3) == CKR_PIN_INCORRECT &&
		p11->C_Login(s, CKU_USER, pin, ~0UL) == CKR_PIN_INCORRECT,
	    "login: PIN wrong, too long");
	ok(module_login(s, "999999") == CKR_PIN_INCORRECT &&
		token_flags() == CKF_USER_PIN_COUNT_LOW,
	    "login: wrong PIN, the token says that tries are few");
	ok(module_login(s, "last") == CKR_PIN_INCORRECT &&
		token_flags() ==
		    (CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY),
	    "login: one try is left");
	ok(module_login(s, "rc07") == CKR_PIN_LOCKED &&
		token_flags() == CKF_USER_PIN_LOCKED,
	    "login: locked");
	ok(module_login(s, "junk") == CKR_DEVICE_ERROR &&
		module_login(s, "long") == CKR_DEVICE_ERROR,
	    "login: an answer that is none, one that is too long");
	ok(module_login(s, "dies") == CKR_DEVICE_ERROR &&
		module_login(s, "123456") == CKR_OK && token_flags() == 0,
	    "login: the helper dies; the next call starts another");
	ok(p11->C_GetSessionInfo(s, &info) == CKR_OK &&
		info.state == CKS_RO_USER_FUNCTIONS &&
		module_login(s, "123456") == CKR_USER_ALREADY_LOGGED_IN,
	    "login: for good, once");
	ok(module_object(s, CKO_PRIVATE_KEY, 0x11) != 0,
	    "login: keys are seen");
	ok(p11->C_Logout(s) == CKR_OK &&
		module_object(s, CKO_PRIVATE_KEY, 0x11) == 0,
	    "logout: keys are gone");
	ok(module_login(s, NULL) == CKR_OK, "login without a PIN");
	(void)p11->C_CloseSession(s);
	s = module_session();
	ok(p11->C_GetSessionInfo(s, &info) == CKR_OK &&
		info.state == CKS_RO_PUBLIC_SESSION,
	    "logout: with the last session");
	(void)p11->C_CloseSession(s);
}

static void
test_sign_begin(CK_SESSION_HANDLE s)
{
	CK_OBJECT_HANDLE rsa = module_object(s, CKO_PRIVATE_KEY, 0x11);
	CK_OBJECT_HANDLE ec = module_object(s, CKO_PRIVATE_KEY, 0x22);
	CK_OBJECT_HANDLE old = module_object(s, CKO_PRIVATE_KEY, 0x44);
	CK_OBJECT_HANDLE pub = module_object(s, CKO_PUBLIC_KEY, 0x11);
	CK_OBJECT_HANDLE cert = module_object(s, CKO_CERTIFICATE, 0x11);
	CK_RSA_PKCS_PSS_PARAMS good = { CKM_SHA256, CKG_MGF1_SHA256, 32 };
	CK_RSA_PKCS_PSS_PARAMS hash = { CKM_SHA_1, CKG_MGF1_SHA1, 20 };
	CK_RSA_PKCS_PSS_PARAMS mgf = { CKM_SHA256, CKG_MGF1_SHA1, 32 };
	CK_RSA_PKCS_PSS_PARAMS salt = { CKM_SHA256, CKG_MGF1_SHA256, 223 };
	CK_RSA_PKCS_PSS_PARAMS most = { CKM_SHA256, CKG_MGF1_SHA256, 222 };
	const struct {
		const char *what;
		CK_MECHANISM m;
		CK_OBJECT_HANDLE key;
		CK_RV want;
	} rows[] = {
		{ "RSA", { CKM_SHA256_RSA_PKCS, NULL, 0 }, rsa, CKR_OK },
		{ "EC", { CKM_ECDSA_SHA384, NULL, 0 }, ec, CKR_OK },
		{ "PSS", { CKM_RSA_PKCS_PSS, &good, sizeof(good) }, rsa,
		    CKR_OK },
		{ "PSS, longest salt",
		    { CKM_RSA_PKCS_PSS, &most, sizeof(most) }, rsa, CKR_OK },
		{ "PSS, salt one too long",
		    { CKM_RSA_PKCS_PSS, &salt, sizeof(salt) }, rsa,
		    CKR_MECHANISM_PARAM_INVALID },
		{ "PSS, SHA-1", { CKM_RSA_PKCS_PSS, &hash, sizeof(hash) }, rsa,
		    CKR_MECHANISM_PARAM_INVALID },
		{ "PSS, two hashes", { CKM_RSA_PKCS_PSS, &mgf, sizeof(mgf) },
		    rsa, CKR_MECHANISM_PARAM_INVALID },
		{ "PSS, hash of another name",
		    { CKM_SHA384_RSA_PKCS_PSS, &good, sizeof(good) }, rsa,
		    CKR_MECHANISM_PARAM_INVALID },
		{ "PSS, no parameters", { CKM_RSA_PKCS_PSS, NULL, 0 }, rsa,
		    CKR_MECHANISM_PARAM_INVALID },
		{ "PSS, a length without parameters",
		    { CKM_RSA_PKCS_PSS, NULL, sizeof(good) }, rsa,
		    CKR_MECHANISM_PARAM_INVALID },
		{ "PSS, half the parameters",
		    { CKM_RSA_PKCS_PSS, &good, sizeof(good) / 2 }, rsa,
		    CKR_MECHANISM_PARAM_INVALID },
		{ "a parameter where none is known",
		    { CKM_ECDSA, &good, sizeof(good) }, ec,
		    CKR_MECHANISM_PARAM_INVALID },
		{ "unknown mechanism", { CKM_RSA_X_509, NULL, 0 }, rsa,
		    CKR_MECHANISM_INVALID },
		{ "a digest", { CKM_SHA256, NULL, 0 }, rsa,
		    CKR_MECHANISM_INVALID },
		{ "RSA with EC key", { CKM_SHA256_RSA_PKCS, NULL, 0 }, ec,
		    CKR_KEY_TYPE_INCONSISTENT },
		{ "EC with RSA key", { CKM_ECDSA, NULL, 0 }, rsa,
		    CKR_KEY_TYPE_INCONSISTENT },
		{ "a certificate's handle", { CKM_ECDSA, NULL, 0 }, cert,
		    CKR_KEY_HANDLE_INVALID },
		{ "a public key", { CKM_SHA256_RSA_PKCS, NULL, 0 }, pub,
		    CKR_KEY_FUNCTION_NOT_PERMITTED },
		{ "no handle", { CKM_ECDSA, NULL, 0 }, 0,
		    CKR_KEY_HANDLE_INVALID },
		{ "an expired certificate", { CKM_SHA256_RSA_PKCS, NULL, 0 },
		    old, CKR_KEY_FUNCTION_NOT_PERMITTED },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CK_MECHANISM m = rows[i].m;
		CK_ULONG n = 0;
		CK_RV rv = p11->C_SignInit(s, &m, rows[i].key);

		ok(rv == rows[i].want, "C_SignInit: %s", rows[i].what);
		if (rv == CKR_OK)
			ok(p11->C_SignInit(s, &m, rows[i].key) ==
				    CKR_OPERATION_ACTIVE &&
				p11->C_SignFinal(s, NULL, &n) == CKR_OK &&
				n == (rows[i].key == ec ? 64 : 256) &&
				p11->C_SignInit(s, NULL, 0) == CKR_OK,
			    "%s: active, length, cancelled", rows[i].what);
	}
}

static void
test_raw(CK_SESSION_HANDLE s)
{
	static const CK_BYTE prefix[] = { 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09,
		0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
		0x00, 0x04, 0x20 };
	CK_RSA_PKCS_PSS_PARAMS pss = { CKM_SHA384, CKG_MGF1_SHA384, 48 };
	CK_OBJECT_HANDLE rsa = module_object(s, CKO_PRIVATE_KEY, 0x11);
	CK_OBJECT_HANDLE ec = module_object(s, CKO_PRIVATE_KEY, 0x22);
	CK_BYTE info[2048] = { 0 };
	const struct {
		const char *what;
		CK_MECHANISM m;
		CK_OBJECT_HANDLE key;
		CK_ULONG n;
		CK_RV want;
	} rows[] = {
		{ "DigestInfo of SHA-256", { CKM_RSA_PKCS, NULL, 0 }, rsa, 51,
		    CKR_OK },
		{ "DigestInfo cut short", { CKM_RSA_PKCS, NULL, 0 }, rsa, 50,
		    CKR_DATA_INVALID },
		{ "36 bytes of TLS 1.0", { CKM_RSA_PKCS, NULL, 0 }, rsa, 36,
		    CKR_DATA_INVALID },
		{ "245 bytes of anything", { CKM_RSA_PKCS, NULL, 0 }, rsa, 245,
		    CKR_DATA_INVALID },
		{ "246 bytes do not fit", { CKM_RSA_PKCS, NULL, 0 }, rsa, 246,
		    CKR_DATA_LEN_RANGE },
		{ "more than anything", { CKM_RSA_PKCS, NULL, 0 }, rsa, 2048,
		    CKR_DATA_LEN_RANGE },
		{ "PSS of 48", { CKM_RSA_PKCS_PSS, &pss, sizeof(pss) }, rsa, 48,
		    CKR_OK },
		{ "PSS of 32", { CKM_RSA_PKCS_PSS, &pss, sizeof(pss) }, rsa, 32,
		    CKR_DATA_LEN_RANGE },
		{ "ECDSA of 64", { CKM_ECDSA, NULL, 0 }, ec, 64, CKR_OK },
		{ "ECDSA of SHA-1", { CKM_ECDSA, NULL, 0 }, ec, 20,
		    CKR_DATA_LEN_RANGE },
		{ "ECDSA of nothing", { CKM_ECDSA, NULL, 0 }, ec, 0,
		    CKR_DATA_LEN_RANGE },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CK_MECHANISM m = rows[i].m;
		CK_ULONG n = sizeof(signature);

		memset(info, 0, sizeof(info));
		if (m.mechanism == CKM_RSA_PKCS)
			memcpy(info, prefix, sizeof(prefix));
		(void)p11->C_SignInit(s, &m, rows[i].key);
		ok(p11->C_Sign(s, info, rows[i].n, signature, &n) ==
			rows[i].want,
		    "raw: %s", rows[i].what);
		ok(p11->C_Sign(s, info, 1, signature, &n) ==
			CKR_OPERATION_NOT_INITIALIZED,
		    "raw: %s: the operation is over", rows[i].what);
		(void)p11->C_SignInit(s, &m, rows[i].key);
		n = sizeof(signature);
		ok((rows[i].n < 2 || p11->C_SignUpdate(s, info, 1) == CKR_OK) &&
			(p11->C_SignUpdate(s, info + 1,
			     rows[i].n < 2 ? 0 : rows[i].n - 1) != CKR_OK ||
			    p11->C_SignFinal(s, signature, &n) == rows[i].want),
		    "raw: %s, in parts", rows[i].what);
	}
}

static void
test_sign(CK_SESSION_HANDLE s)
{
	CK_MECHANISM m = { CKM_SHA256_RSA_PKCS, NULL, 0 };
	CK_OBJECT_HANDLE rsa = module_object(s, CKO_PRIVATE_KEY, 0x11);
	CK_BYTE data[] = "abc";
	CK_ULONG n = sizeof(signature);

	ok(p11->C_SignUpdate(s, data, 3) == CKR_OPERATION_NOT_INITIALIZED &&
		p11->C_SignFinal(s, signature, &n) ==
		    CKR_OPERATION_NOT_INITIALIZED,
	    "sign: not begun");
	(void)p11->C_SignInit(s, &m, rsa);
	ok(p11->C_SignUpdate(s, data, 1) == CKR_OK &&
		p11->C_SignUpdate(s, data + 1, 2) == CKR_OK &&
		p11->C_SignFinal(s, signature, &n) == CKR_OK && n == 256 &&
		signature[1] == TOKENFRAME_RSA_PKCS1 &&
		signature[2] == TOKENFRAME_SHA256 && signature[4] == 0xba &&
		signature[5] == 0x78,
	    "sign: the digest of the data goes to the helper");
	(void)p11->C_SignInit(s, &m, rsa);
	(void)p11->C_SignUpdate(s, data, 1);
	ok(p11->C_Sign(s, data, 3, signature, &n) == CKR_OPERATION_ACTIVE &&
		p11->C_SignFinal(s, signature, &n) ==
		    CKR_OPERATION_NOT_INITIALIZED,
	    "sign: whole after part ends it");
	(void)p11->C_SignInit(s, &m, rsa);
	ok(p11->C_Sign(s, NULL, 3, signature, &n) == CKR_ARGUMENTS_BAD,
	    "sign: no data but a length");
	(void)p11->C_SignInit(s, &m, rsa);
	ok(p11->C_Sign(s, data, 3, signature, NULL) == CKR_ARGUMENTS_BAD,
	    "sign: no length");
	ok(sign_ec(s, 0xf2) == CKR_DEVICE_ERROR,
	    "sign: a signature of the wrong length");
	ok(sign_ec(s, 0xf1) == CKR_DEVICE_ERROR &&
		sign_ec(s, 0) == CKR_USER_NOT_LOGGED_IN &&
		module_login(s, "123456") == CKR_OK && sign_ec(s, 0) == CKR_OK,
	    "sign: the helper dies, the login with it; a new one works");
}

struct waiter {
	pthread_t thread;
	CK_SESSION_HANDLE s;
	CK_BYTE first; /* 0: logs in */
	CK_RV rv;
};

static void *
wait_in_call(void *arg)
{
	struct waiter *w = arg;

	w->rv = w->first == 0 ? module_login(w->s, "wait")
			      : sign_ec(w->s, w->first);

	return NULL;
}

static void
wait_begin(struct waiter *w, CK_BYTE first)
{
	w->s = module_session();
	w->first = first;
	w->rv = 12345;
	if (pthread_create(&w->thread, NULL, wait_in_call, w) != 0)
		abort();
	(void)usleep(150000);
}

static CK_RV
wait_end(struct waiter *w)
{
	(void)pthread_join(w->thread, NULL);

	return w->rv;
}

static void
test_waiting(void)
{
	CK_SESSION_HANDLE keep = module_session();
	CK_TOKEN_INFO info;
	struct waiter w;

	(void)module_login(keep, "123456");
	wait_begin(&w, 0xf0);
	ok(p11->C_GetTokenInfo(1, &info) == CKR_OK &&
		sign_ec(keep, 0) == CKR_OK,
	    "waiting: others go on, and sign");
	digest[0] = 0xf0;
	ok(p11->C_SignUpdate(w.s, digest, 1) == CKR_OPERATION_ACTIVE,
	    "waiting: the session is taken");
	ok(p11->C_SessionCancel(w.s, CKF_SIGN) == CKR_OK &&
		wait_end(&w) == CKR_FUNCTION_CANCELED,
	    "waiting: C_SessionCancel ends it");
	wait_begin(&w, 0xf0);
	ok(p11->C_CloseSession(w.s) == CKR_OK &&
		wait_end(&w) == CKR_SESSION_CLOSED,
	    "waiting: C_CloseSession ends it");
	wait_begin(&w, 0xf0);
	ok(p11->C_Logout(keep) == CKR_OK &&
		wait_end(&w) == CKR_FUNCTION_CANCELED,
	    "waiting: C_Logout ends a signature");
	wait_begin(&w, 0);
	ok(p11->C_SessionCancel(w.s, 0) == CKR_OK &&
		wait_end(&w) == CKR_FUNCTION_CANCELED,
	    "waiting: C_SessionCancel ends a login");
	wait_begin(&w, 0);
	ok(p11->C_Finalize(NULL) == CKR_OK &&
		wait_end(&w) == CKR_CRYPTOKI_NOT_INITIALIZED,
	    "waiting: C_Finalize ends it");
}

/* A certificate and its keys, which programs tell apart by CKA_UNIQUE_ID. */
static void
test_unique(CK_SESSION_HANDLE s)
{
	static const struct {
		CK_OBJECT_CLASS class;
		char letter;
	} parts[] = { { CKO_CERTIFICATE, 'c' }, { CKO_PUBLIC_KEY, 'p' },
		{ CKO_PRIVATE_KEY, 's' } };
	char first[64] = "", text[64];
	int good = 0;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		CK_ATTRIBUTE a = { CKA_UNIQUE_ID, text, sizeof(text) };
		CK_RV rv = p11->C_GetAttributeValue(
		    s, module_object(s, parts[i].class, 0x11), &a, 1);

		if (i == 0)
			memcpy(first, text, sizeof(first));
		good += rv == CKR_OK && a.ulValueLen == 34 &&
		    memcmp(text, first, 33) == 0 && text[33] == parts[i].letter;
	}
	ok(good == 3, "a certificate and its keys have names of their own");
}

int
main(void)
{
	CK_SESSION_HANDLE s;

	module_home("[default]\nask-at = login\n");
	module_load();
	ok(p11->C_Initialize(NULL) == CKR_OK, "C_Initialize");
	test_codes();
	test_login();
	s = module_session();
	ok(sign_ec(s, 0) == CKR_USER_NOT_LOGGED_IN, "sign: not logged in");
	(void)module_login(s, "123456");
	test_unique(s);
	test_sign_begin(s);
	test_raw(s);
	test_sign(s);
	(void)p11->C_CloseAllSessions(1);
	test_waiting();

	return tap_done();
}
