/*
 * des3.c - Triple DES with three keys (FIPS 46-3) and its CBC mode.
 *
 * Belongs here: the cipher, for the browser, which has none. PKCS#12 files of
 * Korean programs are under it. A machine with OpenSSL asks that instead
 * (platform_openssl.c), so no native program links this.
 * Not here: padding and keys from passwords (pbe.c).
 *
 * Tables are looked up at secret places, as in seed.c.
 */
#include "npki/des3.h"

#include "base/sec.h"

/* clang-format off */
static const uint8_t initial[64] = {
	58, 50, 42, 34, 26, 18, 10, 2, 60, 52, 44, 36, 28, 20, 12, 4,
	62, 54, 46, 38, 30, 22, 14, 6, 64, 56, 48, 40, 32, 24, 16, 8,
	57, 49, 41, 33, 25, 17,  9, 1, 59, 51, 43, 35, 27, 19, 11, 3,
	61, 53, 45, 37, 29, 21, 13, 5, 63, 55, 47, 39, 31, 23, 15, 7,
};

static const uint8_t final[64] = {
	40, 8, 48, 16, 56, 24, 64, 32, 39, 7, 47, 15, 55, 23, 63, 31,
	38, 6, 46, 14, 54, 22, 62, 30, 37, 5, 45, 13, 53, 21, 61, 29,
	36, 4, 44, 12, 52, 20, 60, 28, 35, 3, 43, 11, 51, 19, 59, 27,
	34, 2, 42, 10, 50, 18, 58, 26, 33, 1, 41,  9, 49, 17, 57, 25,
};

static const uint8_t after_boxes[32] = {
	16, 7, 20, 21, 29, 12, 28, 17, 1, 15, 23, 26, 5, 18, 31, 10,
	2, 8, 24, 14, 32, 27, 3, 9, 19, 13, 30, 6, 22, 11, 4, 25,
};

static const uint8_t choice_1[56] = {
	57, 49, 41, 33, 25, 17, 9, 1, 58, 50, 42, 34, 26, 18,
	10, 2, 59, 51, 43, 35, 27, 19, 11, 3, 60, 52, 44, 36,
	63, 55, 47, 39, 31, 23, 15, 7, 62, 54, 46, 38, 30, 22,
	14, 6, 61, 53, 45, 37, 29, 21, 13, 5, 28, 20, 12, 4,
};

static const uint8_t choice_2[48] = {
	14, 17, 11, 24, 1, 5, 3, 28, 15, 6, 21, 10,
	23, 19, 12, 4, 26, 8, 16, 7, 27, 20, 13, 2,
	41, 52, 31, 37, 47, 55, 30, 40, 51, 45, 33, 48,
	44, 49, 39, 56, 34, 53, 46, 42, 50, 36, 29, 32,
};

static const uint8_t boxes[8][64] = {
	{
		14, 4, 13, 1, 2, 15, 11, 8, 3, 10, 6, 12, 5, 9, 0, 7,
		0, 15, 7, 4, 14, 2, 13, 1, 10, 6, 12, 11, 9, 5, 3, 8,
		4, 1, 14, 8, 13, 6, 2, 11, 15, 12, 9, 7, 3, 10, 5, 0,
		15, 12, 8, 2, 4, 9, 1, 7, 5, 11, 3, 14, 10, 0, 6, 13,
	},
	{
		15, 1, 8, 14, 6, 11, 3, 4, 9, 7, 2, 13, 12, 0, 5, 10,
		3, 13, 4, 7, 15, 2, 8, 14, 12, 0, 1, 10, 6, 9, 11, 5,
		0, 14, 7, 11, 10, 4, 13, 1, 5, 8, 12, 6, 9, 3, 2, 15,
		13, 8, 10, 1, 3, 15, 4, 2, 11, 6, 7, 12, 0, 5, 14, 9,
	},
	{
		10, 0, 9, 14, 6, 3, 15, 5, 1, 13, 12, 7, 11, 4, 2, 8,
		13, 7, 0, 9, 3, 4, 6, 10, 2, 8, 5, 14, 12, 11, 15, 1,
		13, 6, 4, 9, 8, 15, 3, 0, 11, 1, 2, 12, 5, 10, 14, 7,
		1, 10, 13, 0, 6, 9, 8, 7, 4, 15, 14, 3, 11, 5, 2, 12,
	},
	{
		7, 13, 14, 3, 0, 6, 9, 10, 1, 2, 8, 5, 11, 12, 4, 15,
		13, 8, 11, 5, 6, 15, 0, 3, 4, 7, 2, 12, 1, 10, 14, 9,
		10, 6, 9, 0, 12, 11, 7, 13, 15, 1, 3, 14, 5, 2, 8, 4,
		3, 15, 0, 6, 10, 1, 13, 8, 9, 4, 5, 11, 12, 7, 2, 14,
	},
	{
		2, 12, 4, 1, 7, 10, 11, 6, 8, 5, 3, 15, 13, 0, 14, 9,
		14, 11, 2, 12, 4, 7, 13, 1, 5, 0, 15, 10, 3, 9, 8, 6,
		4, 2, 1, 11, 10, 13, 7, 8, 15, 9, 12, 5, 6, 3, 0, 14,
		11, 8, 12, 7, 1, 14, 2, 13, 6, 15, 0, 9, 10, 4, 5, 3,
	},
	{
		12, 1, 10, 15, 9, 2, 6, 8, 0, 13, 3, 4, 14, 7, 5, 11,
		10, 15, 4, 2, 7, 12, 9, 5, 6, 1, 13, 14, 0, 11, 3, 8,
		9, 14, 15, 5, 2, 8, 12, 3, 7, 0, 4, 10, 1, 13, 11, 6,
		4, 3, 2, 12, 9, 5, 15, 10, 11, 14, 1, 7, 6, 0, 8, 13,
	},
	{
		4, 11, 2, 14, 15, 0, 8, 13, 3, 12, 9, 7, 5, 10, 6, 1,
		13, 0, 11, 7, 4, 9, 1, 10, 14, 3, 5, 12, 2, 15, 8, 6,
		1, 4, 11, 13, 12, 3, 7, 14, 10, 15, 6, 8, 0, 5, 9, 2,
		6, 11, 13, 8, 1, 4, 10, 7, 9, 5, 0, 15, 14, 2, 3, 12,
	},
	{
		13, 2, 8, 4, 6, 15, 11, 1, 10, 9, 3, 14, 5, 0, 12, 7,
		1, 15, 13, 8, 10, 3, 7, 4, 12, 5, 6, 11, 0, 14, 9, 2,
		7, 11, 4, 1, 9, 12, 14, 2, 0, 6, 10, 13, 15, 3, 5, 8,
		2, 1, 14, 7, 4, 10, 8, 13, 15, 12, 9, 0, 3, 5, 6, 11,
	},
};
/* clang-format on */

/* Bits counted from 1 at the most significant of size, as the standard does. */
static uint64_t
des3_permute(uint64_t in, unsigned int size, const uint8_t *table, size_t n)
{
	uint64_t out = 0;

	for (size_t i = 0; i < n; i++)
		out = out << 1 | (in >> (size - table[i]) & 1);

	return out;
}

static uint64_t
des3_get(const uint8_t *p)
{
	uint64_t v = 0;

	for (size_t i = 0; i < DES3_BLOCK; i++)
		v = v << 8 | p[i];

	return v;
}

static void
des3_put(uint8_t *p, uint64_t v)
{
	for (size_t i = DES3_BLOCK; i-- > 0; v >>= 8)
		p[i] = (uint8_t)v;
}

static void
des3_schedule(uint8_t k[16][8], const uint8_t *key)
{
	uint64_t cd =
	    des3_permute(des3_get(key), 64, choice_1, sizeof(choice_1));
	uint32_t c = (uint32_t)(cd >> 28), d = cd & 0xfffffff;

	for (unsigned int round = 0; round < 16; round++) {
		unsigned int by =
		    round < 2 || round == 8 || round == 15 ? 1 : 2;
		uint64_t chosen;

		c = (c << by | c >> (28 - by)) & 0xfffffff;
		d = (d << by | d >> (28 - by)) & 0xfffffff;
		chosen = des3_permute(
		    (uint64_t)c << 28 | d, 56, choice_2, sizeof(choice_2));
		for (size_t i = 8; i-- > 0; chosen >>= 6)
			k[round][i] = chosen & 0x3f;
	}
}

void
des3_init(struct des3 *s, const uint8_t key[static DES3_KEY])
{
	for (size_t i = 0; i < 3; i++)
		des3_schedule(s->k[i], key + i * 8);
}

/* f of the standard. Box i sees bits 4i to 4i+5 of r, which is a ring. */
static uint32_t
des3_f(uint32_t r, const uint8_t k[8])
{
	uint32_t out = 0;

	for (unsigned int i = 0; i < 8; i++) {
		unsigned int by = (4 * i + 31) % 32;
		uint32_t six = (r << by | r >> (32 - by)) >> 26 ^ k[i];

		out = out << 4 |
		    boxes[i][(six & 0x20) | (six & 1) << 4 | (six >> 1 & 15)];
	}

	return (uint32_t)des3_permute(
	    out, 32, after_boxes, sizeof(after_boxes));
}

/* The sixteen rounds of one DES without its outer permutations. */
static uint64_t
des3_rounds(uint64_t in, const uint8_t k[16][8], bool backward)
{
	uint32_t l = (uint32_t)(in >> 32), r = (uint32_t)in;

	for (size_t i = 0; i < 16; i++) {
		uint32_t t = l ^ des3_f(r, k[backward ? 15 - i : i]);

		l = r;
		r = t;
	}

	return (uint64_t)r << 32 | l;
}

/* Between the three DES a final permutation and an initial one meet. */
static uint64_t
des3_block(const struct des3 *s, uint64_t in, bool backward)
{
	uint64_t x = des3_permute(in, 64, initial, sizeof(initial));

	for (size_t i = 0; i < 3; i++)
		x = des3_rounds(
		    x, s->k[backward ? 2 - i : i], backward != (i == 1));

	return des3_permute(x, 64, final, sizeof(final));
}

void
des3_cbc_encrypt(const struct des3 *s, const uint8_t *iv, const uint8_t *in,
    uint8_t *out, size_t n)
{
	uint64_t last = des3_get(iv);

	for (size_t at = 0; at + DES3_BLOCK <= n; at += DES3_BLOCK) {
		last = des3_block(s, last ^ des3_get(in + at), false);
		des3_put(out + at, last);
	}
}

void
des3_cbc_decrypt(const struct des3 *s, const uint8_t *iv, const uint8_t *in,
    uint8_t *out, size_t n)
{
	uint64_t last = des3_get(iv);

	for (size_t at = 0; at + DES3_BLOCK <= n; at += DES3_BLOCK) {
		uint64_t block = des3_get(in + at);

		des3_put(out + at, des3_block(s, block, true) ^ last);
		last = block;
	}
}
