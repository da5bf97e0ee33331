/* dn_test.c - names as text and as folders, beside OpenSSL's reading of them. */
#include "npki/dn.h"

#include "base/text.h"
#include "npki/nametext.h"
#include "samples.h"

#include <ctype.h>
#include <openssl/x509.h>

static void
test_sample(void)
{
	static const char want[] =
	    "cn=HKD(KILDONG.HONG)009104120200225191000030"
	    ",ou=INITECH,ou=personal4IB,o=yessign,c=kr";
	struct buf in = sample("pypinksign/signCert.der");
	char text[DN_TEXT], folder[DN_FOLDER];
	struct certinfo c;

	if (certinfo_parse(buf_span(&in), &c, NULL) != RC_OK)
		exit(EXIT_FAILURE);
	ok(dn_text(c.subject_der, text, sizeof(text)) == strlen(want) &&
		strcmp(text, want) == 0,
	    "the sample's subject: %s", text);
	ok(dn_folder(c.subject_der, folder) && strcmp(folder, want) == 0,
	    "is its folder");
	ok(dn_ca_folder(&c, folder) && strcmp(folder, "yessign") == 0,
	    "below %s", folder);
	ok(dn_text(c.subject_der, text, strlen(want)) == 0 && text[0] == '\0',
	    "one byte too few: nothing");
	buf_clear(&in);
}

/* A Name from rows of {type, kind of string, bytes}; a type "+…" joins. */
struct pair {
	const char *type;
	int tag;
	const char *value;
};

static struct buf
name_of(const struct pair *pairs, size_t n)
{
	X509_NAME *name = X509_NAME_new();
	struct buf out = buf_init(1 << 16);
	uint8_t *der = NULL;
	int size;

	for (size_t i = 0; i < n; i++) {
		bool joins = pairs[i].type[0] == '+';

		if (X509_NAME_add_entry_by_txt(name, pairs[i].type + joins,
			pairs[i].tag, (const uint8_t *)pairs[i].value, -1, -1,
			joins ? -1 : 0) != 1)
			exit(EXIT_FAILURE);
	}
	size = i2d_X509_NAME(name, &der);
	buf_bytes(&out, (struct span){ der, (size_t)size });
	OPENSSL_free(der);
	X509_NAME_free(name);

	return out;
}

/* OpenSSL's text of a Name, leaf first, its types in lower case. */
static void
theirs(struct span der, char *out, size_t size)
{
	const uint8_t *p = der.p;
	X509_NAME *name = d2i_X509_NAME(NULL, &p, (long)der.n);
	BIO *bio = BIO_new(BIO_s_mem());
	bool type = true;
	int n;

	(void)X509_NAME_print_ex(bio, name, 0,
	    XN_FLAG_SEP_COMMA_PLUS | XN_FLAG_DN_REV | XN_FLAG_FN_SN |
		ASN1_STRFLGS_UTF8_CONVERT);
	n = BIO_read(bio, out, (int)size - 1);
	out[n > 0 ? n : 0] = '\0';
	for (char *c = out; *c != '\0'; c++) {
		if (*c == ',' || *c == '+' || *c == '=')
			type = *c != '=';
		else if (type)
			*c = (char)tolower(*c);
	}
	BIO_free(bio);
	X509_NAME_free(name);
}

static void
test_openssl(void)
{
	static const struct {
		const char *what;
		size_t n;
		struct pair pairs[4];
	} rows[] = {
		{ "UTF-8", 3,
		    { { "C", V_ASN1_PRINTABLESTRING, "KR" },
			{ "O", V_ASN1_UTF8STRING, "TradeSign" },
			{ "CN", V_ASN1_UTF8STRING, "홍길동()0001" } } },
		{ "domain components", 3,
		    { { "DC", V_ASN1_IA5STRING, "kr" },
			{ "DC", V_ASN1_IA5STRING, "example" },
			{ "UID", V_ASN1_UTF8STRING, "me" } } },
		{ "places", 4,
		    { { "ST", V_ASN1_UTF8STRING, "서울" },
			{ "L", V_ASN1_UTF8STRING, "중구" },
			{ "street", V_ASN1_UTF8STRING, "세종대로 110" },
			{ "title", V_ASN1_UTF8STRING, "x" } } },
		{ "a type without a name of ours", 1,
		    { { "1.2.410.200004.9", V_ASN1_UTF8STRING, "x" } } },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf der = name_of(rows[i].pairs, rows[i].n);
		char got[DN_TEXT], want[DN_TEXT];

		theirs(buf_span(&der), want, sizeof(want));
		ok(dn_text(buf_span(&der), got, sizeof(got)) == strlen(want) &&
			strcmp(got, want) == 0,
		    "%s: %s", rows[i].what, got);
		buf_clear(&der);
	}
}

/* OpenSSL turns the order inside an RDN as well; a set has none. */
static void
test_two_values(void)
{
	static const struct pair pairs[] = {
		{ "C", V_ASN1_PRINTABLESTRING, "KR" },
		{ "CN", V_ASN1_UTF8STRING, "a" },
		{ "+serialNumber", V_ASN1_PRINTABLESTRING, "1" },
	};
	struct buf der = name_of(pairs, 3);
	char got[DN_TEXT];

	ok(dn_text(buf_span(&der), got, sizeof(got)) > 0 &&
		strcmp(got, "cn=a+serialnumber=1,c=KR") == 0,
	    "two values in one RDN: %s", got);
	buf_clear(&der);
}

/* What each kind of string is shown as. */
static void
test_strings(void)
{
	static const struct {
		const char *what;
		uint8_t tag;
		struct span in;
		const char *want;
	} rows[] = {
		{ "UTF8String", DER_UTF8, SPAN_LIT("홍길동"), "홍길동" },
		{ "BMPString", DER_BMP, SPAN_LIT("\xd6\x4d\xae\x38\xb3\xd9"),
		    "홍길동" },
		{ "BMPString of one octet too few", DER_BMP,
		    SPAN_LIT("\x00\x61\x00"), "a" },
		{ "BMPString, a pair of surrogates", DER_BMP,
		    SPAN_LIT("\xd8\x3d\xde\x00\x00\x61"), "😀a" },
		{ "BMPString, surrogates alone and the wrong way round",
		    DER_BMP, SPAN_LIT("\xd8\x3d\x00\x61\xde\x00\xd8\x3d"),
		    "a" },
		{ "BMPString, letters of two octets", DER_BMP,
		    SPAN_LIT("\x00\xe9"), "é" },
		{ "UniversalString", 0x1c,
		    SPAN_LIT("\x00\x00\xd6\x4d\x00\x01\xf6\x00"), "홍😀" },
		{ "UniversalString, no character", 0x1c,
		    SPAN_LIT(
			"\x00\x11\x00\x00\x00\x00\xd8\x00\x00\x00\x00\x61"),
		    "a" },
		{ "T61String of EUC-KR", DER_T61,
		    SPAN_LIT("\xc8\xab\xb1\xe6\xb5\xbf()"), "홍길동()" },
		{ "T61String of CP949 beyond EUC-KR", DER_T61,
		    SPAN_LIT("\x94\xee\xbc\x84"), "뷁펲" },
		{ "T61String of UTF-8", DER_T61, SPAN_LIT("홍길동"), "홍길동" },
		{ "PrintableString of EUC-KR", DER_PRINTABLE,
		    SPAN_LIT("\xc7\xd1\xb1\xb9"), "한국" },
		{ "UTF8String of EUC-KR", DER_UTF8,
		    SPAN_LIT("\xc7\xd1\xb1\xb9"), "한국" },
		{ "T61String of neither", DER_T61, SPAN_LIT("a\xff\xfe"), "a" },
		{ "NumericString", 0x12, SPAN_LIT("123"), "123" },
		{ "VisibleString", 0x1a, SPAN_LIT("x"), "x" },
		{ "control and bidirectional characters", DER_UTF8,
		    SPAN_LIT("a\x01\xe2\x80\xae"
			     "b"),
		    "ab" },
		{ "an INTEGER is no string", DER_INTEGER, SPAN_LIT("a"), "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char out[64];

		nametext_show(rows[i].tag, rows[i].in, out, sizeof(out));
		ok(strcmp(out, rows[i].want) == 0, "%s: '%s'", rows[i].what,
		    out);
	}
}

static void
test_folders(void)
{
	static const struct {
		const char *value, *want;
	} rows[] = {
		{ "plain", "cn=plain" },
		{ "a\\b/c:d*e?f\"g<h>i|j", "cn=a_b_c_d_e_f_g_h_i_j" },
		{ "홍길동()0001", "cn=홍길동()0001" },
		{ "../..", "cn=..___" },
		{ "ends in blanks. ", "cn=ends in blanks__" },
	};
	char wide[400] = "", folder[DN_FOLDER];
	struct buf der;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct pair pair = { "CN", V_ASN1_UTF8STRING, rows[i].value };

		der = name_of(&pair, 1);
		ok(dn_folder(buf_span(&der), folder) &&
			strcmp(folder, rows[i].want) == 0,
		    "'%s' is in folder '%s'", rows[i].value, folder);
		buf_clear(&der);
	}
	for (size_t i = 0; i < 64; i++)
		memcpy(wide + 3 * i, "홍", 4);
	der = name_of((struct pair[]){ { "CN", V_ASN1_UTF8STRING, wide },
			  { "+CN", V_ASN1_UTF8STRING, wide } },
	    2);
	ok(dn_folder(buf_span(&der), folder) && strlen(folder) > 250 &&
		strlen(folder) < DN_FOLDER && text_is_utf8(span_str(folder)),
	    "a long name is cut between characters");
	buf_clear(&der);
}

static void
test_not_names(void)
{
	static const struct {
		const char *what;
		struct span in;
	} rows[] = {
		{ "nothing", SPAN_LIT("") },
		{ "the empty name", SPAN_LIT("\x30\x00") },
		{ "an INTEGER", SPAN_LIT("\x02\x01\x00") },
		{ "bytes after it",
		    SPAN_LIT("\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03"
			     "\x0c\x01\x61\x00") },
		{ "an RDN without a pair", SPAN_LIT("\x30\x02\x31\x00") },
		{ "a type that is no OID",
		    SPAN_LIT("\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x83"
			     "\x0c\x01\x61") },
	};
	char text[DN_TEXT], folder[DN_FOLDER];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ok(dn_text(rows[i].in, text, sizeof(text)) == 0 &&
			text[0] == '\0' && !dn_folder(rows[i].in, folder) &&
			folder[0] == '\0',
		    "no name: %s", rows[i].what);
}

static void
test_ca_folders(void)
{
	static const struct {
		const char *org, *issuer, *policy, *want;
	} rows[] = {
		{ "yessign", "yessignCA Class 4", "", "yessign" },
		{ "KICA", "signGATE CA7", "", "KICA" },
		{ "signGATE", "", "", "KICA" },
		{ "SIGNKOREA", "", "", "SignKorea" },
		{ "somebody", "", "1.2.410.200004.5.4.1.1", "CrossCert" },
		{ "somebody", "", "1.2.410.200004.5.2.1.2", "KICA" },
		{ "An/other", "x", "", "An_other" },
		{ "", "Ingam: test", "", "Ingam_ test" },
		{ "..", "", "", "__" },
	};
	struct certinfo none = { .policy = policy_find("") };
	char folder[DN_FOLDER];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct certinfo c = { .policy = policy_find(rows[i].policy) };

		memcpy(c.issuer_org, rows[i].org, strlen(rows[i].org));
		memcpy(c.issuer, rows[i].issuer, strlen(rows[i].issuer));
		ok(dn_ca_folder(&c, folder) &&
			strcmp(folder, rows[i].want) == 0,
		    "issuer '%s' '%s' %s: %s", rows[i].org, rows[i].issuer,
		    rows[i].policy, folder);
	}
	ok(!dn_ca_folder(&none, folder) && folder[0] == '\0',
	    "an issuer without a name has no folder");
}

int
main(void)
{
	test_sample();
	test_openssl();
	test_two_values();
	test_strings();
	test_folders();
	test_not_names();
	test_ca_folders();

	return tap_done();
}
