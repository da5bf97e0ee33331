/* code_test.c - the codes of 12 and 13 digits, and slips of the finger. */
#include "pake/code.h"
#include "tap.h"

/*
 * Check digits by others: python-stdnum's iso7064.mod_11_10 2.2, which agrees
 * with the published OIB 94577403194.
 */
static const struct {
	const char *what, *text;
	enum code_kind kind;
	enum rc rc;
	const char *shown, *channel;
} rows[] = {
	{ "123456789014", "123456789014", CODE_TRANSFER, RC_OK,
	    "1234-5678-9014", "1234" },
	{ "000000000002", "000000000002", CODE_TRANSFER, RC_OK,
	    "0000-0000-0002", "0000" },
	{ "999999999990", "999999999990", CODE_TRANSFER, RC_OK,
	    "9999-9999-9990", "9999" },
	{ "407182936407", "407182936407", CODE_TRANSFER, RC_OK,
	    "4071-8293-6407", "4071" },
	{ "1234567890124", "1234567890124", CODE_IMPORT, RC_OK,
	    "12345-6789-0124", "12345" },
	{ "0004212345672", "0004212345672", CODE_IMPORT, RC_OK,
	    "00042-1234-5672", "00042" },
	{ "9876500000013", "9876500000013", CODE_IMPORT, RC_OK,
	    "98765-0000-0013", "98765" },
	{ "with hyphens and spaces", " 1234-5678--9014 ", CODE_TRANSFER, RC_OK,
	    "1234-5678-9014", "1234" },
	{ "a slip", "1234-5678-9012", CODE_TRANSFER, RC_SECRET, "", "" },
	{ "13 digits for 12", "1234567890128", CODE_TRANSFER, RC_FORMAT, "",
	    "" },
	{ "12 digits for 13", "123456789012", CODE_IMPORT, RC_FORMAT, "", "" },
	{ "letters", "12345678901a", CODE_TRANSFER, RC_FORMAT, "", "" },
	{ "a dot", "1234.5678.9012", CODE_TRANSFER, RC_FORMAT, "", "" },
	{ "nothing", "", CODE_TRANSFER, RC_FORMAT, "", "" },
};

/* Every single wrong digit and every swap of two neighbours that differ. */
static void
test_slips(const char *text, enum code_kind kind)
{
	size_t n = strlen(text), missed = 0, swaps = 0, tried = 0;
	struct code c;
	char s[16];

	for (size_t i = 0; i < n; i++)
		for (char d = '0'; d <= '9'; d++) {
			memcpy(s, text, n + 1);
			s[i] = d;
			if (d == text[i])
				continue;
			tried++;
			missed += code_parse(kind, span_str(s), &c, NULL) !=
			    RC_SECRET;
		}
	for (size_t i = 0; i + 1 < n; i++) {
		memcpy(s, text, n + 1);
		s[i] = text[i + 1];
		s[i + 1] = text[i];
		swaps += s[i] != s[i + 1] &&
		    code_parse(kind, span_str(s), &c, NULL) != RC_SECRET;
	}
	ok(missed == 0, "all %zu single slips in %s", tried, text);
	ok(swaps <= 1, "nearly all swaps in %s", text);
}

static void
test_new(enum code_kind kind, const char *channel)
{
	struct code c, d, again;
	char text[CODE_TEXT_SIZE];

	ok(code_new(kind, span_str(channel), &c, NULL) == RC_OK &&
		code_new(kind, span_str(channel), &d, NULL) == RC_OK,
	    "codes of channel %s", channel);
	ok(strcmp(c.digits, d.digits) != 0, "differ");
	code_format(&c, text);
	ok(code_parse(kind, span_str(text), &again, NULL) == RC_OK &&
		span_equal(code_digits(&again), code_digits(&c)),
	    "are read as written");
	ok(code_new(kind, SPAN_LIT("123"), &c, NULL) == RC_FORMAT &&
		c.digits[0] == '\0',
	    "a short channel is none");
}

int
main(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct code c;
		char text[CODE_TEXT_SIZE] = "";
		enum rc rc =
		    code_parse(rows[i].kind, span_str(rows[i].text), &c, NULL);

		if (rc == RC_OK)
			code_format(&c, text);
		ok(rc == rows[i].rc && strcmp(text, rows[i].shown) == 0 &&
			(rc != RC_OK ||
			    span_equal(
				code_channel(&c), span_str(rows[i].channel))),
		    "%s", rows[i].what);
		if (rc == RC_OK && strpbrk(rows[i].text, " -") == NULL)
			test_slips(rows[i].text, rows[i].kind);
	}
	test_new(CODE_TRANSFER, "0042");
	test_new(CODE_IMPORT, "00042");

	return tap_done();
}
