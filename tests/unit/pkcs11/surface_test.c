/* surface_test.c - the module before any login: entries, arguments, objects. */
#include "module.h"
#include "tap.h"

#include <stddef.h>

/* Every function of the list but the three that work before C_Initialize. */
static void
check_not_initialized(const char *when)
{
	typedef CK_RV (*any)(CK_ULONG, CK_ULONG, CK_ULONG, CK_ULONG, CK_ULONG,
	    CK_ULONG, CK_ULONG, CK_ULONG, CK_ULONG, CK_ULONG);
	const size_t first = offsetof(CK_FUNCTION_LIST_3_0, C_Initialize);
	size_t n = (sizeof(*p11) - first) / sizeof(any), bad = 0;

	for (size_t i = 0; i < n; i++) {
		const char *at = (const char *)p11 + first + i * sizeof(any);
		any f;

		memcpy(&f, at, sizeof(f));
		if (at == (const char *)&p11->C_Initialize ||
		    at == (const char *)&p11->C_GetFunctionList ||
		    at == (const char *)&p11->C_GetInterfaceList ||
		    at == (const char *)&p11->C_GetInterface)
			continue;
		if (f == NULL ||
		    f(0, 0, 0, 0, 0, 0, 0, 0, 0, 0) !=
			CKR_CRYPTOKI_NOT_INITIALIZED) {
			diag("function %zu", i);
			bad++;
		}
	}
	ok(bad == 0 && n == 92, "%s: all functions are not initialized", when);
}

static void
test_interfaces(void)
{
	CK_UTF8CHAR name[] = "PKCS 11", other[] = "Vendor NSS FIPS Interface";
	CK_VERSION v30 = { 3, 0 }, v240 = { 2, 40 }, v32 = { 3, 2 };
	const struct {
		const char *what;
		CK_UTF8CHAR *name;
		CK_VERSION *version;
		CK_FLAGS flags;
		CK_RV want;
		CK_BYTE major;
	} rows[] = {
		{ "everything left open", NULL, NULL, 0, CKR_OK, 3 },
		{ "by name", name, NULL, 0, CKR_OK, 3 },
		{ "3.0", name, &v30, 0, CKR_OK, 3 },
		{ "2.40", name, &v240, 0, CKR_OK, 2 },
		{ "3.2 is not offered", name, &v32, 0, CKR_FUNCTION_FAILED, 0 },
		{ "fork safe", name, NULL, CKF_INTERFACE_FORK_SAFE, CKR_OK, 3 },
		{ "unknown flag", name, NULL, 0x80, CKR_FUNCTION_FAILED, 0 },
		{ "unknown name", other, NULL, 0, CKR_FUNCTION_FAILED, 0 },
	};
	CK_INTERFACE *i, list[2];
	CK_ULONG n = 0;

	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		CK_RV rv;

		i = NULL;
		rv = p11->C_GetInterface(
		    rows[k].name, rows[k].version, &i, rows[k].flags);
		ok(rv == rows[k].want && (rv == CKR_OK) == (i != NULL) &&
			(i == NULL ||
			    *(CK_BYTE *)i->pFunctionList == rows[k].major),
		    "C_GetInterface: %s", rows[k].what);
	}
	ok(p11->C_GetInterface(name, NULL, NULL, 0) == CKR_ARGUMENTS_BAD,
	    "C_GetInterface: no place to put it");
	ok(p11->C_GetInterfaceList(NULL, &n) == CKR_OK && n == 2, "two lists");
	n = 1;
	ok(p11->C_GetInterfaceList(list, &n) == CKR_BUFFER_TOO_SMALL && n == 2,
	    "room for one of two lists");
	ok(p11->C_GetInterfaceList(list, &n) == CKR_OK, "room for both");
	ok(p11->C_GetFunctionList(NULL) == CKR_ARGUMENTS_BAD, "no list");
}

static unsigned int locks, unlocks, made, destroyed;
static CK_RV
count_create(void **m)
{
	*m = &made;
	made++;
	return CKR_OK;
}
static CK_RV
count_destroy(void *m)
{
	destroyed += m == &made ? 1 : 0;
	return CKR_OK;
}
static CK_RV
count_lock(void *m)
{
	locks += m == &made ? 1 : 0;
	return CKR_OK;
}
static CK_RV
count_unlock(void *m)
{
	unlocks += m == &made ? 1 : 0;
	return CKR_OK;
}
static CK_RV
fail_create(void **m)
{
	*m = NULL;
	return CKR_HOST_MEMORY;
}

static void
test_initialize(void)
{
	struct {
		const char *what;
		CK_C_INITIALIZE_ARGS args;
		CK_RV want;
	} rows[] = {
		{ "no flags", { 0 }, CKR_OK },
		{ "no threads of its own", { .flags = 1 }, CKR_OK },
		{ "OS locking", { .flags = 2 }, CKR_OK },
		{ "as NSS does",
		    { count_create, count_destroy, count_lock, count_unlock, 3,
			NULL },
		    CKR_OK },
		{ "call-backs only",
		    { count_create, count_destroy, count_lock, count_unlock, 0,
			NULL },
		    CKR_OK },
		{ "call-backs that fail",
		    { fail_create, count_destroy, count_lock, count_unlock, 0,
			NULL },
		    CKR_CANT_LOCK },
		{ "one call-back missing",
		    { count_create, NULL, count_lock, count_unlock, 2, NULL },
		    CKR_ARGUMENTS_BAD },
		{ "reserved is set", { .pReserved = &made },
		    CKR_ARGUMENTS_BAD },
	};
	CK_INFO info;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CK_RV rv = p11->C_Initialize(&rows[i].args);

		ok(rv == rows[i].want, "C_Initialize: %s", rows[i].what);
		if (rv != CKR_OK)
			continue;
		ok(p11->C_Initialize(NULL) == CKR_CRYPTOKI_ALREADY_INITIALIZED,
		    "%s: twice", rows[i].what);
		ok(p11->C_GetInfo(&info) == CKR_OK &&
			info.cryptokiVersion.major == 3 &&
			memcmp(info.manufacturerID,
			    "Ingam                           ", 32) == 0,
		    "%s: information", rows[i].what);
		ok(p11->C_Finalize(&made) == CKR_ARGUMENTS_BAD &&
			p11->C_Finalize(NULL) == CKR_OK,
		    "%s: finalized", rows[i].what);
	}
	ok(locks > 0 && locks == unlocks && made == 1 && destroyed == 1,
	    "the host's mutex is used where nothing else is allowed");
	check_not_initialized("after C_Finalize");
}

static void
test_slot(void)
{
	CK_SLOT_ID slots[2];
	CK_SLOT_INFO slot;
	CK_TOKEN_INFO token;
	CK_MECHANISM_TYPE types[64];
	CK_MECHANISM_INFO info;
	CK_ULONG n = 0;

	ok(p11->C_GetSlotList(CK_TRUE, NULL, &n) == CKR_OK && n == 1, "slots");
	n = 0;
	ok(p11->C_GetSlotList(CK_FALSE, slots, &n) == CKR_BUFFER_TOO_SMALL &&
		n == 1,
	    "slots: no room");
	n = 2;
	ok(p11->C_GetSlotList(CK_FALSE, slots, &n) == CKR_OK && n == 1 &&
		slots[0] == 1,
	    "slots: one, always the same");
	ok(p11->C_GetSlotList(CK_FALSE, slots, NULL) == CKR_ARGUMENTS_BAD,
	    "slots: no count");
	ok(p11->C_GetSlotInfo(1, &slot) == CKR_OK &&
		slot.flags == (CKF_TOKEN_PRESENT | CKF_REMOVABLE_DEVICE),
	    "slot: removable, token in it");
	ok(p11->C_GetSlotInfo(0, &slot) == CKR_SLOT_ID_INVALID &&
		p11->C_GetSlotInfo(~0UL, &slot) == CKR_SLOT_ID_INVALID &&
		p11->C_GetSlotInfo(1, NULL) == CKR_ARGUMENTS_BAD,
	    "slot: wrong id, no room");
	ok(p11->C_GetTokenInfo(1, &token) == CKR_OK &&
		memcmp(token.label, "도장                          ", 32) ==
		    0 &&
		(token.flags & CKF_LOGIN_REQUIRED) != 0 &&
		(token.flags & CKF_PROTECTED_AUTHENTICATION_PATH) == 0,
	    "token: label from the configuration, padded with blanks");
	n = 0;
	ok(p11->C_GetMechanismList(1, NULL, &n) == CKR_OK && n == 16,
	    "mechanisms: how many");
	n = 15;
	ok(p11->C_GetMechanismList(1, types, &n) == CKR_BUFFER_TOO_SMALL &&
		n == 16 && p11->C_GetMechanismList(1, types, &n) == CKR_OK,
	    "mechanisms: too little room, then enough");
	ok(p11->C_GetMechanismInfo(1, CKM_ECDSA, &info) == CKR_OK &&
		(info.flags & (CKF_HW | CKF_SIGN)) == (CKF_HW | CKF_SIGN),
	    "mechanism: ECDSA signs");
	ok(p11->C_GetMechanismInfo(1, CKM_RSA_X_509, &info) ==
		CKR_MECHANISM_INVALID,
	    "mechanism: bare RSA is never offered");
	ok(p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, slots, NULL) ==
		    CKR_NO_EVENT &&
		p11->C_WaitForSlotEvent(0, slots, NULL) ==
		    CKR_FUNCTION_NOT_SUPPORTED,
	    "slot events: none, and nobody is kept waiting for one");
}

static void
test_sessions(void)
{
	static const struct {
		const char *what;
		CK_SLOT_ID slot;
		CK_FLAGS flags;
		CK_RV want;
	} rows[] = {
		{ "read only", 1, CKF_SERIAL_SESSION, CKR_OK },
		{ "read and write", 1, CKF_SERIAL_SESSION | CKF_RW_SESSION,
		    CKR_OK },
		{ "not serial", 1, CKF_RW_SESSION,
		    CKR_SESSION_PARALLEL_NOT_SUPPORTED },
		{ "unknown flag", 1, CKF_SERIAL_SESSION | 0x100,
		    CKR_ARGUMENTS_BAD },
		{ "other slot", 2, CKF_SERIAL_SESSION, CKR_SLOT_ID_INVALID },
	};
	CK_SESSION_INFO info;
	CK_SESSION_HANDLE s;
	CK_BYTE random[64] = { 0 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ok(p11->C_OpenSession(rows[i].slot, rows[i].flags, NULL, NULL,
		       &s) == rows[i].want,
		    "session: %s", rows[i].what);
	s = module_session();
	ok(p11->C_GetSessionInfo(s, &info) == CKR_OK && info.slotID == 1 &&
		info.state == CKS_RO_PUBLIC_SESSION,
	    "session: public at first");
	ok(p11->C_GetSessionInfo(s, NULL) == CKR_ARGUMENTS_BAD &&
		p11->C_GetSessionInfo(0, &info) == CKR_SESSION_HANDLE_INVALID,
	    "session: no room, no session");
	ok(p11->C_GenerateRandom(s, random, 64) == CKR_OK && random[63] != 0 &&
		    random[0] != 0
		? true
		: p11->C_GenerateRandom(s, random, 64) == CKR_OK,
	    "random bytes");
	ok(p11->C_SeedRandom(s, random, 1) == CKR_RANDOM_SEED_NOT_SUPPORTED,
	    "no seeding");
	ok(p11->C_Logout(s) == CKR_USER_NOT_LOGGED_IN,
	    "no logout before login");
	ok(p11->C_CloseSession(s) == CKR_OK &&
		p11->C_CloseSession(s) == CKR_SESSION_HANDLE_INVALID,
	    "session: closed once");
	s = module_session();
	ok(p11->C_CloseAllSessions(2) == CKR_SLOT_ID_INVALID &&
		p11->C_CloseAllSessions(1) == CKR_OK &&
		p11->C_GetSessionInfo(s, &info) == CKR_SESSION_HANDLE_INVALID,
	    "sessions: all closed");
	ok(p11->C_GetFunctionStatus(0) == CKR_FUNCTION_NOT_PARALLEL &&
		p11->C_CancelFunction(0) == CKR_FUNCTION_NOT_PARALLEL &&
		p11->C_CopyObject(0, 0, NULL, 0, NULL) ==
		    CKR_FUNCTION_NOT_SUPPORTED,
	    "what is not offered says so");
}

static void
test_find(CK_SESSION_HANDLE s)
{
	CK_OBJECT_CLASS certificate = CKO_CERTIFICATE, nss = 0xce534351;
	CK_BBOOL yes = CK_TRUE;
	CK_BYTE one = 1;
	const struct {
		const char *what;
		CK_ATTRIBUTE t[2];
		CK_ULONG n, found;
		CK_RV want;
	} rows[] = {
		{ "everything public", { { 0 } }, 0, 4 + 4 + 3, CKR_OK },
		{ "certificates",
		    { { CKA_CLASS, &certificate, sizeof(certificate) } }, 1, 4,
		    CKR_OK },
		{ "a class of NSS's own", { { CKA_CLASS, &nss, sizeof(nss) } },
		    1, 0, CKR_OK },
		{ "a class of one byte", { { CKA_CLASS, &one, 1 } }, 1, 0,
		    CKR_OK },
		{ "a length beyond all memory",
		    { { CKA_CLASS, &certificate, ~0UL } }, 1, 0, CKR_OK },
		{ "private ones", { { CKA_PRIVATE, &yes, 1 } }, 1, 0, CKR_OK },
		{ "an attribute that nothing has", { { 0x7fffffff, &one, 1 } },
		    1, 0, CKR_OK },
		{ "no value but a length", { { CKA_CLASS, NULL, 8 } }, 1, 0,
		    CKR_ARGUMENTS_BAD },
		{ "two that must both match",
		    { { CKA_CLASS, &certificate, sizeof(certificate) },
			{ CKA_TOKEN, &yes, 1 } },
		    2, 4, CKR_OK },
	};
	CK_OBJECT_HANDLE found[64];
	CK_ULONG n, all;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CK_ATTRIBUTE t[2] = { rows[i].t[0], rows[i].t[1] };
		CK_RV rv = p11->C_FindObjectsInit(s, t, rows[i].n);

		all = 0;
		while (rv == CKR_OK &&
		    p11->C_FindObjects(s, found, 3, &n) == CKR_OK && n > 0)
			all += n;
		ok(rv == rows[i].want && all == rows[i].found, "find: %s",
		    rows[i].what);
		(void)p11->C_FindObjectsFinal(s);
	}
	ok(p11->C_FindObjectsInit(s, NULL, 3) == CKR_ARGUMENTS_BAD,
	    "find: a count without a template");
	ok(p11->C_FindObjects(s, found, 1, &n) ==
		    CKR_OPERATION_NOT_INITIALIZED &&
		p11->C_FindObjectsFinal(s) == CKR_OPERATION_NOT_INITIALIZED,
	    "find: not begun");
	ok(p11->C_FindObjectsInit(s, NULL, 0) == CKR_OK &&
		p11->C_FindObjectsInit(s, NULL, 0) == CKR_OPERATION_ACTIVE &&
		p11->C_FindObjects(s, found, 1, NULL) == CKR_ARGUMENTS_BAD &&
		p11->C_SessionCancel(s, CKF_FIND_OBJECTS) == CKR_OK &&
		p11->C_FindObjects(s, found, 1, &n) ==
		    CKR_OPERATION_NOT_INITIALIZED,
	    "find: begun twice, cancelled");
}

static void
test_attributes(CK_SESSION_HANDLE s)
{
	CK_OBJECT_HANDLE cert = module_object(s, CKO_CERTIFICATE, 0x11);
	CK_OBJECT_HANDLE ca = module_object(s, CKO_CERTIFICATE, 0x33);
	CK_OBJECT_HANDLE pub = module_object(s, CKO_PUBLIC_KEY, 0x11);
	CK_OBJECT_HANDLE ec = module_object(s, CKO_PUBLIC_KEY, 0x22);
	CK_BYTE label[64], small[2], value[64];
	CK_ULONG number = 0;
	CK_ATTRIBUTE t[] = {
		{ CKA_LABEL, label, sizeof(label) },
		{ 0x7fffffff, value, sizeof(value) },
		{ CKA_SUBJECT, small, sizeof(small) },
		{ CKA_VALUE, NULL, 0 },
		{ CKA_CERTIFICATE_CATEGORY, &number, sizeof(number) },
	};
	CK_ATTRIBUTE bits = { CKA_MODULUS_BITS, &number, sizeof(number) };
	CK_ATTRIBUTE modulus = { CKA_MODULUS, NULL, 0 };

	ok(cert != 0 && ca != 0 && pub != 0 && ec != 0,
	    "objects: certificates and public keys are seen without login");
	ok(module_object(s, CKO_PRIVATE_KEY, 0x11) == 0 &&
		module_object(s, CKO_PUBLIC_KEY, 0x33) == 0,
	    "objects: no private key before login, no key of a CA");
	ok(p11->C_GetAttributeValue(s, cert, t, 5) ==
		    CKR_ATTRIBUTE_TYPE_INVALID &&
		t[0].ulValueLen == strlen("홍길동 은행") &&
		memcmp(label, "홍길동 은행", t[0].ulValueLen) == 0 &&
		t[1].ulValueLen == ~0UL && t[2].ulValueLen == ~0UL &&
		t[3].ulValueLen == strlen("certificate one") &&
		number == CK_CERTIFICATE_CATEGORY_TOKEN_USER,
	    "attributes: unknown and too small are marked, the rest is filled");
	ok(p11->C_GetAttributeValue(s, ca, &t[4], 1) == CKR_OK &&
		number == CK_CERTIFICATE_CATEGORY_AUTHORITY,
	    "attributes: a CA is an authority");
	ok(p11->C_GetAttributeValue(s, pub, &bits, 1) == CKR_OK &&
		number == 2048,
	    "attributes: bits of the modulus");
	ok(p11->C_GetAttributeValue(s, ec, &modulus, 1) ==
		CKR_ATTRIBUTE_TYPE_INVALID,
	    "attributes: an EC key has no modulus");
	ok(p11->C_GetAttributeValue(s, cert, NULL, 1) == CKR_ARGUMENTS_BAD &&
		p11->C_GetAttributeValue(s, cert, t, ~0UL) ==
		    CKR_ARGUMENTS_BAD &&
		p11->C_GetAttributeValue(s, 999999, t, 1) ==
		    CKR_OBJECT_HANDLE_INVALID &&
		p11->C_GetAttributeValue(0, cert, t, 1) ==
		    CKR_SESSION_HANDLE_INVALID,
	    "attributes: no template, silly count, no object, no session");
	ok(p11->C_GetObjectSize(s, cert, &number) == CKR_OK && number == 15 &&
		p11->C_DestroyObject(s, cert) == CKR_ACTION_PROHIBITED &&
		p11->C_SetAttributeValue(s, cert, t, 1) ==
		    CKR_ACTION_PROHIBITED &&
		p11->C_DestroyObject(s, 0) == CKR_OBJECT_HANDLE_INVALID,
	    "objects: size; nothing is written");
}

static void
test_create(CK_SESSION_HANDLE s)
{
	CK_BBOOL yes = CK_TRUE;
	CK_ATTRIBUTE t = { CKA_TOKEN, &yes, 1 };
	CK_OBJECT_HANDLE o;

	ok(p11->C_CreateObject(s, &t, 1, &o) == CKR_TOKEN_WRITE_PROTECTED &&
		p11->C_CreateObject(s, NULL, 1, &o) == CKR_ARGUMENTS_BAD,
	    "create: write protected");
}

static void
test_digest(CK_SESSION_HANDLE s)
{
	static const CK_BYTE abc[32] = { 0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01,
		0xcf, 0xea, 0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23,
		0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c, 0xb4, 0x10,
		0xff, 0x61, 0xf2, 0x00, 0x15, 0xad };
	CK_MECHANISM m = { CKM_SHA256, NULL, 0 }, bad = { CKM_MD5, NULL, 0 };
	CK_MECHANISM signs = { CKM_ECDSA, NULL, 0 };
	CK_BYTE data[] = "abc", out[64];
	CK_ULONG n = 0;

	ok(p11->C_DigestInit(s, &bad) == CKR_MECHANISM_INVALID &&
		p11->C_DigestInit(s, &signs) == CKR_MECHANISM_INVALID,
	    "digest: not MD5, not a signature");
	ok(p11->C_Digest(s, data, 3, out, &n) == CKR_OPERATION_NOT_INITIALIZED,
	    "digest: not begun");
	ok(p11->C_DigestInit(s, &m) == CKR_OK &&
		p11->C_DigestInit(s, &m) == CKR_OPERATION_ACTIVE &&
		p11->C_Digest(s, data, 3, NULL, &n) == CKR_OK && n == 32,
	    "digest: length asked");
	n = 31;
	ok(p11->C_Digest(s, data, 3, out, &n) == CKR_BUFFER_TOO_SMALL &&
		n == 32,
	    "digest: too small");
	ok(p11->C_Digest(s, data, 3, out, &n) == CKR_OK &&
		memcmp(out, abc, 32) == 0,
	    "digest: SHA-256 of abc (FIPS 180-4)");
	(void)p11->C_DigestInit(s, &m);
	ok(p11->C_DigestUpdate(s, data, 1) == CKR_OK &&
		p11->C_DigestUpdate(s, data + 1, 2) == CKR_OK &&
		p11->C_DigestFinal(s, out, &n) == CKR_OK &&
		memcmp(out, abc, 32) == 0,
	    "digest: in parts");
	(void)p11->C_DigestInit(s, &m);
	(void)p11->C_DigestUpdate(s, data, 1);
	ok(p11->C_Digest(s, data, 3, out, &n) == CKR_OPERATION_ACTIVE &&
		p11->C_DigestFinal(s, out, &n) == CKR_OPERATION_NOT_INITIALIZED,
	    "digest: whole after part ends it");
	(void)p11->C_DigestInit(s, &m);
	ok(p11->C_DigestUpdate(s, NULL, 5) == CKR_ARGUMENTS_BAD,
	    "digest: no data but a length");
	(void)p11->C_DigestInit(s, &m);
	ok(p11->C_DigestInit(s, NULL) == CKR_OK &&
		p11->C_DigestFinal(s, out, &n) == CKR_OPERATION_NOT_INITIALIZED,
	    "digest: cancelled by NULL");
}

/* What the helper left for this member, and what it left for another. */
static void
write_cache(const uint8_t owner[static 16], size_t cut)
{
	struct buf list = buf_init(TOKENFRAME_MAX);
	struct span s;
	struct err e = { 0 };
	char path[256];

	(void)snprintf(
	    path, sizeof(path), "%s/.local/share/ingam", getenv("HOME"));
	if (file_make_folder(path, &e) != RC_OK)
		abort();
	(void)snprintf(path, sizeof(path), "%s/.local/share/ingam/token-cache",
	    getenv("HOME"));
	module_list(&list, owner);
	s = buf_span(&list);
	s.n -= cut;
	if (file_replace(path, s, 0600, &e) != RC_OK)
		abort();
	buf_clear(&list);
}

/* SHA-256("http://localhost:8701" ‖ 0 ‖ "01012345678"), by openssl dgst. */
static const uint8_t owner[16] = { 0x71, 0x9e, 0xe0, 0x1e, 0xff, 0x8b, 0x8d,
	0xce, 0x79, 0x00, 0x5e, 0x35, 0xf9, 0x0b, 0x25, 0x4b };
static const uint8_t stranger[16] = { 1 };

static void
test_cache(void)
{
	CK_SESSION_HANDLE s;

	write_cache(stranger, 0);
	(void)p11->C_Initialize(NULL);
	s = module_session();
	ok(module_object(s, CKO_CERTIFICATE, 0x11) == 0,
	    "cache: another member's is not shown");
	(void)p11->C_Finalize(NULL);
	write_cache(owner, 1);
	(void)p11->C_Initialize(NULL);
	s = module_session();
	ok(module_object(s, CKO_CERTIFICATE, 0x11) == 0,
	    "cache: a damaged one is not shown");
	(void)p11->C_Finalize(NULL);
	write_cache(owner, 0);
}

static void
test_bad_configuration(void)
{
	CK_SESSION_HANDLE s;
	CK_SLOT_INFO info;
	CK_TOKEN_INFO token;
	CK_ULONG n = 5;

	module_home("[default]\nlogin = shout\n");
	ok(p11->C_Initialize(NULL) == CKR_OK,
	    "configuration wrong: still starts");
	ok(p11->C_GetSlotInfo(1, &info) == CKR_OK &&
		info.flags == CKF_REMOVABLE_DEVICE &&
		p11->C_GetSlotList(CK_TRUE, NULL, &n) == CKR_OK && n == 0 &&
		p11->C_GetTokenInfo(1, &token) == CKR_TOKEN_NOT_PRESENT &&
		p11->C_OpenSession(1, CKF_SERIAL_SESSION, NULL, NULL, &s) ==
		    CKR_TOKEN_NOT_PRESENT,
	    "configuration wrong: a slot without a token");
	(void)p11->C_Finalize(NULL);
}

int
main(void)
{
	CK_SESSION_HANDLE s;

	module_home("[default]\nphone = 01012345678\nlabel = 도장\n"
		    "ask-at = login\n");
	module_load();
	check_not_initialized("before C_Initialize");
	test_interfaces();
	test_initialize();
	test_cache();
	ok(p11->C_Initialize(NULL) == CKR_OK, "C_Initialize(NULL)");
	test_slot();
	test_sessions();
	s = module_session();
	test_find(s);
	test_attributes(s);
	test_create(s);
	test_digest(s);
	(void)p11->C_Finalize(NULL);
	test_bad_configuration();
	ok(dlclose(module_handle) == 0, "unloaded");

	return tap_done();
}
