/*
 * verify_test.c - is it the signature of the key in the frame? OpenSSL makes
 * keys and signatures; the frames are what the module sends.
 */
#include "token/verify.h"

#include "base/buf.h"
#include "tap.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

static const struct row {
	const char *what, *curve;
	size_t bits; /* of an RSA key */
	enum tokenframe_scheme scheme;
	enum tokenframe_hash hash;
	uint16_t salt;
} rows[] = {
	{ "RSA of 1024 bits", NULL, 1024, TOKENFRAME_RSA_PKCS1,
	    TOKENFRAME_SHA256, 0 },
	{ "RSA of 2048 bits", NULL, 2048, TOKENFRAME_RSA_PKCS1,
	    TOKENFRAME_SHA512, 0 },
	{ "PSS", NULL, 2048, TOKENFRAME_RSA_PSS, TOKENFRAME_SHA384, 20 },
	{ "P-256", "P-256", 0, TOKENFRAME_ECDSA, TOKENFRAME_SHA256, 0 },
	{ "P-384", "P-384", 0, TOKENFRAME_ECDSA, TOKENFRAME_SHA256, 0 },
	{ "P-521", "P-521", 0, TOKENFRAME_ECDSA, TOKENFRAME_SHA512, 0 },
};

static uint8_t spki[1024], digest[TOKENFRAME_DIGEST_MAX], signature[1024];

/* r ‖ s, as PKCS#11 has it. */
static size_t
raw(EVP_PKEY *key, size_t n)
{
	int bytes = (EVP_PKEY_get_bits(key) + 7) / 8;
	const unsigned char *at = signature;
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &at, (long)n);

	if (sig == NULL ||
	    BN_bn2binpad(ECDSA_SIG_get0_r(sig), signature, bytes) != bytes ||
	    BN_bn2binpad(ECDSA_SIG_get0_s(sig), signature + bytes, bytes) !=
		bytes)
		abort();
	ECDSA_SIG_free(sig);

	return 2 * (size_t)bytes;
}

/* A key, a signature of it, and the frame that asks about both. */
static struct tokenframe_verify
signed_by(const struct row *row)
{
	static const char *const hashes[] = { [TOKENFRAME_SHA256] = "SHA256",
		[TOKENFRAME_SHA384] = "SHA384",
		[TOKENFRAME_SHA512] = "SHA512" };
	EVP_PKEY *key = row->curve == NULL
	    ? EVP_PKEY_Q_keygen(NULL, NULL, "RSA", row->bits)
	    : EVP_PKEY_Q_keygen(NULL, NULL, "EC", row->curve);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	struct tokenframe_verify v = { row->scheme, row->hash, row->salt,
		{ digest, tokenframe_hash_bytes(row->hash) }, { NULL, 0 },
		{ NULL, 0 } };
	unsigned char *at = spki;
	size_t n = sizeof(signature);

	if (EVP_PKEY_sign_init(ctx) != 1 ||
	    EVP_PKEY_CTX_set_signature_md(
		ctx, EVP_get_digestbyname(hashes[row->hash])) != 1 ||
	    (row->scheme == TOKENFRAME_RSA_PSS &&
		(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) !=
			1 ||
		    EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, row->salt) != 1)) ||
	    EVP_PKEY_sign(ctx, signature, &n, digest, v.digest.n) != 1)
		abort();
	if (row->curve != NULL)
		n = raw(key, n);
	v.signature = (struct span){ signature, n };
	v.spki = (struct span){ spki, (size_t)i2d_PUBKEY(key, &at) };
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);

	return v;
}

/* What the helper says of a frame: as it was sent, and read again. */
static enum rc
asked(const struct tokenframe_verify *v, bool *good)
{
	struct buf frame = buf_init(TOKENFRAME_REQUEST_MAX);
	struct tokenframe_verify seen;
	enum rc rc;

	tokenframe_verify(&frame, v);
	*good = true;
	rc = tokenframe_verify_parse(buf_span(&frame), &seen, NULL);
	if (rc == RC_OK)
		rc = verify_frame(&seen, good, NULL);
	buf_clear(&frame);

	return rc;
}

static bool
is_good(const struct tokenframe_verify *v)
{
	bool good;

	return asked(v, &good) == RC_OK && good;
}

static bool
is_bad(const struct tokenframe_verify *v)
{
	bool good;

	return asked(v, &good) == RC_OK && !good;
}

static bool
is_no_key(const struct tokenframe_verify *v)
{
	bool good;

	return asked(v, &good) == RC_FORMAT && !good;
}

static void
test_signatures(const struct row *row)
{
	struct tokenframe_verify v = signed_by(row), w = v;

	ok(is_good(&v), "%s: good", row->what);
	digest[0] ^= 1;
	ok(is_bad(&v), "%s: of another digest", row->what);
	digest[0] ^= 1;
	signature[v.signature.n - 1] ^= 1;
	ok(is_bad(&v), "%s: altered", row->what);
	signature[v.signature.n - 1] ^= 1;
	w.signature.n--;
	ok(is_bad(&w), "%s: a byte short", row->what);
	w.signature.n = 0;
	ok(is_bad(&w), "%s: no signature", row->what);
	w = v;
	if (row->scheme == TOKENFRAME_RSA_PSS) {
		w.salt++;
		ok(is_bad(&w), "%s: with another salt length", row->what);
	}
}

static void
test_keys(const struct row *row)
{
	struct tokenframe_verify v = signed_by(row), w = v;

	w.scheme = row->curve == NULL ? TOKENFRAME_ECDSA : TOKENFRAME_RSA_PKCS1;
	ok(is_no_key(&w), "%s: a scheme of the other kind", row->what);
	w = v;
	w.spki.n--;
	ok(is_no_key(&w), "%s: a key cut short", row->what);
	w.spki.n = 0;
	ok(is_no_key(&w), "%s: no key", row->what);
	spki[v.spki.n] = 0;
	w.spki.n = v.spki.n + 1;
	ok(is_no_key(&w), "%s: a byte behind the key", row->what);
	if (row->curve == NULL)
		return;
	spki[v.spki.n - 1] ^= 1;
	ok(is_no_key(&v), "%s: a point off its curve", row->what);
}

int
main(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_signatures(&rows[i]);
		test_keys(&rows[i]);
	}

	return tap_done();
}
