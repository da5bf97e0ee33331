/*
 * create_test.c - public keys that a program makes: which templates, what the
 * key shows, how long it lives. OpenSSL makes the keys, and says how a public
 * key is written in DER.
 */
#include "module.h"
#include "tap.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE, maybe = 2;
static CK_OBJECT_CLASS public_key = CKO_PUBLIC_KEY;
static CK_KEY_TYPE rsa = CKK_RSA, ec = CKK_EC;

#define P256 "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"
#define P384 "\x06\x05\x2b\x81\x04\x00\x22"
#define P521 "\x06\x05\x2b\x81\x04\x00\x23"

/* A key of OpenSSL's, as PKCS#11 has it. */
static struct key {
	CK_BYTE modulus[300], exponent[8], params[16], point[160], spki[700];
	CK_ULONG modulus_n, exponent_n, params_n, point_n, spki_n;
	CK_ULONG signature_n;
} rsa_key, p256_key;

#define TEMPLATE_MAX 16

struct template
{
	CK_ATTRIBUTE t[TEMPLATE_MAX];
	CK_ULONG n;
};

static void
put(struct template *t, CK_ATTRIBUTE_TYPE type, void *p, CK_ULONG n)
{
	t->t[t->n++] = (CK_ATTRIBUTE){ type, p, n };
}

static struct template template_of(struct key *k)
{
	struct template t = { .n = 0 };

	put(&t, CKA_CLASS, &public_key, sizeof(public_key));
	if (k->modulus_n > 0) {
		put(&t, CKA_KEY_TYPE, &rsa, sizeof(rsa));
		put(&t, CKA_MODULUS, k->modulus, k->modulus_n);
		put(&t, CKA_PUBLIC_EXPONENT, k->exponent, k->exponent_n);
	} else {
		put(&t, CKA_KEY_TYPE, &ec, sizeof(ec));
		put(&t, CKA_EC_PARAMS, k->params, k->params_n);
		put(&t, CKA_EC_POINT, k->point, k->point_n);
	}

	return t;
}

static CK_ULONG
natural(EVP_PKEY *key, const char *name, CK_BYTE *out)
{
	BIGNUM *n = NULL;
	int bytes;

	if (EVP_PKEY_get_bn_param(key, name, &n) != 1)
		abort();
	bytes = BN_bn2bin(n, out);
	BN_free(n);

	return (CK_ULONG)bytes;
}

static struct key
key_of(EVP_PKEY *key, const char *params, CK_ULONG params_n)
{
	struct key k = { .params_n = params_n };
	unsigned char *at = k.spki;
	CK_BYTE point[140];
	size_t n, head;

	k.spki_n = (CK_ULONG)i2d_PUBKEY(key, &at);
	if (params == NULL) {
		k.modulus_n = k.signature_n =
		    natural(key, OSSL_PKEY_PARAM_RSA_N, k.modulus);
		k.exponent_n = natural(key, OSSL_PKEY_PARAM_RSA_E, k.exponent);
	} else if (EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY,
		       point, sizeof(point), &n) == 1) {
		head = n > 127 ? 3 : 2;
		k.point[0] = 0x04;
		k.point[1] = n > 127 ? 0x81 : (CK_BYTE)n;
		k.point[head - 1] = (CK_BYTE)n;
		memcpy(k.point + head, point, n);
		memcpy(k.params, params, params_n);
		k.point_n = head + n;
		k.signature_n = n - 1;
	} else {
		abort();
	}
	EVP_PKEY_free(key);

	return k;
}

static CK_OBJECT_HANDLE
make(CK_SESSION_HANDLE s, struct key *k)
{
	struct template t = template_of(k);
	CK_OBJECT_HANDLE o = 0;

	return p11->C_CreateObject(s, t.t, t.n, &o) == CKR_OK ? o : 0;
}

/* Does the object show these bytes? */
static bool
shows(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o, CK_ATTRIBUTE_TYPE type,
    const void *p, CK_ULONG n)
{
	CK_BYTE value[1024];
	CK_ATTRIBUTE a = { type, value, sizeof(value) };

	return p11->C_GetAttributeValue(s, o, &a, 1) == CKR_OK &&
	    a.ulValueLen == n && memcmp(value, p, n) == 0;
}

/* How many objects of the session's, or of the token's, a search finds. */
static CK_ULONG
count(CK_SESSION_HANDLE s, CK_BBOOL on_token)
{
	static CK_OBJECT_HANDLE found[8192];
	CK_ATTRIBUTE t[] = { { CKA_CLASS, &public_key, sizeof(public_key) },
		{ CKA_TOKEN, &on_token, 1 } };
	CK_ULONG n = 0;

	if (p11->C_FindObjectsInit(s, t, 2) != CKR_OK ||
	    p11->C_FindObjects(s, found, 8192, &n) != CKR_OK ||
	    p11->C_FindObjectsFinal(s) != CKR_OK)
		abort();

	return n;
}

/* A signature that the fake helper believes to be this key's. */
static CK_RV
verify(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o, struct key *k, CK_BYTE first)
{
	CK_MECHANISM m = { k->modulus_n > 0 ? CKM_RSA_PKCS_PSS : CKM_ECDSA,
		NULL, 0 };
	CK_RSA_PKCS_PSS_PARAMS pss = { CKM_SHA256, CKG_MGF1_SHA256, 32 };
	CK_BYTE digest[32] = { first }, signature[1024] = { 0 };
	CK_RV rv;

	if (k->modulus_n > 0) {
		m.pParameter = &pss;
		m.ulParameterLen = sizeof(pss);
	}
	signature[1] = k->modulus_n > 0 ? TOKENFRAME_RSA_PSS : TOKENFRAME_ECDSA;
	signature[2] = TOKENFRAME_SHA256;
	signature[3] = k->modulus_n > 0 ? 32 : 0;
	memcpy(signature + 4, digest, 32);
	memcpy(signature + 36, k->spki + k->spki_n - 8, 8);
	if ((rv = p11->C_VerifyInit(s, &m, o)) != CKR_OK)
		return rv;

	return p11->C_Verify(s, digest, 32, signature, k->signature_n);
}

static void
test_keys(CK_SESSION_HANDLE s)
{
	const struct {
		const char *what, *curve, *params;
		CK_ULONG params_n, bits;
	} rows[] = {
		{ "RSA of 1024 bits", NULL, NULL, 0, 1024 },
		{ "RSA of 2048 bits", NULL, NULL, 0, 2048 },
		{ "P-256", "P-256", P256, sizeof(P256) - 1, 0 },
		{ "P-384", "P-384", P384, sizeof(P384) - 1, 0 },
		{ "P-521", "P-521", P521, sizeof(P521) - 1, 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		EVP_PKEY *made = rows[i].params == NULL
		    ? EVP_PKEY_Q_keygen(NULL, NULL, "RSA", rows[i].bits)
		    : EVP_PKEY_Q_keygen(NULL, NULL, "EC", rows[i].curve);
		struct key k = key_of(made, rows[i].params, rows[i].params_n);
		CK_OBJECT_HANDLE o = make(s, &k);

		ok(o != 0 && shows(s, o, CKA_PUBLIC_KEY_INFO, k.spki, k.spki_n),
		    "%s: in DER as OpenSSL writes it", rows[i].what);
		ok(rows[i].params == NULL
			? shows(s, o, CKA_MODULUS, k.modulus, k.modulus_n) &&
			    shows(s, o, CKA_MODULUS_BITS, &rows[i].bits, 8)
			: shows(s, o, CKA_EC_POINT, k.point, k.point_n) &&
			    shows(s, o, CKA_EC_PARAMS, k.params, k.params_n),
		    "%s: shows what it was made of", rows[i].what);
		ok(verify(s, o, &k, 0) == CKR_OK, "%s: verifies", rows[i].what);
		k.spki[k.spki_n - 1] ^= 1;
		ok(verify(s, o, &k, 0) == CKR_SIGNATURE_INVALID,
		    "%s: another key's signature", rows[i].what);
		k.signature_n--;
		ok(verify(s, o, &k, 0) == CKR_SIGNATURE_LEN_RANGE,
		    "%s: a signature a byte short", rows[i].what);
		k.signature_n++;
		k.spki[k.spki_n - 1] ^= 1;
		if (rows[i].bits == 2048)
			rsa_key = k;
		if (rows[i].params_n == sizeof(P256) - 1)
			p256_key = k;
	}
}

static void
test_shown(CK_SESSION_HANDLE s)
{
	struct template t = template_of(&rsa_key);
	CK_BYTE long_modulus[300] = { 0 }, id[] = { 1, 2, 3 };
	CK_BYTE label[] = "누구의";
	CK_ULONG size = 0;
	CK_OBJECT_HANDLE o = 0;

	memcpy(long_modulus + 2, rsa_key.modulus, rsa_key.modulus_n);
	t.t[2].pValue = long_modulus;
	t.t[2].ulValueLen += 2;
	put(&t, CKA_LABEL, label, strlen((char *)label));
	put(&t, CKA_ID, id, sizeof(id));
	put(&t, CKA_SUBJECT, id, sizeof(id));
	put(&t, CKA_ENCRYPT, &yes, 1);
	put(&t, CKA_WRAP, &yes, 1);
	put(&t, CKA_TOKEN, &no, 1);
	put(&t, CKA_PRIVATE, &no, 1);
	put(&t, CKA_MODIFIABLE, &no, 1);
	put(&t, CKA_PUBLIC_KEY_INFO, rsa_key.spki, rsa_key.spki_n);
	put(&t, CKA_ID, id, sizeof(id));
	ok(p11->C_CreateObject(s, t.t, t.n, &o) == CKR_OK,
	    "all that may be said, an attribute twice, zeros before a number");
	ok(shows(s, o, CKA_MODULUS, rsa_key.modulus, rsa_key.modulus_n) &&
		shows(s, o, CKA_LABEL, "누구의", 9) &&
		shows(s, o, CKA_ID, id, 3) && shows(s, o, CKA_SUBJECT, id, 3) &&
		shows(s, o, CKA_ENCRYPT, &yes, 1) &&
		shows(s, o, CKA_WRAP, &yes, 1) &&
		shows(s, o, CKA_DERIVE, &no, 1) &&
		shows(s, o, CKA_VERIFY, &yes, 1),
	    "shown as said");
	ok(shows(s, o, CKA_TOKEN, &no, 1) && shows(s, o, CKA_PRIVATE, &no, 1) &&
		shows(s, o, CKA_LOCAL, &no, 1) &&
		shows(s, o, CKA_TRUSTED, &no, 1) &&
		shows(s, o, CKA_DESTROYABLE, &yes, 1) &&
		shows(s, o, CKA_COPYABLE, &no, 1) &&
		shows(s, o, CKA_MODIFIABLE, &no, 1) &&
		p11->C_GetObjectSize(s, o, &size) == CKR_OK &&
		size == rsa_key.spki_n,
	    "shown as it is");
	ok(p11->C_SetAttributeValue(s, o, t.t, 1) == CKR_ACTION_PROHIBITED &&
		p11->C_CopyObject(s, o, t.t, 1, &o) ==
		    CKR_FUNCTION_NOT_SUPPORTED,
	    "neither changed nor copied");
	(void)p11->C_DestroyObject(s, o);
}

/* One attribute of a good template replaced (or added), or left out. */
struct refusal {
	const char *what;
	CK_ATTRIBUTE_TYPE type;
	const void *p;
	CK_ULONG n;
	CK_RV want;
};
#define LEFT_OUT ((CK_ULONG)-1)

static void
refused(CK_SESSION_HANDLE s, struct key *k, const struct refusal *row)
{
	struct template good = template_of(k), t = { .n = 0 };
	CK_BYTE copy[1200];
	CK_OBJECT_HANDLE o = 77;
	CK_ULONG before = count(s, CK_FALSE);

	for (CK_ULONG i = 0; i < good.n; i++)
		if (good.t[i].type != row->type)
			t.t[t.n++] = good.t[i];
	if (row->n != LEFT_OUT) {
		if (row->n > 0)
			memcpy(copy, row->p, row->n);
		put(&t, row->type, row->n > 0 ? copy : NULL, row->n);
	}
	ok(p11->C_CreateObject(s, t.t, t.n, &o) == row->want && o == 77 &&
		count(s, CK_FALSE) == before,
	    "%s", row->what);
}

static void
test_refused(CK_SESSION_HANDLE s)
{
	static const CK_ULONG data = CKO_DATA, nss = 0xce534351, dsa = CKK_DSA,
			      none = 0x7fffffff, private = CKO_PRIVATE_KEY,
			      bits = 2048, mechanism = CKM_RSA_PKCS;
	static const CK_BYTE zeros[1200],
	    ones[1200] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };
	static const CK_BYTE odd[1200] = { [0] = 0xc0, [126] = 1, [1024] = 1 };
	const struct refusal any[] = {
		{ "no class", CKA_CLASS, NULL, LEFT_OUT,
		    CKR_TEMPLATE_INCOMPLETE },
		{ "no key type", CKA_KEY_TYPE, NULL, LEFT_OUT,
		    CKR_TEMPLATE_INCOMPLETE },
		{ "data", CKA_CLASS, &data, 8, CKR_TEMPLATE_INCONSISTENT },
		{ "a private key", CKA_CLASS, &private, 8,
		    CKR_TEMPLATE_INCONSISTENT },
		{ "a class of NSS's own", CKA_CLASS, &nss, 8,
		    CKR_ATTRIBUTE_VALUE_INVALID },
		{ "a class of four bytes", CKA_CLASS, &public_key, 4,
		    CKR_ATTRIBUTE_VALUE_INVALID },
		{ "a DSA key", CKA_KEY_TYPE, &dsa, 8,
		    CKR_TEMPLATE_INCONSISTENT },
		{ "a key type that there is not", CKA_KEY_TYPE, &none, 8,
		    CKR_ATTRIBUTE_VALUE_INVALID },
		{ "on the token", CKA_TOKEN, &yes, 1,
		    CKR_TOKEN_WRITE_PROTECTED },
		{ "CKA_TOKEN of no length", CKA_TOKEN, NULL, 0,
		    CKR_ATTRIBUTE_VALUE_INVALID },
		{ "private", CKA_PRIVATE, &yes, 1, CKR_TEMPLATE_INCONSISTENT },
		{ "modifiable", CKA_MODIFIABLE, &yes, 1,
		    CKR_TEMPLATE_INCONSISTENT },
		{ "not to be destroyed", CKA_DESTROYABLE, &no, 1,
		    CKR_TEMPLATE_INCONSISTENT },
		{ "trusted", CKA_TRUSTED, &yes, 1, CKR_TEMPLATE_INCONSISTENT },
		{ "a flag that is 2", CKA_VERIFY, &maybe, 1,
		    CKR_ATTRIBUTE_VALUE_INVALID },
		{ "a flag of 8 bytes", CKA_VERIFY, &bits, 8,
		    CKR_ATTRIBUTE_VALUE_INVALID },
		{ "local", CKA_LOCAL, &no, 1, CKR_ATTRIBUTE_READ_ONLY },
		{ "how it was made", CKA_KEY_GEN_MECHANISM, &mechanism, 8,
		    CKR_ATTRIBUTE_READ_ONLY },
		{ "a unique identifier", CKA_UNIQUE_ID, "x", 1,
		    CKR_ATTRIBUTE_READ_ONLY },
		{ "an attribute of private keys", CKA_SENSITIVE, &no, 1,
		    CKR_TEMPLATE_INCONSISTENT },
		{ "an attribute that there is not", 0x7fffffff, "x", 1,
		    CKR_ATTRIBUTE_TYPE_INVALID },
		{ "another public key's DER", CKA_PUBLIC_KEY_INFO, "x", 1,
		    CKR_TEMPLATE_INCONSISTENT },
		{ "a label of 257 bytes", CKA_LABEL, zeros, 257,
		    CKR_ATTRIBUTE_VALUE_INVALID },
		{ "a date", CKA_START_DATE, "20260101", 8,
		    CKR_TEMPLATE_INCONSISTENT },
	};
	const struct refusal of_rsa[] = {
		{ "no modulus", CKA_MODULUS, NULL, LEFT_OUT,
		    CKR_TEMPLATE_INCOMPLETE },
		{ "no exponent", CKA_PUBLIC_EXPONENT, NULL, LEFT_OUT,
		    CKR_TEMPLATE_INCOMPLETE },
		{ "bits of the modulus", CKA_MODULUS_BITS, &bits, 8,
		    CKR_ATTRIBUTE_READ_ONLY },
		{ "an empty modulus", CKA_MODULUS, NULL, 0,
		    CKR_ATTRIBUTE_VALUE_INVALID },
		{ "a modulus of 0", CKA_MODULUS, zeros, 256,
		    CKR_ATTRIBUTE_VALUE_INVALID },
		{ "an even modulus", CKA_MODULUS, ones, 256,
		    CKR_ATTRIBUTE_VALUE_INVALID },
		{ "a modulus of 127 bytes", CKA_MODULUS, odd, 127,
		    CKR_ATTRIBUTE_VALUE_INVALID },
		{ "a modulus of 1025 bytes", CKA_MODULUS, odd, 1025,
		    CKR_ATTRIBUTE_VALUE_INVALID },
		{ "an exponent of 1", CKA_PUBLIC_EXPONENT, "\0\1", 2,
		    CKR_ATTRIBUTE_VALUE_INVALID },
		{ "an even exponent", CKA_PUBLIC_EXPONENT, "\4", 1,
		    CKR_ATTRIBUTE_VALUE_INVALID },
		{ "an exponent of 9 bytes", CKA_PUBLIC_EXPONENT, ones, 9,
		    CKR_ATTRIBUTE_VALUE_INVALID },
		{ "with a point", CKA_EC_POINT, p256_key.point,
		    p256_key.point_n, CKR_TEMPLATE_INCONSISTENT },
	};
	CK_BYTE bad[3][160];
	const struct refusal of_ec[] = {
		{ "no curve", CKA_EC_PARAMS, NULL, LEFT_OUT,
		    CKR_TEMPLATE_INCOMPLETE },
		{ "no point", CKA_EC_POINT, NULL, LEFT_OUT,
		    CKR_TEMPLATE_INCOMPLETE },
		{ "secp256k1", CKA_EC_PARAMS, "\x06\x05\x2b\x81\x04\x00\x0a", 7,
		    CKR_CURVE_NOT_SUPPORTED },
		{ "a curve by its numbers", CKA_EC_PARAMS, "\x30\x03\x02\1\1",
		    5, CKR_DOMAIN_PARAMS_INVALID },
		{ "a curve that is left out", CKA_EC_PARAMS, NULL, 0,
		    CKR_DOMAIN_PARAMS_INVALID },
		{ "a point of another curve's length", CKA_EC_PARAMS, P384,
		    sizeof(P384) - 1, CKR_ATTRIBUTE_VALUE_INVALID },
		{ "a point without its OCTET STRING", CKA_EC_POINT, bad[0],
		    p256_key.point_n - 2, CKR_ATTRIBUTE_VALUE_INVALID },
		{ "a compressed point", CKA_EC_POINT, bad[1], p256_key.point_n,
		    CKR_ATTRIBUTE_VALUE_INVALID },
		{ "a byte behind the point", CKA_EC_POINT, bad[2],
		    p256_key.point_n + 1, CKR_ATTRIBUTE_VALUE_INVALID },
		{ "with a modulus", CKA_MODULUS, rsa_key.modulus,
		    rsa_key.modulus_n, CKR_TEMPLATE_INCONSISTENT },
	};

	memcpy(bad[0], p256_key.point + 2, 158);
	memcpy(bad[1], p256_key.point, 160);
	bad[1][2] = 0x02;
	memcpy(bad[2], p256_key.point, 160);
	for (size_t i = 0; i < sizeof(any) / sizeof(any[0]); i++) {
		refused(s, &rsa_key, &any[i]);
		refused(s, &p256_key, &any[i]);
	}
	for (size_t i = 0; i < sizeof(of_rsa) / sizeof(of_rsa[0]); i++)
		refused(s, &rsa_key, &of_rsa[i]);
	for (size_t i = 0; i < sizeof(of_ec) / sizeof(of_ec[0]); i++)
		refused(s, &p256_key, &of_ec[i]);
}

static void
test_calls(CK_SESSION_HANDLE s)
{
	struct template t = template_of(&rsa_key), twice = t;
	CK_BYTE ids[] = "ab";
	CK_OBJECT_HANDLE o;

	put(&twice, CKA_ID, &ids[0], 1);
	put(&twice, CKA_ID, &ids[1], 1);
	ok(p11->C_CreateObject(s, twice.t, twice.n, &o) ==
		CKR_TEMPLATE_INCONSISTENT,
	    "an attribute twice, not the same");
	twice = t;
	put(&twice, CKA_VERIFY, &yes, 1);
	put(&twice, CKA_VERIFY, &no, 1);
	ok(p11->C_CreateObject(s, twice.t, twice.n, &o) ==
		CKR_TEMPLATE_INCONSISTENT,
	    "a flag twice, not the same");
	ok(p11->C_CreateObject(s, t.t, t.n, NULL) == CKR_ARGUMENTS_BAD &&
		p11->C_CreateObject(s, NULL, 1, &o) == CKR_ARGUMENTS_BAD &&
		p11->C_CreateObject(s, t.t, ~0UL, &o) == CKR_ARGUMENTS_BAD &&
		p11->C_CreateObject(0, t.t, t.n, &o) ==
		    CKR_SESSION_HANDLE_INVALID &&
		p11->C_CreateObject(s, NULL, 0, &o) == CKR_TEMPLATE_INCOMPLETE,
	    "no room, no template, a silly count, no session, nothing said");
	t.t[1].pValue = NULL;
	ok(p11->C_CreateObject(s, t.t, t.n, &o) == CKR_ARGUMENTS_BAD,
	    "no value but a length");
}

static void
test_use(CK_SESSION_HANDLE s)
{
	CK_MECHANISM pss = { CKM_RSA_PKCS, NULL, 0 };
	CK_MECHANISM ecdsa = { CKM_ECDSA, NULL, 0 };
	struct template t = template_of(&rsa_key);
	CK_OBJECT_HANDLE key = make(s, &rsa_key), o;
	CK_BYTE digest[32] = { 0 }, signature[256] = { 0 };

	ok(p11->C_VerifyInit(s, &ecdsa, key) == CKR_KEY_TYPE_INCONSISTENT,
	    "ECDSA with an RSA key");
	ok(p11->C_SignInit(s, &pss, key) == CKR_USER_NOT_LOGGED_IN &&
		module_login(s, "123456") == CKR_OK &&
		p11->C_SignInit(s, &pss, key) ==
		    CKR_KEY_FUNCTION_NOT_PERMITTED &&
		p11->C_Logout(s) == CKR_OK,
	    "signs nothing");
	ok(verify(s, key, &rsa_key, RC_FORMAT) == CKR_SIGNATURE_INVALID,
	    "the helper finds that it is no key");
	ok(verify(s, key, &rsa_key, RC_CRYPTO) == CKR_DEVICE_ERROR,
	    "the helper cannot");
	put(&t, CKA_VERIFY, &no, 1);
	ok(p11->C_CreateObject(s, t.t, t.n, &o) == CKR_OK &&
		verify(s, o, &rsa_key, 0) == CKR_KEY_FUNCTION_NOT_PERMITTED,
	    "a key that may not verify");
	(void)p11->C_DestroyObject(s, o);
	o = make(s, &p256_key);
	(void)p11->C_VerifyInit(s, &ecdsa, o);
	ok(p11->C_DestroyObject(s, o) == CKR_OK &&
		p11->C_Verify(s, digest, 32, signature, 64) ==
		    CKR_KEY_HANDLE_INVALID,
	    "destroyed when half is done");
	(void)p11->C_DestroyObject(s, key);
}

static void
test_life(void)
{
	CK_SESSION_HANDLE mine = module_session(), other = module_session();
	CK_SESSION_HANDLE third = module_session();
	CK_OBJECT_HANDLE a = make(mine, &rsa_key), b = make(other, &p256_key);
	CK_OBJECT_HANDLE c;

	ok(a != 0 && b != 0 && a != b && count(third, CK_FALSE) == 2 &&
		shows(third, a, CKA_TOKEN, &no, 1),
	    "life: every session sees what one made");
	ok(module_login(mine, "123456") == CKR_OK &&
		count(third, CK_FALSE) == 2 && count(third, CK_TRUE) == 3 &&
		verify(mine, b, &p256_key, 0) == CKR_OK,
	    "life: a login that brings a list changes nothing");
	ok(p11->C_Logout(mine) == CKR_OK && count(third, CK_FALSE) == 2,
	    "life: nor does a logout");
	(void)p11->C_CloseSession(mine);
	ok(count(third, CK_FALSE) == 1 && !shows(third, a, CKA_TOKEN, &no, 1) &&
		shows(third, b, CKA_TOKEN, &no, 1),
	    "life: with the session goes what it made, and no more");
	ok(p11->C_DestroyObject(third, a) == CKR_OBJECT_HANDLE_INVALID &&
		p11->C_DestroyObject(third, b) == CKR_OK &&
		p11->C_DestroyObject(third, b) == CKR_OBJECT_HANDLE_INVALID &&
		count(third, CK_FALSE) == 0,
	    "life: destroyed by another session, once");
	c = make(third, &rsa_key);
	ok(c != 0 && c != a && c != b, "life: a handle is not used again");
	ok(p11->C_DestroyObject(
	       third, module_object(third, CKO_PUBLIC_KEY, 0x11)) ==
		CKR_ACTION_PROHIBITED,
	    "life: the token's own stay");
	(void)p11->C_CloseAllSessions(1);
	third = module_session();
	ok(count(third, CK_FALSE) == 0, "life: all sessions closed");
	(void)make(third, &rsa_key);
	(void)p11->C_Finalize(NULL);
	(void)p11->C_Initialize(NULL);
	third = module_session();
	ok(count(third, CK_FALSE) == 0, "life: not beyond C_Finalize");
	(void)p11->C_CloseSession(third);
}

static void
test_many(CK_SESSION_HANDLE s)
{
	struct template t = template_of(&p256_key);
	CK_OBJECT_HANDLE o = 0, last = 0;
	CK_ULONG made = 0;
	CK_RV rv;

	while ((rv = p11->C_CreateObject(s, t.t, t.n, &o)) == CKR_OK &&
	    made < 10000) {
		last = o;
		made++;
	}
	ok(rv == CKR_DEVICE_MEMORY && made == 4096 &&
		count(s, CK_FALSE) == 4096,
	    "as many as there is room for");
	ok(p11->C_DestroyObject(s, last) == CKR_OK &&
		p11->C_CreateObject(s, t.t, t.n, &o) == CKR_OK,
	    "room for one again");
}

int
main(void)
{
	CK_SESSION_HANDLE s;

	module_home("[default]\nask-at = login\n");
	module_load();
	(void)p11->C_Initialize(NULL);
	s = module_session();
	test_keys(s);
	test_shown(s);
	test_refused(s);
	test_calls(s);
	test_use(s);
	(void)p11->C_CloseSession(s);
	test_life();
	test_many(module_session());
	(void)p11->C_Finalize(NULL);

	return tap_done();
}
