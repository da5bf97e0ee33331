/* signature_test.c - signatures that others made verify, changed ones do not. */
#include "x509/signature.h"

#include "npki/der.h"
#include "workshop.h"
#include "x509/certificate.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

/* Whatever changes, it is refused. */
static void
test_changes(EVP_PKEY *key, const struct signature_algorithm *a,
    struct span digest, struct span signature, const char *what)
{
	uint8_t d[64], s[520];
	size_t refused = 0;

	ok(signature_verify(key, a, digest, signature, NULL) == RC_OK,
	    "%s verifies", what);
	memcpy(d, digest.p, digest.n);
	memcpy(s, signature.p, signature.n);
	d[0] ^= 1;
	ok(signature_verify(key, a, (struct span){ d, digest.n }, signature,
	       NULL) == RC_DENIED,
	    "another digest");
	for (size_t i = 0; i < signature.n; i++) {
		s[i] ^= (uint8_t)(1 << i % 8);
		refused +=
		    signature_verify(key, a, digest,
			(struct span){ s, signature.n }, NULL) == RC_DENIED;
		s[i] ^= (uint8_t)(1 << i % 8);
	}
	ok(refused == signature.n, "a bit in each of its %zu bytes", refused);
	s[signature.n] = 0;
	ok(signature_verify(key, a, digest, (struct span){ s, signature.n + 1 },
	       NULL) == RC_DENIED &&
		signature_verify(key, a, digest,
		    (struct span){ s, signature.n - 1 }, NULL) == RC_DENIED &&
		signature_verify(key, a, digest, (struct span){ NULL, 0 },
		    NULL) == RC_DENIED,
	    "a byte more, a byte less, none");
}

/* openssl(1) signs a file; we verify over its digest. */
static void
test_openssl(void)
{
	static const struct {
		const char *what, *key, *sign;
		const char *digest;
		struct signature_algorithm a;
	} rows[] = {
		{ "PKCS#1 SHA-256", "rsa", "-sha256", "SHA256",
		    { SIGNATURE_RSA_PKCS1, SIGNATURE_HASH_SHA256, 0 } },
		{ "PKCS#1 SHA-512", "rsa", "-sha512", "SHA512",
		    { SIGNATURE_RSA_PKCS1, SIGNATURE_HASH_SHA512, 0 } },
		{ "PKCS#1 SHA-1", "rsa", "-sha1", "SHA1",
		    { SIGNATURE_RSA_PKCS1, SIGNATURE_HASH_SHA1, 0 } },
		{ "PSS SHA-256, salt 32", "rsa",
		    "-sha256 -sigopt rsa_padding_mode:pss "
		    "-sigopt rsa_pss_saltlen:32",
		    "SHA256",
		    { SIGNATURE_RSA_PSS, SIGNATURE_HASH_SHA256, 32 } },
		{ "PSS SHA-384, salt 0", "rsa",
		    "-sha384 -sigopt rsa_padding_mode:pss "
		    "-sigopt rsa_pss_saltlen:0",
		    "SHA384", { SIGNATURE_RSA_PSS, SIGNATURE_HASH_SHA384, 0 } },
		{ "ECDSA P-256 SHA-256", "ec256", "-sha256", "SHA256",
		    { SIGNATURE_ECDSA_DER, SIGNATURE_HASH_SHA256, 0 } },
		{ "ECDSA P-384 SHA-384", "ec384", "-sha384", "SHA384",
		    { SIGNATURE_ECDSA_DER, SIGNATURE_HASH_SHA384, 0 } },
		{ "ECDSA P-256, hash not said", "ec256", "-sha512", "SHA512",
		    { SIGNATURE_ECDSA_DER, SIGNATURE_HASH_NONE, 0 } },
	};

	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		struct buf pub, sig;
		const uint8_t *p;
		uint8_t digest[64];
		size_t n = 0;
		EVP_PKEY *key;

		pub = run("openssl pkey -in %s.pem -pubout -outform DER",
		    rows[k].key);
		sig = run("openssl dgst %s -sign %s.pem message", rows[k].sign,
		    rows[k].key);
		p = pub.p;
		key = d2i_PUBKEY(NULL, &p, (long)pub.n);
		if (EVP_Q_digest(NULL, rows[k].digest, NULL, "hello", 5, digest,
			&n) != 1)
			abort();
		test_changes(key, &rows[k].a, (struct span){ digest, n },
		    buf_span(&sig), rows[k].what);
		EVP_PKEY_free(key);
		buf_clear(&pub);
		buf_clear(&sig);
	}
}

/* r ‖ s made from openssl's SEQUENCE by hand, with r short now and then. */
static void
test_raw(void)
{
	static const struct signature_algorithm raw = { SIGNATURE_ECDSA_RAW,
		SIGNATURE_HASH_SHA256, 0 };
	EVP_PKEY *key = EVP_EC_gen("P-256");
	uint8_t digest[32] = { 1 }, both[64];
	size_t good = 0;

	for (int i = 0; i < 300; i++) {
		EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
		uint8_t sig[80];
		size_t n = sizeof(sig);
		struct der_doc doc = { 0 };
		struct der all, seq;

		(void)EVP_PKEY_sign_init(ctx);
		(void)EVP_PKEY_sign(ctx, sig, &n, digest, sizeof(digest));
		all = der_init(&doc, (struct span){ sig, n });
		seq = der_enter(&all, DER_SEQUENCE);
		memset(both, 0, sizeof(both));
		for (size_t k = 0; k < 2; k++) {
			struct span s = der_natural(&seq);

			memcpy(both + 32 * k + 32 - s.n, s.p, s.n);
		}
		good += signature_verify(
			    key, &raw, SPAN(digest), SPAN(both), NULL) == RC_OK;
		EVP_PKEY_CTX_free(ctx);
	}
	ok(good == 300, "300 signatures as r and s");
	test_changes(key, &raw, SPAN(digest), SPAN(both), "the last of them");
	EVP_PKEY_free(key);
}

/* The signature in a Korean client's CMS, and the same as CKM_RSA_PKCS. */
static void
test_sample(void)
{
	static const struct signature_algorithm sha256 = { SIGNATURE_RSA_PKCS1,
		SIGNATURE_HASH_SHA256, 0 };
	static const struct signature_algorithm none = { SIGNATURE_RSA_PKCS1,
		SIGNATURE_HASH_NONE, 0 };
	static const uint8_t head[19] = { 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09,
		0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
		0x00, 0x04, 0x20 };
	struct buf in = sample("pypinksign/signCert.der");
	struct buf cms = sample("pypinksign/signed-TEST_MSG.p7m");
	struct span signature = { cms.p + cms.n - 256, 256 };
	struct certificate *c;
	uint8_t info[51];
	size_t n = 0;

	if (certificate_parse(buf_span(&in), &c, NULL) != RC_OK)
		abort();
	memcpy(info, head, sizeof(head));
	(void)EVP_Q_digest(
	    NULL, "SHA256", NULL, "TEST_MSG", 8, info + sizeof(head), &n);
	test_changes(certificate_key(c), &sha256,
	    (struct span){ info + sizeof(head), 32 }, signature,
	    "a Korean client's signature");
	test_changes(certificate_key(c), &none, SPAN(info), signature,
	    "the same over a DigestInfo");
	certificate_free(c);
	buf_clear(&in);
	buf_clear(&cms);
}

static void
test_requests(void)
{
	static const struct {
		const char *what;
		struct signature_algorithm a;
		size_t n;
	} rows[] = {
		{ "ECDSA with an RSA key",
		    { SIGNATURE_ECDSA_DER, SIGNATURE_HASH_SHA256, 0 }, 32 },
		{ "PSS without a hash",
		    { SIGNATURE_RSA_PSS, SIGNATURE_HASH_NONE, 0 }, 32 },
		{ "SHA-256 of 31 bytes",
		    { SIGNATURE_RSA_PKCS1, SIGNATURE_HASH_SHA256, 0 }, 31 },
		{ "SHA-256 of 33 bytes",
		    { SIGNATURE_RSA_PKCS1, SIGNATURE_HASH_SHA256, 0 }, 33 },
		{ "no digest", { SIGNATURE_RSA_PKCS1, SIGNATURE_HASH_NONE, 0 },
		    0 },
	};
	struct buf in = sample("pypinksign/signCert.der");
	uint8_t digest[64] = { 0 }, signature[256] = { 0 };
	struct certificate *c;

	if (certificate_parse(buf_span(&in), &c, NULL) != RC_OK)
		abort();
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++)
		ok(signature_verify(certificate_key(c), &rows[k].a,
		       (struct span){ digest, rows[k].n }, SPAN(signature),
		       NULL) == RC_FORMAT,
		    "%s", rows[k].what);
	certificate_free(c);
	buf_clear(&in);
}

int
main(void)
{
	workshop_open();
	ok(runs("printf hello > message && openssl genrsa -out rsa.pem 2048 "
		"2>/dev/null && openssl ecparam -name prime256v1 -genkey "
		"-noout -out ec256.pem && openssl ecparam -name secp384r1 "
		"-genkey -noout -out ec384.pem && echo made"),
	    "keys made by openssl");
	test_openssl();
	test_raw();
	test_sample();
	test_requests();
	workshop_close();

	return tap_done();
}
