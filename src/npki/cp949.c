/*
 * cp949.c - the code page of Korean Windows, in which old certificates have
 * names and old programs took passwords.
 *
 * Belongs here: the code's layout, both directions.
 * Not here: its data (cp949.def); when text is taken for it (nametext.c,
 * keyfile.c).
 */
#include "npki/cp949.h"

#include "base/text.h"
#include "npki/cp949.def"

#define HANGUL_FIRST 0xac00
#define HANGUL       11172
#define WIDTH        94 /* cells of a row of the square */
#define SYMBOL_ROWS  12 /* leads A1 to AC */
#define ROW_CELLS    178
#define SHORT_CELLS  84 /* of rows beside the square */
#define LONG_ROWS    32 /* leads 81 to A0 */

/* Syllable n stands in the square? */
static bool
cp949_is_square(size_t n)
{
	return (hangul[n / 8] >> n % 8 & 1) != 0;
}

/* The n-th syllable that stands in the square, or beside it; 0: there is none. */
static uint32_t
cp949_select(bool in_square, size_t n)
{
	for (uint32_t i = 0; i < HANGUL; i++) {
		if (cp949_is_square(i) == in_square && n-- == 0)
			return HANGUL_FIRST + i;
	}

	return 0;
}

/* How many before it stand where it stands. */
static size_t
cp949_rank(size_t syllable)
{
	bool in_square = cp949_is_square(syllable);
	size_t n = 0;

	for (size_t i = 0; i < syllable; i++)
		n += cp949_is_square(i) == in_square;

	return n;
}

/* Cells outside the square are numbered through; SIZE_MAX is none. */
static size_t
cp949_beside(uint8_t lead, uint8_t trail)
{
	size_t cell;

	if (trail >= 0x41 && trail <= 0x5a)
		cell = trail - 0x41U;
	else if (trail >= 0x61 && trail <= 0x7a)
		cell = trail - 0x61U + 26;
	else if (trail >= 0x81 && trail <= 0xfe)
		cell = trail - 0x81U + 52;
	else
		return SIZE_MAX;
	if (lead <= 0xa0)
		return (lead - 0x81U) * ROW_CELLS + cell;

	return cell >= SHORT_CELLS
	    ? SIZE_MAX
	    : LONG_ROWS * ROW_CELLS + (lead - 0xa1U) * SHORT_CELLS + cell;
}

static void
cp949_put_beside(size_t n, uint8_t out[static 2])
{
	size_t wide = LONG_ROWS * ROW_CELLS;
	size_t cell = n < wide ? n % ROW_CELLS : (n - wide) % SHORT_CELLS;

	out[0] = (uint8_t)(n < wide ? 0x81 + n / ROW_CELLS
				    : 0xa1 + (n - wide) / SHORT_CELLS);
	out[1] = (uint8_t)(cell < 26 ? 0x41 + cell
		: cell < 52          ? 0x61 + cell - 26
				     : 0x81 + cell - 52);
}

/* The character of two bytes; 0 is none. */
static uint32_t
cp949_point(uint8_t lead, uint8_t trail)
{
	if (lead < 0x81 || lead == 0xff)
		return 0;
	if (lead < 0xa1 || trail < 0xa1)
		return cp949_select(false, cp949_beside(lead, trail));
	if (trail == 0xff)
		return 0;
	if (lead >= 0xb0 && lead <= 0xc8)
		return cp949_select(
		    true, (lead - 0xb0U) * WIDTH + (trail - 0xa1U));
	if (lead <= 0xac)
		return square[(lead - 0xa1U) * WIDTH + (trail - 0xa1U)];
	if (lead >= 0xca && lead <= 0xfd)
		return square[(lead - 0xcaU + SYMBOL_ROWS) * WIDTH +
		    (trail - 0xa1U)];

	return 0;
}

/* The two bytes of a character; false: it has none. */
static bool
cp949_bytes(uint32_t c, uint8_t out[static 2])
{
	size_t n;

	if (c >= HANGUL_FIRST && c < HANGUL_FIRST + HANGUL) {
		n = cp949_rank(c - HANGUL_FIRST);
		if (cp949_is_square(c - HANGUL_FIRST)) {
			out[0] = (uint8_t)(0xb0 + n / WIDTH);
			out[1] = (uint8_t)(0xa1 + n % WIDTH);
		} else {
			cp949_put_beside(n, out);
		}
		return true;
	}
	for (n = 0; n < sizeof(square) / sizeof(square[0]); n++) {
		size_t row = n / WIDTH;

		if (square[n] != c)
			continue;
		out[0] =
		    (uint8_t)(row < SYMBOL_ROWS ? 0xa1 + row
						: 0xca + row - SYMBOL_ROWS);
		out[1] = (uint8_t)(0xa1 + n % WIDTH);
		return true;
	}

	return false;
}

size_t
cp949_decode(struct span in, uint8_t *utf8, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < in.n; i++) {
		uint32_t c = in.p[i];
		size_t put;

		if (c >= 0x80) {
			if (++i == in.n)
				return 0;
			c = cp949_point((uint8_t)c, in.p[i]);
		}
		put = c == 0 ? 0 : text_put(c, utf8 + n, size - n);
		if (put == 0)
			return 0;
		n += put;
	}

	return n;
}

size_t
cp949_encode(struct span utf8, uint8_t *out, size_t size)
{
	size_t n = 0, took;

	for (; utf8.n > 0; utf8.p += took, utf8.n -= took) {
		uint32_t c = text_next(utf8, &took);
		uint8_t bytes[2] = { (uint8_t)c };
		size_t put = c < 0x80 ? 1 : 2;

		if (c == 0 || size - n < put ||
		    (put == 2 && !cp949_bytes(c, bytes)))
			return 0;
		memcpy(out + n, bytes, put);
		n += put;
	}

	return n;
}
