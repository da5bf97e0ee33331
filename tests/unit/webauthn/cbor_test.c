/* cbor_test.c - which bytes are canonical CBOR, and which keys are keys. */
#include "base/buf.h"
#include "base/enc.h"
#include "tap.h"
#include "webauthn/auth_data.h"
#include "webauthn/cbor.h"
#include "webauthn/cose.h"
#include "webauthn/webauthn.h"

/* Examples of RFC 8949 appendix A where it has them. */
static const struct {
	const char *what, *hex;
	enum rc rc;
} rows[] = {
	{ "0", "00", RC_OK },
	{ "23", "17", RC_OK },
	{ "24", "1818", RC_OK },
	{ "1000000000000", "1b000000e8d4a51000", RC_OK },
	{ "-1000", "3903e7", RC_OK },
	{ "false", "f4", RC_OK },
	{ "bytes", "4401020304", RC_OK },
	{ "text", "6449455446", RC_OK },
	{ "nested", "8301820203820405", RC_OK },
	{ "map", "a26161016162820203", RC_OK },
	{ "keys in another order", "a26162016161820203", RC_OK },
	{ "integer keys", "a201020304", RC_OK },
	{ "nothing", "", RC_FORMAT },
	{ "23 in two bytes", "1817", RC_FORMAT },
	{ "255 in three bytes", "1900ff", RC_FORMAT },
	{ "65535 in five bytes", "1a0000ffff", RC_FORMAT },
	{ "2^32-1 in nine bytes", "1b00000000ffffffff", RC_FORMAT },
	{ "length longer than need be", "5803010203", RC_FORMAT },
	{ "indefinite bytes", "5f42010243030405ff", RC_FORMAT },
	{ "indefinite array", "9f018202039f0405ffff", RC_FORMAT },
	{ "indefinite map", "bf61610161629f0203ffff", RC_FORMAT },
	{ "reserved length", "1c", RC_FORMAT },
	{ "tag", "c11a514b67b0", RC_FORMAT },
	{ "half float", "f93c00", RC_FORMAT },
	{ "double", "fb3ff199999999999a", RC_FORMAT },
	{ "undefined", "f7", RC_FORMAT },
	{ "simple(16)", "f0", RC_FORMAT },
	{ "key twice", "a201020103", RC_FORMAT },
	{ "text key twice", "a2616101616102", RC_FORMAT },
	{ "key of bytes", "a1410102", RC_FORMAT },
	{ "key that is a list", "a18001", RC_FORMAT },
	{ "text that is not UTF-8", "62c328", RC_FORMAT },
	{ "key that is not UTF-8", "a162c32801", RC_FORMAT },
	{ "cut bytes", "440102", RC_FORMAT },
	{ "cut map", "a201", RC_FORMAT },
	{ "length of 2^64-1", "5bffffffffffffffff", RC_FORMAT },
	{ "list of 2^32", "9b0000000100000000", RC_FORMAT },
	{ "map of 2^64-1", "bbffffffffffffffff", RC_LIMIT },
	{ "6 deep",
	    "8181818181"
	    "00",
	    RC_OK },
	{ "7 deep",
	    "818181818181"
	    "00",
	    RC_LIMIT },
};

/* x and y are P-256's generator; the RSA modulus is checked for form alone. */
#define GX "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
#define GY "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
#define ED "5866666666666666666666666666666666666666666666666666666666666666"

static const struct {
	const char *what, *hex;
	enum rc rc;
} keys[] = {
	{ "ES256", "a5010203262001215820" GX "225820" GY, RC_OK },
	{ "EdDSA", "a4010103272006215820" ED, RC_OK },
	{ "ES256, keys in another order", "a5032601022001215820" GX "225820" GY,
	    RC_OK },
	{ "ES384", "a501020338222002215820" GX "225820" GY, RC_UNKNOWN },
	{ "ES256 on P-384", "a5010203262002215820" GX "225820" GY, RC_FORMAT },
	{ "ES256 of type OKP", "a5010103262001215820" GX "225820" GY,
	    RC_FORMAT },
	{ "ES256, compressed y", "a5010203262001215820" GX "22f5", RC_FORMAT },
	{ "ES256 without y", "a4010203262001215820" GX, RC_FORMAT },
	{ "ES256 and a member more",
	    "a6010203262001215820" GX "225820" GY "0400", RC_FORMAT },
	{ "ES256 and a byte more", "a5010203262001215820" GX "225820" GY "00",
	    RC_FORMAT },
	{ "EdDSA on Ed448", "a4010103272007215820" ED, RC_FORMAT },
	{ "RS256 of 8 bits",
	    "a401030339010020410121430100"
	    "01",
	    RC_FORMAT },
	{ "no algorithm",
	    "a40102200121582"
	    "0" GX "225820" GY,
	    RC_FORMAT },
	{ "a list", "80", RC_FORMAT },
};

static struct span
unhex(struct buf *b, const char *hex)
{
	buf_reset(b);
	if (enc_hex_parse(b, span_str(hex), NULL) != RC_OK)
		abort();

	return buf_span(b);
}

static void
test_limits(struct buf *b)
{
	size_t used;
	struct rd at;

	buf_reset(b);
	buf_u8(b, 0x98);
	buf_u8(b, 255);
	for (int i = 0; i < 255; i++)
		buf_u8(b, 0xf6);
	ok(cbor_check(buf_span(b), &used, NULL) == RC_OK && used == 257,
	    "256 items");
	buf_reset(b);
	buf_u8(b, 0x81);
	buf_u8(b, 0x98);
	buf_u8(b, 255);
	for (int i = 0; i < 255; i++)
		buf_u8(b, 0xf6);
	ok(cbor_check(buf_span(b), &used, NULL) == RC_LIMIT, "257 items");
	ok(cbor_check(unhex(b, "0102"), &used, NULL) == RC_OK && used == 1,
	    "one item of two");
	(void)unhex(b, "a3616183010203206162026163");
	buf_u8(b, 0x05);
	(void)unhex(b, "a361618301020320616205f5");
	ok(cbor_find_int(buf_span(b), -1, &at) &&
		cbor_next(&at).type == CBOR_TEXT,
	    "a key behind a list is found");
	ok(!cbor_find_text(buf_span(b), "b", &at) && rd_left(&at) == 0,
	    "a value is no key");
}

static void
test_compact(struct buf *b)
{
	struct cose_key key;
	struct cose_parts parts;
	struct span s;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		ok(cose_parse(unhex(b, keys[i].hex), &key, NULL) == keys[i].rc,
		    "COSE_Key: %s", keys[i].what);
	ok(cose_parse(unhex(b, keys[0].hex), &key, NULL) == RC_OK &&
		key.n == 65 && key.bytes[0] == COSE_ES256,
	    "compact form of ES256");
	s = (struct span){ key.bytes, key.n };
	ok(cose_split(s, &parts, NULL) == RC_OK &&
		span_equal(parts.y, unhex(b, GY)),
	    "and back");
	ok(webauthn_check_key(s, NULL) == RC_OK, "on the curve");
	key.bytes[64] ^= 1;
	ok(webauthn_check_key(s, NULL) == RC_FORMAT, "off the curve");
	s.n--;
	ok(cose_split(s, &parts, NULL) == RC_FORMAT, "cut");
}

int
main(void)
{
	struct buf b = buf_init(4096);
	size_t used;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span in = unhex(&b, rows[i].hex);
		enum rc rc = cbor_check(in, &used, NULL);

		ok(rc == rows[i].rc && used == (rc == RC_OK ? in.n : 0), "%s",
		    rows[i].what);
	}
	test_limits(&b);
	test_compact(&b);
	buf_clear(&b);

	return tap_done();
}
