/*
 * cipher_test.c - the ciphers that a browser lacks, against their standards
 * and against OpenSSL on 100,000 random blocks each; and the key derivation of
 * PKCS#12, against OpenSSL's.
 */
#include "base/rnd.h"
#include "npki/aria.h"
#include "npki/des3.h"
#include "npki/pkcs12kdf.h"
#include "npki/rc2.h"
#include "samples.h"

#include <openssl/evp.h>
#include <openssl/provider.h>

#define KEYS   10000
#define BLOCKS 10 /* under each key, in CBC */

static void
run_aria(const uint8_t *key, size_t n, bool encrypt, const uint8_t *iv,
    const uint8_t *in, uint8_t *out, size_t size)
{
	struct aria s;

	aria_init(&s, (struct span){ key, n });
	(encrypt ? aria_cbc_encrypt : aria_cbc_decrypt)(&s, iv, in, out, size);
}

static void
run_des3(const uint8_t *key, size_t n, bool encrypt, const uint8_t *iv,
    const uint8_t *in, uint8_t *out, size_t size)
{
	struct des3 s;

	(void)n;
	des3_init(&s, key);
	(encrypt ? des3_cbc_encrypt : des3_cbc_decrypt)(&s, iv, in, out, size);
}

/* Only decrypts: asked to encrypt it gives zeros. */
static void
run_rc2(const uint8_t *key, size_t n, bool encrypt, const uint8_t *iv,
    const uint8_t *in, uint8_t *out, size_t size)
{
	if (encrypt)
		memset(out, 0, size);
	else
		rc2_cbc_decrypt((struct span){ key, n },
		    n == 5 ? 40 : 8 * (unsigned int)n, iv, in, out, size);
}

static const struct {
	const char *name;
	size_t key, block;
	void (*run)(const uint8_t *key, size_t n, bool encrypt,
	    const uint8_t *iv, const uint8_t *in, uint8_t *out, size_t size);
} ciphers[] = {
	{ "ARIA-128-CBC", 16, 16, run_aria },
	{ "ARIA-192-CBC", 24, 16, run_aria },
	{ "ARIA-256-CBC", 32, 16, run_aria },
	{ "DES-EDE3-CBC", 24, 8, run_des3 },
	{ "RC2-40-CBC", 5, 8, run_rc2 },
	{ "RC2-CBC", 16, 8, run_rc2 },
};

/* The published vectors, as one block under a zero IV. */
static void
test_vectors(void)
{
	static const struct {
		const char *what;
		size_t cipher;
		const char *key, *plain, *secret;
	} rows[] = {
		{ "RFC 5794 A.1, ARIA-128", 0,
		    "000102030405060708090a0b0c0d0e0f",
		    "00112233445566778899aabbccddeeff",
		    "d718fbd6ab644c739da95f3be6451778" },
		{ "RFC 5794 A.2, ARIA-192", 1,
		    "000102030405060708090a0b0c0d0e0f1011121314151617",
		    "00112233445566778899aabbccddeeff",
		    "26449c1805dbe7aa25a468ce263a9e79" },
		{ "RFC 5794 A.3, ARIA-256", 2,
		    "000102030405060708090a0b0c0d0e0f"
		    "101112131415161718191a1b1c1d1e1f",
		    "00112233445566778899aabbccddeeff",
		    "f92bd7c79fb72e2f2b8f80c1972d24fc" },
		{ "SP 800-67 B.1, Triple DES", 3,
		    "0123456789abcdef23456789abcdef01456789abcdef0123",
		    "5468652071756663", "a826fd8ce53b855f" },
		{ "RFC 2268 5, RC2 of 128 bits", 5,
		    "88bca90e90875a7f0f79c384627bafb2", "0000000000000000",
		    "2269552ab0f85ca6" },
	};
	static const uint8_t zero[16];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t c = rows[i].cipher, n = ciphers[c].block;
		struct buf key = unhex(rows[i].key);
		struct buf plain = unhex(rows[i].plain);
		struct buf secret = unhex(rows[i].secret);
		uint8_t out[16];

		if (ciphers[c].run != run_rc2) {
			ciphers[c].run(
			    key.p, key.n, true, zero, plain.p, out, n);
			is_hex((struct span){ out, n }, rows[i].secret,
			    rows[i].what);
		}
		ciphers[c].run(key.p, key.n, false, zero, secret.p, out, n);
		is_hex((struct span){ out, n }, rows[i].plain, "and back");
		buf_clear(&key);
		buf_clear(&plain);
		buf_clear(&secret);
	}
}

static bool
theirs(EVP_CIPHER_CTX *ctx, const EVP_CIPHER *c, const uint8_t *key,
    const uint8_t *iv, const uint8_t *in, uint8_t *out, size_t size)
{
	int n = 0;

	return EVP_EncryptInit_ex2(ctx, c, key, iv, NULL) == 1 &&
	    EVP_CIPHER_CTX_set_padding(ctx, 0) == 1 &&
	    EVP_EncryptUpdate(ctx, out, &n, in, (int)size) == 1 &&
	    (size_t)n == size;
}

static void
test_openssl(size_t which)
{
	EVP_CIPHER *c = EVP_CIPHER_fetch(NULL, ciphers[which].name, NULL);
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	size_t size = BLOCKS * ciphers[which].block;
	bool both = ciphers[which].run != run_rc2;
	int same = 0, back = 0, keys = KEYS / (int)tap_each();

	for (int round = 0; c != NULL && round < keys; round++) {
		uint8_t key[32], iv[16], in[BLOCKS * 16];
		uint8_t want[BLOCKS * 16], got[BLOCKS * 16];

		rnd_bytes(key, sizeof(key));
		rnd_bytes(iv, sizeof(iv));
		rnd_bytes(in, sizeof(in));
		if (!theirs(ctx, c, key, iv, in, want, size))
			break;
		ciphers[which].run(
		    key, ciphers[which].key, true, iv, in, got, size);
		same += memcmp(got, want, size) == 0;
		/* In place. */
		ciphers[which].run(
		    key, ciphers[which].key, false, iv, want, want, size);
		back += memcmp(want, in, size) == 0;
	}
	if (both)
		ok(same == keys, "%s encrypts %d blocks as OpenSSL does",
		    ciphers[which].name, keys * BLOCKS);
	ok(back == keys, "%s decrypts %d blocks that OpenSSL encrypted",
	    ciphers[which].name, keys * BLOCKS);
	EVP_CIPHER_CTX_free(ctx);
	EVP_CIPHER_free(c);
}

/* OpenSSL's is the native platform_pkcs12_kdf(). */
static void
test_kdf(void)
{
	static const char *const passwords[] = {
		"",
		"a",
		"ascii password",
		"비밀번호",
		"é",
		"열쇠😀a",
		("0123456789012345678901234567890123456789012345678901234567890"
		 "0123456789012345678901234567890123456789012345678901234567890"),
	};
	static const size_t sizes[] = { 5, 8, 16, 20, 24, 32, 64, 200 };
	int good = 0, all = 0;

	for (size_t p = 0; p < sizeof(passwords) / sizeof(passwords[0]); p++) {
		for (size_t i = 0; i < 4 * 3 * 8 * 4; i++) {
			enum platform_hash hash = (enum platform_hash)(i % 4);
			uint8_t id = (uint8_t)(1 + i / 4 % 3);
			size_t n = sizes[i / 12 % 8];
			uint8_t salt[64], ours[200], theirs[200];
			struct span s = { salt, 1 + rnd_below(64) };
			uint32_t count = 1 + rnd_below(40);

			rnd_bytes(salt, sizeof(salt));
			all++;
			good += pkcs12kdf_derive(hash, span_str(passwords[p]),
				    s, id, count, ours, n, NULL) == RC_OK &&
			    platform_pkcs12_kdf(hash, span_str(passwords[p]), s,
				id, count, theirs, n, NULL) == RC_OK &&
			    memcmp(ours, theirs, n) == 0;
		}
	}
	ok(good == all, "PKCS#12's key derivation: %d of %d as OpenSSL's", good,
	    all);
}

static void
test_kdf_refuses(void)
{
	static const char x[257];
	uint8_t out[16];

	ok(pkcs12kdf_derive(PLATFORM_HASH_SHA1, SPAN(x), SPAN_LIT("salt"), 1, 1,
	       out, sizeof(out), NULL) == RC_LIMIT,
	    "a password of 257 bytes");
	ok(pkcs12kdf_derive(PLATFORM_HASH_SHA1, SPAN_LIT("x"),
	       (struct span){ (const uint8_t *)x, 65 }, 1, 1, out, sizeof(out),
	       NULL) == RC_LIMIT,
	    "a salt of 65 bytes");
	ok(pkcs12kdf_derive(PLATFORM_HASH_SHA1, SPAN_LIT("\xff"),
	       SPAN_LIT("salt"), 1, 1, out, sizeof(out), NULL) == RC_FORMAT,
	    "a password that is no text");
}

int
main(void)
{
	OSSL_PROVIDER *standard = OSSL_PROVIDER_load(NULL, "default");
	OSSL_PROVIDER *legacy = OSSL_PROVIDER_load(NULL, "legacy");

	test_vectors();
	for (size_t i = 0; i < sizeof(ciphers) / sizeof(ciphers[0]); i++)
		test_openssl(i);
	test_kdf();
	test_kdf_refuses();
	(void)OSSL_PROVIDER_unload(legacy);
	(void)OSSL_PROVIDER_unload(standard);

	return tap_done();
}
