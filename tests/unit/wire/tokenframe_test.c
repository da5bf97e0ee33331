/* tokenframe_test.c - the limits of the frames between module and helper. */
#include "tap.h"
#include "wire/tokenframe.h"

static const struct {
	const char *what, *hex;
	enum rc login, sign, failed, hello;
} rows[] = {
#define NO RC_FORMAT
	{ "nothing", "", NO, NO, NO, NO },
	{ "login with a PIN", "05 00000001 00000007 01 0002 3132", RC_OK, NO,
	    NO, NO },
	{ "login without", "05 00000001 00000007 00 0000", RC_OK, NO, NO, NO },
	{ "a PIN that is not there", "05 00000001 00000007 01 0000", NO, NO, NO,
	    NO },
	{ "a PIN that should not be", "05 00000001 00000007 00 0001 31", NO, NO,
	    NO, NO },
	{ "neither yes nor no", "05 00000001 00000007 02 0001 31", NO, NO, NO,
	    NO },
	{ "waits too long", "05 0001d4c1 00000007 00 0000", NO, NO, NO, NO },
	{ "waits as long as may be", "05 0001d4c0 00000007 00 0000", RC_OK, NO,
	    NO, NO },
	{ "one byte too many", "05 00000001 00000007 00 0000 00", NO, NO, NO,
	    NO },
	{ "one byte too few", "05 00000001 00000007 00 00", NO, NO, NO, NO },
	{ "failed", "07 06 02", NO, NO, RC_OK, NO },
	{ "failed with success", "07 00 02", NO, NO, NO, NO },
	{ "failed with no code of ours", "07 13 02", NO, NO, NO, NO },
	{ "hello", "01 01 0001 61", NO, NO, NO, RC_OK },
	{ "hello of another version", "01 02 0001 61", NO, NO, NO, NO },
	{ "sign",
	    "06 00000001 00000000000000000000000000000000 03 01 0000 0020 "
	    "0000000000000000000000000000000000000000000000000000000000000000",
	    NO, RC_OK, NO, NO },
	{ "sign, digest of another length",
	    "06 00000001 00000000000000000000000000000000 03 02 0000 0020 "
	    "0000000000000000000000000000000000000000000000000000000000000000",
	    NO, NO, NO, NO },
	{ "sign, unknown scheme",
	    "06 00000001 00000000000000000000000000000000 04 01 0000 0020 "
	    "0000000000000000000000000000000000000000000000000000000000000000",
	    NO, NO, NO, NO },
	{ "sign, unknown hash",
	    "06 00000001 00000000000000000000000000000000 03 00 0000 0000", NO,
	    NO, NO, NO },
};

static struct span
from_hex(const char *hex, uint8_t out[static 256])
{
	size_t n = 0;

	for (; *hex != '\0'; hex += 2) {
		char two[3] = { hex[0], hex[1], '\0' };

		if (*hex == ' ') {
			hex--;
			continue;
		}
		out[n++] = (uint8_t)strtoul(two, NULL, 16);
	}

	return (struct span){ out, n };
}

static void
test_verify(void)
{
	static const struct {
		const char *what, *hex;
		enum rc verify, verified;
	} frames[] = {
		{ "verify",
		    "0a 03 01 0000 0020 00000000000000000000000000000000"
		    "00000000000000000000000000000000 0002 abcd 0001 30",
		    RC_OK, NO },
		{ "verify, digest of another length",
		    "0a 03 01 0000 0001 00 0002 abcd 0001 30", NO, NO },
		{ "verify, unknown scheme",
		    "0a 04 01 0000 0020 00000000000000000000000000000000"
		    "00000000000000000000000000000000 0002 abcd 0001 30",
		    NO, NO },
		{ "verify, no key",
		    "0a 03 01 0000 0020 00000000000000000000000000000000"
		    "00000000000000000000000000000000 0002 abcd",
		    NO, NO },
		{ "verified", "0b 01", NO, RC_OK },
		{ "verified, not good", "0b 00", NO, RC_OK },
		{ "verified, neither", "0b 02", NO, NO },
		{ "verified, and more", "0b 01 00", NO, NO },
	};

	for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
		uint8_t bytes[256];
		struct span in = from_hex(frames[i].hex, bytes);
		struct tokenframe_verify v;
		bool good;

		ok(tokenframe_verify_parse(in, &v, NULL) == frames[i].verify &&
			tokenframe_verified_parse(in, &good, NULL) ==
			    frames[i].verified,
		    "frame: %s", frames[i].what);
	}
}

static void
test_list(void)
{
	static const uint8_t owner[16] = { 1 }, other[16] = { 2 };
	static uint8_t modulus[128] = { 0x80 };
	static const uint8_t exponent[] = { 3 };
	static struct tokenframe_object out[TOKENFRAME_OBJECTS_MAX];
	struct tokenframe_object o = { .usable = true,
		.key = TOKENFRAME_KEY_RSA,
		.label = SPAN_LIT("이름"),
		.der = SPAN_LIT("der"),
		.modulus = SPAN(modulus),
		.exponent = SPAN(exponent) };
	struct buf list = buf_init(TOKENFRAME_MAX);
	size_t n = 9;

	tokenframe_list_begin(&list, owner, 1);
	tokenframe_list_object(&list, &o);
	ok(tokenframe_list_parse(buf_span(&list), owner, out, 1, &n, NULL) ==
		    RC_OK &&
		n == 1 && out[0].usable && span_equal(out[0].der, o.der) &&
		span_equal(out[0].label, o.label),
	    "list: there and back");
	ok(tokenframe_list_parse(buf_span(&list), other, out, 1, &n, NULL) ==
		    RC_ABSENT &&
		n == 0,
	    "list: of another member");
	ok(tokenframe_list_parse(buf_span(&list), NULL, out, 0, &n, NULL) ==
		RC_FORMAT,
	    "list: longer than there is room");
	for (size_t cut = 1; cut < 40; cut += 13)
		ok(tokenframe_list_parse((struct span){ list.p, list.n - cut },
		       NULL, out, 1, &n, NULL) == RC_FORMAT,
		    "list: %zu bytes short", cut);
	buf_reset(&list);
	modulus[0] = 0x80;
	o.modulus.n = 127;
	tokenframe_list_begin(&list, owner, 1);
	tokenframe_list_object(&list, &o);
	ok(tokenframe_list_parse(buf_span(&list), NULL, out, 1, &n, NULL) ==
		RC_FORMAT,
	    "list: a modulus that is too small to be one");
	buf_reset(&list);
	o.modulus.n = 128;
	o.key = TOKENFRAME_KEY_NONE;
	tokenframe_list_begin(&list, owner, 1);
	tokenframe_list_object(&list, &o);
	ok(tokenframe_list_parse(buf_span(&list), NULL, out, 1, &n, NULL) ==
		RC_FORMAT,
	    "list: a modulus without a key");
	buf_clear(&list);
}

int
main(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t bytes[256];
		struct span in = from_hex(rows[i].hex, bytes);
		char program[TOKENFRAME_PROGRAM_MAX + 1];
		struct tokenframe_login login;
		struct tokenframe_failed failed;
		struct tokenframe_sign sign;

		ok(tokenframe_login_parse(in, &login, NULL) == rows[i].login &&
			tokenframe_sign_parse(in, &sign, NULL) ==
			    rows[i].sign &&
			tokenframe_failed_parse(in, &failed, NULL) ==
			    rows[i].failed &&
			tokenframe_hello_parse(in, program, NULL) ==
			    rows[i].hello,
		    "frame: %s", rows[i].what);
	}
	test_verify();
	test_list();

	return tap_done();
}
