/*
 * keyfile.c - signPri.key and kmPri.key: every form that is in use, opened.
 *
 * Belongs here: the file around the encryption, checking a password.
 * Not here: the encryption (pbe.c); what the key says (pkinfo.c); making such
 * a file (keyput.c); reading files (folder.c, cli).
 */
#include "npki/keyfile.h"

#include "npki/cp949.h"
#include "npki/pkinfo.h"

static enum rc
keyfile_format(struct err *e)
{
	return err_set(
	    e, RC_FORMAT, NULL, "not a private-key file (RFC 5958 3)");
}

enum rc
keyfile_parse(struct span file, struct keyfile *out, struct err *e)
{
	struct keyfile k = { 0 };
	struct der_doc doc = { 0 };
	struct der whole = der_init(&doc, file), info;
	enum rc rc;

	*out = k;
	if (file.n == 0)
		return err_set(e, RC_FORMAT, NULL, "nothing in it");
	_Static_assert(KEYFILE_MAX == 16 << 10, "said in words");
	if (file.n > KEYFILE_MAX)
		return err_set(e, RC_LIMIT, NULL, "larger than 16 KiB");
	info = der_enter(&whole, DER_SEQUENCE);
	if (der_peek(&info) != DER_SEQUENCE)
		return keyfile_format(e);
	rc = pbe_parse(&info, &k.pbe, e);
	if (rc != RC_OK)
		return rc;
	k.encrypted = der_take(&info, DER_OCTETS);
	der_close(&info);
	if (!der_done(&whole) || k.encrypted.n == 0 ||
	    k.encrypted.n % pbe_block(&k.pbe) != 0)
		return err_set(e, RC_FORMAT, "encryptedData",
		    "not a private-key file (RFC 5958 3)");
	*out = k;

	return RC_OK;
}

enum rc
keyfile_check(struct span file, struct err *e)
{
	struct keyfile k;

	if (keyfile_parse(file, &k, NULL) == RC_UNKNOWN)
		return RC_OK;

	return keyfile_parse(file, &k, e);
}

/* Is this a private key, and of this modulus where there is one? */
static bool
keyfile_is_key(struct span in, struct span modulus)
{
	struct pkinfo info = { 0 };

	return pkinfo_parse(in, &info, NULL) == RC_OK &&
	    (modulus.n == 0 || sec_equal(modulus, info.n));
}

/*
 * The constant IV is known from programs, not from the standard, and some use
 * another one. It changes the first block alone, and what stands there in an
 * RSA key is known; that the rest fits it, the certificate's modulus says.
 */
static bool
keyfile_mend(struct sec *key, struct span modulus)
{
	static const uint8_t head[] = { 0x30, 0x82, 0, 0, 0x02, 0x01, 0x00,
		0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7 };

	if (modulus.n == 0 || key->n < sizeof(head))
		return false;
	memcpy(key->p, head, sizeof(head));
	key->p[2] = (uint8_t)((key->n - 4) >> 8);
	key->p[3] = (uint8_t)(key->n - 4);

	return keyfile_is_key(sec_span(key), modulus);
}

/* One attempt with these password bytes. RC_SECRET writes no sentence. */
static enum rc
keyfile_try(const struct keyfile *k, struct span password, struct span modulus,
    struct sec *out, struct err *e)
{
	enum rc rc = pbe_open(&k->pbe, password, k->encrypted, out, e);

	if (rc != RC_OK)
		return rc;
	/* A wrong key passes the padding once in 256; it does not pass this. */
	if (keyfile_is_key(sec_span(out), modulus) ||
	    (k->pbe.scheme == PBE_SCHEME_SEED_FIXED_IV &&
		keyfile_mend(out, modulus)))
		return RC_OK;
	sec_free(out);

	return RC_SECRET;
}

/* The same with the password as Korean Windows programs saw it. */
static enum rc
keyfile_try_cp949(const struct keyfile *k, struct span password,
    struct span modulus, struct sec *out, struct err *e)
{
	uint8_t bytes[KEYFILE_PASSWORD_MAX];
	size_t n = cp949_encode(password, bytes, sizeof(bytes));
	enum rc rc = RC_SECRET;

	if (n > 0)
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
	if (rc == RC_SECRET && !ascii && k.pbe.scheme != PBE_SCHEME_PKCS12)
		rc = keyfile_try_cp949(&k, password, modulus, out, e);
	if (rc == RC_SECRET)
		return err_set(
		    e, RC_SECRET, NULL, "wrong password or damaged file");

	return rc;
}

enum rc
keyfile_open_beside(struct span file, struct span password, struct span modulus,
    struct sec *out, struct err *e)
{
	const struct span unknown = { NULL, 0 };
	enum rc rc = keyfile_open(file, password, modulus, out, e);

	if (rc != RC_SECRET || modulus.n == 0 ||
	    keyfile_open(file, password, unknown, out, NULL) != RC_OK)
		return rc;
	sec_free(out);
	err_clear(e);

	return err_set(
	    e, RC_STATE, NULL, "the key is not that of its certificate");
}
