/* certificate_test.c - which certificates are refused. */
#include "x509/certificate.h"

#include "../npki/samples.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

static void
test_sample(void)
{
	struct buf in = sample("pypinksign/signCert.der");
	struct certificate *c;

	ok(certificate_parse(buf_span(&in), &c, NULL) == RC_OK,
	    "a CA's certificate");
	ok(span_equal(certificate_der(c), buf_span(&in)), "keeps its bytes");
	ok(EVP_PKEY_get_bits(certificate_key(c)) == 2048 &&
		certificate_x509(c) != NULL &&
		strcmp(certificate_info(c)->serial, "459c75") == 0,
	    "gives its key and facts");
	certificate_free(c);
	certificate_free(NULL);
	in.p[12] = 1;
	ok(certificate_parse(buf_span(&in), &c, NULL) == RC_FORMAT && c == NULL,
	    "version 2");
	buf_clear(&in);
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
	test_damage();

	return tap_done();
}
