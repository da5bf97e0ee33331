/* der_test.c - DER is read in one way only; what is written reads back. */
#include "npki/derput.h"
#include "samples.h"

static void
test_check(void)
{
	static const struct {
		const char *what, *hex;
		enum rc want;
	} rows[] = {
		{ "empty SEQUENCE", "3000", RC_OK },
		{ "nothing", "", RC_FORMAT },
		{ "tag without length", "30", RC_FORMAT },
		{ "trailing byte", "300000", RC_FORMAT },
		{ "indefinite length", "30800000", RC_FORMAT },
		{ "two-octet length for 0", "308100", RC_FORMAT },
		{ "length octets with a leading zero", "3082000100",
		    RC_FORMAT },
		{ "five length octets", "30850000000100", RC_FORMAT },
		{ "length beyond the input", "3003020101ff", RC_FORMAT },
		{ "length past the end", "300402010100", RC_FORMAT },
		{ "reserved length ff", "30ff00", RC_FORMAT },
		{ "INTEGER 0", "020100", RC_OK },
		{ "INTEGER without octets", "0200", RC_FORMAT },
		{ "INTEGER 0080", "02020080", RC_OK },
		{ "INTEGER 007f", "0202007f", RC_FORMAT },
		{ "INTEGER ff80", "0202ff80", RC_FORMAT },
		{ "BOOLEAN ff", "0101ff", RC_OK },
		{ "BOOLEAN 01", "010101", RC_FORMAT },
		{ "NULL with contents", "050100", RC_FORMAT },
		{ "BIT STRING without octets", "0300", RC_FORMAT },
		{ "BIT STRING 8 unused", "03020800", RC_FORMAT },
		{ "BIT STRING unused bit set", "03020101", RC_FORMAT },
		{ "BIT STRING unused bit zero", "03020102", RC_OK },
		{ "OID that does not end", "06022a83", RC_FORMAT },
		{ "OID arc with a leading 80", "06032a8001", RC_FORMAT },
		{ "constructed OCTET STRING", "2403040101", RC_FORMAT },
		{ "primitive SEQUENCE", "1000", RC_FORMAT },
		{ "tag number above 30", "1f8101", RC_FORMAT },
		{ "end-of-contents", "30020000", RC_FORMAT },
		{ "BMPString of one octet", "1e0100", RC_FORMAT },
		{ "[0] and its contents", "a003020101", RC_OK },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf b = unhex(rows[i].hex);

		ok(der_check(buf_span(&b), NULL) == rows[i].want, "%s",
		    rows[i].what);
		buf_clear(&b);
	}
}

static void
test_caps(void)
{
	static uint8_t room[65536];
	struct derput w = derput_init(room, sizeof(room));

	for (int i = 0; i < DER_DEPTH_MAX; i++)
		derput_wrap(&w, DER_SEQUENCE, 0);
	ok(der_check(derput_span(&w), NULL) == RC_OK, "24 deep");
	derput_wrap(&w, DER_SEQUENCE, 0);
	derput_wrap(&w, DER_SEQUENCE, 0);
	ok(der_check(derput_span(&w), NULL) != RC_OK, "26 deep is refused");

	w = derput_init(room, sizeof(room));
	for (int i = 0; i < DER_ELEMENTS_MAX - 1; i++)
		derput_element(&w, DER_NULL, (struct span){ NULL, 0 });
	derput_wrap(&w, DER_SEQUENCE, 0);
	ok(der_check(derput_span(&w), NULL) == RC_OK, "4096 elements");
	w = derput_init(room, sizeof(room));
	for (int i = 0; i < DER_ELEMENTS_MAX; i++)
		derput_element(&w, DER_NULL, (struct span){ NULL, 0 });
	derput_wrap(&w, DER_SEQUENCE, 0);
	ok(der_check(derput_span(&w), NULL) == RC_LIMIT, "4097 are refused");
}

static void
test_oid(void)
{
	static const struct {
		const char *hex, *text;
	} rows[] = {
		{ "2a831a8c9a44010f", "1.2.410.200004.1.15" },
		{ "2b81040022", "1.3.132.0.34" },
		{ "550403", "2.5.4.3" },
		{ "883703", "2.999.3" },
		{ "2aff", "" },
		{ "", "" },
		{ "2affffffffffffffffffff7f", "" },
	};
	char text[DER_OID_TEXT];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf b = unhex(rows[i].hex);
		bool good = der_oid_text(buf_span(&b), text);

		ok(good == (rows[i].text[0] != '\0') &&
			strcmp(text, rows[i].text) == 0,
		    "OID %s is '%s'", rows[i].hex, rows[i].text);
		buf_clear(&b);
	}
}

static void
test_write(void)
{
	static const size_t sizes[] = { 0, 1, 127, 128, 255, 256, 65535,
		65536 };
	static uint8_t room[70000], body[65536];

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct derput w = derput_init(room, sizeof(room));
		struct der_doc doc = { 0 };
		struct der r;

		derput_element(&w, DER_OCTETS, (struct span){ body, sizes[i] });
		r = der_init(&doc, derput_span(&w));
		ok(der_take(&r, DER_OCTETS).n == sizes[i] && der_done(&r),
		    "%zu bytes written and read", sizes[i]);
	}
	for (uint64_t v = 0; v <= UINT32_MAX; v = v * 5 + 1) {
		struct derput w = derput_init(room, 6);
		struct der_doc doc = { 0 };
		struct der r;

		derput_uint(&w, (uint32_t)v);
		r = der_init(&doc, derput_span(&w));
		if (w.failed && v > 0x7fffffff)
			continue; /* seven bytes */
		ok(der_uint(&r, UINT32_MAX) == v && der_done(&r),
		    "INTEGER %llu", (unsigned long long)v);
	}
	{
		struct derput w = derput_init(room, 3);

		derput_uint(&w, 300);
		ok(derput_span(&w).n == 0, "no room is a failure");
	}
}

/* OpenSSL reads what we write: a key file's header, in the common shape. */
static void
test_foreign(void)
{
	struct buf file = sample("pypinksign/signPri.key");
	struct der_doc doc = { 0 };
	struct der r = der_init(&doc, buf_span(&file));
	struct der outer = der_enter(&r, DER_SEQUENCE), algorithm, parameters;
	struct span oid, salt, encrypted;
	static uint8_t room[4096];
	struct derput w = derput_init(room, sizeof(room));
	uint32_t count;
	size_t mark;

	algorithm = der_enter(&outer, DER_SEQUENCE);
	oid = der_take(&algorithm, DER_OID);
	parameters = der_enter(&algorithm, DER_SEQUENCE);
	salt = der_take(&parameters, DER_OCTETS);
	count = der_uint(&parameters, 1000000);
	encrypted = der_take(&outer, DER_OCTETS);
	derput_element(&w, DER_OCTETS, encrypted);
	mark = derput_mark(&w);
	derput_uint(&w, count);
	derput_element(&w, DER_OCTETS, salt);
	derput_wrap(&w, DER_SEQUENCE, mark);
	derput_element(&w, DER_OID, oid);
	derput_wrap(&w, DER_SEQUENCE, mark);
	derput_wrap(&w, DER_SEQUENCE, 0);
	ok(der_done(&r) && span_equal(derput_span(&w), buf_span(&file)),
	    "a CA's key file written again is the same bytes");
	buf_clear(&file);
}

int
main(void)
{
	test_check();
	test_caps();
	test_oid();
	test_write();
	test_foreign();

	return tap_done();
}
