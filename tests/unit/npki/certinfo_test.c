/* certinfo_test.c - the facts of a certificate are OpenSSL's facts. */
#include "npki/certinfo.h"

#include "npki/certtime.h"
#include "npki/nametext.h"
#include "samples.h"

#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <time.h>

static void
test_sample(void)
{
	struct buf in = sample("pypinksign/signCert.der");
	const uint8_t *p = in.p;
	X509 *x = d2i_X509(NULL, &p, (long)in.n);
	const ASN1_OCTET_STRING *ski = X509_get0_subject_key_id(x);
	uint8_t *name = NULL, *spki = NULL;
	struct certinfo i = { 0 };
	int n;

	ok(certinfo_parse(buf_span(&in), &i, NULL) == RC_OK, "sample parses");
	ok(strcmp(i.owner, "HKD(KILDONG.HONG)009104120200225191000030") == 0,
	    "owner: %s", i.owner);
	ok(strcmp(i.name, "HKD") == 0, "the name in it: %s", i.name);
	ok(strcmp(i.owner_name, "HKD") == 0, "realName: %s", i.owner_name);
	ok(strcmp(i.issuer, "yessignCA-Test Class 4") == 0, "issuer: %s",
	    i.issuer);
	ok(strcmp(i.issuer_org, "yessign") == 0, "its O: %s", i.issuer_org);
	ok(strcmp(i.serial, "459c75") == 0, "serial: %s", i.serial);
	ok(i.not_before_ms == 1582556400000, "notBefore: %lld",
	    (long long)i.not_before_ms);
	ok(i.not_after_ms == 1585148399000, "notAfter: %lld",
	    (long long)i.not_after_ms);
	ok(strcmp(i.policy_oid, "1.2.410.200005.1.1.4") == 0, "policy: %s",
	    i.policy_oid);
	ok(i.policy->holder == POLICY_PERSON && i.policy->use == POLICY_LIMITED,
	    "kind: %s", i.policy->en);
	ok(i.usage == (CERTINFO_DIGITAL_SIGNATURE | CERTINFO_NON_REPUDIATION) &&
		i.usage ==
		    (X509_get_key_usage(x) >> 7 & 1) +
			(X509_get_key_usage(x) >> 5 & 2),
	    "key usage");
	ok(!i.is_ca, "no CA");
	is_hex(i.vid,
	    "8ad4f673412f825da4d1fb4d4216946bbc7f8194a0af01f86622ee23c7ee0de7",
	    "VID");
	is_hex(i.vid_oid, "608648016503040201", "its hash is SHA-256");
	ok(ski != NULL &&
		span_equal(
		    i.ski, (struct span){ ski->data, (size_t)ski->length }),
	    "SKI");
	n = i2d_X509_NAME(X509_get_subject_name(x), &name);
	ok(span_equal(i.subject_der, (struct span){ name, (size_t)n }),
	    "subject's DER");
	OPENSSL_free(name);
	name = NULL;
	n = i2d_X509_NAME(X509_get_issuer_name(x), &name);
	ok(span_equal(i.issuer_der, (struct span){ name, (size_t)n }),
	    "issuer's DER");
	OPENSSL_free(name);
	n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &spki);
	ok(span_equal(i.spki_der, (struct span){ spki, (size_t)n }),
	    "SPKI's DER");
	OPENSSL_free(spki);
	is_hex(i.serial_der, "0203459c75", "serial's DER");
	is_hex(i.exponent, "010001", "exponent");
	ok(i.key == CERTINFO_KEY_RSA && i.modulus.n == 256, "RSA-2048");
	X509_free(x);
	buf_clear(&in);
}

/* What a list shows of a common name, in a program and on a page. */
static void
test_person(void)
{
	static const struct {
		const char *common_name, *name;
	} rows[] = {
		{ "홍길동()0091004123456789", "홍길동" },
		{ "HKD(KILDONG.HONG)009104120200225191000030", "HKD" },
		{ "홍길동 (Hong)009100", "홍길동" },
		{ "(주)인감(본사)0091004123456789", "(주)인감" },
		{ "(주)인감상사", "(주)인감상사" },
		{ "홍길동", "홍길동" },
		{ "Kim (Seoul)", "Kim (Seoul)" },
		{ "홍길동()00910", "홍길동()00910" },
		{ "홍길동0091004123456789", "홍길동0091004123456789" },
		{ "홍길동)0091004", "홍길동)0091004" },
		{ "a)b)0091004", "a)b)0091004" },
		{ "()0091004", "()0091004" },
		{ " ()0091004", " ()0091004" },
		{ "0091004", "0091004" },
		{ ")0091004", ")0091004" },
		{ "", "" },
	};
	char out[CERTINFO_NAME];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		nametext_person(rows[i].common_name, out, sizeof(out));
		ok(strcmp(out, rows[i].name) == 0, "'%s' is '%s'",
		    rows[i].common_name, out);
	}
	nametext_person("abc", out, 3);
	ok(strcmp(out, "ab") == 0, "what has no room is cut: '%s'", out);
}

/* Certificates that openssl makes, with names as awkward as they come. */
static void
test_openssl(void)
{
	static const struct {
		const char *what, *key, *more, *owner;
		enum certinfo_key kind;
		unsigned int usage;
		enum rc want;
	} rows[] = {
		{ "UTF-8", "ec:P-256", "-utf8 -subj '/CN=홍길동()001'",
		    "홍길동()001", CERTINFO_KEY_P256, 0, RC_OK },
		{ "P-384", "ec:P-384", "-subj /CN=a/CN=b", "b",
		    CERTINFO_KEY_P384, 0, RC_OK },
		{ "P-521: a key that we do not use", "ec:P-521", "-subj /CN=a",
		    "a", CERTINFO_KEY_OTHER, 0, RC_OK },
		{ "Ed25519", "ed", "-subj /CN=a", "a", CERTINFO_KEY_OTHER, 0,
		    RC_OK },
		{ "no CN", "ec:P-256", "-subj /O=x", "", CERTINFO_KEY_P256, 0,
		    RC_OK },
		{ "bidi override in a name", "ec:P-256",
		    "-utf8 -subj '/CN=a\xe2\x80\xae\xe2\x80\x8b"
		    "b'",
		    "ab", CERTINFO_KEY_P256, 0, RC_OK },
		{ "key usage of nine bits", "ec:P-256",
		    "-subj /CN=a -addext "
		    "keyUsage=keyAgreement,decipherOnly",
		    "a", CERTINFO_KEY_P256,
		    CERTINFO_KEY_AGREEMENT | CERTINFO_DECIPHER_ONLY, RC_OK },
		{ "the year 9999", "ec:P-256", "-subj /CN=a -days 2900000", "a",
		    CERTINFO_KEY_P256, 0, RC_OK },
		{ "serial of 21 octets", "ec:P-256",
		    "-subj /CN=a -set_serial "
		    "0x010203040506070809101112131415161718192021",
		    "", CERTINFO_KEY_OTHER, 0, RC_FORMAT },
		{ "key usage that is no BIT STRING", "ec:P-256",
		    "-subj /CN=a -addext 2.5.29.15=DER:0500", "",
		    CERTINFO_KEY_OTHER, 0, RC_FORMAT },
		{ "IdentifyData of another shape", "ec:P-256",
		    "-subj /CN=a -addext "
		    "'subjectAltName=otherName:1.2.410.200004.10.1.1;"
		    "UTF8:x,DNS:y'",
		    "a", CERTINFO_KEY_P256, 0, RC_OK },
	};

	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		struct buf cmd = buf_init(8192), der;
		struct certinfo i = { 0 };
		struct err e = { 0 };
		enum rc rc;

		buf_printf(&cmd,
		    "openssl req -x509 -newkey %s%s -noenc -keyout /dev/null "
		    "-outform DER %s 2>/dev/null",
		    rows[k].key[1] == 'd' ? "ed25519"
					  : "ec -pkeyopt ec_paramgen_curve:",
		    rows[k].key[1] == 'd' ? "" : rows[k].key + 3, rows[k].more);
		der = shell(buf_cstr(&cmd));
		rc = certinfo_parse(buf_span(&der), &i, &e);
		ok(der.n > 0 && rc == rows[k].want &&
			strcmp(i.owner, rows[k].owner) == 0 &&
			i.key == rows[k].kind &&
			(rows[k].usage == 0 || i.usage == rows[k].usage) &&
			i.owner_name[0] == '\0',
		    "%s: '%s' %s", rows[k].what, i.owner, e.msg);
		ok(rc == RC_OK || (i.subject_der.p == NULL && i.policy != NULL),
		    "and nothing is left after a failure");
		buf_clear(&cmd);
		buf_clear(&der);
	}
}

/* openssl(1) does not write one, so the sample gets its last extension again. */
static void
test_extension_twice(void)
{
	struct buf in = sample("pypinksign/signCert.der");
	const uint8_t *p = in.p;
	X509 *x = d2i_X509(NULL, &p, (long)in.n);
	uint8_t *der = NULL;
	struct certinfo i;
	int n;

	(void)X509_add_ext(x, X509_get_ext(x, 6), -1);
	(void)i2d_re_X509_tbs(x, &der);
	OPENSSL_free(der);
	der = NULL;
	n = i2d_X509(x, &der);
	ok(n > (int)in.n &&
		certinfo_parse((struct span){ der, (size_t)n }, &i, NULL) ==
		    RC_FORMAT,
	    "an extension twice is refused");
	OPENSSL_free(der);
	X509_free(x);
	buf_clear(&in);
}

static void
test_times(void)
{
	static const struct {
		const char *hex, *text;
		bool good;
	} rows[] = {
		{ "170d", "700101000000Z", true },
		{ "170d", "491231235959Z", true },
		{ "170d", "500101000000Z", true },
		{ "170d", "000229000000Z", true },
		{ "180f", "20500101000000Z", true },
		{ "180f", "21000228235959Z", true },
		{ "180f", "21000229000000Z", false },
		{ "180f", "99991231235959Z", true },
		{ "170d", "200230000000Z", false },
		{ "170d", "201301000000Z", false },
		{ "170d", "200100000000Z", false },
		{ "170d", "200101240000Z", false },
		{ "170d", "200101006000Z", false },
		{ "170d", "200101000060Z", false },
		{ "170b", "2001010000Z", false },
		{ "1711", "200101000000+0900", false },
		{ "1811", "20200101000000.5Z", false },
		{ "170d", "2001010000 0Z", false },
	};

	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		bool utc = rows[k].hex[1] == '7';
		struct buf b = unhex(rows[k].hex);
		struct der_doc doc = { 0 };
		struct tm tm = { 0 };
		char full[32];
		struct der r;
		int64_t ms;

		buf_str(&b, rows[k].text);
		r = der_init(&doc, buf_span(&b));
		ms = certtime_take(&r);
		(void)snprintf(full, sizeof(full), "%s%s",
		    !utc                        ? ""
			: rows[k].text[0] < '5' ? "20"
						: "19",
		    rows[k].text);
		(void)strptime(full, "%Y%m%d%H%M%SZ", &tm);
		ok(der_done(&r) == rows[k].good &&
			(!rows[k].good || ms == timegm(&tm) * 1000LL),
		    "%s is %s", rows[k].text,
		    rows[k].good ? "as libc has it" : "refused");
		buf_clear(&b);
	}
}

static void
test_policies(void)
{
	static const struct {
		const char *oid;
		enum policy_holder holder;
		enum policy_use use;
	} rows[] = {
		{ "1.2.410.200005.1.1.1", POLICY_PERSON, POLICY_GENERAL },
		{ "1.2.410.200004.5.2.1.1", POLICY_BUSINESS, POLICY_GENERAL },
		/* Whole OIDs: this is a server's, not .1's. */
		{ "1.2.410.200004.5.1.1.10", POLICY_SERVER, POLICY_LIMITED },
		{ "1.2.410.200012.1.1.2", POLICY_PERSON, POLICY_ENCRYPTION },
		{ "1.2.410.200005.1.1.10", POLICY_HOLDER_UNKNOWN,
		    POLICY_USE_UNKNOWN },
		{ "1.2.410.200005.1.1", POLICY_HOLDER_UNKNOWN,
		    POLICY_USE_UNKNOWN },
		{ "", POLICY_HOLDER_UNKNOWN, POLICY_USE_UNKNOWN },
	};

	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		const struct policy *p = policy_find(rows[k].oid);

		ok(p->holder == rows[k].holder && p->use == rows[k].use &&
			p->ko[0] != '\0' && p->en[0] != '\0',
		    "policy '%s': %s", rows[k].oid, p->en);
	}
}

/*
 * All that the CAs' tables name (their arc, and the last numbers): each has a
 * row with these words, and the arc alone has none.
 */
enum {
	P = POLICY_PERSON,
	B = POLICY_BUSINESS,
	S = POLICY_SERVER,
	U = POLICY_HOLDER_UNKNOWN,
};
static const struct {
	const char *ca, *arc, *last;
	int holder;
	enum policy_use use;
} tables[] = {
	{ "yessign", "1.2.410.200005.1.1", "1", P, POLICY_GENERAL },
	{ "yessign", "1.2.410.200005.1.1", "5", B, POLICY_GENERAL },
	{ "yessign", "1.2.410.200005.1.1", "4 6.2", P, POLICY_LIMITED },
	{ "yessign", "1.2.410.200005.1.1", "2 6.1 6.3 6.8", B, POLICY_LIMITED },
	{ "yessign", "1.2.410.200005.1.1", "3", S, POLICY_LIMITED },
	{ "yessign", "1.2.410.200005.1.1", "6.4 6.5", U, POLICY_LIMITED },
	{ "SignKorea", "1.2.410.200004.5.1.1", "5", P, POLICY_GENERAL },
	{ "SignKorea", "1.2.410.200004.5.1.1", "7", B, POLICY_GENERAL },
	{ "SignKorea", "1.2.410.200004.5.1.1", "9 9.2 11", P, POLICY_LIMITED },
	{ "SignKorea", "1.2.410.200004.5.1.1", "12", B, POLICY_LIMITED },
	{ "SignKorea", "1.2.410.200004.5.1.1", "6 8 10", S, POLICY_LIMITED },
	{ "SignKorea", "1.2.410.200004.5.1.1", "1 2 3 4", U, POLICY_LIMITED },
	{ "SignGATE", "1.2.410.200004.5.2.1", "2", P, POLICY_GENERAL },
	{ "SignGATE", "1.2.410.200004.5.2.1", "1", B, POLICY_GENERAL },
	{ "SignGATE", "1.2.410.200004.5.2.1", "5.140 5.141 5.7 7.1 7.2 7.3", P,
	    POLICY_LIMITED },
	{ "SignGATE", "1.2.410.200004.5.2.1", "3 6.141 6.9 5001", B,
	    POLICY_LIMITED },
	{ "SignGATE", "1.2.410.200004.5.2.1", "4", S, POLICY_LIMITED },
	{ "NCASign", "1.2.410.200004.5.3.1", "9", P, POLICY_GENERAL },
	{ "NCASign", "1.2.410.200004.5.3.1", "1 2", B, POLICY_GENERAL },
	{ "NCASign", "1.2.410.200004.5.3.1", "3", S, POLICY_LIMITED },
	{ "NCASign", "1.2.410.200004.5.3.1", "4 5 6 7 8", U, POLICY_LIMITED },
	{ "CrossCert", "1.2.410.200004.5.4.1", "1", P, POLICY_GENERAL },
	{ "CrossCert", "1.2.410.200004.5.4.1", "2", B, POLICY_GENERAL },
	{ "CrossCert", "1.2.410.200004.5.4.1",
	    "4 74 101 102 105 106 107 108 109", P, POLICY_LIMITED },
	{ "CrossCert", "1.2.410.200004.5.4.1", "5", B, POLICY_LIMITED },
	{ "CrossCert", "1.2.410.200004.5.4.1", "3", S, POLICY_LIMITED },
	{ "CrossCert", "1.2.410.200004.5.4", "1.103 1.104 2.52", U,
	    POLICY_LIMITED },
	{ "INIPASS", "1.2.410.200004.5.5.1", "1", P, POLICY_GENERAL },
	{ "INIPASS", "1.2.410.200004.5.5.1", "2", B, POLICY_GENERAL },
	{ "INIPASS", "1.2.410.200004.5.5.1", "3.1", P, POLICY_LIMITED },
	{ "INIPASS", "1.2.410.200004.5.5.1", "4.1 4.2", B, POLICY_LIMITED },
	{ "TradeSign", "1.2.410.200012.1.1", "1", P, POLICY_GENERAL },
	{ "TradeSign", "1.2.410.200012.1.1", "3", B, POLICY_GENERAL },
	{ "TradeSign", "1.2.410.200012.1.1", "2", P, POLICY_ENCRYPTION },
	{ "TradeSign", "1.2.410.200012.1.1", "4", B, POLICY_ENCRYPTION },
	{ "TradeSign", "1.2.410.200012.1.1", "5", S, POLICY_LIMITED },
	{ "TradeSign", "1.2.410.200012.1.1", "6", S, POLICY_ENCRYPTION },
	{ "TradeSign", "1.2.410.200012.1.1", "7 8 9 10 11 12 101 103 105", U,
	    POLICY_LIMITED },
	{ "TradeSign", "1.2.410.200012.11", "31 35 39 43", U, POLICY_LIMITED },
	{ "TradeSign", "1.2.410.200012.11", "32 36 40 44", U,
	    POLICY_ENCRYPTION },
};

static void
test_policy_tables(void)
{
	unsigned int n = 0, bad = 0;

	for (size_t k = 0; k < sizeof(tables) / sizeof(tables[0]); k++) {
		char list[64], oid[64], *left = NULL;

		(void)snprintf(list, sizeof(list), "%s", tables[k].last);
		for (char *one = strtok_r(list, " ", &left); one != NULL;
		     one = strtok_r(NULL, " ", &left)) {
			const struct policy *p;

			(void)snprintf(
			    oid, sizeof(oid), "%s.%s", tables[k].arc, one);
			p = policy_find(oid);
			n++;
			if (strcmp(p->ca, tables[k].ca) == 0 &&
			    p->holder == (enum policy_holder)tables[k].holder &&
			    p->use == tables[k].use)
				continue;
			bad++;
			diag("%s is %s, %s", oid, p->ca, p->en);
		}
		bad += policy_find(tables[k].arc)->oid[0] != '\0';
	}
	ok(bad == 0 && n == 90, "%u policies of seven CAs", n);
}

static void
test_damage(void)
{
	struct buf in = sample("pypinksign/signCert.der");
	struct certinfo i;
	size_t cut = 0;

	for (size_t n = 0; n < in.n; n++)
		cut += certinfo_parse((struct span){ in.p, n }, &i, NULL) ==
		    RC_FORMAT;
	ok(cut == in.n, "%zu truncations", cut);
	for (size_t n = 0; n < in.n * 8; n++) {
		in.p[n / 8] ^= (uint8_t)(1 << n % 8);
		(void)!certinfo_parse(buf_span(&in), &i, NULL);
		in.p[n / 8] ^= (uint8_t)(1 << n % 8);
	}
	buf_u8(&in, 0);
	ok(certinfo_parse(buf_span(&in), &i, NULL) == RC_FORMAT,
	    "a byte too many");
	buf_clear(&in);
}

/* Where bytes stand first in others, or last; the test ends where they do not. */
static uint8_t *
place(struct buf in, struct span what, bool last)
{
	uint8_t *found = NULL;

	for (size_t i = 0; i + what.n <= in.n; i++) {
		if (memcmp(in.p + i, what.p, what.n) == 0 &&
		    (found == NULL || last))
			found = in.p + i;
	}
	if (found == NULL)
		abort();

	return found;
}

/* One octet is another: the refusal names the part, and says the clause. */
static void
test_refusals(void)
{
	static const struct {
		const char *field;
		struct span before; /* what stands before the octet */
		uint8_t octet;
		bool last;
	} rows[] = {
		{ "version", SPAN_LIT("\xa0\x03\x02\x01"), 1, false },
		{ "serialNumber", SPAN_LIT("\x02\x03"), 0xc5, false },
		{ "issuer", SPAN_LIT("\x01\x0b\x05\x00\x30\x57"), 0x30, false },
		{ "validity", SPAN_LIT("\x17\x0d"), 'x', false },
		{ "subject", SPAN_LIT("\x5a\x30\x7b"), 0x30, false },
		{ "subjectPublicKeyInfo", SPAN_LIT("\x01\x01\x01\x05\x00"),
		    0x04, false },
		{ "extensions", SPAN_LIT("\x55\x1d\x23"), 0x0c, false },
		{ "keyUsage", SPAN_LIT("\x55\x1d\x0f\x01\x01\xff\x04\x04"),
		    0x04, false },
		{ "subjectKeyIdentifier", SPAN_LIT("\x55\x1d\x0e\x04\x16"),
		    0x03, false },
		{ "certificatePolicies",
		    SPAN_LIT("\x55\x1d\x20\x01\x01\xff\x04\x74"), 0x31, false },
		{ "subjectAltName", SPAN_LIT("\x55\x1d\x11\x04\x5b"), 0x31,
		    false },
		{ "signatureAlgorithm",
		    SPAN_LIT("\x2a\x86\x48\x86\xf7\x0d\x01\x01"), 0x0c, true },
		{ "signatureValue",
		    SPAN_LIT("\x86\xf7\x0d\x01\x01\x0b\x05\x00"), 0x04, true },
	};
	struct buf in = sample("pypinksign/signCert.der");

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t *at =
		    place(in, rows[i].before, rows[i].last) + rows[i].before.n;
		uint8_t was = *at;
		struct certinfo info;
		struct err e = { 0 };

		*at = rows[i].octet;
		ok(certinfo_parse(buf_span(&in), &info, &e) == RC_FORMAT &&
			strcmp(e.field, rows[i].field) == 0 &&
			strstr(e.msg, "(RFC 5280 4.") != NULL &&
			info.owner[0] == '\0',
		    "%s: %s: %s", rows[i].field, e.field, e.msg);
		*at = was;
	}
	buf_clear(&in);
}

int
main(void)
{
	test_sample();
	test_refusals();
	test_person();
	test_openssl();
	test_extension_twice();
	test_times();
	test_policies();
	test_policy_tables();
	test_damage();

	return tap_done();
}
