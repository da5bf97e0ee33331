/* rawsig_test.c - a site's challenge, signed as the tax office takes it. */
#include "x509/rawsig.h"

#include "people.h"

/* 2026-11-30 23:59:58 in Korea. */
#define NOW       1796050798000
#define CHALLENGE SPAN_LIT("pkcEncSsn=a1b2+/=&x")

static void
test_form(void)
{
	struct buf out = buf_init(RAWSIG_MAX), text = buf_init(RAWSIG_MAX);
	const char *want = "pkcEncSsn=a1b2+/=&x$00459c75$20261130235958$";
	struct err e = { 0 };
	struct span sig;

	ok(rawsig_make(sample_person.certificate, CHALLENGE, NOW, sign,
	       sample_person.key, &out, &e) == RC_OK,
	    "made %s", e.msg);
	ok(enc_base64_parse(&text, buf_span(&out), NULL) == RC_OK &&
		text.n > strlen(want) &&
		memcmp(text.p, want, strlen(want)) == 0,
	    "challenge, serial of eight digits, time in Korea");
	sig = (struct span){ text.p + strlen(want), text.n - strlen(want) };
	workshop_write("sig.b64", sig);
	workshop_write("challenge", CHALLENGE);
	workshop_write("c.der", certificate_der(sample_person.certificate));
	ok(runs("openssl base64 -d -A -in sig.b64 -out sig && openssl x509 "
		"-inform DER -in c.der -pubkey -noout >pub && openssl dgst "
		"-sha256 -verify pub -signature sig challenge"),
	    "openssl verifies the signature over the challenge");
	buf_clear(&out);
	buf_clear(&text);
}

/* Reads and verifies a text, as its base64. */
static enum rc
check(const char *text, const struct certificate *c, int64_t *ms)
{
	struct buf encoded = buf_init(8192), room = buf_init(8192);
	struct rawsig s;
	enum rc rc;

	enc_base64(&encoded, span_str(text));
	rc = rawsig_parse(buf_span(&encoded), &room, &s, NULL);
	*ms = s.time_ms;
	if (rc == RC_OK)
		rc = rawsig_verify(&s, c, NULL);
	buf_clear(&encoded);
	buf_clear(&room);

	return rc;
}

static void
test_check(void)
{
	/* %s is the signature. */
	static const struct {
		const char *what, *format;
		enum rc want;
	} rows[] = {
		{ "as it was made", "C$00459c75$20261130235958$%s", RC_OK },
		{ "serial without zeros", "C$459C75$20261130235958$%s", RC_OK },
		{ "another challenge", "D$00459c75$20261130235958$%s",
		    RC_DENIED },
		{ "another serial", "C$00459c76$20261130235958$%s", RC_ABSENT },
		{ "a longer serial", "C$1459c75$20261130235958$%s", RC_ABSENT },
		{ "February 30", "C$00459c75$20260230235958$%s", RC_FORMAT },
		{ "hour 24", "C$00459c75$20261130245958$%s", RC_FORMAT },
		{ "month 0", "C$00459c75$20260030235958$%s", RC_FORMAT },
		{ "13 digits", "C$00459c75$2026113023595$%s", RC_FORMAT },
		{ "a sign in the time", "C$00459c75$+0261130235958$%s",
		    RC_FORMAT },
		{ "no challenge", "$00459c75$20261130235958$%s", RC_FORMAT },
		{ "a blank in it", "C $00459c75$20261130235958$%s", RC_FORMAT },
		{ "a part more", "C$00459c75$20261130235958$%s$", RC_FORMAT },
		{ "a part fewer", "C$00459c75$%s", RC_FORMAT },
		{ "signature no base64", "C$00459c75$20261130235958$%s*",
		    RC_FORMAT },
		{ "signature of another length",
		    "C$00459c75$20261130235958$AAAA", RC_DENIED },
	};
	struct buf out = buf_init(RAWSIG_MAX), text = buf_init(RAWSIG_MAX);
	const char *sig;
	int64_t ms;

	if (rawsig_make(sample_person.certificate, SPAN_LIT("C"), NOW, sign,
		sample_person.key, &out, NULL) != RC_OK ||
	    enc_base64_parse(&text, buf_span(&out), NULL) != RC_OK)
		abort();
	sig = strrchr(buf_cstr(&text), '$') + 1;
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		struct buf row = buf_init(8192);
		const char *at = strstr(rows[k].format, "%s");
		size_t n = at == NULL ? strlen(rows[k].format)
				      : (size_t)(at - rows[k].format);

		buf_bytes(
		    &row, (struct span){ (const uint8_t *)rows[k].format, n });
		if (at != NULL) {
			buf_str(&row, sig);
			buf_str(&row, at + 2);
		}
		ok(check(buf_cstr(&row), sample_person.certificate, &ms) ==
			rows[k].want,
		    "%s", rows[k].what);
		if (k == 0)
			ok(ms == NOW, "and its time");
		buf_clear(&row);
	}
	ok(check(buf_cstr(&text), made[0].certificate, &ms) == RC_ABSENT,
	    "another's certificate");
	buf_clear(&out);
	buf_clear(&text);
}

static void
test_refused(void)
{
	static const char *const bad[] = { "", "a b", "a$b", "a\n",
		"\xec\x84" };
	static char longer[RAWSIG_CHALLENGE + 2];
	struct buf out = buf_init(RAWSIG_MAX);

	memset(longer, 'a', RAWSIG_CHALLENGE + 1);
	for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++)
		ok(rawsig_make(sample_person.certificate, span_str(bad[k]), NOW,
		       sign, sample_person.key, &out, NULL) == RC_FORMAT,
		    "challenge %zu is none", k);
	ok(rawsig_make(sample_person.certificate, span_str(longer), NOW, sign,
	       sample_person.key, &out, NULL) == RC_FORMAT &&
		out.n == 0,
	    "a challenge too long");
	longer[RAWSIG_CHALLENGE] = '\0';
	ok(rawsig_make(sample_person.certificate, span_str(longer), NOW, sign,
	       sample_person.key, &out, NULL) == RC_OK,
	    "the longest");
	buf_clear(&out);
}

/* Golden 9: zeros at its beginning stay. */
static void
test_random(void)
{
	static const struct {
		const char *text;
		enum rc want;
	} rows[] = {
		{ "AAC0MoOQgFEp8ByX/mykpSDL1Hk=", RC_OK },
		{ "AAC0MoOQgFEp8ByX/mykpSDL1Hl=", RC_FORMAT },
		{ "AAC0MoOQgFEp8ByX/mykpSDL1HkA", RC_FORMAT },
		{ "AAC0MoOQgFEp8ByX/mykpSDL1A==", RC_FORMAT },
		{ "AAC0MoOQgFEp8ByX mykpSDL1Hk=", RC_FORMAT },
		{ "AAC0MoOQgFEp8ByX/mykpSDL1Hk", RC_FORMAT },
		{ "", RC_FORMAT },
	};
	struct sec text SEC_WIPED = { 0 }, zeros SEC_WIPED = { 0 },
			none SEC_WIPED = { 0 };
	struct buf r = unhex(SAMPLE_R);

	ok(rawsig_random(buf_span(&r), &text, NULL) == RC_OK &&
		span_equal(
		    sec_span(&text), SPAN_LIT("eFi0MoOQgFEp8ByX/mykpSDL1Hk=")),
	    "R as randomEnc");
	memset(r.p, 0, 2);
	ok(rawsig_random(buf_span(&r), &zeros, NULL) == RC_OK &&
		span_equal(
		    sec_span(&zeros), SPAN_LIT("AAC0MoOQgFEp8ByX/mykpSDL1Hk=")),
	    "with zeros at its beginning");
	ok(rawsig_random((struct span){ r.p, 19 }, &none, NULL) == RC_FORMAT &&
		none.p == NULL,
	    "R of 19 bytes");
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		struct sec back SEC_WIPED = { 0 };
		enum rc rc =
		    rawsig_random_parse(span_str(rows[k].text), &back, NULL);

		ok(rc == rows[k].want &&
			(rc == RC_OK ? span_equal(sec_span(&back), buf_span(&r))
				     : back.p == NULL),
		    "randomEnc %s", rows[k].text);
	}
	buf_clear(&r);
}

int
main(void)
{
	workshop_open();
	people_make();
	test_form();
	test_check();
	test_refused();
	test_random();
	people_clear();
	workshop_close();

	return tap_done();
}
