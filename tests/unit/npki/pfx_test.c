/*
 * pfx_test.c - PKCS#12 files: the one of a Korean client, those that openssl
 * makes, ours, and what is refused.
 */
#include "npki/pfx.h"

#include "base/rnd.h"
#include "lib/pfx_around.h"
#include "npki/derput.h"
#include "npki/oid.h"
#include "npki/pfxput.h"
#include "npki/pkinfo.h"
#include "samples.h"

#include <openssl/pkcs12.h>
#include <unistd.h>

#define PASSWORD     SPAN_LIT("correct horse")
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static char folder[] = "/tmp/ingam-pfx-XXXXXX";
static struct buf sign_cert, sign_key;      /* the sample's */
static struct buf km_cert, km_key, ca_cert; /* openssl's */
static struct buf ec_cert, ec_key;

/* What a command made of "F" for our folder writes to its output. */
static struct buf
run(const char *command)
{
	struct buf line = buf_init(8192), out;

	buf_printf(&line, "cd %s && F=%s && ", folder, folder);
	buf_str(&line, command);
	out = shell(buf_cstr(&line));
	buf_clear(&line);

	return out;
}

static void
save(const char *name, struct span s)
{
	struct buf path = buf_init(4096);
	FILE *f;

	buf_printf(&path, "%s/%s", folder, name);
	f = fopen(buf_cstr(&path), "w");
	if (f == NULL || fwrite(s.p, 1, s.n, f) != s.n || fclose(f) != 0)
		exit(EXIT_FAILURE);
	buf_clear(&path);
}

static void
prepare(void)
{
	struct buf none;

	if (mkdtemp(folder) == NULL)
		exit(EXIT_FAILURE);
	sign_cert = sample("pypinksign/signCert.der");
	sign_key = sample("pypinksign/privateKeyInfo-with-R.der");
	save("sign.der", buf_span(&sign_cert));
	save("sign.p8", buf_span(&sign_key));
	none = run(
	    "exec 2>/dev/null; openssl x509 -inform DER -in sign.der -out sign.pem; "
	    "openssl pkcs8 -topk8 -nocrypt -inform DER -in sign.p8 -out sign.key; "
	    "openssl req -x509 -newkey rsa:2048 -noenc -keyout km.key -out km.pem "
	    "-subj /C=KR/CN=km -addext keyUsage=critical,keyEncipherment; "
	    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-384 -noenc "
	    "-keyout ec.key -out ec.pem -subj /CN=홍길동 -utf8 "
	    "-addext subjectKeyIdentifier=none; "
	    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc "
	    "-keyout ca.key -out ca.pem -subj /O=KISA/CN=root");
	buf_clear(&none);
	km_cert = run("openssl x509 -in km.pem -outform DER");
	km_key = run("openssl pkcs8 -topk8 -nocrypt -in km.key -outform DER");
	ec_cert = run("openssl x509 -in ec.pem -outform DER");
	ec_key = run("openssl pkcs8 -topk8 -nocrypt -in ec.key -outform DER");
	ca_cert = run("openssl x509 -in ca.pem -outform DER");
	if (km_cert.n == 0 || km_key.n == 0 || ec_cert.n == 0 ||
	    ec_key.n == 0 || ca_cert.n == 0)
		exit(EXIT_FAILURE);
}

static void
test_sample(void)
{
	struct buf file = sample("pypinksign/sign.pfx");
	struct pkinfo k = { 0 };
	struct certinfo c;
	struct err e = { 0 };
	struct pfx p;

	ok(pfx_open(buf_span(&file), SAMPLE_PASSWORD, &p, &e) == RC_OK,
	    "the file of a Korean client opens %s", e.msg);
	ok(p.n == 1 && p.chain_n == 0, "one pair and nothing else");
	ok(span_equal(p.pairs[0].certificate, buf_span(&sign_cert)),
	    "its certificate");
	ok(span_equal(p.pairs[0].info, buf_span(&sign_key)),
	    "its key, byte for byte");
	if (pkinfo_parse(p.pairs[0].info, &k, NULL) != RC_OK)
		exit(EXIT_FAILURE);
	is_hex(k.r, SAMPLE_R, "R is kept");
	ok(certinfo_parse(p.pairs[0].certificate, &c, NULL) == RC_OK &&
		span_equal(p.pairs[0].local_id, c.ski),
	    "localKeyId is the SKI");
	ok(!p.pairs[0].encryption, "it is for signing");
	pfx_clear(&p);
	ok(p.n == 0 && p.plain.p == NULL, "nothing is left of it");
	buf_clear(&file);
}

static void
test_passwords(void)
{
	struct buf file = sample("pypinksign/sign.pfx");
	char typed[16];
	int bad = 0, tries = 1000 / (int)tap_each();

	for (int i = 0; i < tries; i++) {
		struct err e = { 0 };
		struct pfx p;

		rnd_digits(typed, 1 + rnd_below(14));
		bad += pfx_open(buf_span(&file), span_str(typed), &p, &e) !=
			RC_SECRET ||
		    p.plain.p != NULL ||
		    strcmp(e.msg, "wrong password or damaged file") != 0;
	}
	ok(bad == 0, "%d wrong passwords are refused", tries);
	buf_clear(&file);
}

/* Files that openssl makes, opened. */
static void
test_openssl(void)
{
	static const struct {
		const char *what, *how, *password;
		enum rc want;
		size_t pairs, chain;
		const char *field;
	} rows[] = {
		{ "as it does by itself", "-iter 2048", "p", RC_OK, 1, 0, "" },
		{ "as it did before: RC2-40 and 3DES", "-legacy", "p", RC_OK, 1,
		    0, "" },
		{ "RC2-128",
		    "-legacy -certpbe PBE-SHA1-RC2-128 -keypbe "
		    "PBE-SHA1-3DES",
		    "p", RC_OK, 1, 0, "" },
		{ "the key under RC2-40",
		    "-legacy -keypbe PBE-SHA1-RC2-40 -certpbe NONE", "p", RC_OK,
		    1, 0, "" },
		{ "AES-128", "-keypbe AES-128-CBC -certpbe AES-128-CBC", "p",
		    RC_OK, 1, 0, "" },
		{ "ARIA", "-keypbe ARIA-256-CBC -certpbe ARIA-192-CBC", "p",
		    RC_OK, 1, 0, "" },
		{ "SEED", "-legacy -keypbe SEED-CBC -certpbe SEED-CBC", "p",
		    RC_OK, 1, 0, "" },
		{ "nothing encrypted", "-keypbe NONE -certpbe NONE", "p", RC_OK,
		    1, 0, "" },
		{ "MAC with SHA-1", "-macalg sha1", "p", RC_OK, 1, 0, "" },
		{ "MAC with SHA-384", "-macalg sha384", "p", RC_OK, 1, 0, "" },
		{ "MAC with SHA-512", "-macalg sha512", "p", RC_OK, 1, 0, "" },
		{ "one iteration of the MAC", "-nomaciter", "p", RC_OK, 1, 0,
		    "" },
		{ "a CA beside", "-certfile $F/ca.pem", "p", RC_OK, 1, 1, "" },
		{ "a name", "-name 홍길동", "p", RC_OK, 1, 0, "" },
		{ "a Korean password", "", "비밀번호", RC_OK, 1, 0, "" },
		{ "a Korean password, old", "-legacy", "비밀번호", RC_OK, 1, 0,
		    "" },
		{ "an empty password", "", "", RC_OK, 1, 0, "" },
		{ "an empty password, old", "-legacy", "", RC_OK, 1, 0, "" },
		{ "no MAC", "-nomac", "p", RC_FORMAT, 0, 0, "mac" },
		{ "MAC with MD5", "-legacy -macalg md5", "p", RC_UNKNOWN, 0, 0,
		    "macData" },
		{ "Camellia", "-keypbe CAMELLIA-128-CBC", "p", RC_UNKNOWN, 0, 0,
		    "cipher" },
		{ "no key", "-nokeys", "p", RC_ABSENT, 0, 0, "keyBag" },
		{ "more iterations than allowed", "-iter 5000000", "p",
		    RC_LIMIT, 0, 0, "iterations" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf line = buf_init(4096), file;
		struct err e = { 0 };
		struct pfx p;
		enum rc rc;

		/* 10,000,000 iterations before it is too many: minutes there. */
		if (rows[i].want == RC_LIMIT && tap_each() > 1) {
			skip(rows[i].what, "only where nothing watches");
			continue;
		}
		buf_printf(&line,
		    "openssl pkcs12 -export -in sign.pem -inkey sign.key "
		    "-passout 'pass:%s' -iter 50 %s 2>/dev/null",
		    rows[i].password, rows[i].how);
		file = run(buf_cstr(&line));
		rc = pfx_open(
		    buf_span(&file), span_str(rows[i].password), &p, &e);
		ok(file.n > 0 && rc == rows[i].want &&
			strcmp(e.field, rows[i].field) == 0,
		    "%s: %s %s %s", rows[i].what, err_name(rc), e.field, e.msg);
		ok(p.n == rows[i].pairs && p.chain_n == rows[i].chain &&
			(p.n == 0 ||
			    span_equal(
				p.pairs[0].certificate, buf_span(&sign_cert))),
		    "and what is in it");
		if (rc == RC_OK && rows[i].password[0] != '\0') {
			pfx_clear(&p);
			rc = pfx_open(
			    buf_span(&file), SPAN_LIT("other"), &p, NULL);
			ok(rc == RC_SECRET, "with another password: %s",
			    err_name(rc));
		}
		pfx_clear(&p);
		buf_clear(&line);
		buf_clear(&file);
	}
}

/* A file of the sample under no password at all, as openssl's library makes it. */
static struct buf
without_password(int cipher)
{
	const uint8_t *cert = sign_cert.p, *key = sign_key.p;
	struct buf file = buf_init(PFX_MAX);
	X509 *certificate = d2i_X509(NULL, &cert, (long)sign_cert.n);
	EVP_PKEY *pkey = d2i_AutoPrivateKey(NULL, &key, (long)sign_key.n);
	PKCS12 *made = PKCS12_create(
	    NULL, NULL, pkey, certificate, NULL, cipher, cipher, 50, -1, 0);
	uint8_t *der = NULL;
	int n;

	if (made == NULL ||
	    PKCS12_set_mac(made, NULL, 0, NULL, 0, 50, EVP_sha1()) != 1 ||
	    (n = i2d_PKCS12(made, &der)) <= 0)
		exit(EXIT_FAILURE);
	buf_bytes(&file, (struct span){ der, (size_t)n });
	OPENSSL_free(der);
	PKCS12_free(made);
	EVP_PKEY_free(pkey);
	X509_free(certificate);

	return file;
}

static void
test_none(void)
{
	const int ciphers[] = { NID_pbe_WithSHA1And3_Key_TripleDES_CBC,
		NID_aes_256_cbc };

	for (size_t i = 0; i < COUNT(ciphers); i++) {
		struct buf file = without_password(ciphers[i]);
		struct err e = { 0 };
		struct pfx p;

		ok(pfx_open(buf_span(&file), SPAN_LIT(""), &p, &e) == RC_OK &&
			p.n == 1 &&
			span_equal(
			    p.pairs[0].certificate, buf_span(&sign_cert)),
		    "%s without a password: an empty one opens it %s",
		    OBJ_nid2sn(ciphers[i]), e.msg);
		pfx_clear(&p);
		ok(pfx_open(buf_span(&file), SPAN_LIT("p"), &p, NULL) ==
			RC_SECRET,
		    "another does not");
		buf_clear(&file);
	}
}

/* Everything that we take out of a file can be put into one again. */
static void
test_made(enum pfxput_form form)
{
	/* R with zeros at its beginning: 20 opaque bytes (F 3.1). */
	struct buf zero_r = buf_init(4096);
	const struct pfx in = { .n = 3,
		.pairs = { { .certificate = buf_span(&sign_cert) },
		    { .certificate = buf_span(&km_cert),
			.info = buf_span(&km_key) },
		    { .certificate = buf_span(&ec_cert),
			.info = buf_span(&ec_key) } },
		.chain = { buf_span(&ca_cert) },
		.chain_n = 1 };
	struct pfx with = in, out;
	static uint8_t memory[PFX_MAX];
	struct certinfo c;
	struct span file;
	struct err e = { 0 };
	enum rc rc;

	buf_bytes(&zero_r, (struct span){ sign_key.p, sign_key.n - 20 });
	buf_bytes(&zero_r, SPAN(((uint8_t[20]){ 0, 0, 0, 1 })));
	with.pairs[0].info = buf_span(&zero_r);
	rc = pfxput_make(
	    form, PASSWORD, &with, memory, sizeof(memory), &file, &e);
	ok(rc == RC_OK, "%s: made, %zu bytes %s", pfxput_form_name(form),
	    file.n, e.msg);
	ok(der_check(file, NULL) == RC_OK, "it is DER");
	ok(pfx_open(file, PASSWORD, &out, &e) == RC_OK, "and opens %s", e.msg);
	ok(out.n == 3 && out.chain_n == 1 &&
		span_equal(out.chain[0], buf_span(&ca_cert)),
	    "three pairs and the CA");
	for (size_t i = 0; i < out.n; i++)
		ok(span_equal(
		       out.pairs[i].certificate, with.pairs[i].certificate) &&
			span_equal(out.pairs[i].info, with.pairs[i].info) &&
			out.pairs[i].encryption == (i == 1),
		    "pair %zu, byte for byte", i);
	if (certinfo_parse(buf_span(&km_cert), &c, NULL) != RC_OK)
		exit(EXIT_FAILURE);
	ok(span_equal(out.pairs[1].local_id, c.ski), "localKeyId is the SKI");
	ok(out.pairs[2].local_id.n == 20, "and 20 bytes where there is no SKI");
	pfx_clear(&out);
	ok(pfx_open(file, SPAN_LIT("correct horsf"), &out, NULL) == RC_SECRET,
	    "another password does not open it");
	buf_clear(&zero_r);
}

/* Openssl's SKI of the key is our localKeyId. */
static void
test_key_id(void)
{
	struct pfx in = { .n = 1,
		.pairs = { { .certificate = buf_span(&ec_cert),
		    .info = buf_span(&ec_key) } } };
	struct buf with =
	    run("openssl x509 -in ec.pem -signkey ec.key -extfile "
		"/dev/stdin -outform DER 2>/dev/null <<E\n"
		"subjectKeyIdentifier=hash\nE");
	static uint8_t memory[PFX_MAX];
	struct certinfo c = { 0 };
	struct span file;
	struct pfx out = { 0 };

	ok(certinfo_parse(buf_span(&with), &c, NULL) == RC_OK && c.ski.n == 20,
	    "openssl computes an SKI");
	ok(pfxput_make(PFXPUT_COMPATIBLE, PASSWORD, &in, memory, sizeof(memory),
	       &file, NULL) == RC_OK &&
		pfx_open(file, PASSWORD, &out, NULL) == RC_OK &&
		span_equal(out.pairs[0].local_id, c.ski),
	    "a certificate without one gets the same localKeyId");
	pfx_clear(&out);
	buf_clear(&with);
}

static void
test_not_made(void)
{
	const struct span cert = buf_span(&sign_cert),
			  key = buf_span(&sign_key);
	const struct {
		const char *what;
		struct pfx in;
		struct span password;
		size_t size;
		enum rc want;
		const char *field;
	} rows[] = {
		{ "no pair", { .n = 0 }, PASSWORD, PFX_MAX, RC_LIMIT,
		    "keyBag" },
		{ "an empty password",
		    { .n = 1,
			.pairs = { { .certificate = cert, .info = key } } },
		    { NULL, 0 }, PFX_MAX, RC_LIMIT, "password" },
		{ "the key of another certificate",
		    { .n = 1,
			.pairs = { { .certificate = cert,
			    .info = buf_span(&km_key) } } },
		    PASSWORD, PFX_MAX, RC_FORMAT, "keyBag" },
		{ "an EC key for an RSA certificate",
		    { .n = 1,
			.pairs = { { .certificate = cert,
			    .info = buf_span(&ec_key) } } },
		    PASSWORD, PFX_MAX, RC_FORMAT, "keyBag" },
		{ "no room at all",
		    { .n = 1,
			.pairs = { { .certificate = cert, .info = key } } },
		    PASSWORD, 0, RC_LIMIT, "" },
		{ "too little room",
		    { .n = 1,
			.pairs = { { .certificate = cert, .info = key } } },
		    PASSWORD, 2900, RC_LIMIT, "" },
	};
	static uint8_t memory[PFX_MAX];

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct span file = { memory, 9 };
		struct err e = { 0 };
		enum rc rc = pfxput_make(PFXPUT_COMPATIBLE, rows[i].password,
		    &rows[i].in, memory, rows[i].size, &file, &e);

		ok(rc == rows[i].want && file.n == 0 &&
			strcmp(e.field, rows[i].field) == 0,
		    "not made, %s: %s %s", rows[i].what, e.field, e.msg);
	}
}

/* A ContentInfo in clear of these bags, so many times. */
static struct span
safe_of(struct span bag, size_t times, uint8_t *out, size_t size)
{
	struct derput w = derput_init(out, size);

	while (times-- > 0)
		derput_bytes(&w, bag);
	derput_wrap(&w, DER_SEQUENCE, 0);
	derput_wrap(&w, DER_OCTETS, 0);
	derput_wrap(&w, DER_EXPLICIT(0), 0);
	derput_element(&w, DER_OID, OID_DATA);
	derput_wrap(&w, DER_SEQUENCE, 0);
	derput_wrap(&w, DER_SEQUENCE, 0);

	return derput_span(&w);
}

static struct span
bag_of(struct span kind, struct span value, uint8_t *out, size_t size)
{
	struct derput w = derput_init(out, size);

	derput_bytes(&w, value);
	derput_wrap(&w, DER_EXPLICIT(0), 0);
	derput_element(&w, DER_OID, kind);
	derput_wrap(&w, DER_SEQUENCE, 0);

	return derput_span(&w);
}

/* Hostile files whose MAC is right. */
static void
test_hostile(void)
{
	static uint8_t bags[1 << 15], safes[1 << 17], files[1 << 17];
	static const uint8_t nested[] = { 0x30, 0x00 };
	const struct {
		const char *what;
		struct span kind, value;
		size_t times;
		enum rc want;
		const char *field;
	} rows[] = {
		{ "SafeContents in SafeContents",
		    SPAN_LIT(OID_RSADSI "\x01\x0c\x0a\x01\x06"), SPAN(nested),
		    1, RC_FORMAT, "safeContentsBag" },
		{ "a key in clear that has no certificate", OID_KEY_BAG,
		    buf_span(&ec_key), 1, RC_FORMAT, "keyBag" },
		{ "a key that is none", OID_KEY_BAG, SPAN(nested), 1, RC_FORMAT,
		    "" },
		{ "17 keys", OID_KEY_BAG, buf_span(&ec_key), 17, RC_LIMIT,
		    "safeContents" },
		{ "a certificate that is none", OID_CERT_BAG, SPAN(nested), 1,
		    RC_FORMAT, "certBag" },
		{ "bags of another kind alone",
		    SPAN_LIT(OID_RSADSI "\x01\x0c\x0a\x01\x04"), SPAN(nested),
		    1, RC_ABSENT, "keyBag" },
		{ "no bag", OID_KEY_BAG, SPAN(nested), 0, RC_ABSENT, "keyBag" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct span file = pfx_around(
		    safe_of(
			bag_of(rows[i].kind, rows[i].value, bags, sizeof(bags)),
			rows[i].times, safes, sizeof(safes)),
		    files, sizeof(files));
		struct err e = { 0 };
		struct pfx p;
		enum rc rc = pfx_open(file, SPAN_LIT(PFX_PASSWORD), &p, &e);

		ok(file.n > 0 && rc == rows[i].want && p.plain.p == NULL &&
			strcmp(e.field, rows[i].field) == 0,
		    "hostile, %s: %s %s %s", rows[i].what, err_name(rc),
		    e.field, e.msg);
	}
}

/*
 * Each count alone may be ten million; together they may not be more, or
 * sixteen bags would take minutes. Nothing is computed before it is refused.
 */
static void
test_iterations(void)
{
	static uint8_t values[4096], bags[4096], safes[1 << 16], files[1 << 17];
	struct derput w = derput_init(values, sizeof(values));
	struct span file;
	struct err e = { 0 };
	struct pfx p;

	derput_element(&w, DER_OCTETS, SPAN(((uint8_t[16]){ 0 })));
	derput_bytes(&w,
	    SPAN_LIT(
		"\x30\x1e\x06\x0a" OID_RSADSI "\x01\x0c\x01\x03\x30\x10\x04\x08"
		"12345678\x02\x04\x00\x98\x96\x80"));
	derput_wrap(&w, DER_SEQUENCE, 0);
	file = pfx_around(safe_of(bag_of(OID_SHROUDED_KEY_BAG, derput_span(&w),
				      bags, sizeof(bags)),
			      1, safes, sizeof(safes)),
	    files, sizeof(files));
	ok(pfx_open(file, SPAN_LIT(PFX_PASSWORD), &p, &e) == RC_LIMIT &&
		strcmp(e.field, "iterations") == 0,
	    "one iteration of the MAC and 10,000,000 of a bag: %s", e.msg);
}

static void
test_not_files(void)
{
	struct buf file = sample("pypinksign/sign.pfx"), changed;
	static uint8_t large[PFX_MAX + 1];
	int bad = 0;
	struct err e = { 0 };
	struct pfx p;

	ok(pfx_open(SPAN_LIT("\x30\x80\x02\x01\x03\x00\x00"), PASSWORD, &p,
	       &e) == RC_FORMAT &&
		strstr(e.msg, "X.690 8.1.3.6") != NULL,
	    "indefinite lengths: %s", e.msg);
	ok(pfx_open(SPAN(large), PASSWORD, &p, NULL) == RC_LIMIT, "too large");
	ok(pfx_open(buf_span(&sign_cert), PASSWORD, &p, NULL) == RC_FORMAT,
	    "a certificate");
	for (size_t cut = 0; cut < file.n; cut += 7 * tap_each())
		bad += pfx_open((struct span){ file.p, cut }, SAMPLE_PASSWORD,
			   &p, NULL) != RC_FORMAT ||
		    p.plain.p != NULL;
	ok(bad == 0, "cut anywhere it is no file");
	bad = 0;
	changed = buf_init(1 << 16);
	for (size_t at = 0; at < file.n; at += 3 * tap_each()) {
		enum rc rc;

		buf_reset(&changed);
		buf_bytes(&changed, buf_span(&file));
		changed.p[at] ^= (uint8_t)(1U << at % 8);
		rc = pfx_open(buf_span(&changed), SAMPLE_PASSWORD, &p, NULL);
		bad += rc == RC_OK || p.plain.p != NULL;
		pfx_clear(&p);
	}
	ok(bad == 0, "no changed bit goes unseen");
	buf_clear(&changed);
	buf_clear(&file);
}

static void
test_names(void)
{
	enum pfxput_form form;

	ok(pfxput_form_find("compatible", &form) && form == PFXPUT_COMPATIBLE &&
		strcmp(pfxput_form_name(form), "compatible") == 0,
	    "compatible");
	ok(pfxput_form_find("modern", &form) && form == PFXPUT_MODERN &&
		strcmp(pfxput_form_name(form), "modern") == 0,
	    "modern");
	ok(!pfxput_form_find("other", &form), "another is not");
}

int
main(void)
{
	struct buf none;

	prepare();
	test_sample();
	test_passwords();
	test_openssl();
	test_none();
	test_made(PFXPUT_COMPATIBLE);
	/* Its 100,000 iterations, again and again, would take minutes there. */
	if (tap_each() > 1)
		skip("modern: made", "only where nothing watches");
	else
		test_made(PFXPUT_MODERN);
	test_key_id();
	test_not_made();
	test_hostile();
	test_iterations();
	test_not_files();
	test_names();
	none = run("rm -rf $F");
	buf_clear(&none);

	return tap_done();
}
