/* json_test.c - strict reading with limits, and writing that cannot go wrong. */
#include "http/json.h"

#include "tap.h"

#define DEEP16 "[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]"

/* clang-format off */
static const struct {
	const char *rule;
	struct span in;
	enum rc rc;
} texts[] = {
	{ "an object", SPAN_LIT("{\"a\":[1,2,{\"b\":null}]}"), RC_OK },
	{ "white space around", SPAN_LIT(" \n{} \t"), RC_OK },
	{ "depth of 16", SPAN_LIT(DEEP16), RC_OK },
	{ "depth of 17", SPAN_LIT("[" DEEP16 "]"), RC_LIMIT },
	{ "brackets in strings are no depth", SPAN_LIT("\"[[[[[[[[[[[[[[[[[[[[[[\\\"[[[[\""), RC_OK },
	{ "nothing", SPAN_LIT(""), RC_FORMAT },
	{ "two texts", SPAN_LIT("{}{}"), RC_FORMAT },
	{ "a comma too many", SPAN_LIT("[1,]"), RC_FORMAT },
	{ "a member twice", SPAN_LIT("{\"a\":1,\"a\":1}"), RC_FORMAT },
	{ "a member twice, spelled otherwise", SPAN_LIT("{\"a\":1,\"\\u0061\":1}"), RC_FORMAT },
	{ "single quotes", SPAN_LIT("{'a':1}"), RC_FORMAT },
	{ "a comment", SPAN_LIT("{}/**/"), RC_FORMAT },
	{ "leading zero", SPAN_LIT("[01]"), RC_FORMAT },
	{ "plus sign", SPAN_LIT("[+1]"), RC_FORMAT },
	{ "not a number", SPAN_LIT("[NaN]"), RC_FORMAT },
	{ "a number out of range", SPAN_LIT("[99999999999999999999]"), RC_FORMAT },
	{ "overlong UTF-8", SPAN_LIT("\"\xc0\xaf\""), RC_FORMAT },
	{ "half a surrogate", SPAN_LIT("\"\\ud800\""), RC_FORMAT },
	{ "an escaped NUL", SPAN_LIT("\"a\\u0000b\""), RC_FORMAT },
	{ "a NUL", SPAN_LIT("\"a\0b\""), RC_FORMAT },
	{ "a line break in a string", SPAN_LIT("\"a\nb\""), RC_FORMAT },
	{ "byte order mark", SPAN_LIT("\xef\xbb\xbf{}"), RC_FORMAT },
};
/* clang-format on */

static struct json_t *in;

static void
test_members(void)
{
	static const char *const words[] = { "red", "blue" };
	const char *text;
	struct buf bytes = buf_init(64);
	struct err e = { 0 };
	uint64_t n;
	size_t i;
	bool b;

	if (json_parse(
		SPAN_LIT("{\"t\":\"가나\",\"n\":7,\"neg\":-1,\"b\":true,"
			 "\"z\":null,\"r\":1.5,\"c\":\"blue\","
			 "\"hex\":\"00ff\",\"b64\":\"AP8=\",\"u\":\"AP8\","
			 "\"a\":[\"x\"],\"o\":{},"
			 "\"rlo\":\"a\\u202eb\"}"),
		&in, &e) != RC_OK)
		abort();
	ok(json_get_text(in, "t", JSON_MUST, 1, 6, &text, NULL) == RC_OK &&
		strcmp(text, "가나") == 0,
	    "text of 6 bytes");
	ok(json_get_text(in, "t", JSON_MUST, 1, 5, &text, &e) == RC_LIMIT &&
		text == NULL && strcmp(e.field, "t") == 0,
	    "too long, and the field is named");
	ok(json_get_text(in, "t", JSON_MUST, 7, 9, &text, NULL) == RC_LIMIT,
	    "too short");
	ok(json_get_text(in, "x", JSON_MUST, 0, 9, &text, NULL) == RC_FORMAT,
	    "missing");
	ok(json_get_text(in, "z", JSON_MUST, 0, 9, &text, NULL) == RC_FORMAT,
	    "null is missing");
	ok(json_get_text(in, "z", JSON_MAY, 0, 9, &text, NULL) == RC_OK &&
		text == NULL &&
		json_get_text(in, "x", JSON_MAY, 0, 9, &text, NULL) == RC_OK &&
		text == NULL,
	    "may be missing or null");
	ok(json_get_text(in, "n", JSON_MAY, 0, 9, &text, NULL) == RC_FORMAT,
	    "another type is wrong even where it may be missing");
	ok(json_get_display(in, "rlo", JSON_MUST, 0, 9, &text, NULL) ==
		    RC_FORMAT &&
		text == NULL,
	    "text that turns the line is not for display");
	ok(json_get_uint(in, "n", JSON_MUST, 7, 7, &n, NULL) == RC_OK && n == 7,
	    "number within");
	ok(json_get_uint(in, "n", JSON_MUST, 8, 9, &n, NULL) == RC_LIMIT &&
		json_get_uint(in, "n", JSON_MUST, 1, 6, &n, NULL) == RC_LIMIT &&
		json_get_uint(in, "neg", JSON_MUST, 0, UINT64_MAX, &n, NULL) ==
		    RC_LIMIT,
	    "numbers outside");
	ok(json_get_uint(in, "r", JSON_MUST, 0, 9, &n, NULL) == RC_FORMAT,
	    "1.5 is not whole");
	ok(json_get_bool(in, "b", JSON_MUST, &b, NULL) == RC_OK && b &&
		json_get_bool(in, "x", JSON_MAY, &b, NULL) == RC_OK && !b &&
		json_get_bool(in, "n", JSON_MAY, &b, NULL) == RC_FORMAT &&
		json_get_bool(in, "x", JSON_MUST, &b, NULL) == RC_FORMAT,
	    "true, absent, another type, missing");
	ok(json_get_choice(in, "c", JSON_MUST, words, 2, &i, NULL) == RC_OK &&
		i == 1 &&
		json_get_choice(in, "t", JSON_MUST, words, 2, &i, NULL) ==
		    RC_FORMAT &&
		json_get_choice(in, "x", JSON_MAY, words, 2, &i, NULL) ==
		    RC_OK &&
		i == 2,
	    "one of the words, none of them, absent");
	ok(json_get_bytes(in, "hex", JSON_MUST, JSON_HEX, 2, 2, &bytes, NULL) ==
		    RC_OK &&
		json_get_bytes(in, "b64", JSON_MUST, JSON_BASE64, 2, 2, &bytes,
		    NULL) == RC_OK &&
		json_get_bytes(in, "u", JSON_MUST, JSON_BASE64URL, 2, 2, &bytes,
		    NULL) == RC_OK &&
		span_equal(
		    buf_span(&bytes), SPAN_LIT("\x00\xff\x00\xff\x00\xff")),
	    "bytes in three codings");
	ok(json_get_bytes(in, "b64", JSON_MUST, JSON_BASE64URL, 2, 2, &bytes,
	       NULL) == RC_FORMAT &&
		json_get_bytes(in, "hex", JSON_MUST, JSON_HEX, 3, 9, &bytes,
		    NULL) == RC_LIMIT &&
		json_get_bytes(in, "hex", JSON_MUST, JSON_HEX, 0, 1, &bytes,
		    NULL) == RC_LIMIT &&
		bytes.n == 6,
	    "padding, too few, too many: nothing is appended");
	buf_clear(&bytes);
	json_free(in);
}

static void
test_put(void)
{
	struct buf b = buf_init(4096);
	struct json_out w = json_put_init(&b);
	struct json_t *back = NULL;
	const char *text;

	json_put_object(&w, NULL);
	json_put_text(&w, "s", "a\"\\\n</script>\x7f가");
	json_put_array(&w, "a");
	json_put_uint(&w, NULL, UINT64_MAX);
	json_put_int(&w, NULL, -5);
	json_put_bool(&w, NULL, false);
	json_put_null(&w, NULL);
	json_put_object(&w, NULL);
	json_put_end(&w);
	json_put_end(&w);
	json_put_bytes(&w, "h", JSON_HEX, SPAN_LIT("\x01\xab"));
	ok(json_put_done(&w) &&
		strcmp(buf_cstr(&b),
		    "{\"s\":\"a\\\"\\\\\\u000a\\u003c/script>\\u007f가\","
		    "\"a\":[18446744073709551615,-5,false,null,{}],"
		    "\"h\":\"01ab\"}") == 0,
	    "everything, and what is open is closed");
	buf_reset(&b);
	w = json_put_init(&b);
	json_put_object(&w, NULL);
	json_put_text(&w, "s", "a\"\\\n</script>\x7f가");
	ok(json_put_done(&w) &&
		json_parse(buf_span(&b), &back, NULL) == RC_OK &&
		json_get_text(back, "s", JSON_MUST, 1, 99, &text, NULL) ==
		    RC_OK &&
		strcmp(text, "a\"\\\n</script>\x7f가") == 0,
	    "what is written reads back");
	json_free(back);
	buf_clear(&b);
}

enum misuse {
	NAME_MISSING,
	NAME_IN_ARRAY,
	END_TOO_MANY,
	TWO_VALUES,
	BAD_UTF8,
	TOO_DEEP,
	TOO_LONG,
	NOTHING,
};

static const char *const misuses[] = { "a member without a name",
	"an element with a name", "one end too many", "two values", "bad UTF-8",
	"too deep", "over the ceiling", "nothing at all" };

static void
test_misuse(void)
{
	for (unsigned int i = NAME_MISSING; i <= NOTHING; i++) {
		struct buf b = buf_init(64);
		struct json_out w = json_put_init(&b);

		if (i == NAME_IN_ARRAY || i == TOO_DEEP)
			json_put_array(&w, NULL);
		else if (i != TWO_VALUES && i != NOTHING)
			json_put_object(&w, NULL);
		json_put_uint(
		    &w, i == NAME_MISSING || i >= TWO_VALUES ? NULL : "n", 1);
		if (i == TWO_VALUES)
			json_put_uint(&w, NULL, 2);
		if (i == NOTHING)
			w = json_put_init(&b);
		if (i == END_TOO_MANY) {
			json_put_end(&w);
			json_put_end(&w);
		}
		if (i == BAD_UTF8) {
			w = json_put_init(&b);
			json_put_text(&w, NULL, "\xc0\xaf");
		}
		if (i == TOO_LONG) {
			w = json_put_init(&b);
			json_put_span(&w, NULL,
			    SPAN_LIT("0123456789012345678901234567890123456789"
				     "01234567890123456789012345678901234567"));
		}
		for (int j = 0; i == TOO_DEEP && j < JSON_DEPTH_MAX; j++)
			json_put_array(&w, NULL);
		ok(!json_put_done(&w), "%s is found out", misuses[i]);
		buf_clear(&b);
	}
}

int
main(void)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct err e = { 0 };
		enum rc rc = json_parse(texts[i].in, &in, &e);

		if (!ok(rc == texts[i].rc && (in != NULL) == (rc == RC_OK) &&
			    (rc == RC_OK) == (e.msg[0] == '\0'),
			"%s: %s", texts[i].rule, err_name(texts[i].rc)))
			diag("%s %s", err_name(rc), e.msg);
		json_free(in);
	}
	test_members();
	test_put();
	test_misuse();

	return tap_done();
}
