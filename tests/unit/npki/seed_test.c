/* seed_test.c - SEED against its RFCs and against OpenSSL's legacy provider. */
#include "npki/seed.h"

#include "base/sec.h"
#include "samples.h"

#include <openssl/evp.h>
#include <openssl/provider.h>
#include <unistd.h>

static void
test_blocks(void)
{
	static const struct {
		const char *what, *key, *plain, *cipher;
	} rows[] = {
		{ "RFC 4269 B.1", "00000000000000000000000000000000",
		    "000102030405060708090a0b0c0d0e0f",
		    "5ebac6e0054e166819aff1cc6d346cdb" },
		{ "RFC 4269 B.2", "000102030405060708090a0b0c0d0e0f",
		    "00000000000000000000000000000000",
		    "c11f22f20140505084483597e4370f43" },
		{ "RFC 4269 B.3", "4706480851e61be85d74bfb3fd956185",
		    "83a2f8a288641fb9a4e9a5cc2f131c7d",
		    "ee54d13ebcae706d226bc3142cd40d4a" },
		{ "RFC 4269 B.4", "28dbc3bc49ffd87dcfa509b11d422be7",
		    "b41e6be2eba84a148e2eed84593c5ec7",
		    "9b9b7bfcd1813cb95d0b3618f40f5122" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf key = unhex(rows[i].key);
		struct buf in = unhex(rows[i].plain);
		uint8_t out[SEED_BLOCK];
		struct seed s;

		seed_init(&s, key.p);
		seed_encrypt(&s, in.p, out);
		is_hex(SPAN(out), rows[i].cipher, rows[i].what);
		seed_decrypt(&s, out, out);
		is_hex(SPAN(out), rows[i].plain, "and back");
		buf_clear(&key);
		buf_clear(&in);
	}
}

static void
test_cbc(void)
{
	static const char cipher[] = "f072c5b1a0588c105af8301adcd91dd0"
				     "67f6822155304bf3aad75ceb44341c25";
	struct buf key = unhex("ed2401ad22fa255991bafdb01fefd697");
	struct buf iv = unhex("93eb149f92c9905bae5cd34da06c3c8e");
	struct buf in = unhex("b40d7003d9b6904b35622750c91a2457"
			      "5bb9a632364aa26e3ac0cf3a9c9d0dcb");
	uint8_t out[32];
	struct seed s;

	seed_init(&s, key.p);
	seed_cbc_encrypt(&s, iv.p, in.p, out, sizeof(out));
	is_hex(SPAN(out), cipher, "RFC 4196 case 1, CBC");
	seed_cbc_decrypt(&s, iv.p, out, out, sizeof(out));
	ok(span_equal(SPAN(out), buf_span(&in)), "and back, in place");
	buf_clear(&key);
	buf_clear(&iv);
	buf_clear(&in);
}

#define ROUNDS 10000

/* 100,000 blocks under as many keys as a tenth; every S-box entry many times. */
static void
test_openssl(void)
{
	OSSL_PROVIDER *legacy = OSSL_PROVIDER_load(NULL, "legacy");
	EVP_CIPHER *c = EVP_CIPHER_fetch(NULL, "SEED-CBC", NULL);
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	uint8_t key[16], iv[16], in[160], theirs[160], ours[160];
	uint32_t x = 1;
	int same = 0, back = 0, n;

	for (int round = 0; c != NULL && round < ROUNDS; round++) {
		struct seed s;

		for (size_t i = 0; i < 192; i++) {
			uint8_t v =
			    (uint8_t)((x = x * 1664525 + 1013904223) >> 24);

			*(i < 16         ? &key[i]
				: i < 32 ? &iv[i - 16]
					 : &in[i - 32]) = v;
		}
		(void)EVP_EncryptInit_ex2(ctx, c, key, iv, NULL);
		(void)EVP_CIPHER_CTX_set_padding(ctx, 0);
		(void)EVP_EncryptUpdate(ctx, theirs, &n, in, sizeof(in));
		seed_init(&s, key);
		seed_cbc_encrypt(&s, iv, in, ours, sizeof(in));
		same += memcmp(ours, theirs, sizeof(ours)) == 0;
		seed_cbc_decrypt(&s, iv, theirs, ours, sizeof(in));
		back += memcmp(ours, in, sizeof(ours)) == 0;
	}
	/* Debian's OpenSSL has it; others may be built without. */
	if (c == NULL && access("/etc/debian_version", F_OK) != 0) {
		skip("SEED-CBC as OpenSSL has it", "no legacy provider");
	} else {
		ok(same == ROUNDS,
		    "encrypts as OpenSSL does: %d keys, "
		    "%zu blocks",
		    same, (size_t)same * sizeof(in) / 16);
		ok(back == ROUNDS, "decrypts what OpenSSL encrypted");
	}
	EVP_CIPHER_CTX_free(ctx);
	EVP_CIPHER_free(c);
	(void)OSSL_PROVIDER_unload(legacy);
}

int
main(void)
{
	test_blocks();
	test_cbc();
	test_openssl();

	return tap_done();
}
