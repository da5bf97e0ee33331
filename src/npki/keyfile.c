/*
 * keyfile.c - signPri.key and kmPri.key: every form that is in use, opened.
 *
 * Belongs here: the encryption schemes, their limits, checking a password.
 * Not here: what the key says (pkinfo.c); reading files (folder.c, cli);
 * ciphers and hashes of the platform (platform.h).
 */
#include "npki/keyfile.h"

#include "npki/der.h"
#include "npki/oid.h"
#include "npki/pkinfo.h"
#include "npki/seed.h"

#define KEYFILE_KEY_MAX 32
#define KEYFILE_IV_MAX  16

/* What each cipher needs, in the order of enum platform_cipher. */
static const struct {
	size_t key, block;
} ciphers[] = {
	[PLATFORM_AES_128_CBC] = { 16, 16 },
	[PLATFORM_AES_192_CBC] = { 24, 16 },
	[PLATFORM_AES_256_CBC] = { 32, 16 },
	[PLATFORM_ARIA_128_CBC] = { 16, 16 },
	[PLATFORM_ARIA_192_CBC] = { 24, 16 },
	[PLATFORM_ARIA_256_CBC] = { 32, 16 },
	[PLATFORM_3DES_CBC] = { 24, 8 },
	[PLATFORM_SEED_CBC] = { 16, 16 },
};

/* encryptionScheme of PBES2. */
static const struct {
	struct span oid;
	enum platform_cipher cipher;
} pbes2_ciphers[] = {
	{ OID_SEED_CBC, PLATFORM_SEED_CBC },
	{ OID_AES_128_CBC, PLATFORM_AES_128_CBC },
	{ OID_AES_192_CBC, PLATFORM_AES_192_CBC },
	{ OID_AES_256_CBC, PLATFORM_AES_256_CBC },
	{ OID_ARIA_128_CBC, PLATFORM_ARIA_128_CBC },
	{ OID_ARIA_192_CBC, PLATFORM_ARIA_192_CBC },
	{ OID_ARIA_256_CBC, PLATFORM_ARIA_256_CBC },
	{ OID_3DES_CBC, PLATFORM_3DES_CBC },
};

/* encryptionAlgorithm of the file; PBES2 names its cipher inside. */
static const struct {
	struct span oid;
	enum keyfile_scheme scheme;
	enum platform_cipher cipher;
} schemes[] = {
	{ OID_SEED_SHA1, KEYFILE_SEED_SHA1, PLATFORM_SEED_CBC },
	{ OID_SEED_CBC, KEYFILE_SEED_FIXED_IV, PLATFORM_SEED_CBC },
	{ OID_PBES2, KEYFILE_PBES2, PLATFORM_SEED_CBC },
	{ OID_PKCS12_3DES, KEYFILE_PKCS12, PLATFORM_3DES_CBC },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static enum rc
keyfile_format(struct err *e)
{
	return err_set(e, RC_FORMAT, NULL, "not a private-key file");
}

static void
keyfile_salt(struct der *r, struct keyfile *out)
{
	out->salt = der_take(r, DER_OCTETS);
	out->iterations = der_uint(r, UINT32_MAX);
}

/* PBKDF2-params without the salt and count (RFC 8018 A.2). */
static enum rc
keyfile_prf(struct der *r, uint32_t *length, struct keyfile *out, struct err *e)
{
	struct der prf;
	struct span oid;

	*length = 0;
	out->prf = PLATFORM_HASH_SHA1;
	if (der_peek(r) == DER_INTEGER && (*length = der_uint(r, 64)) == 0)
		der_fail(r);
	if (der_peek(r) != DER_SEQUENCE)
		return RC_OK;
	prf = der_enter(r, DER_SEQUENCE);
	oid = der_take(&prf, DER_OID);
	if (r->doc->failed)
		return keyfile_format(e);
	if (span_equal(oid, OID_HMAC_SHA256))
		out->prf = PLATFORM_HASH_SHA256;
	else if (!span_equal(oid, OID_HMAC_SHA1))
		return err_set(e, RC_UNKNOWN, "prf", "key derivation");
	der_optional_null(&prf);
	der_close(&prf);

	return RC_OK;
}

static enum rc
keyfile_pbes2_cipher(
    struct der *r, uint32_t length, struct keyfile *out, struct err *e)
{
	struct der scheme = der_enter(r, DER_SEQUENCE);
	struct span oid = der_take(&scheme, DER_OID);
	size_t i;

	if (r->doc->failed)
		return keyfile_format(e);
	for (i = 0; i < COUNT(pbes2_ciphers); i++) {
		if (span_equal(oid, pbes2_ciphers[i].oid))
			break;
	}
	if (i == COUNT(pbes2_ciphers))
		return err_set(e, RC_UNKNOWN, "cipher", "cipher of the file");
	out->cipher = pbes2_ciphers[i].cipher;
	out->iv = der_take(&scheme, DER_OCTETS);
	der_close(&scheme);
	/*
	 * Some Java programs ask for 32 bytes and use 16 for SEED, which is
	 * the same key: the first block of PBKDF2 does not know the length.
	 */
	if (out->iv.n != ciphers[out->cipher].block ||
	    (length != 0 && length != ciphers[out->cipher].key &&
		!(length == 32 && out->cipher == PLATFORM_SEED_CBC)))
		return keyfile_format(e);

	return RC_OK;
}

static enum rc
keyfile_pbes2(struct der *r, struct keyfile *out, struct err *e)
{
	struct der kdf = der_enter(r, DER_SEQUENCE), parameters;
	struct span oid = der_take(&kdf, DER_OID);
	uint32_t length;
	enum rc rc;

	if (r->doc->failed)
		return keyfile_format(e);
	if (!span_equal(oid, OID_PBKDF2))
		return err_set(e, RC_UNKNOWN, "kdf", "key derivation");
	parameters = der_enter(&kdf, DER_SEQUENCE);
	keyfile_salt(&parameters, out);
	rc = keyfile_prf(&parameters, &length, out, e);
	if (rc != RC_OK)
		return rc;
	der_close(&parameters);
	der_close(&kdf);

	return keyfile_pbes2_cipher(r, length, out, e);
}

static enum rc
keyfile_algorithm(struct der *r, struct keyfile *out, struct err *e)
{
	struct span oid = der_take(r, DER_OID);
	struct der parameters;
	enum rc rc = RC_OK;
	size_t i;

	if (r->doc->failed)
		return keyfile_format(e);
	for (i = 0; i < COUNT(schemes); i++) {
		if (span_equal(oid, schemes[i].oid))
			break;
	}
	if (i == COUNT(schemes))
		return err_set(e, RC_UNKNOWN, "encryption", "kind of key file");
	out->scheme = schemes[i].scheme;
	out->cipher = schemes[i].cipher;
	parameters = der_enter(r, DER_SEQUENCE);
	if (out->scheme == KEYFILE_PBES2)
		rc = keyfile_pbes2(&parameters, out, e);
	else
		keyfile_salt(&parameters, out);
	der_close(&parameters);

	return rc;
}

enum rc
keyfile_parse(struct span file, struct keyfile *out, struct err *e)
{
	struct keyfile k = { 0 };
	struct der_doc doc = { 0 };
	struct der whole = der_init(&doc, file), info, algorithm;
	enum rc rc;

	*out = k;
	if (file.n > KEYFILE_MAX)
		return err_set(e, RC_LIMIT, NULL, "private-key file too large");
	info = der_enter(&whole, DER_SEQUENCE);
	algorithm = der_enter(&info, DER_SEQUENCE);
	rc = keyfile_algorithm(&algorithm, &k, e);
	if (rc != RC_OK)
		return rc;
	der_close(&algorithm);
	k.encrypted = der_take(&info, DER_OCTETS);
	der_close(&info);
	if (!der_done(&whole) || k.encrypted.n == 0 ||
	    k.encrypted.n % ciphers[k.cipher].block != 0)
		return keyfile_format(e);
	if (k.salt.n == 0 || k.salt.n > KEYFILE_SALT_MAX)
		return err_set(e, RC_LIMIT, "salt", "salt not 1 to 64 bytes");
	if (k.iterations == 0 || k.iterations > KEYFILE_ITERATIONS)
		return err_set(e, RC_LIMIT, "iterations",
		    "iteration count not 1 to 10,000,000");
	*out = k;

	return RC_OK;
}

/* PBKDF1 forms: key and IV come from one 20-byte output. */
static enum rc
keyfile_derive_seed(const struct keyfile *k, struct span password, uint8_t *key,
    uint8_t *iv, struct err *e)
{
	static const uint8_t fixed[SEED_BLOCK] = { '0', '1', '2', '3', '4', '5',
		'6', '7', '8', '9', '0', '1', '2', '3', '4', '5' };
	uint8_t dk[PLATFORM_SHA1], hash[PLATFORM_SHA1];
	enum rc rc;

	rc = platform_pbkdf1(password, k->salt, k->iterations, dk, e);
	if (rc != RC_OK)
		goto out;
	memcpy(key, dk, SEED_KEY);
	if (k->scheme == KEYFILE_SEED_FIXED_IV) {
		memcpy(iv, fixed, sizeof(fixed));
	} else {
		/* The hash of the four bytes that the key left over. */
		rc = platform_sha1(
		    (struct span){ dk + SEED_KEY, sizeof(dk) - SEED_KEY }, hash,
		    e);
		memcpy(iv, hash, SEED_BLOCK);
	}
out:
	sec_wipe(dk, sizeof(dk));
	sec_wipe(hash, sizeof(hash));

	return rc;
}

static enum rc
keyfile_derive(const struct keyfile *k, struct span password, uint8_t *key,
    uint8_t *iv, struct err *e)
{
	size_t n = ciphers[k->cipher].key, block = ciphers[k->cipher].block;
	enum rc rc;

	switch (k->scheme) {
	case KEYFILE_SEED_SHA1:
	case KEYFILE_SEED_FIXED_IV:
		return keyfile_derive_seed(k, password, key, iv, e);
	case KEYFILE_PBES2:
		memcpy(iv, k->iv.p, block);
		return platform_pbkdf2(
		    k->prf, password, k->salt, k->iterations, key, n, e);
	case KEYFILE_PKCS12:
		rc = platform_pkcs12_kdf(
		    password, k->salt, 1, k->iterations, key, n, e);
		if (rc != RC_OK)
			return rc;
		return platform_pkcs12_kdf(
		    password, k->salt, 2, k->iterations, iv, block, e);
	}

	return err_set(e, RC_BUG, NULL, "scheme without a derivation");
}

static enum rc
keyfile_decrypt(const struct keyfile *k, const uint8_t *key, const uint8_t *iv,
    uint8_t *out, struct err *e)
{
	struct seed seed;

	if (k->cipher != PLATFORM_SEED_CBC)
		return platform_decrypt(k->cipher,
		    (struct span){ key, ciphers[k->cipher].key },
		    (struct span){ iv, ciphers[k->cipher].block }, k->encrypted,
		    out, e);
	seed_init(&seed, key);
	seed_cbc_decrypt(&seed, iv, k->encrypted.p, out, k->encrypted.n);
	sec_wipe(&seed, sizeof(seed));

	return RC_OK;
}

/*
 * How many bytes are left without the padding (RFC 8018 6.1.1); 0 when it is
 * not one. Looks at a whole block whatever it holds.
 */
static size_t
keyfile_unpad(const uint8_t *p, size_t n, size_t block)
{
	unsigned int last = p[n - 1], bad = 0;

	bad |= last == 0 || last > block;
	for (size_t i = 0; i < block; i++)
		bad |= (unsigned int)(i < last) & (p[n - 1 - i] != last);

	return bad != 0 ? 0 : n - last;
}

/* One attempt with these password bytes. RC_SECRET writes no sentence. */
static enum rc
keyfile_try(const struct keyfile *k, struct span password, struct span modulus,
    struct sec *out, struct err *e)
{
	uint8_t key[KEYFILE_KEY_MAX] = { 0 }, iv[KEYFILE_IV_MAX] = { 0 };
	struct pkinfo info = { 0 };
	enum rc rc;
	size_t n;

	rc = sec_new(out, k->encrypted.n, e);
	if (rc != RC_OK)
		return rc;
	rc = keyfile_derive(k, password, key, iv, e);
	if (rc == RC_OK)
		rc = keyfile_decrypt(k, key, iv, out->p, e);
	if (rc != RC_OK)
		goto out;
	n = keyfile_unpad(out->p, out->n, ciphers[k->cipher].block);
	sec_wipe(out->p + n, out->n - n);
	out->n = n;
	/* A wrong key passes the padding once in 256; it does not pass this. */
	if (n == 0 || pkinfo_parse(sec_span(out), &info, NULL) != RC_OK ||
	    (modulus.n > 0 && !sec_equal(modulus, info.n)))
		rc = RC_SECRET;
out:
	sec_wipe(key, sizeof(key));
	sec_wipe(iv, sizeof(iv));
	if (rc != RC_OK)
		sec_free(out);

	return rc;
}

/* The same with the password as Korean Windows programs saw it. */
static enum rc
keyfile_try_cp949(const struct keyfile *k, struct span password,
    struct span modulus, struct sec *out, struct err *e)
{
	uint8_t bytes[KEYFILE_PASSWORD_MAX];
	size_t n = sizeof(bytes);
	enum rc rc = RC_SECRET;

	if (platform_cp949(password, bytes, &n, NULL) == RC_OK)
		rc = keyfile_try(k, (struct span){ bytes, n }, modulus, out, e);
	sec_wipe(bytes, sizeof(bytes));

	return rc;
}

enum rc
keyfile_open(struct span file, struct span password, struct span modulus,
    struct sec *out, struct err *e)
{
	struct keyfile k;
	bool ascii = true;
	enum rc rc;

	*out = (struct sec){ 0 };
	if (password.n == 0 || password.n > KEYFILE_PASSWORD_MAX)
		return err_set(
		    e, RC_LIMIT, "password", "password not 1 to 256 bytes");
	rc = keyfile_parse(file, &k, e);
	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; i < password.n; i++)
		ascii = ascii && password.p[i] < 0x80;
	rc = keyfile_try(&k, password, modulus, out, e);
	/* PKCS#12 passwords are UTF-16 whatever was typed (RFC 7292 B.1). */
	if (rc == RC_SECRET && !ascii && k.scheme != KEYFILE_PKCS12)
		rc = keyfile_try_cp949(&k, password, modulus, out, e);
	if (rc == RC_SECRET)
		return err_set(
		    e, RC_SECRET, NULL, "wrong password or damaged file");

	return rc;
}
