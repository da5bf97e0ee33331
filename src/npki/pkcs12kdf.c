/*
 * pkcs12kdf.c - the key derivation of PKCS#12 (RFC 7292 B.2).
 *
 * Belongs here: that function, for the browser. A machine with OpenSSL asks
 * that instead (platform_openssl.c), so no native program links this.
 * Not here: hashes (platform.h); which algorithm needs it (pbe.c, pfx.c).
 */
#include "npki/pkcs12kdf.h"

#include "base/sec.h"
#include "base/text.h"
#include "npki/nametext.h"

#define BLOCK_MAX    128 /* of SHA-512; v of the standard */
#define PASSWORD_MAX 256 /* bytes of UTF-8 */
#define SALT_MAX     64

/* As UTF-16, and a zero: at most as many units as bytes of UTF-8. */
#define BMP_MAX   (2 * PASSWORD_MAX + 2)
#define INPUT_MAX (BLOCK_MAX + BMP_MAX + BLOCK_MAX)

/* The password as BMPString with its zero (B.1); nothing where there is none. */
static size_t
pkcs12kdf_bmp(struct span password, uint8_t out[BMP_MAX])
{
	size_t n;

	if (password.p == NULL)
		return 0;
	n = nametext_utf16(password, out, BMP_MAX - 2);
	out[n++] = 0;
	out[n++] = 0;

	return n;
}

/* Repeats s until whole blocks are full; none where s is empty. */
static size_t
pkcs12kdf_fill(struct span s, size_t block, uint8_t *out)
{
	size_t n = (s.n + block - 1) / block * block;

	for (size_t i = 0; i < n; i++)
		out[i] = s.p[i % s.n];

	return n;
}

/* Each block of in becomes block + b + 1, as numbers without a carry out. */
static void
pkcs12kdf_step(uint8_t *in, size_t n, size_t block, const uint8_t *b)
{
	for (size_t at = 0; at < n; at += block) {
		unsigned int carry = 1;

		for (size_t i = block; i-- > 0;) {
			carry += in[at + i] + b[i];
			in[at + i] = (uint8_t)carry;
			carry >>= 8;
		}
	}
}

/* A of the standard: the diversifier and the input, hashed again and again. */
static enum rc
pkcs12kdf_hash(enum platform_hash hash, const struct span parts[2],
    uint32_t iterations, uint8_t a[static PLATFORM_HASH_MAX], struct err *e)
{
	struct span last = { a, platform_hash_size(hash) };
	enum rc rc = platform_digest(hash, parts, 2, a, e);

	for (uint32_t i = 1; rc == RC_OK && i < iterations; i++)
		rc = platform_digest(hash, &last, 1, a, e);

	return rc;
}

enum rc
pkcs12kdf_derive(enum platform_hash hash, struct span password,
    struct span salt, uint8_t id, uint32_t iterations, uint8_t *out, size_t n,
    struct err *e)
{
	size_t size = platform_hash_size(hash), in_n, at = 0;
	size_t block = size > PLATFORM_SHA256 ? BLOCK_MAX : BLOCK_MAX / 2;
	uint8_t bmp[BMP_MAX], in[INPUT_MAX], d[BLOCK_MAX], b[BLOCK_MAX];
	uint8_t a[PLATFORM_HASH_MAX];
	enum rc rc = RC_OK;

	if (password.n > PASSWORD_MAX || salt.n > SALT_MAX)
		return err_set(
		    e, RC_LIMIT, "password", "password or salt too long");
	if (!text_is_utf8(password))
		return err_set(e, RC_FORMAT, "password", "not UTF-8");
	memset(d, id, block);
	in_n = pkcs12kdf_fill(salt, block, in);
	in_n +=
	    pkcs12kdf_fill((struct span){ bmp, pkcs12kdf_bmp(password, bmp) },
		block, in + in_n);
	while (at < n) {
		size_t part = n - at < size ? n - at : size;

		rc = pkcs12kdf_hash(hash,
		    (struct span[]){ { d, block }, { in, in_n } }, iterations,
		    a, e);
		if (rc != RC_OK)
			break;
		memcpy(out + at, a, part);
		at += part;
		(void)pkcs12kdf_fill((struct span){ a, size }, block, b);
		pkcs12kdf_step(in, in_n, block, b);
	}
	sec_wipe(bmp, sizeof(bmp));
	sec_wipe(in, sizeof(in));
	sec_wipe(a, sizeof(a));
	sec_wipe(b, sizeof(b));

	return rc;
}
