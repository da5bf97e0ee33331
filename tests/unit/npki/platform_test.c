/* platform_test.c - hashes and ciphers of the platform against their standards. */
#include "npki/platform.h"

#include "samples.h"

static void
test_hashes(void)
{
	static const struct {
		enum platform_hash hash;
		const char *abc, *hmac;
	} rows[] = {
		{ PLATFORM_HASH_SHA1,
		    "a9993e364706816aba3e25717850c26c9cd0d89d",
		    "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79" },
		{ PLATFORM_HASH_SHA256,
		    "ba7816bf8f01cfea414140de5dae2223"
		    "b00361a396177a9cb410ff61f20015ad",
		    "5bdcc146bf60754e6a042426089575c7"
		    "5a003f089d2739839dec58b964ec3843" },
		{ PLATFORM_HASH_SHA384,
		    "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded163"
		    "1a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
		    "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47"
		    "e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649" },
		{ PLATFORM_HASH_SHA512,
		    "ddaf35a193617abacc417349ae204131"
		    "12e6fa4e89a97ea20a9eeee64b55d39a"
		    "2192992a274fc1a836ba3c23a3feebbd"
		    "454d4423643ce80e2a9ac94fa54ca49f",
		    "164b7a7bfcf819e2e395fbe73b56e0a3"
		    "87bd64222e831fd610270cd7ea250554"
		    "9758bf75c05a994a6d034f65f8f0e6fd"
		    "caeab1a34d4a6b4b636e070a38bce737" },
	};
	struct span parts[] = { SPAN_LIT("a"), SPAN_LIT(""), SPAN_LIT("bc") };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t out[PLATFORM_HASH_MAX];
		struct span got = { out, platform_hash_size(rows[i].hash) };

		ok(platform_digest(rows[i].hash, parts, 3, out, NULL) == RC_OK,
		    "hash of %zu bytes", got.n);
		is_hex(got, rows[i].abc, "of abc in parts (FIPS 180-4)");
		ok(platform_hmac(rows[i].hash, SPAN_LIT("Jefe"),
		       SPAN_LIT("what do ya want for nothing?"), out,
		       NULL) == RC_OK,
		    "its HMAC");
		is_hex(got, rows[i].hmac, "of RFC 2202 and RFC 4231, case 2");
	}
}

/* One block under an IV of zeros is the bare cipher. */
static void
test_ciphers(void)
{
	static const struct {
		enum platform_cipher cipher;
		const char *key, *plain, *encrypted;
	} rows[] = {
		{ PLATFORM_AES_128_CBC, "000102030405060708090a0b0c0d0e0f",
		    "00112233445566778899aabbccddeeff",
		    "69c4e0d86a7b0430d8cdb78070b4c55a" },
		{ PLATFORM_AES_192_CBC,
		    "000102030405060708090a0b0c0d0e0f1011121314151617",
		    "00112233445566778899aabbccddeeff",
		    "dda97ca4864cdfe06eaf70a0ec0d7191" },
		{ PLATFORM_AES_256_CBC,
		    "000102030405060708090a0b0c0d0e0f"
		    "101112131415161718191a1b1c1d1e1f",
		    "00112233445566778899aabbccddeeff",
		    "8ea2b7ca516745bfeafc49904b496089" },
		{ PLATFORM_ARIA_128_CBC, "000102030405060708090a0b0c0d0e0f",
		    "00112233445566778899aabbccddeeff",
		    "d718fbd6ab644c739da95f3be6451778" },
		{ PLATFORM_ARIA_192_CBC,
		    "000102030405060708090a0b0c0d0e0f1011121314151617",
		    "00112233445566778899aabbccddeeff",
		    "26449c1805dbe7aa25a468ce263a9e79" },
		{ PLATFORM_ARIA_256_CBC,
		    "000102030405060708090a0b0c0d0e0f"
		    "101112131415161718191a1b1c1d1e1f",
		    "00112233445566778899aabbccddeeff",
		    "f92bd7c79fb72e2f2b8f80c1972d24fc" },
		{ PLATFORM_3DES_CBC,
		    "0123456789abcdef23456789abcdef01456789abcdef0123",
		    "5468652071756663", "a826fd8ce53b855f" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf key = unhex(rows[i].key);
		struct buf in = unhex(rows[i].plain);
		struct span iv = { (const uint8_t[16]){ 0 }, in.n };
		uint8_t out[16], back[16];

		ok(platform_encrypt(rows[i].cipher, buf_span(&key), iv,
		       buf_span(&in), out, NULL) == RC_OK,
		    "cipher %zu", i);
		is_hex((struct span){ out, in.n }, rows[i].encrypted,
		    "as its standard says");
		ok(platform_decrypt(rows[i].cipher, buf_span(&key), iv,
		       (struct span){ out, in.n }, back, NULL) == RC_OK &&
			span_equal((struct span){ back, in.n }, buf_span(&in)),
		    "and back");
		buf_clear(&key);
		buf_clear(&in);
	}
}

static void
test_random(void)
{
	uint8_t a[32] = { 0 }, b[32] = { 0 };

	ok(platform_random(a, sizeof(a), NULL) == RC_OK &&
		platform_random(b, sizeof(b), NULL) == RC_OK &&
		memcmp(a, b, sizeof(a)) != 0,
	    "random bytes are others each time");
}

int
main(void)
{
	test_hashes();
	test_ciphers();
	test_random();

	return tap_done();
}
