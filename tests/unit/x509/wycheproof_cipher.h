/*
 * wycheproof_cipher.h - ciphers: pake/gcm.c as it is, and the blocks of
 * npki/seed.c and npki/aria.c within modes that stand here.
 *
 * Belongs here: GCM, CCM and key wrap over SEED's block, padding of CBC: what
 * tries our block on vectors, and is no part of the product.
 * Not here: other files of Wycheproof (the neighbours).
 */
#pragma once

#include "npki/aria.h"
#include "npki/seed.h"
#include "pake/gcm.h"
#include "wycheproof.h"

#include <openssl/evp.h>

static inline bool
cipher_aes_gcm(const json_t *group, const json_t *test)
{
	struct span key = wycheproof_hex(test, "key");
	struct span iv = wycheproof_hex(test, "iv");
	struct span aad = wycheproof_hex(test, "aad");
	struct span ct = wycheproof_hex(test, "ct");
	struct span tag = wycheproof_hex(test, "tag");
	struct span msg = wycheproof_hex(test, "msg");
	struct buf sealed = buf_init(WYCHEPROOF_BYTES);
	static uint8_t out[WYCHEPROOF_BYTES];
	bool good;

	(void)group;
	/* What gcm.h takes: 16 or 32 bytes of key, 12 of nonce. */
	if (iv.n != GCM_NONCE_LEN || (key.n != 16 && key.n != 32))
		return false;
	buf_bytes(&sealed, ct);
	buf_bytes(&sealed, tag);
	good =
	    gcm_open(key, iv.p, aad, buf_span(&sealed), out, NULL) == RC_OK &&
	    span_equal(msg, (struct span){ out, msg.n }) &&
	    gcm_seal(key, iv.p, aad, msg, out, NULL) == RC_OK &&
	    span_equal(buf_span(&sealed), (struct span){ out, sealed.n });
	buf_clear(&sealed);

	return good;
}

/* PKCS#7 padding (RFC 5652 6.3), by the shortest way. */
static inline bool
cipher_unpad(const uint8_t *p, size_t *n)
{
	size_t pad = *n == 0 ? 0 : p[*n - 1];

	if (pad == 0 || pad > 16)
		return false;
	for (size_t i = 1; i <= pad; i++) {
		if (p[*n - i] != pad)
			return false;
	}
	*n -= pad;

	return true;
}

/* Ours and OpenSSL's have to say the same, whatever it is. */
static inline bool
cipher_aria_openssl(
    struct span key, struct span iv, struct span ct, struct span msg)
{
	const EVP_CIPHER *cipher = key.n == 16 ? EVP_aria_128_cbc()
	    : key.n == 24                      ? EVP_aria_192_cbc()
					       : EVP_aria_256_cbc();
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	static uint8_t out[WYCHEPROOF_BYTES];
	int n = 0, last = 0;
	bool good;

	good = EVP_DecryptInit_ex(ctx, cipher, NULL, key.p, iv.p) == 1 &&
	    EVP_DecryptUpdate(ctx, out, &n, ct.p, (int)ct.n) == 1 &&
	    EVP_DecryptFinal_ex(ctx, out + n, &last) == 1 &&
	    span_equal(msg, (struct span){ out, (size_t)(n + last) });
	EVP_CIPHER_CTX_free(ctx);

	return good;
}

static inline bool
cipher_aria(const json_t *group, const json_t *test)
{
	struct span key = wycheproof_hex(test, "key");
	struct span iv = wycheproof_hex(test, "iv");
	struct span ct = wycheproof_hex(test, "ct");
	struct span msg = wycheproof_hex(test, "msg");
	static uint8_t out[WYCHEPROOF_BYTES];
	size_t n = ct.n;
	struct aria aria;
	bool good = false;

	(void)group;
	aria_init(&aria, key);
	if (ct.n > 0 && ct.n % ARIA_BLOCK == 0 && iv.n == ARIA_BLOCK) {
		aria_cbc_decrypt(&aria, iv.p, ct.p, out, ct.n);
		good = cipher_unpad(out, &n) &&
		    span_equal(msg, (struct span){ out, n });
	}
	if (good) {
		memset(out + n, (int)(ct.n - n), ct.n - n);
		aria_cbc_encrypt(&aria, iv.p, out, out, ct.n);
		good = span_equal(ct, (struct span){ out, ct.n });
	}
	if (good != cipher_aria_openssl(key, iv, ct, msg))
		abort();

	return good;
}

/* RFC 3394 2.2.2 over SEED, as RFC 4010 3 uses it. */
static inline bool
cipher_seed_wrap(const json_t *group, const json_t *test)
{
	struct span key = wycheproof_hex(test, "key");
	struct span ct = wycheproof_hex(test, "ct");
	uint8_t a[16], r[1024];
	struct seed seed;
	size_t n = ct.n / 8;
	bool good = true;

	(void)group;
	if (key.n != SEED_KEY || ct.n % 8 != 0 || n < 3 || ct.n > sizeof(r))
		return false;
	seed_init(&seed, key.p);
	memcpy(r, ct.p, ct.n);
	for (size_t t = 6 * (n - 1); t > 0; t--) {
		size_t i = 1 + (t - 1) % (n - 1);

		memcpy(a, r, 8);
		a[7] ^= (uint8_t)t;
		a[6] ^= (uint8_t)(t >> 8);
		memcpy(a + 8, r + 8 * i, 8);
		seed_decrypt(&seed, a, a);
		memcpy(r, a, 8);
		memcpy(r + 8 * i, a + 8, 8);
	}
	for (size_t i = 0; i < 8; i++)
		good = good && r[i] == 0xa6;

	return good &&
	    span_equal(
		wycheproof_hex(test, "msg"), (struct span){ r + 8, ct.n - 8 });
}

static inline void
cipher_xor(uint8_t *out, const uint8_t *in, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] ^= in[i];
}

/* Counts up in the last n bytes of a block. */
static inline void
cipher_count(uint8_t block[16], size_t n)
{
	for (size_t i = 16; i > 16 - n && ++block[i - 1] == 0; i--)
		continue;
}

/* x · h in the field of GCM (SP 800-38D 6.3), a bit at a time. */
static inline void
cipher_field(uint8_t x[16], const uint8_t h[16])
{
	uint8_t z[16] = { 0 }, v[16];

	memcpy(v, h, 16);
	for (size_t bit = 0; bit < 128; bit++) {
		bool low = (v[15] & 1) != 0;

		if ((x[bit / 8] & (0x80U >> bit % 8)) != 0)
			cipher_xor(z, v, 16);
		for (size_t i = 15; i > 0; i--)
			v[i] = (uint8_t)(v[i] >> 1 | v[i - 1] << 7);
		v[0] >>= 1;
		if (low)
			v[0] ^= 0xe1;
	}
	memcpy(x, z, 16);
}

static inline void
cipher_ghash(uint8_t y[16], const uint8_t h[16], struct span s)
{
	for (size_t at = 0; at < s.n; at += 16) {
		cipher_xor(y, s.p + at, s.n - at < 16 ? s.n - at : 16);
		cipher_field(y, h);
	}
}

static inline void
cipher_lengths(uint8_t out[16], size_t a, size_t b)
{
	for (size_t i = 0; i < 8; i++) {
		out[7 - i] = (uint8_t)((uint64_t)a * 8 >> 8 * i);
		out[15 - i] = (uint8_t)((uint64_t)b * 8 >> 8 * i);
	}
}

/* SP 800-38D 7.2 over SEED. */
static inline bool
cipher_seed_gcm(const json_t *group, const json_t *test)
{
	struct span key = wycheproof_hex(test, "key");
	struct span iv = wycheproof_hex(test, "iv");
	struct span aad = wycheproof_hex(test, "aad");
	struct span ct = wycheproof_hex(test, "ct");
	uint8_t h[16] = { 0 }, j[16] = { 0 }, y[16] = { 0 }, block[16];
	static uint8_t out[WYCHEPROOF_BYTES];
	uint8_t lengths[16];
	struct seed seed;

	(void)group;
	if (iv.n == 0 || key.n != SEED_KEY)
		return false;
	seed_init(&seed, key.p);
	seed_encrypt(&seed, h, h);
	if (iv.n == 12) {
		memcpy(j, iv.p, 12);
		j[15] = 1;
	} else {
		cipher_lengths(lengths, 0, iv.n);
		cipher_ghash(j, h, iv);
		cipher_ghash(j, h, SPAN(lengths));
	}
	cipher_lengths(lengths, aad.n, ct.n);
	cipher_ghash(y, h, aad);
	cipher_ghash(y, h, ct);
	cipher_ghash(y, h, SPAN(lengths));
	seed_encrypt(&seed, j, block);
	cipher_xor(y, block, 16);
	memcpy(out, ct.p, ct.n);
	for (size_t at = 0; at < ct.n; at += 16) {
		cipher_count(j, 4);
		seed_encrypt(&seed, j, block);
		cipher_xor(out + at, block, ct.n - at < 16 ? ct.n - at : 16);
	}

	return span_equal(wycheproof_hex(test, "tag"), SPAN(y)) &&
	    span_equal(wycheproof_hex(test, "msg"), (struct span){ out, ct.n });
}

/* CBC-MAC over one more string, filled with zeros to a block. */
static inline void
cipher_mac(const struct seed *seed, uint8_t mac[16], const uint8_t *p, size_t n)
{
	for (size_t at = 0; at < n; at += 16) {
		cipher_xor(mac, p + at, n - at < 16 ? n - at : 16);
		seed_encrypt(seed, mac, mac);
	}
}

/* SP 800-38C 6.2 over SEED; a length of nonce or tag that CCM lacks is no. */
static inline bool
cipher_seed_ccm(const json_t *group, const json_t *test)
{
	struct span key = wycheproof_hex(test, "key");
	struct span iv = wycheproof_hex(test, "iv");
	struct span aad = wycheproof_hex(test, "aad");
	struct span ct = wycheproof_hex(test, "ct");
	struct span tag = wycheproof_hex(test, "tag");
	static uint8_t out[WYCHEPROOF_BYTES], head[WYCHEPROOF_BYTES];
	uint8_t mac[16] = { 0 }, counter[16] = { 0 }, block[16];
	struct seed seed;

	(void)group;
	if (iv.n < 7 || iv.n > 13 || tag.n < 4 || tag.n > 16 ||
	    tag.n % 2 != 0 || aad.n >= 0xff00)
		return false;
	seed_init(&seed, key.p);
	mac[0] = (uint8_t)((aad.n > 0 ? 0x40 : 0) | (tag.n - 2) / 2 << 3 |
	    (14 - iv.n));
	memcpy(mac + 1, iv.p, iv.n);
	mac[14] |= (uint8_t)(ct.n >> 8);
	mac[15] |= (uint8_t)ct.n;
	seed_encrypt(&seed, mac, mac);
	head[0] = (uint8_t)(aad.n >> 8);
	head[1] = (uint8_t)aad.n;
	memcpy(head + 2, aad.p, aad.n);
	if (aad.n > 0)
		cipher_mac(&seed, mac, head, aad.n + 2);
	counter[0] = (uint8_t)(14 - iv.n);
	memcpy(counter + 1, iv.p, iv.n);
	memcpy(out, ct.p, ct.n);
	seed_encrypt(&seed, counter, head);
	for (size_t at = 0; at < ct.n; at += 16) {
		cipher_count(counter, 15 - iv.n);
		seed_encrypt(&seed, counter, block);
		cipher_xor(out + at, block, ct.n - at < 16 ? ct.n - at : 16);
	}
	cipher_mac(&seed, mac, out, ct.n);
	cipher_xor(mac, head, 16);

	return span_equal(tag, (struct span){ mac, tag.n }) &&
	    span_equal(wycheproof_hex(test, "msg"), (struct span){ out, ct.n });
}

/* AES key wrap by the same library calls as ours would be. */
static inline bool
cipher_unwrap(const json_t *test, bool padded)
{
	struct span key = wycheproof_hex(test, "key");
	struct span ct = wycheproof_hex(test, "ct");
	char name[32];
	EVP_CIPHER *cipher;
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	static uint8_t out[WYCHEPROOF_BYTES];
	int n = 0, last = 0;
	bool good;

	(void)snprintf(name, sizeof(name), "AES-%zu-WRAP%s", key.n * 8,
	    padded ? "-PAD" : "");
	cipher = EVP_CIPHER_fetch(NULL, name, NULL);
	EVP_CIPHER_CTX_set_flags(ctx, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
	good = cipher != NULL && ct.n > 0 &&
	    EVP_DecryptInit_ex2(ctx, cipher, key.p, NULL, NULL) == 1 &&
	    EVP_DecryptUpdate(ctx, out, &n, ct.p, (int)ct.n) == 1 &&
	    EVP_DecryptFinal_ex(ctx, out + n, &last) == 1 &&
	    span_equal(wycheproof_hex(test, "msg"),
		(struct span){ out, (size_t)(n + last) });
	EVP_CIPHER_CTX_free(ctx);
	EVP_CIPHER_free(cipher);

	return good;
}

static inline bool
cipher_aes_wrap(const json_t *group, const json_t *test)
{
	(void)group;

	return cipher_unwrap(test, false);
}

static inline bool
cipher_aes_wrap_pad(const json_t *group, const json_t *test)
{
	(void)group;

	return cipher_unwrap(test, true);
}
