/* vid_test.c - virtual identifiers: SIVID's example, and the sample's bytes. */
#include "npki/vid.h"

#include "samples.h"

/* R of SIVID's example, and an R that begins with zeros. */
#define R_EXAMPLE "79ea7568a2d3776604e18bcd3a1b1b85b7da0872"
#define R_ZEROS   "00000000000000000000000000000000000000ff"

static void
test_make(void)
{
	static const struct {
		const char *what, *idn, *r, *want;
		enum vid_hash hash;
	} rows[] = {
		{ "SIVID's example", "1234561234567", R_EXAMPLE,
		    "17692c8dd00ead33791de0a64a937c60"
		    "799634c64ac56fa57570c0e05252ab35",
		    VID_SHA256 },
		{ "the same, typed with a hyphen", " 123456-1234567", R_EXAMPLE,
		    "17692c8dd00ead33791de0a64a937c60"
		    "799634c64ac56fa57570c0e05252ab35",
		    VID_SHA256 },
		{ "a business and the sample's R", "1234567890", SAMPLE_R,
		    "89dee087b9dfdf1a84623b3ec0d1da01"
		    "3a54d5fe4325cb1ccd92c8cf4fe9c2d4",
		    VID_SHA256 },
		{ "a person and the sample's R", "1234561234567", SAMPLE_R,
		    "f4f12331b2b090d66b49751266d6117d"
		    "1b95a2dc3a70d3db11cb8546b11beb46",
		    VID_SHA256 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf r = unhex(rows[i].r);
		uint8_t out[PLATFORM_HASH_MAX];
		size_t n;

		ok(vid_make(rows[i].hash, span_str(rows[i].idn), buf_span(&r),
		       out, &n, NULL) == RC_OK,
		    "%s", rows[i].what);
		is_hex((struct span){ out, n }, rows[i].want, "its VID");
		buf_clear(&r);
	}
}

/* The same by openssl, of bytes that a shell puts together. */
static void
test_openssl(void)
{
	static const struct {
		const char *name;
		enum vid_hash hash;
	} rows[] = { { "sha1", VID_SHA1 }, { "sha256", VID_SHA256 } };
	struct buf r = unhex(R_ZEROS);

	for (size_t i = 0; i < 2; i++) {
		struct buf cmd = buf_init(4096), want;
		uint8_t out[PLATFORM_HASH_MAX];
		size_t n;

		buf_printf(&cmd,
		    "printf '\\060\\046\\023\\015''1234561234567''\\003\\025"
		    "\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000"
		    "\\000\\000\\000\\000\\000\\000\\000\\000\\000\\377' | "
		    "openssl dgst -%s -binary | openssl dgst -%s -binary",
		    rows[i].name, rows[i].name);
		want = shell(buf_cstr(&cmd));
		ok(vid_make(rows[i].hash, SPAN_LIT("1234561234567"),
		       buf_span(&r), out, &n, NULL) == RC_OK &&
			n > 0 &&
			span_equal((struct span){ out, n }, buf_span(&want)),
		    "R with 19 bytes of zeros, %s, as openssl has it",
		    rows[i].name);
		buf_clear(&cmd);
		buf_clear(&want);
	}
	buf_clear(&r);
}

static void
test_refused(void)
{
	static const struct {
		const char *what, *idn;
		size_t r;
	} rows[] = {
		{ "no number", "", 20 },
		{ "9 digits", "123456789", 20 },
		{ "11 digits", "12345678901", 20 },
		{ "14 digits", "12345678901234", 20 },
		{ "a letter", "123456789a", 20 },
		{ "a letter more", "1234567890a", 20 },
		{ "digits of another script", "１２３４５６７８９０", 20 },
		{ "R of 19 bytes", "1234567890", 19 },
		{ "R of 21 bytes", "1234567890", 21 },
		{ "no R", "1234567890", 0 },
	};
	static const uint8_t r[21] = { 1 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t out[PLATFORM_HASH_MAX];
		size_t n = 1;

		ok(vid_make(VID_SHA256, span_str(rows[i].idn),
		       (struct span){ r, rows[i].r }, out, &n,
		       NULL) == RC_FORMAT &&
			n == 0,
		    "%s", rows[i].what);
	}
}

static void
test_check(void)
{
	static const uint8_t other[20] = { 1 };
	struct buf r = unhex(R_EXAMPLE);
	struct span idn = SPAN_LIT("123456-1234567");
	uint8_t value[PLATFORM_HASH_MAX];
	struct certinfo c = { 0 };
	size_t n;

	ok(vid_check(&c, idn, buf_span(&r), true, NULL) == RC_ABSENT,
	    "a certificate without a VID");
	if (vid_make(VID_SHA256, idn, buf_span(&r), value, &n, NULL) != RC_OK)
		abort();
	c.vid = (struct span){ value, n };
	c.vid_oid = SPAN_LIT("\x60\x86\x48\x01\x65\x03\x04\x02\x01");
	ok(vid_check(&c, idn, buf_span(&r), false, NULL) == RC_OK,
	    "the right number and R");
	ok(vid_check(&c, SPAN_LIT("1234561234568"), buf_span(&r), false,
	       NULL) == RC_DENIED,
	    "another number");
	ok(vid_check(&c, idn, SPAN(other), false, NULL) == RC_DENIED,
	    "another R");
	ok(vid_check(&c, SPAN_LIT("12"), buf_span(&r), false, NULL) ==
		RC_FORMAT,
	    "a number that is none");
	c.vid.n--;
	ok(vid_check(&c, idn, buf_span(&r), false, NULL) == RC_DENIED,
	    "a VID that is a byte too short");
	c.vid_oid = SPAN_LIT("\x60\x86\x48\x01\x65\x03\x04\x02\x03");
	ok(vid_check(&c, idn, buf_span(&r), false, NULL) == RC_UNKNOWN,
	    "SHA-512");
	if (vid_make(VID_SHA1, idn, buf_span(&r), value, &n, NULL) != RC_OK)
		abort();
	c.vid = (struct span){ value, n };
	c.vid_oid = SPAN_LIT("\x2b\x0e\x03\x02\x1a");
	ok(vid_check(&c, idn, buf_span(&r), false, NULL) == RC_POLICY &&
		vid_check(&c, idn, buf_span(&r), true, NULL) == RC_OK,
	    "SHA-1 only where it is asked for");
	buf_clear(&r);
}

/* The sample's certificate has a VID. */
static void
test_lacks_r(void)
{
	struct buf der = sample("pypinksign/signCert.der");
	struct buf with = sample("pypinksign/privateKeyInfo-with-R.der");
	struct buf without = sample("pypinksign/privateKeyInfo-without-R.der");
	struct certinfo c, none = { 0 };

	if (certinfo_parse(buf_span(&der), &c, NULL) != RC_OK)
		exit(EXIT_FAILURE);
	ok(!vid_lacks_r(&c, buf_span(&with)), "a VID, and R in the key");
	ok(vid_lacks_r(&c, buf_span(&without)), "a VID, and no R in the key");
	ok(!vid_lacks_r(&none, buf_span(&without)), "no VID to prove");
	ok(!vid_lacks_r(&c, SPAN_LIT("x")), "a key that cannot be read");
	buf_clear(&der);
	buf_clear(&with);
	buf_clear(&without);
}

static void
test_put(void)
{
	static uint8_t room[256];
	struct buf der = sample("pypinksign/signCert.der");
	struct derput w = derput_init(room, sizeof(room));
	struct certinfo c;
	struct span got;

	if (certinfo_parse(buf_span(&der), &c, NULL) != RC_OK)
		exit(EXIT_FAILURE);
	vid_put_san(&w, span_str(c.owner_name), VID_SHA256, c.vid);
	got = derput_span(&w);
	ok(got.n == 91 && memmem(der.p, der.n, got.p, got.n) != NULL,
	    "the sample's subjectAltName, byte for byte");
	w = derput_init(room, sizeof(room));
	vid_put(&w, VID_SHA256, false, c.vid);
	is_hex((struct span){ derput_span(&w).p, 19 },
	    "3031300b0609608648016503040201a0220420", "VID of a certificate");
	w = derput_init(room, sizeof(room));
	vid_put(&w, VID_SHA256, true, c.vid);
	is_hex((struct span){ derput_span(&w).p, 21 },
	    "3033300d06096086480165030402010500a0220420", "VID of a message");
	w = derput_init(room, sizeof(room));
	vid_put_san(&w, SPAN_LIT("CA"), VID_SHA256, (struct span){ NULL, 0 });
	is_hex(derput_span(&w),
	    "3015a01306092a831a8c9a440a0101a00630040c024341", "a CA's name");
	buf_clear(&der);
}

int
main(void)
{
	test_make();
	test_openssl();
	test_refused();
	test_check();
	test_lacks_r();
	test_put();

	return tap_done();
}
