/* text_test.c - what is text, and what may be shown as a name. */
#include "base/text.h"
#include "tap.h"

static const struct {
	const char *what;
	struct span in;
	bool utf8, display;
	const char *shown;
} rows[] = {
	{ "Korean", SPAN_LIT("홍길동"), true, true, "홍길동" },
	{ "emoji", SPAN_LIT("\xf0\x9f\x94\x90"), true, true,
	    "\xf0\x9f\x94\x90" },
	{ "newline", SPAN_LIT("a\nb"), true, false, "ab" },
	{ "right-to-left override", SPAN_LIT("a\xe2\x80\xaemoc"), true, false,
	    "amoc" },
	{ "zero-width space", SPAN_LIT("a\xe2\x80\x8b"), true, false, "a" },
	{ "Hangul filler", SPAN_LIT("\xe3\x85\xa4x"), true, false, "x" },
	{ "overlong", SPAN_LIT("\xc0\xaf"), false, false, "" },
	{ "surrogate", SPAN_LIT("\xed\xa0\x80"), false, false, "" },
	{ "cut short", SPAN_LIT("\xed\x99"), false, false, "" },
	{ "above Unicode", SPAN_LIT("\xf4\x90\x80\x80"), false, false, "" },
	{ "NUL", SPAN_LIT("a\0b"), false, false, "ab" },
};

static const struct {
	const char *what;
	struct span in;
	bool visible;
} shows[] = {
	{ "a letter", SPAN_LIT(" a"), true },
	{ "nothing", SPAN_LIT(""), false },
	{ "blanks", SPAN_LIT("  \xc2\xa0\xe3\x80\x80\xe2\xa0\x80"), false },
	{ "zero-width space", SPAN_LIT("\xe2\x80\x8b"), false },
};

int
main(void)
{
	char out[64];
	uint64_t v;

	for (size_t i = 0; i < sizeof(shows) / sizeof(shows[0]); i++)
		ok(text_is_visible(shows[i].in) == shows[i].visible,
		    "%s: shows something or not", shows[i].what);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ok(text_is_utf8(rows[i].in) == rows[i].utf8, "%s: UTF-8",
		    rows[i].what);
		ok(text_is_display(rows[i].in, 64) == rows[i].display,
		    "%s: may be shown", rows[i].what);
		text_sanitise(out, sizeof(out), rows[i].in);
		ok(strcmp(out, rows[i].shown) == 0, "%s: what is left",
		    rows[i].what);
	}
	text_sanitise(out, 8, SPAN_LIT("홍길동"));
	ok(strcmp(out, "홍길") == 0, "cut on a character");
	ok(!text_is_display(SPAN_LIT("홍길동"), 8), "too long to be shown");
	ok(text_uint(SPAN_LIT("18446744073709551615"), UINT64_MAX, &v, NULL) ==
		RC_OK,
	    "the largest number");
	ok(text_uint(SPAN_LIT("18446744073709551616"), UINT64_MAX, &v, NULL) ==
		RC_LIMIT,
	    "one more");
	ok(text_uint(SPAN_LIT("007"), 10, &v, NULL) == RC_FORMAT &&
		text_uint(SPAN_LIT("-1"), 10, &v, NULL) == RC_FORMAT &&
		text_uint(SPAN_LIT(""), 10, &v, NULL) == RC_FORMAT,
	    "zeros before, signs and nothing are no numbers");

	return tap_done();
}
