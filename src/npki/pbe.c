/*
 * pbe.c - encryption under a password (RFC 8018, RFC 7292, KCAC.TS.ENC), as
 * key files and PKCS#12 files name it; opened.
 *
 * Belongs here: the schemes, their parameters and limits, keys from passwords.
 * Not here: what is inside (pkinfo.c); making such things (pbeput.c); ciphers
 * and hashes of the platform (platform.h).
 */
#include "npki/pbe.h"

#include "npki/oid.h"
#include "npki/rc2.h"
#include "npki/seed.h"

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
	[PLATFORM_RC2_40_CBC] = { 5, 8 },
	[PLATFORM_RC2_128_CBC] = { 16, 8 },
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

/* prf of PBKDF2. */
static const struct {
	struct span oid;
	enum platform_hash hash;
} prfs[] = {
	{ OID_HMAC_SHA1, PLATFORM_HASH_SHA1 },
	{ OID_HMAC_SHA256, PLATFORM_HASH_SHA256 },
	{ OID_HMAC_SHA384, PLATFORM_HASH_SHA384 },
	{ OID_HMAC_SHA512, PLATFORM_HASH_SHA512 },
};

/* The whole algorithm; PBES2 names its cipher inside. */
static const struct {
	struct span oid;
	enum pbe_scheme scheme;
	enum platform_cipher cipher;
} schemes[] = {
	{ OID_SEED_SHA1, PBE_SCHEME_SEED_SHA1, PLATFORM_SEED_CBC },
	{ OID_SEED_CBC, PBE_SCHEME_SEED_FIXED_IV, PLATFORM_SEED_CBC },
	{ OID_PBES2, PBE_SCHEME_PBES2, PLATFORM_SEED_CBC },
	{ OID_PKCS12_3DES, PBE_SCHEME_PKCS12, PLATFORM_3DES_CBC },
	{ OID_PKCS12_RC2_128, PBE_SCHEME_PKCS12, PLATFORM_RC2_128_CBC },
	{ OID_PKCS12_RC2_40, PBE_SCHEME_PKCS12, PLATFORM_RC2_40_CBC },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static enum rc
pbe_format(struct err *e)
{
	return err_set(e, RC_FORMAT, "encryption",
	    "no password-based encryption (RFC 8018 A.4)");
}

/* field is what the OID stands for: "encryption", "kdf", "prf", "cipher". */
static enum rc
pbe_unknown(const char *field, struct span oid, struct err *e)
{
	char text[DER_OID_TEXT];

	(void)der_oid_text(oid, text);

	return err_set(
	    e, RC_UNKNOWN, field, "algorithm %s is not supported", text);
}

static void
pbe_salt(struct der *r, struct pbe *out)
{
	out->salt = der_take(r, DER_OCTETS);
	out->iterations = der_uint(r, UINT32_MAX);
}

/* PBKDF2-params without the salt and count (RFC 8018 A.2). */
static enum rc
pbe_prf(struct der *r, uint32_t *length, struct pbe *out, struct err *e)
{
	struct der prf;
	struct span oid;
	size_t i;

	*length = 0;
	out->prf = PLATFORM_HASH_SHA1;
	if (der_peek(r) == DER_INTEGER && (*length = der_uint(r, 64)) == 0)
		der_fail(r);
	if (der_peek(r) != DER_SEQUENCE)
		return RC_OK;
	prf = der_enter(r, DER_SEQUENCE);
	oid = der_take(&prf, DER_OID);
	if (r->doc->failed)
		return pbe_format(e);
	for (i = 0; i < COUNT(prfs); i++) {
		if (span_equal(oid, prfs[i].oid))
			break;
	}
	if (i == COUNT(prfs))
		return pbe_unknown("prf", oid, e);
	out->prf = prfs[i].hash;
	der_optional_null(&prf);
	der_close(&prf);

	return RC_OK;
}

static enum rc
pbe_cipher(struct der *r, uint32_t length, struct pbe *out, struct err *e)
{
	struct der scheme = der_enter(r, DER_SEQUENCE);
	struct span oid = der_take(&scheme, DER_OID);
	size_t i;

	if (r->doc->failed)
		return pbe_format(e);
	for (i = 0; i < COUNT(pbes2_ciphers); i++) {
		if (span_equal(oid, pbes2_ciphers[i].oid))
			break;
	}
	if (i == COUNT(pbes2_ciphers))
		return pbe_unknown("cipher", oid, e);
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
		return pbe_format(e);

	return RC_OK;
}

static enum rc
pbe_pbes2(struct der *r, struct pbe *out, struct err *e)
{
	struct der kdf = der_enter(r, DER_SEQUENCE), parameters;
	struct span oid = der_take(&kdf, DER_OID);
	uint32_t length;
	enum rc rc;

	if (r->doc->failed)
		return pbe_format(e);
	if (!span_equal(oid, OID_PBKDF2))
		return pbe_unknown("kdf", oid, e);
	parameters = der_enter(&kdf, DER_SEQUENCE);
	pbe_salt(&parameters, out);
	rc = pbe_prf(&parameters, &length, out, e);
	if (rc != RC_OK)
		return rc;
	der_close(&parameters);
	der_close(&kdf);

	return pbe_cipher(r, length, out, e);
}

/* The contents of the AlgorithmIdentifier. */
static enum rc
pbe_algorithm(struct der *r, struct pbe *out, struct err *e)
{
	struct span oid = der_take(r, DER_OID);
	struct der parameters;
	enum rc rc = RC_OK;
	size_t i;

	if (r->doc->failed)
		return pbe_format(e);
	for (i = 0; i < COUNT(schemes); i++) {
		if (span_equal(oid, schemes[i].oid))
			break;
	}
	if (i == COUNT(schemes))
		return pbe_unknown("encryption", oid, e);
	out->scheme = schemes[i].scheme;
	out->cipher = schemes[i].cipher;
	parameters = der_enter(r, DER_SEQUENCE);
	if (out->scheme == PBE_SCHEME_PBES2)
		rc = pbe_pbes2(&parameters, out, e);
	else
		pbe_salt(&parameters, out);
	der_close(&parameters);

	return rc;
}

enum rc
pbe_parse(struct der *r, struct pbe *out, struct err *e)
{
	struct der algorithm = der_enter(r, DER_SEQUENCE);
	struct pbe p = { 0 };
	enum rc rc = pbe_algorithm(&algorithm, &p, e);

	*out = (struct pbe){ 0 };
	if (rc != RC_OK)
		return rc;
	der_close(&algorithm);
	if (r->doc->failed)
		return pbe_format(e);
	if (p.salt.n == 0 || p.salt.n > PBE_SALT_MAX)
		return err_set(e, RC_LIMIT, "salt", "salt not 1 to 64 bytes");
	if (p.iterations == 0 || p.iterations > PBE_ITERATIONS)
		return err_set(e, RC_LIMIT, "iterations",
		    "iteration count not 1 to 10,000,000");
	*out = p;

	return RC_OK;
}

size_t
pbe_block(const struct pbe *p)
{
	return ciphers[p->cipher].block;
}

size_t
pbe_key_size(const struct pbe *p)
{
	return ciphers[p->cipher].key;
}

/* PBKDF1 forms: key and IV come from one 20-byte output. */
static enum rc
pbe_derive_seed(const struct pbe *p, struct span password, uint8_t *key,
    uint8_t *iv, struct err *e)
{
	static const uint8_t fixed[SEED_BLOCK] = { '0', '1', '2', '3', '4', '5',
		'6', '7', '8', '9', '0', '1', '2', '3', '4', '5' };
	uint8_t dk[PLATFORM_SHA1], hash[PLATFORM_HASH_MAX];
	/* The four bytes that the key leaves over. */
	struct span rest = { dk + SEED_KEY, sizeof(dk) - SEED_KEY };
	enum rc rc;

	rc = platform_pbkdf1(password, p->salt, p->iterations, dk, e);
	if (rc != RC_OK)
		goto out;
	memcpy(key, dk, SEED_KEY);
	if (p->scheme == PBE_SCHEME_SEED_FIXED_IV) {
		memcpy(iv, fixed, sizeof(fixed));
	} else {
		rc = platform_digest(PLATFORM_HASH_SHA1, &rest, 1, hash, e);
		memcpy(iv, hash, SEED_BLOCK);
	}
out:
	sec_wipe(dk, sizeof(dk));
	sec_wipe(hash, sizeof(hash));

	return rc;
}

enum rc
pbe_derive(const struct pbe *p, struct span password,
    uint8_t key[static PBE_KEY_MAX], uint8_t iv[static PBE_BLOCK_MAX],
    struct err *e)
{
	size_t n = ciphers[p->cipher].key, block = ciphers[p->cipher].block;
	enum rc rc;

	switch (p->scheme) {
	case PBE_SCHEME_SEED_SHA1:
	case PBE_SCHEME_SEED_FIXED_IV:
		return pbe_derive_seed(p, password, key, iv, e);
	case PBE_SCHEME_PBES2:
		memcpy(iv, p->iv.p, block);
		return platform_pbkdf2(
		    p->prf, password, p->salt, p->iterations, key, n, e);
	case PBE_SCHEME_PKCS12:
		rc = platform_pkcs12_kdf(PLATFORM_HASH_SHA1, password, p->salt,
		    1, p->iterations, key, n, e);
		if (rc != RC_OK)
			return rc;
		return platform_pkcs12_kdf(PLATFORM_HASH_SHA1, password,
		    p->salt, 2, p->iterations, iv, block, e);
	}

	return err_set(e, RC_BUG, NULL, "scheme without a derivation");
}

static void
pbe_seed(const uint8_t *key, const uint8_t *iv, struct span in, uint8_t *out)
{
	struct seed seed;

	seed_init(&seed, key);
	seed_cbc_decrypt(&seed, iv, in.p, out, in.n);
	sec_wipe(&seed, sizeof(seed));
}

static enum rc
pbe_decrypt(const struct pbe *p, const uint8_t *key, const uint8_t *iv,
    struct span in, uint8_t *out, struct err *e)
{
	struct span whole = { key, pbe_key_size(p) };

	switch (p->cipher) {
	case PLATFORM_SEED_CBC:
		pbe_seed(key, iv, in, out);
		return RC_OK;
	case PLATFORM_RC2_40_CBC:
	case PLATFORM_RC2_128_CBC:
		rc2_cbc_decrypt(
		    whole, 8 * (unsigned int)whole.n, iv, in.p, out, in.n);
		return RC_OK;
	case PLATFORM_AES_128_CBC:
	case PLATFORM_AES_192_CBC:
	case PLATFORM_AES_256_CBC:
	case PLATFORM_ARIA_128_CBC:
	case PLATFORM_ARIA_192_CBC:
	case PLATFORM_ARIA_256_CBC:
	case PLATFORM_3DES_CBC:
		break;
	}

	return platform_decrypt(
	    p->cipher, whole, (struct span){ iv, pbe_block(p) }, in, out, e);
}

/*
 * How many bytes are left without the padding (RFC 8018 6.1.1); SIZE_MAX when
 * it is not one. Looks at a whole block whatever it holds.
 */
static size_t
pbe_unpad(const uint8_t *p, size_t n, size_t block)
{
	unsigned int last = p[n - 1], bad = 0;

	bad |= last == 0 || last > block;
	for (size_t i = 0; i < block; i++)
		bad |= (unsigned int)(i < last) & (p[n - 1 - i] != last);

	return bad != 0 ? SIZE_MAX : n - last;
}

enum rc
pbe_open(const struct pbe *p, struct span password, struct span in,
    struct sec *out, struct err *e)
{
	uint8_t key[PBE_KEY_MAX] = { 0 }, iv[PBE_BLOCK_MAX] = { 0 };
	enum rc rc;
	size_t n;

	*out = (struct sec){ 0 };
	if (in.n == 0 || in.n % pbe_block(p) != 0)
		return pbe_format(e);
	rc = sec_new(out, in.n, e);
	if (rc != RC_OK)
		return rc;
	rc = pbe_derive(p, password, key, iv, e);
	if (rc == RC_OK)
		rc = pbe_decrypt(p, key, iv, in, out->p, e);
	if (rc != RC_OK)
		goto out;
	n = pbe_unpad(out->p, out->n, pbe_block(p));
	if (n == SIZE_MAX) {
		rc = RC_SECRET;
		goto out;
	}
	sec_wipe(out->p + n, out->n - n);
	out->n = n;
out:
	sec_wipe(key, sizeof(key));
	sec_wipe(iv, sizeof(iv));
	if (rc != RC_OK)
		sec_free(out);

	return rc;
}
