/* pkey_test.c - a private key signs what openssl(1) verifies, or nothing. */
#include "x509/pkey.h"

#include "npki/certinfo.h"
#include "workshop.h"

#include <openssl/evp.h>

static const struct {
	const char *key, *make;
} kinds[] = {
	{ "rsa", "rsa:2048" },
	{ "p256", "ec -pkeyopt ec_paramgen_curve:P-256" },
	{ "p384", "ec -pkeyopt ec_paramgen_curve:P-384" },
};

static EVP_PKEY *
load(const char *kind, const char *certificate_of, enum rc want)
{
	struct buf der =
	    run("openssl pkcs8 -topk8 -nocrypt -outform DER -in %s.pem%s", kind,
		"");
	struct buf cert =
	    run("openssl x509 -outform DER -in %s.crt", certificate_of);
	struct pkinfo numbers = { 0 };
	struct certinfo info = { 0 };
	EVP_PKEY *key = NULL;
	struct err e = { 0 };

	if (pkinfo_parse(buf_span(&der), &numbers, NULL) != RC_OK ||
	    certinfo_parse(buf_span(&cert), &info, NULL) != RC_OK)
		abort();
	ok(pkey_load(&numbers, &info, &key, &e) == want &&
		(key != NULL) == (want == RC_OK),
	    "key %s, certificate %s: %s", kind, certificate_of,
	    want == RC_OK ? "loaded" : e.msg);
	buf_clear(&der);
	buf_clear(&cert);

	return key;
}

/* We sign; openssl dgst -verify says whether. */
static void
test_signs(void)
{
	static const struct {
		const char *kind, *digest, *verify;
		struct signature_algorithm a;
	} rows[] = {
		{ "rsa", "SHA256", "-sha256",
		    { SIGNATURE_RSA_PKCS1, SIGNATURE_HASH_SHA256, 0 } },
		{ "rsa", "SHA512", "-sha512",
		    { SIGNATURE_RSA_PKCS1, SIGNATURE_HASH_SHA512, 0 } },
		{ "rsa", "SHA256",
		    "-sha256 -sigopt rsa_padding_mode:pss "
		    "-sigopt rsa_pss_saltlen:32",
		    { SIGNATURE_RSA_PSS, SIGNATURE_HASH_SHA256, 32 } },
		{ "rsa", "SHA384",
		    "-sha384 -sigopt rsa_padding_mode:pss "
		    "-sigopt rsa_pss_saltlen:0",
		    { SIGNATURE_RSA_PSS, SIGNATURE_HASH_SHA384, 0 } },
		{ "p256", "SHA256", "-sha256",
		    { SIGNATURE_ECDSA_DER, SIGNATURE_HASH_SHA256, 0 } },
		{ "p384", "SHA384", "-sha384",
		    { SIGNATURE_ECDSA_DER, SIGNATURE_HASH_SHA384, 0 } },
	};

	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		EVP_PKEY *key = load(rows[k].kind, rows[k].kind, RC_OK);
		struct buf signature = buf_init(PKEY_SIGNATURE_MAX);
		uint8_t digest[64];
		struct span d = { digest, 0 };

		if (EVP_Q_digest(NULL, rows[k].digest, NULL, "hello", 5, digest,
			&d.n) != 1)
			abort();
		ok(pkey_check(key, &rows[k].a, d, NULL) == RC_OK &&
			pkey_sign(key, &rows[k].a, d, &signature, NULL) ==
			    RC_OK,
		    "%s signs %s", rows[k].kind, rows[k].verify);
		workshop_write("signature", buf_span(&signature));
		ok(runs("openssl x509 -in %s.crt -pubkey -noout >public && "
			"printf hello | openssl dgst %s -verify public "
			"-signature signature",
		       rows[k].kind, rows[k].verify),
		    "and openssl verifies it");
		buf_clear(&signature);
		EVP_PKEY_free(key);
	}
}

static void
test_refused(void)
{
	static const struct {
		const char *what, *kind;
		struct signature_algorithm a;
		size_t n;
	} rows[] = {
		{ "ECDSA by RSA", "rsa",
		    { SIGNATURE_ECDSA_DER, SIGNATURE_HASH_SHA256, 0 }, 32 },
		{ "r and s by RSA", "rsa",
		    { SIGNATURE_ECDSA_RAW, SIGNATURE_HASH_SHA256, 0 }, 32 },
		{ "r and s by P-256", "p256",
		    { SIGNATURE_ECDSA_RAW, SIGNATURE_HASH_SHA256, 0 }, 32 },
		{ "PKCS #1 by P-256", "p256",
		    { SIGNATURE_RSA_PKCS1, SIGNATURE_HASH_SHA256, 0 }, 32 },
		{ "SHA-256 of 31 bytes", "rsa",
		    { SIGNATURE_RSA_PKCS1, SIGNATURE_HASH_SHA256, 0 }, 31 },
		{ "SHA-1", "rsa",
		    { SIGNATURE_RSA_PKCS1, SIGNATURE_HASH_SHA1, 0 }, 20 },
		{ "no hash, no digest", "rsa",
		    { SIGNATURE_RSA_PKCS1, SIGNATURE_HASH_NONE, 0 }, 0 },
		{ "PKCS #1 with a salt", "rsa",
		    { SIGNATURE_RSA_PKCS1, SIGNATURE_HASH_SHA256, 1 }, 32 },
		{ "PSS with a salt that does not fit", "rsa",
		    { SIGNATURE_RSA_PSS, SIGNATURE_HASH_SHA256, 223 }, 32 },
	};
	static const uint8_t digest[64];

	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		EVP_PKEY *key = load(rows[k].kind, rows[k].kind, RC_OK);

		ok(pkey_check(key, &rows[k].a,
		       (struct span){ digest, rows[k].n }, NULL) == RC_FORMAT,
		    "%s", rows[k].what);
		EVP_PKEY_free(key);
	}
	(void)load("rsa", "p256", RC_DENIED);
	(void)load("p256", "rsa", RC_DENIED);
	(void)load("p256", "p384", RC_DENIED);
}

/* A number that is wrong makes a signature that must not get out. */
static void
test_wrong_number(void)
{
	static const struct signature_algorithm a = { SIGNATURE_RSA_PKCS1,
		SIGNATURE_HASH_SHA256, 0 };
	static const uint8_t digest[32] = { 1 };
	struct buf der = sample("pypinksign/privateKeyInfo-with-R.der");
	struct buf cert = sample("pypinksign/signCert.der");
	struct buf signature = buf_init(PKEY_SIGNATURE_MAX);
	struct pkinfo numbers = { 0 };
	struct certinfo info = { 0 };
	EVP_PKEY *key = NULL;
	uint8_t dp[128], d[256];

	if (pkinfo_parse(buf_span(&der), &numbers, NULL) != RC_OK ||
	    certinfo_parse(buf_span(&cert), &info, NULL) != RC_OK ||
	    numbers.dp.n != sizeof(dp) || numbers.d.n != sizeof(d))
		abort();
	memcpy(dp, numbers.dp.p, sizeof(dp));
	dp[sizeof(dp) - 1] ^= 2;
	memcpy(d, numbers.d.p, sizeof(d));
	d[sizeof(d) - 1] ^= 2;
	numbers.dp = SPAN(dp);
	/* OpenSSL notices, and goes on without the primes: so both are wrong. */
	numbers.d = SPAN(d);
	ok(pkey_load(&numbers, &info, &key, NULL) == RC_OK &&
		pkey_sign(key, &a, SPAN(digest), &signature, NULL) ==
		    RC_CRYPTO &&
		signature.n == 0,
	    "wrong exponents: no signature");
	EVP_PKEY_free(key);
	buf_clear(&signature);
	buf_clear(&der);
	buf_clear(&cert);
}

int
main(void)
{
	workshop_open();
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
		ok(runs("openssl req -x509 -subj /CN=a -noenc -newkey %s "
			"-keyout %s.pem -out %s.crt 2>/dev/null && echo made",
		       kinds[k].make, kinds[k].key, kinds[k].key),
		    "%s made by openssl", kinds[k].key);
	test_signs();
	test_refused();
	test_wrong_number();
	workshop_close();

	return tap_done();
}
