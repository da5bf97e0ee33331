/* certificate_test.c - which certificates are refused, and whose a key is. */
#include "x509/certificate.h"

#include "../npki/samples.h"
#include "npki/keyfile.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

static void
test_sample(void)
{
	struct buf in = sample("pypinksign/signCert.der");
	struct buf der = sample("pypinksign/privateKeyInfo-with-R.der");
	struct certificate *c;
	struct pkinfo key;

	ok(certificate_parse(buf_span(&in), &c, NULL) == RC_OK,
	    "a CA's certificate");
	ok(span_equal(certificate_der(c), buf_span(&in)), "keeps its bytes");
	ok(EVP_PKEY_get_bits(certificate_key(c)) == 2048 &&
		certificate_x509(c) != NULL &&
		strcmp(certificate_info(c)->serial, "459c75") == 0,
	    "gives its key and facts");
	ok(pkinfo_parse(buf_span(&der), &key, NULL) == RC_OK &&
		certificate_key_matches(c, &key, NULL) == RC_OK,
	    "its private key belongs to it");
	certificate_free(c);
	certificate_free(NULL);
	in.p[12] = 1;
	ok(certificate_parse(buf_span(&in), &c, NULL) == RC_FORMAT && c == NULL,
	    "version 2");
	buf_clear(&in);
	buf_clear(&der);
}

static void
test_openssl(void)
{
	static const struct {
		const char *what, *key, *more;
		enum rc want;
	} rows[] = {
		{ "P-256", "ec -pkeyopt ec_paramgen_curve:P-256", "", RC_OK },
		{ "P-384", "ec -pkeyopt ec_paramgen_curve:P-384", "", RC_OK },
		{ "P-521", "ec -pkeyopt ec_paramgen_curve:P-521", "",
		    RC_UNKNOWN },
		{ "curve with its numbers",
		    "ec -pkeyopt ec_paramgen_curve:P-256 "
		    "-pkeyopt ec_param_enc:explicit",
		    "", RC_UNKNOWN },
		{ "Ed25519", "ed25519", "", RC_UNKNOWN },
		{ "RSA-2048", "rsa:2048", "", RC_OK },
		{ "RSA-1024", "rsa:1024", "", RC_POLICY },
		{ "RSA exponent 3", "rsa:2048 -pkeyopt rsa_keygen_pubexp:3", "",
		    RC_POLICY },
		{ "RSA exponent 65539",
		    "rsa:2048 -pkeyopt rsa_keygen_pubexp:65539", "", RC_OK },
		{ "serial 0", "ec -pkeyopt ec_paramgen_curve:P-256",
		    "-set_serial 0", RC_POLICY },
		{ "unknown critical extension",
		    "ec -pkeyopt ec_paramgen_curve:P-256",
		    "-addext 1.2.3.4=critical,DER:0500", RC_POLICY },
		{ "unknown extension", "ec -pkeyopt ec_paramgen_curve:P-256",
		    "-addext 1.2.3.4=DER:0500", RC_OK },
		{ "malformed CRL distribution point",
		    "ec -pkeyopt ec_paramgen_curve:P-256",
		    "-addext 2.5.29.31=DER:0500", RC_FORMAT },
	};

	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		struct buf cmd = buf_init(8192), der;
		struct certificate *c;
		struct err e = { 0 };
		enum rc rc;

		buf_printf(&cmd,
		    "openssl req -x509 -subj /CN=a -noenc -keyout /dev/null "
		    "-outform DER -newkey %s %s 2>/dev/null",
		    rows[k].key, rows[k].more);
		der = shell(buf_cstr(&cmd));
		rc = certificate_parse(buf_span(&der), &c, &e);
		ok(der.n > 0 && rc == rows[k].want &&
			(rc == RC_OK) == (c != NULL),
		    "%s %s", rows[k].what, e.msg);
		certificate_free(c);
		buf_clear(&cmd);
		buf_clear(&der);
	}
}

/* Adds to the two octets of a length. */
static void
lengthen(uint8_t *length, size_t n)
{
	size_t sum = (size_t)length[0] << 8 | length[1];

	sum += n;
	length[0] = (uint8_t)(sum >> 8);
	length[1] = (uint8_t)sum;
}

/*
 * "critical" FALSE written out in the first extension (X.690 11.5): OpenSSL
 * reads it, a list shows it, and it is not what OpenSSL would write.
 */
static void
test_default(void)
{
	static const uint8_t aki[] = { 0x55, 0x1d, 0x23 };
	struct buf in = sample("pypinksign/signCert.der");
	struct buf out = buf_init(in.n + 3);
	uint8_t *at = memmem(in.p, in.n, aki, sizeof(aki));
	struct certificate *c;
	struct certinfo info;
	struct err e = { 0 };
	size_t head;

	if (at == NULL)
		abort();
	head = (size_t)(at - in.p) + sizeof(aki);
	buf_bytes(&out, (struct span){ in.p, head });
	buf_bytes(&out, SPAN_LIT("\x01\x01\x00"));
	buf_bytes(&out, (struct span){ in.p + head, in.n - head });
	/* Certificate, its tbs, [3], the list; and the extension's own. */
	lengthen(out.p + 2, 3);
	lengthen(out.p + 6, 3);
	lengthen(out.p + head - 14, 3);
	lengthen(out.p + head - 10, 3);
	out.p[head - 6] += 3;
	ok(certinfo_parse(buf_span(&out), &info, NULL) == RC_OK,
	    "a DEFAULT that is written out shows in a list");
	ok(certificate_parse(buf_span(&out), &c, &e) == RC_FORMAT &&
		c == NULL && strstr(e.msg, "X.690") != NULL,
	    "and is not taken: %s", e.msg);
	buf_clear(&in);
	buf_clear(&out);
}

/* One bit of one number: each is noticed. */
static void
test_rsa_numbers(void)
{
	static const struct {
		const char *what;
		size_t offset;
		enum rc want;
	} rows[] = {
		{ "n", offsetof(struct pkinfo, n), RC_STATE },
		{ "e", offsetof(struct pkinfo, e), RC_FORMAT },
		{ "d", offsetof(struct pkinfo, d), RC_FORMAT },
		{ "p", offsetof(struct pkinfo, p), RC_FORMAT },
		{ "q", offsetof(struct pkinfo, q), RC_FORMAT },
		{ "dp", offsetof(struct pkinfo, dp), RC_FORMAT },
		{ "dq", offsetof(struct pkinfo, dq), RC_FORMAT },
		{ "qi", offsetof(struct pkinfo, qi), RC_FORMAT },
	};
	struct buf in = sample("pypinksign/signCert.der");
	struct buf der = sample("pypinksign/privateKeyInfo-with-R.der");
	struct certificate *c;
	struct pkinfo key;

	if (certificate_parse(buf_span(&in), &c, NULL) != RC_OK ||
	    pkinfo_parse(buf_span(&der), &key, NULL) != RC_OK)
		abort();
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		const struct span *s =
		    (const struct span *)(const void *)((const char *)&key +
			rows[k].offset);
		uint8_t *last = der.p + (s->p - der.p) + s->n - 1;

		*last ^= 2;
		ok(certificate_key_matches(c, &key, NULL) == rows[k].want,
		    "a flipped bit in %s", rows[k].what);
		*last ^= 2;
	}
	ok(certificate_key_matches(c, &key, NULL) == RC_OK, "none flipped");
	certificate_free(c);
	buf_clear(&in);
	buf_clear(&der);
}

/*
 * Key files with a flipped bit in the ciphertext open now and then, because
 * CBC does not authenticate. Then the numbers show it, or only R changed.
 */
static void
test_damaged_file(void)
{
	struct buf in = sample("pypinksign/signCert.der");
	struct buf file = sample(sample_keys[1]);
	struct certificate *c;
	size_t opened = 0, found = 0, only_r = 0;

	if (certificate_parse(buf_span(&in), &c, NULL) != RC_OK)
		abort();
	for (size_t n = 36; n < file.n; n += 5) {
		struct sec sec SEC_WIPED = { 0 };
		struct pkinfo key;
		struct buf r = unhex(SAMPLE_R);
		uint8_t bit = (uint8_t)(1 << n % 8);

		file.p[n] ^= bit;
		if (keyfile_open(buf_span(&file), SAMPLE_PASSWORD,
			certificate_info(c)->modulus, &sec, NULL) == RC_OK &&
		    pkinfo_parse(sec_span(&sec), &key, NULL) == RC_OK) {
			opened++;
			if (certificate_key_matches(c, &key, NULL) != RC_OK)
				found++;
			else
				only_r += !span_equal(key.r, buf_span(&r));
		}
		file.p[n] ^= bit;
		buf_clear(&r);
	}
	ok(opened > 50 && opened == found + only_r && only_r < 5,
	    "%zu damaged files open: %zu found by their numbers, %zu in R",
	    opened, found, only_r);
	certificate_free(c);
	buf_clear(&in);
	buf_clear(&file);
}

static void
test_ec_numbers(void)
{
	static const char *const curves[] = { "P-256", "P-384" };

	for (size_t k = 0; k < 2; k++) {
		struct buf cmd = buf_init(8192), both;
		struct certificate *c = NULL;
		struct pkinfo key = { 0 }, bare;
		uint8_t wrong[48];
		size_t at;

		buf_printf(&cmd,
		    "openssl req -x509 -subj /CN=a -noenc -outform DER -newkey "
		    "ec -pkeyopt ec_paramgen_curve:%s -keyout "
		    "\"${TMPDIR:-/tmp}/ingam-k$$\" 2>/dev/null && openssl "
		    "pkcs8 -topk8 -nocrypt -outform DER -in "
		    "\"${TMPDIR:-/tmp}/ingam-k$$\" && "
		    "rm \"${TMPDIR:-/tmp}/ingam-k$$\"",
		    curves[k]);
		both = shell(buf_cstr(&cmd));
		at = both.n > 4 ? 4 + (size_t)both.p[2] * 256 + both.p[3] : 0;
		ok(at > 0 &&
			certificate_parse(
			    (struct span){ both.p, at }, &c, NULL) == RC_OK &&
			pkinfo_parse((struct span){ both.p + at, both.n - at },
			    &key, NULL) == RC_OK &&
			certificate_key_matches(c, &key, NULL) == RC_OK,
		    "%s key belongs", curves[k]);
		bare = key;
		bare.point = (struct span){ NULL, 0 };
		ok(certificate_key_matches(c, &bare, NULL) == RC_OK,
		    "without its point too");
		memcpy(wrong, key.scalar.p, key.scalar.n);
		wrong[5] ^= 1;
		key.scalar.p = bare.scalar.p = wrong;
		ok(certificate_key_matches(c, &key, NULL) == RC_FORMAT &&
			certificate_key_matches(c, &bare, NULL) == RC_STATE,
		    "another scalar does not");
		memset(wrong, 0xff, sizeof(wrong));
		ok(certificate_key_matches(c, &key, NULL) == RC_FORMAT,
		    "a scalar beyond the order");
		memset(wrong, 0, sizeof(wrong));
		ok(certificate_key_matches(c, &key, NULL) == RC_FORMAT,
		    "a scalar of zero");
		key.kind = PKINFO_RSA;
		ok(certificate_key_matches(c, &key, NULL) == RC_STATE,
		    "a key of another kind");
		certificate_free(c);
		buf_clear(&cmd);
		buf_clear(&both);
	}
}

static void
test_damage(void)
{
	struct buf in = sample("pypinksign/signCert.der");
	struct certificate *c;
	size_t cut = 0;

	for (size_t n = 0; n < in.n; n++)
		cut += certificate_parse((struct span){ in.p, n }, &c, NULL) ==
			RC_FORMAT &&
		    c == NULL;
	ok(cut == in.n, "%zu truncations", cut);
	for (size_t n = 0; n < in.n; n++) {
		in.p[n] ^= (uint8_t)(1 << n % 8);
		if (certificate_parse(buf_span(&in), &c, NULL) == RC_OK)
			certificate_free(c);
		in.p[n] ^= (uint8_t)(1 << n % 8);
	}
	ok(true, "a bit in each byte");
	buf_clear(&in);
}

int
main(void)
{
	test_sample();
	test_openssl();
	test_default();
	test_rsa_numbers();
	test_damaged_file();
	test_ec_numbers();
	test_damage();

	return tap_done();
}
