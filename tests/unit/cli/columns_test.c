/*
 * columns_test.c - how wide a text is on a terminal, and that columns align.
 *
 * Widths are those of Unicode's EastAsianWidth.txt, by hand.
 */
#include "cli/columns.h"

#include "tap.h"

#include <string.h>

static const struct {
	const char *name, *text;
	size_t cells;
} widths[] = {
	{ "nothing", "", 0 },
	{ "ASCII", "signCert.der", 12 },
	{ "Hangul", "홍길동", 6 },
	{ "Hangul and digits", "홍길동()0010023", 15 },
	{ "hanja", "認證書", 6 },
	{ "hanja beyond the first plane", "\xf0\xa0\x80\x80", 2 },
	{ "full-width letters", "ＡＢ", 4 },
	{ "half-width Hangul", "\xef\xbe\xa1", 1 },
	{ "a middle dot", "은행·카드", 9 },
	{ "an accent of its own", "e\xcc\x81", 1 },
	{ "jamo that join", "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", 2 },
	{ "compatibility jamo", "ㄱㄴ", 4 },
	{ "a pictograph", "\xf0\x9f\x94\x92", 2 },
	{ "an ideographic space", "\xe3\x80\x80", 2 },
};

static void
test_widths(void)
{
	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
		size_t cells = columns_width(widths[i].text);

		if (!ok(cells == widths[i].cells, "%s", widths[i].name))
			diag("%zu cells, not %zu", cells, widths[i].cells);
	}
}

static void
test_table(void)
{
	static const char *const texts[] = { "가", "b", "끝", "long", "나나",
		"" };
	static const enum columns_colour colours[] = { COLUMNS_STRONG,
		COLUMNS_BAD };
	char got[128] = "";
	FILE *out = tmpfile();

	if (out == NULL)
		abort();
	columns_print(out, texts, colours, 2, 3, NULL, NULL);
	rewind(out);
	got[fread(got, 1, sizeof(got) - 1, out)] = '\0';
	(void)fclose(out);
	ok(strcmp(got, "가    b     끝\nlong  나나\n") == 0,
	    "columns align, and a file has no colours");
}

int
main(void)
{
	test_widths();
	test_table();

	return tap_done();
}
