/*
 * pbeput.c - encryption under a password, made: pbe.c the other way round.
 *
 * Belongs here: the forms that we write, their salts and iteration counts.
 * Not here: reading them (pbe.c); what is around them (keyput.c, pfxput.c);
 * which password is good enough (password.c).
 */
#include "npki/pbeput.h"

#include "npki/oid.h"
#include "npki/seed.h"

#define PBEPUT_SALT_MAX 16
#define NONE            \
	{               \
		NULL, 0 \
	}

/*
 * Korean programs read 8 bytes of salt and two of iterations at fixed places,
 * so their forms are written exactly so.
 */
static const struct {
	const char *name;
	enum pbe_scheme scheme;
	enum platform_cipher cipher;
	enum platform_hash prf;
	uint32_t iterations;
	size_t salt;
	struct span oid, prf_oid, cipher_oid; /* empty: not said */
} forms[] = {
	[PBE_SEED_SHA1] = { "seed-sha1", PBE_SCHEME_SEED_SHA1,
	    PLATFORM_SEED_CBC, PLATFORM_HASH_SHA1, 2048, 8, OID_SEED_SHA1, NONE,
	    NONE },
	[PBE_PBES2_SEED] = { "pbes2-seed", PBE_SCHEME_PBES2, PLATFORM_SEED_CBC,
	    PLATFORM_HASH_SHA1, 2048, 8, OID_PBES2, NONE, OID_SEED_CBC },
	[PBE_PBES2_SEED_SHA256] = { "pbes2-seed-sha256", PBE_SCHEME_PBES2,
	    PLATFORM_SEED_CBC, PLATFORM_HASH_SHA256, 2048, 8, OID_PBES2,
	    OID_HMAC_SHA256, OID_SEED_CBC },
	[PBE_PBES2_AES] = { "pbes2-aes", PBE_SCHEME_PBES2, PLATFORM_AES_256_CBC,
	    PLATFORM_HASH_SHA256, 100000, 16, OID_PBES2, OID_HMAC_SHA256,
	    OID_AES_256_CBC },
	[PBE_PBES2_ARIA] = { "pbes2-aria", PBE_SCHEME_PBES2,
	    PLATFORM_ARIA_256_CBC, PLATFORM_HASH_SHA256, 100000, 16, OID_PBES2,
	    OID_HMAC_SHA256, OID_ARIA_256_CBC },
	[PBE_PKCS12_3DES] = { "pkcs12-3des", PBE_SCHEME_PKCS12,
	    PLATFORM_3DES_CBC, PLATFORM_HASH_SHA1, 2048, 8, OID_PKCS12_3DES,
	    NONE, NONE },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char *
pbeput_form_name(enum pbe_form form)
{
	return forms[form].name;
}

bool
pbeput_form_find(const char *name, enum pbe_form *form)
{
	for (size_t i = 0; i < COUNT(forms); i++) {
		if (strcmp(forms[i].name, name) != 0)
			continue;
		*form = (enum pbe_form)i;
		return true;
	}

	return false;
}

enum pbe_form
pbeput_form_of(const struct pbe *p)
{
	/* The old ones become the one that everybody reads. */
	if (p->scheme != PBE_SCHEME_PBES2)
		return PBE_SEED_SHA1;
	switch (p->cipher) {
	case PLATFORM_SEED_CBC:
		return p->prf == PLATFORM_HASH_SHA1 ? PBE_PBES2_SEED
						    : PBE_PBES2_SEED_SHA256;
	case PLATFORM_ARIA_128_CBC:
	case PLATFORM_ARIA_192_CBC:
	case PLATFORM_ARIA_256_CBC:
		return PBE_PBES2_ARIA;
	case PLATFORM_AES_128_CBC:
	case PLATFORM_AES_192_CBC:
	case PLATFORM_AES_256_CBC:
	case PLATFORM_3DES_CBC:
	case PLATFORM_RC2_40_CBC:
	case PLATFORM_RC2_128_CBC:
		break;
	}

	return PBE_PBES2_AES;
}

uint32_t
pbeput_iterations(const struct pbe *p, enum pbe_form form)
{
	/* What another form was given says nothing of who reads this one. */
	return pbeput_form_of(p) == form &&
		p->iterations > forms[form].iterations
	    ? p->iterations
	    : forms[form].iterations;
}

static enum rc
pbeput_encrypt(const struct pbe *p, const uint8_t *key, const uint8_t *iv,
    struct span in, uint8_t *out, struct err *e)
{
	struct seed seed;

	if (p->cipher != PLATFORM_SEED_CBC)
		return platform_encrypt(p->cipher,
		    (struct span){ key, pbe_key_size(p) },
		    (struct span){ iv, pbe_block(p) }, in, out, e);
	seed_init(&seed, key);
	seed_cbc_encrypt(&seed, iv, in.p, out, in.n);
	sec_wipe(&seed, sizeof(seed));

	return RC_OK;
}

/* Puts the encrypted bytes, padded as RFC 8018 6.1.1 says. */
static enum rc
pbeput_bytes(struct derput *w, const struct pbe *p, struct span password,
    struct span plain, struct err *e)
{
	uint8_t key[PBE_KEY_MAX] = { 0 }, iv[PBE_BLOCK_MAX] = { 0 };
	size_t pad = pbe_block(p) - plain.n % pbe_block(p);
	struct sec padded SEC_WIPED = { 0 };
	enum rc rc;

	if (w->failed || plain.n > w->at || pad > w->at - plain.n)
		return err_set(
		    e, RC_LIMIT, NULL, "no room for what is encrypted");
	rc = sec_new(&padded, plain.n + pad, e);
	if (rc != RC_OK)
		return rc;
	if (plain.n > 0)
		memcpy(padded.p, plain.p, plain.n);
	memset(padded.p + plain.n, (int)pad, pad);
	rc = pbe_derive(p, password, key, iv, e);
	if (rc == RC_OK)
		rc = pbeput_encrypt(
		    p, key, iv, sec_span(&padded), w->p + w->at - padded.n, e);
	if (rc == RC_OK)
		w->at -= padded.n;
	sec_wipe(key, sizeof(key));
	sec_wipe(iv, sizeof(iv));

	return rc;
}

/* PBKDF2-params; SHA-1 is the DEFAULT and is left out (X.690 11.5). */
static void
pbeput_kdf(struct derput *w, enum pbe_form form, const struct pbe *p)
{
	size_t mark = derput_mark(w);

	if (forms[form].prf_oid.n > 0) {
		derput_element(w, DER_NULL, (struct span){ NULL, 0 });
		derput_element(w, DER_OID, forms[form].prf_oid);
		derput_wrap(w, DER_SEQUENCE, mark);
	}
	derput_uint(w, p->iterations);
	derput_element(w, DER_OCTETS, p->salt);
	derput_wrap(w, DER_SEQUENCE, mark);
	derput_element(w, DER_OID, OID_PBKDF2);
	derput_wrap(w, DER_SEQUENCE, mark);
}

static void
pbeput_algorithm(struct derput *w, enum pbe_form form, const struct pbe *p)
{
	size_t mark = derput_mark(w);

	if (p->scheme == PBE_SCHEME_PBES2) {
		derput_element(w, DER_OCTETS, p->iv);
		derput_element(w, DER_OID, forms[form].cipher_oid);
		derput_wrap(w, DER_SEQUENCE, mark);
		pbeput_kdf(w, form, p);
	} else {
		derput_uint(w, p->iterations);
		derput_element(w, DER_OCTETS, p->salt);
	}
	derput_wrap(w, DER_SEQUENCE, mark);
	derput_element(w, DER_OID, forms[form].oid);
	derput_wrap(w, DER_SEQUENCE, mark);
}

enum rc
pbeput_seal(struct derput *w, enum pbe_form form, uint32_t iterations,
    struct span password, uint8_t tag, struct span plain, struct err *e)
{
	uint8_t salt[PBEPUT_SALT_MAX], iv[PBE_BLOCK_MAX];
	struct pbe p = { .scheme = forms[form].scheme,
		.cipher = forms[form].cipher,
		.prf = forms[form].prf,
		.iterations =
		    iterations == 0 ? forms[form].iterations : iterations,
		.salt = { salt, forms[form].salt } };
	size_t mark = derput_mark(w);
	enum rc rc;

	if (password.n == 0 || password.n > PBE_PASSWORD_MAX)
		return err_set(
		    e, RC_LIMIT, "password", "password not 1 to 256 bytes");
	if (p.iterations < forms[form].iterations ||
	    p.iterations > PBE_ITERATIONS)
		return err_set(e, RC_LIMIT, "iterations",
		    "iteration count below what this form is written with, "
		    "or over 10,000,000");
	rc = platform_random(salt, sizeof(salt), e);
	if (rc == RC_OK)
		rc = platform_random(iv, sizeof(iv), e);
	if (rc != RC_OK)
		return rc;
	if (p.scheme == PBE_SCHEME_PBES2)
		p.iv = (struct span){ iv, pbe_block(&p) };
	rc = pbeput_bytes(w, &p, password, plain, e);
	if (rc != RC_OK)
		return rc;
	derput_wrap(w, tag, mark);
	pbeput_algorithm(w, form, &p);
	if (w->failed)
		return err_set(e, RC_LIMIT, NULL, "no room for the algorithm");

	return RC_OK;
}
