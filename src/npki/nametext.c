/*
 * nametext.c - strings of certificates, whatever their encoding, as UTF-8.
 *
 * Belongs here: the kinds of ASN.1 strings, and what each means.
 * Not here: what may be shown (base/text.c); whose strings they are
 * (certinfo.c, dn.c, certview.c).
 */
#include "npki/nametext.h"

#include "base/text.h"

#define NAMETEXT_MAX  4096 /* octets of UTF-8 before it is cut */

#define TAG_NUMERIC   0x12
#define TAG_VISIBLE   0x1a
#define TAG_UNIVERSAL 0x1c

/* Appends a character; what is none (a lone surrogate) is left out. */
static size_t
nametext_put(uint8_t *out, size_t n, size_t size, uint32_t c)
{
	/* By the octets that follow: the first one's mark. */
	static const uint8_t marks[] = { 0, 0xc0, 0xe0, 0xf0 };
	unsigned int more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;

	if ((c >= 0xd800 && c < 0xe000) || c > 0x10ffff || size - n < more + 1)
		return n;
	out[n++] = (uint8_t)(marks[more] | c >> 6 * more);
	while (more-- > 0)
		out[n++] = (uint8_t)(0x80 | (c >> 6 * more & 0x3f));

	return n;
}

/* BMPString and, for old programs' sake, surrogate pairs in it. */
static size_t
nametext_bmp(struct span s, uint8_t *out, size_t size)
{
	uint32_t high = 0;
	size_t n = 0;

	for (size_t i = 0; i + 1 < s.n; i += 2) {
		uint32_t c = (uint32_t)s.p[i] << 8 | s.p[i + 1];

		if (high != 0 && c >= 0xdc00 && c < 0xe000)
			c = 0x10000 + ((high & 0x3ff) << 10 | (c & 0x3ff));
		high = c >= 0xd800 && c < 0xdc00 ? c : 0;
		n = nametext_put(out, n, size, c);
	}

	return n;
}

static size_t
nametext_universal(struct span s, uint8_t *out, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i + 3 < s.n; i += 4)
		n = nametext_put(out, n, size,
		    (uint32_t)s.p[i] << 24 | (uint32_t)s.p[i + 1] << 16 |
			(uint32_t)s.p[i + 2] << 8 | s.p[i + 3]);

	return n;
}

void
nametext_show(uint8_t tag, struct span s, char *out, size_t size)
{
	uint8_t utf8[NAMETEXT_MAX];

	out[0] = '\0';
	switch (tag) {
	case DER_BMP:
		s.n = nametext_bmp(s, utf8, sizeof(utf8));
		s.p = utf8;
		break;
	case TAG_UNIVERSAL:
		s.n = nametext_universal(s, utf8, sizeof(utf8));
		s.p = utf8;
		break;
	case DER_UTF8:
	case DER_PRINTABLE:
	case DER_T61:
	case DER_IA5:
	case TAG_NUMERIC:
	case TAG_VISIBLE:
		break;
	default:
		return;
	}
	text_sanitise(out, size, s);
}
