/* bytes_test.c - rd, buf, enc, sec, digest: fields in, the same fields out. */
#include "base/buf.h"
#include "base/digest.h"
#include "base/enc.h"
#include "base/rd.h"
#include "base/sec.h"
#include "tap.h"

static void
test_fields(void)
{
	struct buf b = buf_init(64);
	struct rd r;

	buf_u8(&b, 0x01);
	buf_u16(&b, 0x0203);
	buf_u32(&b, 0x04050607);
	buf_u64(&b, 0x08090a0b0c0d0e0f);
	buf_lp16(&b, SPAN_LIT("seal"));
	ok(buf_ok(&b) && b.n == 21, "fields take their own size");
	ok(b.p[0] == 1 && b.p[14] == 0x0f, "integers are big-endian");
	r = rd_init(buf_span(&b));
	ok(rd_u8(&r) == 1 && rd_u16(&r) == 0x0203 && rd_u32(&r) == 0x04050607 &&
		rd_u64(&r) == 0x08090a0b0c0d0e0f,
	    "integers come back");
	ok(span_equal(rd_lp16(&r, 4), SPAN_LIT("seal")) && rd_done(&r),
	    "counted bytes come back, and nothing is left");
	r = rd_init(buf_span(&b));
	(void)rd_bytes(&r, 15);
	ok(rd_lp16(&r, 3).n == 0 && !rd_done(&r),
	    "counted bytes over their maximum are a failure");
	ok(rd_u64(&r) == 0 && rd_left(&r) == 0, "a failure sticks");
	r = rd_init(SPAN_LIT("\x01\x02"));
	(void)rd_u8(&r);
	ok(!rd_done(&r), "a byte left over is not done");
	buf_bytes(&b, (struct span){ b.p, b.n });
	buf_bytes(&b, SPAN_LIT("0123456789012345678901234567890"));
	ok(!buf_ok(&b), "the ceiling holds");
	buf_clear(&b);
}

static void
test_encodings(void)
{
	static const struct {
		const char *what, *in, *hex, *std, *url;
	} rows[] = {
		/* RFC 4648 section 10, and one with 62 and 63 */
		{ "empty", "", "", "", "" },
		{ "f", "f", "66", "Zg==", "Zg" },
		{ "fo", "fo", "666f", "Zm8=", "Zm8" },
		{ "foo", "foo", "666f6f", "Zm9v", "Zm9v" },
		{ "foobar", "foobar", "666f6f626172", "Zm9vYmFy", "Zm9vYmFy" },
		{ "high", "\xfb\xff", "fbff", "+/8=", "-_8" },
	};
	static const char *const bad[] = { "Zg=", "Zg", "Z===", "Zh==", "Zm9v ",
		"Zm9v=", "====", "Zm-_" };
	struct buf b = buf_init(256);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span in = span_str(rows[i].in);

		buf_reset(&b);
		enc_hex(&b, in);
		ok(span_equal(buf_span(&b), span_str(rows[i].hex)), "%s: hex",
		    rows[i].what);
		buf_reset(&b);
		enc_base64(&b, in);
		ok(span_equal(buf_span(&b), span_str(rows[i].std)),
		    "%s: base64", rows[i].what);
		buf_reset(&b);
		enc_base64url(&b, in);
		ok(span_equal(buf_span(&b), span_str(rows[i].url)),
		    "%s: base64url", rows[i].what);
		buf_reset(&b);
		ok(enc_base64_parse(&b, span_str(rows[i].std), NULL) == RC_OK &&
			enc_base64url_parse(&b, span_str(rows[i].url), NULL) ==
			    RC_OK &&
			enc_hex_parse(&b, span_str(rows[i].hex), NULL) ==
			    RC_OK &&
			b.n == 3 * in.n,
		    "%s: read back", rows[i].what);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct err e = { 0 };

		buf_reset(&b);
		ok(enc_base64_parse(&b, span_str(bad[i]), &e) == RC_FORMAT &&
			b.n == 0 && e.msg[0] != '\0',
		    "base64 '%s' is refused", bad[i]);
	}
	buf_clear(&b);
}

static void
test_secrets(void)
{
	struct sec s = { 0 };
	uint8_t h[32];
	struct buf b = buf_init(64);
	struct span abc = SPAN_LIT("abc");

	ok(sec_copy(&s, SPAN_LIT("hunter2"), NULL) == RC_OK && s.n == 7,
	    "a secret holds its bytes");
	ok(sec_equal(sec_span(&s), SPAN_LIT("hunter2")) &&
		!sec_equal(sec_span(&s), SPAN_LIT("hunter3")) &&
		!sec_equal(sec_span(&s), SPAN_LIT("hunter")),
	    "comparison tells equal from unequal");
	sec_free(&s);
	ok(s.p == NULL && s.n == 0, "a freed secret is empty");
	digest_sha256(h, &abc, 1);
	enc_hex(&b, SPAN(h));
	ok(span_equal(buf_span(&b),
	       SPAN_LIT("ba7816bf8f01cfea414140de5dae2223"
			"b00361a396177a9cb410ff61f20015ad")),
	    "SHA-256 of abc (FIPS 180-4)");
	buf_reset(&b);
	digest_hmac_labelled(
	    h, SPAN_LIT("Jefe"), "what do ya want ", SPAN_LIT("for nothing?"));
	enc_hex(&b, SPAN(h));
	ok(span_equal(buf_span(&b),
	       SPAN_LIT("5bdcc146bf60754e6a042426089575c7"
			"5a003f089d2739839dec58b964ec3843")),
	    "HMAC-SHA-256 case 2 of RFC 4231");
	buf_clear(&b);
}

int
main(void)
{
	test_fields();
	test_encodings();
	test_secrets();

	return tap_done();
}
