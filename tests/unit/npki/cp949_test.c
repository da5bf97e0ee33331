/* cp949_test.c - CP949, each cell and each character as iconv has them. */
#include "npki/cp949.h"

#include "samples.h"

#include <iconv.h>

/* As cp949_decode() and cp949_encode(), by iconv. */
static size_t
theirs(
    const char *to, const char *from, struct span in, uint8_t *out, size_t size)
{
	iconv_t cd = iconv_open(to, from);
	char copy[16], *p = copy, *q = (char *)out;
	size_t left = in.n, room = size;
	bool good;

	if (cd == (iconv_t)-1) { /* NOLINT(performance-no-int-to-ptr) */
		printf("Bail out! iconv has no %s\n", to);
		exit(EXIT_FAILURE);
	}
	memcpy(copy, in.p, in.n);
	good = iconv(cd, &p, &left, &q, &room) == 0 && left == 0;
	(void)iconv_close(cd);

	return good ? size - room : 0;
}

static void
test_cells(void)
{
	unsigned int each = (unsigned int)tap_each();
	unsigned int differ = 0, valid = 0, back = 0;

	for (unsigned int i = 1; i < 0x10000; i += each) {
		uint8_t two[2] = { (uint8_t)(i >> 8), (uint8_t)i };
		struct span in = i < 0x100 ? (struct span){ two + 1, 1 }
					   : (struct span){ two, 2 };
		uint8_t a[8], b[8], again[8];
		size_t n;

		if (i >= 0x100 && two[0] < 0x80)
			continue;
		n = cp949_decode(in, a, sizeof(a));
		if (n != theirs("UTF-8", "CP949", in, b, sizeof(b)) ||
		    memcmp(a, b, n) != 0) {
			differ++;
			diag("%04x differs", i);
		}
		valid += n > 0 && i >= 0x100;
		back += n > 0 && i >= 0x100 &&
		    cp949_encode((struct span){ a, n }, again, sizeof(again)) ==
			2 &&
		    memcmp(again, two, 2) == 0;
	}
	ok(differ == 0, "every byte and every two bytes as iconv has them");
	if (each == 1)
		ok(valid == 17048, "%u of two bytes are characters", valid);
	ok(back == valid, "and each comes back as its bytes");
}

static void
test_characters(void)
{
	unsigned int each = (unsigned int)tap_each();
	unsigned int differ = 0, known = 0;

	for (uint32_t c = 1; c < 0x10400; c += each) {
		uint8_t utf8[4], a[8], b[8];
		struct span in = { utf8, 0 };
		size_t n;

		if (c >= 0xd800 && c < 0xe000)
			continue;
		if (c >= 0x10000)
			utf8[in.n++] = (uint8_t)(0xf0 | c >> 18);
		else if (c >= 0x800)
			utf8[in.n++] = (uint8_t)(0xe0 | c >> 12);
		else if (c >= 0x80)
			utf8[in.n++] = (uint8_t)(0xc0 | c >> 6);
		else
			utf8[in.n++] = (uint8_t)c;
		if (c >= 0x10000)
			utf8[in.n++] = (uint8_t)(0x80 | (c >> 12 & 0x3f));
		if (c >= 0x800)
			utf8[in.n++] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
		if (c >= 0x80)
			utf8[in.n++] = (uint8_t)(0x80 | (c & 0x3f));
		n = cp949_encode(in, a, sizeof(a));
		known += n > 0;
		if (n != theirs("CP949", "UTF-8", in, b, sizeof(b)) ||
		    memcmp(a, b, n) != 0) {
			differ++;
			diag("U+%04X differs", c);
		}
	}
	ok(differ == 0, "every character as iconv has it");
	if (each == 1)
		ok(known == 17048 + 127, "%u are in CP949", known);
}

static void
test_text(void)
{
	static const struct {
		const char *utf8, *hex;
	} rows[] = {
		{ "비밀번호", "baf1b9d0b9f8c8a3" },
		{ "뷁 펲시맨", "94ee20bc84bdc3b8c7" },
		{ "홍길동(HONG)㈜", "c8abb1e6b5bf28484f4e4729a2df" },
		{ "李舜臣", "d7dde2efe3ed" },
	};
	uint8_t out[64];
	size_t n;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf b = unhex(rows[i].hex);

		n = cp949_encode(span_str(rows[i].utf8), out, sizeof(out));
		is_hex((struct span){ out, n }, rows[i].hex, rows[i].utf8);
		n = cp949_decode(buf_span(&b), out, sizeof(out));
		ok(span_equal((struct span){ out, n }, span_str(rows[i].utf8)),
		    "and back");
		buf_clear(&b);
	}
}

static void
test_none(void)
{
	struct span eight = SPAN_LIT("비밀번호"), narrow;
	uint8_t out[64];

	narrow = (struct span){ out, cp949_encode(eight, out, 8) };
	ok(narrow.n == 8, "room for just as many");
	ok(cp949_encode(eight, out, 7) == 0, "no room for the last byte");
	ok(cp949_decode(SPAN_LIT("\xba\xf1\xb9\xd0"), out, 6) == 6 &&
		cp949_decode(SPAN_LIT("\xba\xf1\xb9\xd0"), out, 5) == 0,
	    "nor on the way back");
	ok(cp949_decode(SPAN_LIT("\xba\xf1\xb9"), out, sizeof(out)) == 0,
	    "half a character");
	ok(cp949_encode(SPAN_LIT("\xed\x95"), out, sizeof(out)) == 0,
	    "half of UTF-8");
	ok(cp949_encode(SPAN_LIT("a\0b"), out, sizeof(out)) == 0 &&
		cp949_decode(SPAN_LIT("a\0b"), out, sizeof(out)) == 0,
	    "a NUL");
	ok(cp949_encode(SPAN_LIT(""), out, sizeof(out)) == 0 &&
		cp949_decode(SPAN_LIT(""), out, sizeof(out)) == 0,
	    "nothing");
}

int
main(void)
{
	test_cells();
	test_characters();
	test_text();
	test_none();

	return tap_done();
}
