/*
 * nametext.c - strings of certificates, whatever their encoding, as UTF-8.
 *
 * Belongs here: the kinds of ASN.1 strings, and what each means; what in a
 * common name is the name.
 * Not here: what may be shown (base/text.c); whose strings they are
 * (certinfo.c, dn.c, certview.c).
 */
#include "npki/nametext.h"

#include "base/text.h"
#include "npki/cp949.h"

#define NAMETEXT_MAX    4096 /* octets of UTF-8 before it is cut */
#define NAMETEXT_DIGITS 6    /* of the number after a name, at least */

#define TAG_NUMERIC     0x12
#define TAG_VISIBLE     0x1a
#define TAG_UNIVERSAL   0x1c

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
		n += text_put(c, out + n, size - n);
	}

	return n;
}

static size_t
nametext_universal(struct span s, uint8_t *out, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i + 3 < s.n; i += 4)
		n += text_put((uint32_t)s.p[i] << 24 |
			(uint32_t)s.p[i + 1] << 16 | (uint32_t)s.p[i + 2] << 8 |
			s.p[i + 3],
		    out + n, size - n);

	return n;
}

/*
 * What programs wrote before there was UTF-8 in certificates, or wrote into
 * the wrong kind of string: CP949. Whatever is neither stays as it is.
 */
static size_t
nametext_old(struct span s, uint8_t *out, size_t size)
{
	return text_is_utf8(s) ? 0 : cp949_decode(s, out, size);
}

void
nametext_show(uint8_t tag, struct span s, char *out, size_t size)
{
	uint8_t utf8[NAMETEXT_MAX];
	size_t n;

	out[0] = '\0';
	switch (tag) {
	case DER_BMP:
		n = nametext_bmp(s, utf8, sizeof(utf8));
		s = (struct span){ utf8, n };
		break;
	case TAG_UNIVERSAL:
		n = nametext_universal(s, utf8, sizeof(utf8));
		s = (struct span){ utf8, n };
		break;
	case DER_UTF8:
	case DER_PRINTABLE:
	case DER_T61:
	case DER_IA5:
	case TAG_NUMERIC:
	case TAG_VISIBLE:
		n = nametext_old(s, utf8, sizeof(utf8));
		if (n > 0)
			s = (struct span){ utf8, n };
		break;
	default:
		return;
	}
	text_sanitise(out, size, s);
}

/* The length of the name before "(…)" and a number; of the whole text where there is none. */
static size_t
nametext_person_length(const char *text)
{
	size_t whole = strlen(text), n = whole;

	while (n > 0 && text[n - 1] >= '0' && text[n - 1] <= '9')
		n--;
	if (whole - n < NAMETEXT_DIGITS || n == 0 || text[--n] != ')')
		return whole;
	while (n > 0 && text[n - 1] != '(' && text[n - 1] != ')')
		n--;
	if (n == 0 || text[--n] != '(')
		return whole;
	while (n > 0 && text[n - 1] == ' ')
		n--;

	return n == 0 ? whole : n;
}

void
nametext_person(const char *common_name, char *out, size_t size)
{
	size_t n = nametext_person_length(common_name);

	n = n < size ? n : size - 1;
	memcpy(out, common_name, n);
	out[n] = '\0';
}

size_t
nametext_utf16(struct span utf8, uint8_t *out, size_t size)
{
	size_t n = 0, used;

	for (; utf8.n > 0; utf8.p += used, utf8.n -= used) {
		uint32_t c = text_next(utf8, &used), high;

		if (c == UINT32_MAX || size - n < (c < 0x10000 ? 2 : 4))
			continue;
		high = 0xd800 + (c - 0x10000) / 0x400;
		if (c >= 0x10000) {
			out[n++] = (uint8_t)(high >> 8);
			out[n++] = (uint8_t)high;
			c = 0xdc00 | (c & 0x3ff);
		}
		out[n++] = (uint8_t)(c >> 8);
		out[n++] = (uint8_t)c;
	}

	return n;
}
