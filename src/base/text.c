/*
 * text.c - is this text, and may a person be shown it?
 *
 * Belongs here: UTF-8, characters that can deceive, plain numbers.
 * Not here: old Korean encodings (npki); JSON (http, webauthn).
 */
#include "base/text.h"

uint32_t
text_next(struct span s, size_t *n)
{
	static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
	uint8_t c = s.p[0];
	size_t more;
	uint32_t v;

	*n = 1;
	if (c < 0x80)
		return c;
	if (c >= 0xc2 && c < 0xe0) {
		more = 1;
		v = c & 0x1f;
	} else if (c >= 0xe0 && c < 0xf0) {
		more = 2;
		v = c & 0x0f;
	} else if (c >= 0xf0 && c < 0xf5) {
		more = 3;
		v = c & 0x07;
	} else {
		return UINT32_MAX;
	}
	if (s.n < more + 1)
		return UINT32_MAX;
	for (size_t i = 1; i <= more; i++) {
		if ((s.p[i] & 0xc0) != 0x80)
			return UINT32_MAX;
		v = v << 6 | (s.p[i] & 0x3f);
	}
	if (v < least[more] || (v >= 0xd800 && v < 0xe000) || v > 0x10ffff)
		return UINT32_MAX;
	*n = more + 1;

	return v;
}

size_t
text_put(uint32_t c, uint8_t *out, size_t size)
{
	/* The first octet's mark, by how many follow. */
	static const uint8_t marks[] = { 0, 0xc0, 0xe0, 0xf0 };
	unsigned int more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
	size_t n = 0;

	if ((c >= 0xd800 && c < 0xe000) || c > 0x10ffff || size < more + 1)
		return 0;
	out[n++] = (uint8_t)(marks[more] | c >> 6 * more);
	while (more-- > 0)
		out[n++] = (uint8_t)(0x80 | (c >> 6 * more & 0x3f));

	return n;
}

bool
text_is_utf8(struct span s)
{
	size_t n;

	for (; s.n > 0; s.p += n, s.n -= n) {
		uint32_t c = text_next(s, &n);

		if (c == UINT32_MAX || c == 0)
			return false;
	}

	return true;
}

/* Ranges of characters that have no look of their own or turn the line. */
static bool
text_is_tricky(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{ 0x0000, 0x001f },
		{ 0x007f, 0x009f },
		{ 0x00ad, 0x00ad },
		{ 0x034f, 0x034f },
		{ 0x061c, 0x061c },
		{ 0x115f, 0x1160 },
		{ 0x17b4, 0x17b5 },
		{ 0x180b, 0x180f },
		{ 0x200b, 0x200f },
		{ 0x2028, 0x202e },
		{ 0x2060, 0x206f },
		{ 0x3164, 0x3164 },
		{ 0xfe00, 0xfe0f },
		{ 0xfeff, 0xfeff },
		{ 0xffa0, 0xffa0 },
		{ 0xfff0, 0xffff },
		{ 0xe0000, 0xe0fff },
	};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	}

	return false;
}

bool
text_is_display(struct span s, size_t max)
{
	size_t n;

	if (s.n > max)
		return false;
	for (; s.n > 0; s.p += n, s.n -= n) {
		uint32_t c = text_next(s, &n);

		if (c == UINT32_MAX || text_is_tricky(c))
			return false;
	}

	return true;
}

void
text_sanitise(char *out, size_t size, struct span s)
{
	size_t used = 0, n;

	for (; s.n > 0; s.p += n, s.n -= n) {
		uint32_t c = text_next(s, &n);

		if (c == UINT32_MAX || text_is_tricky(c))
			continue;
		if (used + n >= size)
			break;
		memcpy(out + used, s.p, n);
		used += n;
	}
	if (size > 0)
		out[used] = '\0';
}

/* Characters that are as wide as others and show nothing. */
static bool
text_is_blank(uint32_t c)
{
	return c == 0x20 || c == 0xa0 || c == 0x1680 ||
	    (c >= 0x2000 && c <= 0x200a) || c == 0x202f || c == 0x205f ||
	    c == 0x2800 || c == 0x3000;
}

bool
text_is_visible(struct span s)
{
	size_t n;

	for (; s.n > 0; s.p += n, s.n -= n) {
		uint32_t c = text_next(s, &n);

		if (c != UINT32_MAX && !text_is_blank(c) && !text_is_tricky(c))
			return true;
	}

	return false;
}

bool
text_is_digits(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	}

	return s.n > 0;
}

bool
text_digits(struct span typed, char *out, size_t size)
{
	size_t n = 0;
	bool good = true;

	for (size_t i = 0; i < typed.n && good; i++) {
		uint8_t c = typed.p[i];

		if (c == ' ' || c == '-')
			continue;
		good = c >= '0' && c <= '9' && n + 1 < size;
		if (good)
			out[n++] = (char)c;
	}
	if (!good)
		n = 0;
	out[n] = '\0';

	return n > 0;
}

enum rc
text_uint(struct span s, uint64_t max, uint64_t *out, struct err *e)
{
	uint64_t v = 0;

	*out = 0;
	if (!text_is_digits(s) || s.n > 20 || (s.n > 1 && s.p[0] == '0'))
		return err_set(e, RC_FORMAT, NULL, "not a number");
	for (size_t i = 0; i < s.n; i++) {
		if (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(s.p[i] - '0'), &v))
			return err_set(e, RC_LIMIT, NULL, "number too large");
	}
	if (v > max)
		return err_set(e, RC_LIMIT, NULL, "number too large");
	*out = v;

	return RC_OK;
}
