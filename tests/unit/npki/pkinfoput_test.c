/* pkinfoput_test.c - R put into keys and taken out; all else stays. */
#include "npki/pkinfoput.h"

#include "npki/der.h"
#include "npki/pkinfo.h"
#include "samples.h"

#include <openssl/x509.h>

static struct buf with, without;

static void
test_sample(void)
{
	struct buf r = unhex(SAMPLE_R);
	struct sec out SEC_WIPED = { 0 };

	ok(pkinfoput_set_r(buf_span(&without), buf_span(&r), &out, NULL) ==
		    RC_OK &&
		span_equal(sec_span(&out), buf_span(&with)),
	    "the sample without R, and R: the sample with it");
	sec_free(&out);
	ok(pkinfoput_set_r(buf_span(&with), (struct span){ NULL, 0 }, &out,
	       NULL) == RC_OK &&
		span_equal(sec_span(&out), buf_span(&without)),
	    "and taken away again");
	sec_free(&out);
	ok(pkinfoput_set_r(buf_span(&with), buf_span(&r), &out, NULL) ==
		    RC_OK &&
		span_equal(sec_span(&out), buf_span(&with)),
	    "the same R in the place of itself");
	sec_free(&out);
	ok(pkinfoput_set_r(buf_span(&without), (struct span){ NULL, 0 }, &out,
	       NULL) == RC_OK &&
		span_equal(sec_span(&out), buf_span(&without)),
	    "nothing to take away");
	buf_clear(&r);
}

static void
test_zeros(void)
{
	static const char *const rows[] = {
		"0000000000000000000000000000000000000000",
		"00000000000000000000000000000000000000ff",
		"ff00000000000000000000000000000000000000",
	};

	for (size_t i = 0; i < 3; i++) {
		struct buf r = unhex(rows[i]);
		struct sec out SEC_WIPED = { 0 };
		struct pkinfo k = { 0 };

		ok(pkinfoput_set_r(buf_span(&with), buf_span(&r), &out, NULL) ==
			    RC_OK &&
			out.n == with.n &&
			pkinfo_parse(sec_span(&out), &k, NULL) == RC_OK,
		    "another R");
		is_hex(k.r, rows[i], "kept whole");
		buf_clear(&r);
	}
}

/*
 * A key that OpenSSL gave attributes, which stand before and after that of R
 * in the order of DER: they stay.
 */
static void
test_others(void)
{
	static const struct {
		const char *oid, *value;
	} rows[] = {
		{ "1.2.3", "short" },
		{ "1.2.840.113549.1.9.20", "longer than R is, by some bytes" },
		{ "2.5.4.3", "name" },
	};
	const uint8_t *p = without.p;
	PKCS8_PRIV_KEY_INFO *key =
	    d2i_PKCS8_PRIV_KEY_INFO(NULL, &p, (long)without.n);
	struct buf r = unhex(SAMPLE_R);
	struct sec out SEC_WIPED = { 0 }, back SEC_WIPED = { 0 };
	struct span was, previous = { NULL, 0 };
	struct der_doc doc = { 0 };
	struct der in, set;
	uint8_t *der = NULL;
	size_t n = 0;

	for (size_t i = 0; i < 3; i++) {
		ASN1_OBJECT *oid = OBJ_txt2obj(rows[i].oid, 1);

		if (PKCS8_pkey_add1_attr_by_OBJ(key, oid, V_ASN1_UTF8STRING,
			(const uint8_t *)rows[i].value,
			(int)strlen(rows[i].value)) != 1)
			exit(EXIT_FAILURE);
		ASN1_OBJECT_free(oid);
	}
	was = (struct span){ der, 0 };
	was.n = (size_t)i2d_PKCS8_PRIV_KEY_INFO(key, &der);
	was.p = der;
	ok(pkinfoput_set_r(was, buf_span(&r), &out, NULL) == RC_OK,
	    "a key with three other attributes");
	in = der_init(&doc, sec_span(&out));
	in = der_enter(&in, DER_SEQUENCE);
	for (size_t i = 0; i < 3; i++)
		(void)der_any(&in);
	set = der_enter(&in, DER_EXPLICIT(0));
	for (; der_peek(&set) != 0; n++) {
		struct span one = der_any(&set);
		size_t least = one.n < previous.n ? one.n : previous.n;

		ok(n == 0 || memcmp(previous.p, one.p, least) < 0,
		    "attribute %zu stands in its order", n);
		previous = one;
	}
	ok(n == 4 && der_done(&set), "four there are");
	ok(pkinfoput_set_r(sec_span(&out), (struct span){ NULL, 0 }, &back,
	       NULL) == RC_OK &&
		span_equal(sec_span(&back), was),
	    "without R it is what it was");
	OPENSSL_free(der);
	PKCS8_PRIV_KEY_INFO_free(key);
	buf_clear(&r);
}

static void
test_refused(void)
{
	static const uint8_t r[21] = { 0 };
	struct sec out SEC_WIPED = { 0 };

	ok(pkinfoput_set_r(buf_span(&with), (struct span){ r, 19 }, &out,
	       NULL) == RC_FORMAT,
	    "R of 19 bytes");
	ok(pkinfoput_set_r(buf_span(&with), (struct span){ r, 21 }, &out,
	       NULL) == RC_FORMAT,
	    "R of 21 bytes");
	ok(pkinfoput_set_r(SPAN(r), (struct span){ r, 20 }, &out, NULL) ==
		    RC_FORMAT &&
		out.p == NULL,
	    "what is no key");
}

int
main(void)
{
	with = sample("pypinksign/privateKeyInfo-with-R.der");
	without = sample("pypinksign/privateKeyInfo-without-R.der");
	test_sample();
	test_zeros();
	test_others();
	test_refused();
	buf_clear(&with);
	buf_clear(&without);

	return tap_done();
}
