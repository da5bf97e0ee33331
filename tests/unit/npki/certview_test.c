/* certview_test.c - what is shown of a certificate is what OpenSSL reads. */
#include "npki/certview.h"

#include "samples.h"

#include <openssl/x509.h>
#include <openssl/x509v3.h>

static void
test_sample(void)
{
	static const char subject[] =
	    "cn=HKD(KILDONG.HONG)009104120200225191000030,ou=INITECH,"
	    "ou=personal4IB,o=yessign,c=kr";
	static const char issuer[] =
	    "cn=yessignCA-Test Class 4,ou=AccreditedCA,o=yessign,c=kr";
	struct buf in = sample("pypinksign/signCert.der");
	struct certview v;
	struct err e = { 0 };

	ok(certview_parse(buf_span(&in), &v, &e) == RC_OK, "the sample %s",
	    e.msg);
	ok(strcmp(v.subject, subject) == 0, "subject %s", v.subject);
	ok(strcmp(v.issuer, issuer) == 0, "issuer %s", v.issuer);
	ok(strcmp(v.signature, "sha256WithRSAEncryption") == 0, "signature %s",
	    v.signature);
	ok(strcmp(v.notice, "이 인증서는 시험용 인증서입니다") == 0,
	    "notice %s", v.notice);
	ok(strcmp(v.cps, "http://snoopy.yessign.or.kr/cps.htm") == 0, "CPS %s",
	    v.cps);
	ok(strcmp(v.crl,
	       "ldap://snoopy.yessign.or.kr:6020/ou=dp18p395,ou=AccreditedCA,"
	       "o=yessign,c=kr?certificateRevocationList") == 0,
	    "CRL %s", v.crl);
	ok(strcmp(v.ocsp, "http://snoopy.yessign.or.kr:4612") == 0, "OCSP %s",
	    v.ocsp);
	is_hex(v.aki, "6635ece8fdfedbb82a62a902b1e6dc875cdcf9c3",
	    "the issuer's key");
	is_hex((struct span){ v.sha1, PLATFORM_SHA1 },
	    "0389bb4c4b7a63c01803070b21af577445df0009", "SHA-1 fingerprint");
	is_hex((struct span){ v.sha256, PLATFORM_SHA256 },
	    "31b59a1213eeac635d7c7abdb388137db1374157443722e5df6a0f21277fa9bd",
	    "SHA-256 fingerprint");
	ok(strcmp(v.info.serial, "459c75") == 0, "and its facts");
	buf_clear(&in);
}

static struct buf
made(const char *key, const char *more)
{
	struct buf cmd = buf_init(8192), der;

	buf_printf(&cmd,
	    "openssl req -x509 -newkey %s -noenc -keyout /dev/null -outform "
	    "DER -subj /CN=a %s 2>/dev/null",
	    key, more);
	der = shell(buf_cstr(&cmd));
	buf_clear(&cmd);

	return der;
}

/* The names of algorithms are those of OpenSSL; one that we do not name is its OID. */
static void
test_signatures(void)
{
	static const struct {
		const char *key, *more, *want;
	} rows[] = {
		{ "rsa:2048", "-sha1", NULL },
		{ "rsa:2048", "-sha256", NULL },
		{ "rsa:2048", "-sha384", NULL },
		{ "rsa:2048", "-sha512", NULL },
		{ "rsa:2048", "-sigopt rsa_padding_mode:pss", NULL },
		{ "ec -pkeyopt ec_paramgen_curve:P-256", "-sha256", NULL },
		{ "ec -pkeyopt ec_paramgen_curve:P-384", "-sha384", NULL },
		{ "ec -pkeyopt ec_paramgen_curve:P-256", "-sha512", NULL },
		{ "ed25519", "", "1.3.101.112" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf der = made(rows[i].key, rows[i].more);
		const uint8_t *p = der.p;
		X509 *x = d2i_X509(NULL, &p, (long)der.n);
		const char *want = rows[i].want != NULL
		    ? rows[i].want
		    : OBJ_nid2ln(X509_get_signature_nid(x));
		struct certview v;

		ok(certview_parse(buf_span(&der), &v, NULL) == RC_OK &&
			strcmp(v.signature, want) == 0,
		    "signature %s", v.signature);
		X509_free(x);
		buf_clear(&der);
	}
}

static void
test_extensions(void)
{
	static const struct {
		const char *what, *more, *field;
		enum rc want;
		const char *crl, *ocsp, *cps;
	} rows[] = {
		{ "the second URI of a point, the first is a name",
		    "-addext 'crlDistributionPoints=DNS:x,URI:http://a/,"
		    "URI:http://b/'",
		    "", RC_OK, "http://a/", "", "" },
		{ "OCSP after the issuer's certificate",
		    "-addext 'authorityInfoAccess=caIssuers;URI:http://c/,"
		    "OCSP;URI:http://o/'",
		    "", RC_OK, "", "http://o/", "" },
		{ "a policy without qualifiers",
		    "-addext certificatePolicies=1.2.3", "", RC_OK, "", "",
		    "" },
		{ "no extension of ours", "", "", RC_OK, "", "", "" },
		{ "distribution points that are a NULL",
		    "-addext 2.5.29.31=DER:0500", "cRLDistributionPoints",
		    RC_FORMAT, "", "", "" },
		{ "an empty list of them", "-addext 2.5.29.31=DER:3000",
		    "cRLDistributionPoints", RC_FORMAT, "", "", "" },
		{ "access without a place",
		    "-addext 1.3.6.1.5.5.7.1.1=DER:300630040602"
		    "2a03",
		    "authorityInfoAccess", RC_FORMAT, "", "", "" },
		{ "qualifier without a value",
		    "-addext 2.5.29.32=DER:301230100602"
		    "2a03300a300806062b0601050507",
		    "certificatePolicies", RC_FORMAT, "", "", "" },
		{ "key identifier with something behind it",
		    "-addext authorityKeyIdentifier=none "
		    "-addext 2.5.29.35=DER:30000500",
		    "authorityKeyIdentifier", RC_FORMAT, "", "", "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf der =
		    made("ec -pkeyopt ec_paramgen_curve:P-256", rows[i].more);
		struct err e = { 0 };
		struct certview v;
		enum rc rc = certview_parse(buf_span(&der), &v, &e);

		ok(der.n > 0 && rc == rows[i].want &&
			strcmp(e.field, rows[i].field) == 0 &&
			strcmp(v.crl, rows[i].crl) == 0 &&
			strcmp(v.ocsp, rows[i].ocsp) == 0 &&
			strcmp(v.cps, rows[i].cps) == 0,
		    "%s: %s %s", rows[i].what, e.field, e.msg);
		ok(rc == RC_OK || v.subject[0] == '\0',
		    "and nothing is left after a failure");
		buf_clear(&der);
	}
}

/* No certificate says more than fits. */
static void
test_largest(void)
{
	struct certview v = { .info.policy =
				  policy_find("1.2.410.200005.1.1.4") };
	static const uint8_t bytes[CERTINFO_MAX / 2];
	static char json[CERTVIEW_JSON];

	memset(v.info.owner, '"', sizeof(v.info.owner) - 1);
	memset(v.info.owner_name, '"', sizeof(v.info.owner_name) - 1);
	memset(v.info.issuer, '"', sizeof(v.info.issuer) - 1);
	memset(v.info.issuer_org, '"', sizeof(v.info.issuer_org) - 1);
	memset(v.subject, '"', sizeof(v.subject) - 1);
	memset(v.issuer, '"', sizeof(v.issuer) - 1);
	memset(v.notice, '"', sizeof(v.notice) - 1);
	memset(v.cps, '"', sizeof(v.cps) - 1);
	memset(v.crl, '"', sizeof(v.crl) - 1);
	memset(v.ocsp, '"', sizeof(v.ocsp) - 1);
	v.info.usage = 0x1ff;
	/* Together at most a certificate. */
	v.aki = v.info.ski = (struct span){ bytes, CERTINFO_MAX / 2 };
	ok(certview_write(&v, json, sizeof(json)) == strlen(json) &&
		json[0] == '{',
	    "the largest view fits: %zu bytes", strlen(json));
	ok(certview_write(&v, json, 4000) == 0 && json[0] == '\0',
	    "and where it does not, there is nothing");
}

int
main(void)
{
	test_sample();
	test_signatures();
	test_extensions();
	test_largest();

	return tap_done();
}
