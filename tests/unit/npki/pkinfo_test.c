/* pkinfo_test.c - the numbers of a private key, and R with all its zeros. */
#include "npki/pkinfo.h"

#include "npki/derput.h"
#include "npki/oid.h"
#include "samples.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

/* Are these our number and OpenSSL's, the same? */
static bool
same_number(EVP_PKEY *key, const char *name, struct span ours)
{
	uint8_t theirs[512];
	BIGNUM *bn = NULL;
	bool good = EVP_PKEY_get_bn_param(key, name, &bn) == 1 &&
	    (size_t)BN_num_bytes(bn) <= sizeof(theirs);
	int n = good ? BN_bn2bin(bn, theirs) : 0;

	BN_clear_free(bn);

	return good && span_equal(ours, (struct span){ theirs, (size_t)n });
}

static void
test_rsa(void)
{
	struct buf in = sample("pypinksign/privateKeyInfo-with-R.der");
	struct buf without = sample("pypinksign/privateKeyInfo-without-R.der");
	const uint8_t *p = in.p;
	EVP_PKEY *key = d2i_AutoPrivateKey(NULL, &p, (long)in.n);
	struct pkinfo i = { 0 };

	ok(pkinfo_parse(buf_span(&in), &i, NULL) == RC_OK &&
		i.kind == PKINFO_RSA,
	    "RSA key with R");
	is_hex(i.r, SAMPLE_R, "R");
	ok(same_number(key, OSSL_PKEY_PARAM_RSA_N, i.n) &&
		same_number(key, OSSL_PKEY_PARAM_RSA_E, i.e) &&
		same_number(key, OSSL_PKEY_PARAM_RSA_D, i.d) &&
		same_number(key, OSSL_PKEY_PARAM_RSA_FACTOR1, i.p) &&
		same_number(key, OSSL_PKEY_PARAM_RSA_FACTOR2, i.q) &&
		same_number(key, OSSL_PKEY_PARAM_RSA_EXPONENT1, i.dp) &&
		same_number(key, OSSL_PKEY_PARAM_RSA_EXPONENT2, i.dq) &&
		same_number(key, OSSL_PKEY_PARAM_RSA_COEFFICIENT1, i.qi),
	    "its eight numbers are OpenSSL's");
	ok(pkinfo_parse(buf_span(&without), &i, NULL) == RC_OK && i.r.n == 0,
	    "the same key without R");
	EVP_PKEY_free(key);
	buf_clear(&in);
	buf_clear(&without);
}

static void
test_ec(void)
{
	static const struct {
		const char *curve;
		enum pkinfo_kind kind;
		size_t size;
	} rows[] = {
		{ "P-256", PKINFO_P256, 32 },
		{ "P-384", PKINFO_P384, 48 },
	};

	for (size_t k = 0; k < 2; k++) {
		EVP_PKEY *key = EVP_EC_gen(rows[k].curve);
		PKCS8_PRIV_KEY_INFO *p8 = EVP_PKEY2PKCS8(key);
		uint8_t *der = NULL, point[97];
		int n = i2d_PKCS8_PRIV_KEY_INFO(p8, &der);
		struct pkinfo i = { 0 };
		size_t len = 0;

		ok(n > 0 &&
			pkinfo_parse((struct span){ der, (size_t)n }, &i,
			    NULL) == RC_OK &&
			i.kind == rows[k].kind && i.scalar.n == rows[k].size,
		    "%s key", rows[k].curve);
		(void)EVP_PKEY_get_octet_string_param(
		    key, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof(point), &len);
		ok(span_equal(i.point, (struct span){ point, len }),
		    "its point is OpenSSL's");
		OPENSSL_free(der);
		PKCS8_PRIV_KEY_INFO_free(p8);
		EVP_PKEY_free(key);
	}
}

/* The sample's key with another attribute at its end. */
static struct span
with_r(struct span body, struct span r, struct derput *w)
{
	static const uint8_t zero[1] = { 0 };
	size_t mark = derput_mark(w);

	derput_bytes(w, r);
	derput_bytes(w, SPAN(zero));
	derput_wrap(w, DER_BITS, mark);
	derput_wrap(w, DER_SET, mark);
	derput_element(
	    w, DER_OID, SPAN_LIT("\x2a\x83\x1a\x8c\x9a\x44\x0a\x01\x01\x03"));
	derput_wrap(w, DER_SEQUENCE, mark);
	derput_wrap(w, DER_EXPLICIT(0), mark);
	derput_bytes(w, body);
	derput_wrap(w, DER_SEQUENCE, mark);

	return derput_span(w);
}

/* An attribute that is not ours is passed over, and is DER all the same. */
static void
test_other_attribute(void)
{
	static const struct {
		const char *what;
		uint8_t at, to;
		enum rc want;
	} rows[] = {
		{ "an attribute of somebody else", 9, 0x7f, RC_OK },
		{ "whose OID has an arc that begins with 80", 1, 0x80,
		    RC_FORMAT },
		{ "whose OID does not end", 9, 0x83, RC_FORMAT },
	};
	struct buf in = sample("pypinksign/privateKeyInfo-with-R.der");
	uint8_t *oid = memmem(in.p, in.n, OID_RANDOM.p, OID_RANDOM.n);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t was = oid[rows[i].at];
		struct pkinfo k = { 0 };

		oid[rows[i].at] = rows[i].to;
		ok(pkinfo_parse(buf_span(&in), &k, NULL) == rows[i].want &&
			k.r.n == 0,
		    "%s", rows[i].what);
		oid[rows[i].at] = was;
	}
	buf_clear(&in);
}

static void
test_r(void)
{
	static const struct {
		const char *what, *hex;
		enum rc want;
	} rows[] = {
		{ "R with three leading zero bytes",
		    "0000007858b4328390805129f01c97fe6ca4a520", RC_OK },
		{ "R of zeros alone",
		    "0000000000000000000000000000000000000000", RC_OK },
		{ "R with its first bit set",
		    "ff00007858b4328390805129f01c97fe6ca4a520", RC_OK },
		{ "R of 19 bytes", "00007858b4328390805129f01c97fe6ca4a520",
		    RC_FORMAT },
		{ "R of 21 bytes", "000000007858b4328390805129f01c97fe6ca4a520",
		    RC_FORMAT },
		{ "R of no bytes", "", RC_FORMAT },
	};
	struct buf in = sample("pypinksign/privateKeyInfo-without-R.der");
	struct der_doc doc = { 0 };
	struct der all = der_init(&doc, buf_span(&in));
	struct span body = der_take(&all, DER_SEQUENCE);

	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		static uint8_t room[4096];
		struct derput w = derput_init(room, sizeof(room));
		struct buf r = unhex(rows[k].hex);
		struct pkinfo i = { 0 };

		ok(pkinfo_parse(with_r(body, buf_span(&r), &w), &i, NULL) ==
			rows[k].want,
		    "%s", rows[k].what);
		if (rows[k].want == RC_OK)
			is_hex(i.r, rows[k].hex, "is kept whole");
		buf_clear(&r);
	}
	buf_clear(&in);
}

static void
test_bad(void)
{
	static const struct {
		const char *what, *hex;
		enum rc want;
	} rows[] = {
		{ "nothing", "", RC_FORMAT },
		{ "empty SEQUENCE", "3000", RC_FORMAT },
		{ "version 2", "3014020102300d06092a864886f70d01010105000400",
		    RC_FORMAT },
		{ "RSA without its numbers",
		    "3014020100300d06092a864886f70d01010105000400", RC_FORMAT },
		{ "Ed25519",
		    "302e020100300506032b657004220420000000000000000000000000"
		    "0000000000000000000000000000000000000000",
		    RC_UNKNOWN },
	};
	struct buf in = sample("pypinksign/privateKeyInfo-with-R.der");
	struct pkinfo i = { 0 };
	size_t cut = 0;

	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		struct buf b = unhex(rows[k].hex);

		ok(pkinfo_parse(buf_span(&b), &i, NULL) == rows[k].want, "%s",
		    rows[k].what);
		buf_clear(&b);
	}
	for (size_t n = 0; n < in.n; n++)
		cut += pkinfo_parse((struct span){ in.p, n }, &i, NULL) ==
			RC_FORMAT &&
		    i.n.p == NULL;
	ok(cut == in.n, "%zu truncations", cut);
	buf_u8(&in, 0);
	ok(pkinfo_parse(buf_span(&in), &i, NULL) == RC_FORMAT,
	    "a byte too many");
	buf_clear(&in);
}

int
main(void)
{
	test_rsa();
	test_ec();
	test_r();
	test_other_attribute();
	test_bad();

	return tap_done();
}
