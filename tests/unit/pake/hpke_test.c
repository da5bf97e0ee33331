/* hpke_test.c - HPKE against RFC 9180 A.3.1, and whoever meddles. */
#include "base/enc.h"
#include "noopen.h"
#include "pake/hpke.h"
#include "tap.h"

static struct span
unhex(struct buf *b, const char *hex)
{
	buf_reset(b);
	if (enc_hex_parse(b, span_str(hex), NULL) != RC_OK)
		abort();

	return buf_span(b);
}

/* DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-128-GCM, sequence number 0. */
#define PK_E                                                                   \
	"04a92719c6195d5085104f469a8b9814d5838ff72b60501e2c4466e5e67b325ac985" \
	"36d7b61a1af4b78e5b7f951c0900be863c403ce65c9bfcb9382657222d18c4"
#define PK_R                                                                   \
	"04fe8c19ce0905191ebc298a9245792531f26f0cece2460639e8bc39cb7f706a826a" \
	"779b4cf969b8a0e539c7f62fb3d30ad6aa8f80e30f1d128aafd68a2ce72ea0"
#define SK_E "4995788ef4b9d6132b249ce59a77281493eb39af373d236a1fe415cb0c2d7beb"
#define SK_R "f3ce7fdae57e1a310d87f1ebbde6f328be0a99cdbcadf4d6589cf29de4b8ffd2"
#define CT                                                                     \
	"5ad590bb8baa577f8619db35a36311226a896e7342a6d836d8b7bcd2f20b6c7f9076" \
	"ac232e3ab2523f39513434"

static void
test_rfc(void)
{
	static const struct span info =
	    SPAN_LIT("Ode on a Grecian Urn"); /* 4f6465… */
	static const struct span aad = SPAN_LIT("Count-0");
	static const struct span plain =
	    SPAN_LIT("Beauty is truth, truth beauty");
	struct hpke_key e HPKE_KEY_WIPED = { { 0 }, { NULL, 0, 0 } };
	struct hpke_key r HPKE_KEY_WIPED = { { 0 }, { NULL, 0, 0 } };
	struct sec opened SEC_WIPED = { 0 };
	struct buf b = buf_init(256), sealed = buf_init(256);

	ok(hpke_key_load(&e, unhex(&b, SK_E), NULL) == RC_OK &&
		span_equal(SPAN(e.public), unhex(&b, PK_E)),
	    "RFC 9180: ephemeral point");
	ok(hpke_key_load(&r, unhex(&b, SK_R), NULL) == RC_OK &&
		span_equal(SPAN(r.public), unhex(&b, PK_R)),
	    "RFC 9180: recipient's point");
	ok(hpke_seal_suite(HPKE_AES_128_GCM, &e, SPAN(r.public), info, aad,
	       plain, &sealed, NULL) == RC_OK &&
		span_equal(buf_span(&sealed), unhex(&b, PK_E CT)),
	    "RFC 9180: sealed");
	ok(hpke_open_suite(HPKE_AES_128_GCM, &r, info, aad, unhex(&b, PK_E CT),
	       &opened, NULL) == RC_OK &&
		span_equal(sec_span(&opened), plain),
	    "RFC 9180: opened");
	buf_clear(&b);
	buf_clear(&sealed);
}

/* What is changed of a message that would open. */
static const struct {
	const char *what;
	size_t at, cut;
	int part; /* 1 message, 2 info, 3 aad, 4 key, 5 longer */
	enum rc rc;
} rows[] = {
	{ "nothing", 0, 0, 0, RC_OK },
	{ "point's form", 0, 0, 1, RC_FORMAT },
	{ "point", 40, 0, 1, RC_FORMAT },
	{ "ciphertext", 65, 0, 1, RC_DENIED },
	{ "tag", 84, 0, 1, RC_DENIED },
	{ "cut", 0, 1, 1, RC_FORMAT },
	{ "info", 0, 0, 2, RC_DENIED },
	{ "additional data", 0, 0, 3, RC_DENIED },
	{ "recipient", 0, 0, 4, RC_DENIED },
};

static void
test_rows(void)
{
	struct hpke_key key HPKE_KEY_WIPED = { { 0 }, { NULL, 0, 0 } };
	struct hpke_key other HPKE_KEY_WIPED = { { 0 }, { NULL, 0, 0 } };

	if (hpke_key_new(&key, NULL) != RC_OK ||
	    hpke_key_new(&other, NULL) != RC_OK)
		abort();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf sealed = buf_init(256);
		struct sec plain SEC_WIPED = { 0 };
		struct span all;
		enum rc rc;

		if (hpke_seal(SPAN(key.public), SPAN_LIT("i"), SPAN_LIT("a"),
			SPAN_LIT("1234"), &sealed, NULL) != RC_OK)
			abort();
		if (rows[i].part == 1 && rows[i].cut == 0)
			sealed.p[rows[i].at] ^= 1;
		all = buf_span(&sealed);
		if (rows[i].cut > 0)
			all.n = HPKE_OVERHEAD - 1;
		rc = hpke_open(rows[i].part == 4 ? &other : &key,
		    rows[i].part == 2 ? SPAN_LIT("I") : SPAN_LIT("i"),
		    rows[i].part == 3 ? SPAN_LIT("A") : SPAN_LIT("a"), all,
		    &plain, NULL);
		if (!ok(rc == rows[i].rc && (plain.p != NULL) == (rc == RC_OK),
			"changed: %s", rows[i].what))
			diag("%s", err_name(rc));
		buf_clear(&sealed);
	}
}

static void
test_edges(void)
{
	struct hpke_key key HPKE_KEY_WIPED = { { 0 }, { NULL, 0, 0 } };
	struct buf out = buf_init(HPKE_OVERHEAD), b = buf_init(64);
	struct sec plain SEC_WIPED = { 0 };
	uint8_t zeros[32] = { 0 }, long_info[HPKE_INFO_MAX + 1] = { 0 };

	ok(hpke_key_load(&key, SPAN(zeros), NULL) == RC_FORMAT, "scalar zero");
	ok(hpke_key_load(&key,
	       unhex(&b,
		   "ffffffff00000000ffffffffffffffffbce6faada7179e84"
		   "f3b9cac2fc632551"),
	       NULL) == RC_FORMAT,
	    "scalar that is the order");
	if (hpke_key_new(&key, NULL) != RC_OK)
		abort();
	ok(hpke_seal(SPAN(key.public), SPAN(long_info), SPAN(zeros),
	       SPAN(zeros), &out, NULL) == RC_LIMIT,
	    "info too long");
	ok(hpke_seal(SPAN(key.public), SPAN(zeros), SPAN(zeros), SPAN(zeros),
	       &out, NULL) == RC_LIMIT,
	    "no room");
	buf_clear(&out);
	out = buf_init(HPKE_OVERHEAD);
	ok(hpke_seal(SPAN(key.public), SPAN(zeros), SPAN(zeros),
	       (struct span){ NULL, 0 }, &out, NULL) == RC_OK &&
		hpke_open(&key, SPAN(zeros), SPAN(zeros), buf_span(&out),
		    &plain, NULL) == RC_OK &&
		plain.n == 0,
	    "nothing, sealed");
	buf_clear(&out);
	buf_clear(&b);
}

static bool
starts(void)
{
	return hpke_init(NULL) == RC_OK;
}

int
main(void)
{
	ok(noopen_runs(starts, starts), "no file is opened after the start");
	ok(!noopen_runs(NULL, starts), "but without a start there would be");
	test_rfc();
	test_rows();
	test_edges();

	return tap_done();
}
