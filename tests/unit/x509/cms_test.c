/*
 * cms_test.c - signed messages: the sample to the byte, openssl(1) both ways,
 * and what strangers may not send.
 */
#include "x509/cms.h"

#include "npki/derput.h"
#include "people.h"
#include "x509/cmsput.h"

#define SAMPLE_CONTENT 60 /* where TEST_MSG begins in the sample */

#define RSA_SHA256                                            \
	{                                                     \
		SIGNATURE_RSA_PKCS1, SIGNATURE_HASH_SHA256, 0 \
	}

/* Parses and verifies with that person's certificate. */
static enum rc
verify(struct span message, const struct person *p, const struct span *content,
    struct err *e)
{
	struct cms c;
	enum rc rc = cms_parse(message, &c, e);

	for (size_t i = 0; rc == RC_OK && i < c.signers_n; i++)
		rc = cms_verify(&c, &c.signers[i], p->certificate, content, e);

	return rc;
}

/* Golden 11: the sample verifies; no other message that looks like it does. */
static void
test_sample(void)
{
	struct buf in = sample("pypinksign/signed-TEST_MSG.p7m");
	const struct person *p = &sample_person;
	size_t cert, end, refused = 0, cut = 0;
	struct err e = { 0 };
	struct cms c;

	ok(cms_parse(buf_span(&in), &c, NULL) == RC_OK && c.signers_n == 1 &&
		c.certificates_n == 1 && !c.detached &&
		span_equal(c.content, SPAN_LIT("TEST_MSG")) &&
		c.signers[0].attributes.n == 0 &&
		c.signers[0].algorithm.scheme == SIGNATURE_RSA_PKCS1 &&
		c.signers[0].algorithm.hash == SIGNATURE_HASH_SHA256,
	    "the sample is read");
	ok(span_equal(c.certificates[0], certificate_der(p->certificate)),
	    "and holds the certificate");
	ok(verify(buf_span(&in), p, NULL, NULL) == RC_OK, "and verifies");
	cert = (size_t)(c.certificates[0].p - in.p);
	end = cert + c.certificates[0].n;
	for (size_t i = 0; i < in.n; i++) {
		cut += cms_parse((struct span){ in.p, i }, &c, NULL) ==
			RC_FORMAT &&
		    c.signers_n == 0;
		in.p[i] ^= (uint8_t)(1 << i % 8);
		refused += verify(buf_span(&in), p, NULL, NULL) != RC_OK;
		in.p[i] ^= (uint8_t)(1 << i % 8);
	}
	ok(cut == in.n, "%zu truncations are malformed", cut);
	/* Nobody signed the certificate that came along; it is compared. */
	ok(refused >= in.n - (end - cert), "a bit in each byte: refused");
	in.p[SAMPLE_CONTENT] ^= 1;
	ok(verify(buf_span(&in), p, NULL, &e) == RC_DENIED &&
		strcmp(e.field, "signature") == 0,
	    "one byte of the content: %s", e.msg);
	buf_clear(&in);
}

/* Golden 12, and the first line of the task: the same bytes with the key. */
static void
test_same_bytes(void)
{
	struct buf want = sample("pypinksign/signed-TEST_MSG.p7m");
	const struct cmsput_in in = { .content = SPAN_LIT("TEST_MSG"),
		.algorithm = RSA_SHA256,
		.certificate = sample_person.certificate };
	struct buf got = buf_init(1 << 16);

	ok(cmsput_signed(&in, sign, sample_person.key, &got, NULL) == RC_OK &&
		span_equal(buf_span(&got), buf_span(&want)),
	    "signed-TEST_MSG.p7m is made again byte for byte");
	buf_clear(&got);
	buf_clear(&want);
}

/* openssl cms -verify takes ours. */
static void
test_openssl_verifies(void)
{
	static const struct {
		const char *what;
		size_t who;
		struct signature_algorithm a;
	} rows[] = {
		{ "RSA SHA-256", 0, RSA_SHA256 },
		{ "RSA SHA-512", 0,
		    { SIGNATURE_RSA_PKCS1, SIGNATURE_HASH_SHA512, 0 } },
		{ "PSS SHA-256, salt 32", 0,
		    { SIGNATURE_RSA_PSS, SIGNATURE_HASH_SHA256, 32 } },
		{ "PSS SHA-384, salt 20", 0,
		    { SIGNATURE_RSA_PSS, SIGNATURE_HASH_SHA384, 20 } },
		{ "P-256", 1,
		    { SIGNATURE_ECDSA_DER, SIGNATURE_HASH_SHA256, 0 } },
		{ "P-384", 2,
		    { SIGNATURE_ECDSA_DER, SIGNATURE_HASH_SHA384, 0 } },
	};
	struct span chain[2] = { certificate_der(sample_person.certificate),
		certificate_der(made[1].certificate) };

	workshop_write("content", SPAN_LIT("TEST\r\nMSG \xb0\xa1"));
	for (size_t k = 0; k < 4 * sizeof(rows) / sizeof(rows[0]); k++) {
		const struct person *p = &made[rows[k / 4].who];
		bool detached = k % 2 != 0, attributes = k % 4 >= 2;
		struct cmsput_in in = {
			.content = SPAN_LIT("TEST\r\nMSG \xb0\xa1"),
			.detached = detached,
			.attributes = attributes,
			.time_ms = k / 4 == 0 ? 0 : 1700000000000,
			.algorithm = rows[k / 4].a,
			.certificate = p->certificate,
			.chain = chain,
			.chain_n = k / 4 == 1 ? 2 : 0,
		};
		struct buf got = buf_init(1 << 16);
		struct span *content = detached ? &in.content : NULL;
		struct err e = { 0 };

		ok(cmsput_signed(&in, sign, p->key, &got, &e) == RC_OK &&
			verify(buf_span(&got), p, content, &e) == RC_OK,
		    "%s%s%s: signed and verified %s", rows[k / 4].what,
		    attributes ? ", attributes" : "",
		    detached ? ", detached" : "", e.msg);
		workshop_write("message", buf_span(&got));
		ok(runs("openssl cms -verify -binary -inform DER -in message "
			"-CAfile %zu.crt %s -out out 2>&1 && cmp out content "
			"&& echo same",
		       rows[k / 4].who, detached ? "-content content" : ""),
		    "and openssl verifies it");
		if (attributes)
			ok(runs("openssl cms -verify -cades -binary -inform "
				"DER -in message -CAfile %zu.crt %s 2>&1 "
				"-out out && echo good",
			       rows[k / 4].who,
			       detached ? "-content content" : ""),
			    "and as CAdES too");
		buf_clear(&got);
	}
}

/* We take what openssl cms -sign makes, or say by name why not. */
static void
test_openssl_signs(void)
{
	static const struct {
		const char *what, *how;
		size_t who;
		enum rc want;
		const char *field;
		bool detached;
	} rows[] = {
		{ "attached, attributes", "-nodetach -md sha256", 0, RC_OK, "",
		    false },
		{ "attached, without", "-nodetach -noattr -md sha256", 0, RC_OK,
		    "", false },
		{ "detached, attributes", "-md sha384", 0, RC_OK, "", true },
		{ "detached, without", "-noattr -md sha512", 0, RC_OK, "",
		    true },
		{ "PSS", "-nodetach -md sha256 -keyopt rsa_padding_mode:pss", 0,
		    RC_OK, "", false },
		{ "PSS without attributes, salt 32",
		    "-noattr -md sha256 -keyopt rsa_padding_mode:pss "
		    "-keyopt rsa_pss_saltlen:32",
		    0, RC_OK, "", true },
		{ "PSS with another hash in MGF1",
		    "-nodetach -md sha256 -keyopt rsa_padding_mode:pss "
		    "-keyopt rsa_mgf1_md:sha512",
		    0, RC_POLICY, "signatureAlgorithm", false },
		{ "P-256", "-nodetach -md sha256", 1, RC_OK, "", false },
		{ "P-384 with SHA-512", "-nodetach -md sha512", 2, RC_OK, "",
		    false },
		{ "by key identifier", "-nodetach -keyid -md sha256", 0, RC_OK,
		    "", false },
		{ "CAdES", "-nodetach -cades -md sha256", 0, RC_OK, "", false },
		{ "no S/MIME capabilities", "-nodetach -nosmimecap -md sha256",
		    0, RC_OK, "", false },
		{ "no certificate in it", "-nodetach -nocerts -md sha256", 0,
		    RC_OK, "", false },
		{ "with others' certificates",
		    "-nodetach -certfile 1.crt -md sha256", 0, RC_OK, "",
		    false },
		{ "SHA-1", "-nodetach -md sha1", 0, RC_POLICY,
		    "digestAlgorithm", false },
		{ "SHA-224", "-nodetach -md sha224", 0, RC_UNKNOWN,
		    "digestAlgorithm", false },
		{ "indefinite lengths", "-nodetach -stream -md sha256", 0,
		    RC_FORMAT, "", false },
		{ "another content type",
		    "-nodetach -econtent_type 1.2.3 -md sha256", 0, RC_UNKNOWN,
		    "encapContentInfo", false },
	};
	struct span content = SPAN_LIT("TEST\r\nMSG \xb0\xa1");

	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		struct buf in = run("openssl cms -sign -binary -in content "
				    "-outform DER -signer %zu.crt -inkey "
				    "%zu.pem %s",
		    rows[k].who, rows[k].who, rows[k].how);
		struct err e = { 0 };
		enum rc rc = verify(buf_span(&in), &made[rows[k].who],
		    rows[k].detached ? &content : NULL, &e);

		ok(in.n > 0 && rc == rows[k].want &&
			strcmp(e.field, rows[k].field) == 0,
		    "openssl, %s: %s %s %s", rows[k].what, err_name(rc),
		    e.field, e.msg);
		if (rc == RC_OK)
			ok(verify(buf_span(&in), &made[(rows[k].who + 1) % 3],
			       rows[k].detached ? &content : NULL,
			       NULL) == RC_ABSENT,
			    "and it is nobody else's");
		buf_clear(&in);
	}
}

/* Two signers: each with its own certificate. */
static void
test_two_signers(void)
{
	struct buf in =
	    run("openssl cms -sign -binary -in content -outform DER -nodetach "
		"-signer 0.crt -inkey 0.pem -signer 1.crt -inkey 1.pem "
		"-md sha256");
	struct cms c;
	size_t good = 0;

	ok(cms_parse(buf_span(&in), &c, NULL) == RC_OK && c.signers_n == 2 &&
		c.certificates_n == 2,
	    "two signers");
	for (size_t i = 0; i < c.signers_n; i++)
		for (size_t k = 0; k < 2; k++)
			good += cms_verify(&c, &c.signers[i],
				    made[k].certificate, NULL, NULL) == RC_OK;
	ok(good == 2, "each verifies with its own certificate");
	buf_clear(&in);
}

static void
test_sources(void)
{
	struct buf in = sample("pypinksign/signed-TEST_MSG.p7m");
	struct span content = SPAN_LIT("TEST_MSG");
	const struct cmsput_in detached = { .content = content,
		.detached = true,
		.algorithm = RSA_SHA256,
		.certificate = sample_person.certificate };
	struct buf got = buf_init(1 << 16);
	struct span other = SPAN_LIT("TEST_MSG ");
	struct span none = { NULL, 0 };

	ok(verify(buf_span(&in), &sample_person, &content, NULL) == RC_STATE,
	    "attached, and given once more");
	ok(cmsput_signed(&detached, sign, sample_person.key, &got, NULL) ==
		    RC_OK &&
		verify(buf_span(&got), &sample_person, NULL, NULL) == RC_STATE,
	    "detached, and not given");
	ok(verify(buf_span(&got), &sample_person, &other, NULL) == RC_DENIED &&
		verify(buf_span(&got), &sample_person, &none, NULL) ==
		    RC_DENIED,
	    "detached, and another");
	buf_clear(&got);
	buf_clear(&in);
}

/* An own writer, for what ours does not write. */
struct forged {
	const char *what;
	const char *version;       /* of the signerInfo */
	const char *attributes[5]; /* hex; a '+' stands for messageDigest */
	const char *unsigned_attributes; /* hex; NULL: none */
	enum rc want;
	const char *field;
};

#define ATTRIBUTE_TYPE "301806092a864886f70d010903310b06092a864886f70d010701"
#define ATTRIBUTE_TIME \
	"301c06092a864886f70d010905310f170d3233313131343232313332305a"
#define ATTRIBUTE_DIGEST "302f06092a864886f70d01090431220420+"
#define ATTRIBUTE_PROTECT                                              \
	"302d06092a864886f70d0109343120301e300d0609608648016503040201" \
	"0500a10d06092a864886f70d0101010500"

static struct buf
forge_attribute(const char *hex, struct span digest)
{
	struct buf text = buf_init(4096), out = buf_init(4096);

	for (; *hex != '\0'; hex++) {
		if (*hex == '+')
			enc_hex(&text, digest);
		else
			buf_u8(&text, (uint8_t)*hex);
	}
	if (enc_hex_parse(&out, buf_span(&text), NULL) != RC_OK)
		abort();
	buf_clear(&text);

	return out;
}

/* A message over TEST_MSG by the sample's key with attributes as they come. */
static struct span
forge(const struct forged *f, uint8_t *room, size_t size)
{
	static const struct signature_algorithm a = RSA_SHA256;
	static const uint8_t sha256[] = { 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86,
		0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00 };
	static const uint8_t rsa[] = { 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48,
		0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00 };
	const struct certinfo *info =
	    certificate_info(sample_person.certificate);
	struct buf set = buf_init(4096), signature = buf_init(512);
	struct buf version = unhex(f->version);
	uint8_t digest[32], hash[32], header[4200];
	struct derput w = derput_init(header, sizeof(header));
	size_t n = 0, mark;

	(void)EVP_Q_digest(NULL, "SHA256", NULL, "TEST_MSG", 8, digest, &n);
	for (size_t i = 0; i < 5 && f->attributes[i] != NULL; i++) {
		struct buf one =
		    forge_attribute(f->attributes[i], SPAN(digest));

		buf_bytes(&set, buf_span(&one));
		buf_clear(&one);
	}
	derput_element(&w, DER_SET, buf_span(&set));
	(void)EVP_Q_digest(NULL, "SHA256", NULL, derput_span(&w).p,
	    derput_span(&w).n, hash, &n);
	if (pkey_sign(sample_person.key, &a, SPAN(hash), &signature, NULL) !=
	    RC_OK)
		abort();
	w = derput_init(room, size);
	if (f->unsigned_attributes != NULL) {
		struct buf one = unhex(f->unsigned_attributes);

		derput_bytes(&w, buf_span(&one));
		buf_clear(&one);
	}
	derput_element(&w, DER_OCTETS, buf_span(&signature));
	derput_bytes(&w, SPAN(rsa));
	derput_element(&w, DER_EXPLICIT(0), buf_span(&set));
	derput_bytes(&w, SPAN(sha256));
	mark = derput_mark(&w);
	derput_bytes(&w, info->serial_der);
	derput_bytes(&w, info->issuer_der);
	derput_wrap(&w, DER_SEQUENCE, mark);
	derput_bytes(&w, buf_span(&version));
	derput_wrap(&w, DER_SEQUENCE, 0);
	derput_wrap(&w, DER_SET, 0);
	mark = derput_mark(&w);
	derput_element(&w, DER_OCTETS, SPAN_LIT("TEST_MSG"));
	derput_wrap(&w, DER_EXPLICIT(0), mark);
	derput_element(
	    &w, DER_OID, SPAN_LIT("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"));
	derput_wrap(&w, DER_SEQUENCE, mark);
	derput_element(&w, DER_SET, SPAN(sha256));
	derput_uint(&w, 1);
	derput_wrap(&w, DER_SEQUENCE, 0);
	derput_wrap(&w, DER_EXPLICIT(0), 0);
	derput_element(
	    &w, DER_OID, SPAN_LIT("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"));
	derput_wrap(&w, DER_SEQUENCE, 0);
	buf_clear(&set);
	buf_clear(&signature);
	buf_clear(&version);

	return derput_span(&w);
}

/* Each is signed with the right key; the form alone decides (RFC 5652 5.3). */
static void
test_forms(void)
{
	static const struct forged rows[] = {
		{ .what = "as it should be",
		    .version = "020101",
		    .attributes = { ATTRIBUTE_TYPE, ATTRIBUTE_TIME,
			ATTRIBUTE_DIGEST },
		    .want = RC_OK,
		    .field = "" },
		{ .what = "without a time",
		    .version = "020101",
		    .attributes = { ATTRIBUTE_TYPE, ATTRIBUTE_DIGEST },
		    .want = RC_OK,
		    .field = "" },
		{ .what = "without contentType",
		    .version = "020101",
		    .attributes = { ATTRIBUTE_TIME, ATTRIBUTE_DIGEST },
		    .want = RC_FORMAT,
		    .field = "signedAttrs.contentType" },
		{ .what = "without messageDigest",
		    .version = "020101",
		    .attributes = { ATTRIBUTE_TYPE, ATTRIBUTE_TIME },
		    .want = RC_FORMAT,
		    .field = "signedAttrs.messageDigest" },
		{ .what = "contentType twice",
		    .version = "020101",
		    .attributes = { ATTRIBUTE_TYPE, ATTRIBUTE_TYPE,
			ATTRIBUTE_DIGEST },
		    .want = RC_FORMAT,
		    .field = "signedAttrs.contentType" },
		{ .what = "messageDigest twice",
		    .version = "020101",
		    .attributes = { ATTRIBUTE_TYPE, ATTRIBUTE_DIGEST,
			ATTRIBUTE_DIGEST },
		    .want = RC_FORMAT,
		    .field = "signedAttrs.messageDigest" },
		{ .what = "out of order",
		    .version = "020101",
		    .attributes = { ATTRIBUTE_DIGEST, ATTRIBUTE_TYPE },
		    .want = RC_FORMAT,
		    .field = "signedAttrs" },
		{ .what = "messageDigest with two values",
		    .version = "020101",
		    .attributes = { ATTRIBUTE_TYPE,
			"305106092a864886f70d01090431440420+0420+" },
		    .want = RC_FORMAT,
		    .field = "signedAttrs.messageDigest" },
		{ .what = "messageDigest without a value",
		    .version = "020101",
		    .attributes = { "300d06092a864886f70d0109043100",
			ATTRIBUTE_TYPE },
		    .want = RC_FORMAT,
		    .field = "signedAttrs.messageDigest" },
		{ .what = "messageDigest a bit string",
		    .version = "020101",
		    .attributes = { ATTRIBUTE_TYPE,
			"303006092a864886f70d0109043123032100+" },
		    .want = RC_FORMAT,
		    .field = "signedAttrs.messageDigest" },
		{ .what = "contentType signedData",
		    .version = "020101",
		    .attributes = { "301806092a864886f70d010903310b06092a86"
				    "4886f70d010702",
			ATTRIBUTE_DIGEST },
		    .want = RC_POLICY,
		    .field = "signedAttrs.contentType" },
		{ .what = "a time on February 30",
		    .version = "020101",
		    .attributes = { ATTRIBUTE_TYPE,
			"301c06092a864886f70d010905310f170d3233303233303232"
			"313332305a",
			ATTRIBUTE_DIGEST },
		    .want = RC_FORMAT,
		    .field = "signedAttrs.signingTime" },
		{ .what = "digest of another message",
		    .version = "020101",
		    .attributes = { ATTRIBUTE_TYPE,
			"302f06092a864886f70d01090431220420"
			"000102030405060708090a0b0c0d0e0f"
			"000102030405060708090a0b0c0d0e0f" },
		    .want = RC_DENIED,
		    .field = "messageDigest" },
		{ .what = "digest with a byte more",
		    .version = "020101",
		    .attributes = { ATTRIBUTE_TYPE,
			"303006092a864886f70d01090431230421+00" },
		    .want = RC_DENIED,
		    .field = "messageDigest" },
		{ .what = "signed for another certificate",
		    .version = "020101",
		    .attributes = { ATTRIBUTE_TYPE, ATTRIBUTE_DIGEST,
			"3037060b2a864886f70d010910022f31283026302430220420+" },
		    .want = RC_DENIED,
		    .field = "signingCertificateV2" },
		{ .what = "algorithms repeated (RFC 6211)",
		    .version = "020101",
		    .attributes = { ATTRIBUTE_TYPE, ATTRIBUTE_PROTECT,
			ATTRIBUTE_DIGEST },
		    .want = RC_OK,
		    .field = "" },
		{ .what = "another hash repeated",
		    .version = "020101",
		    .attributes = { ATTRIBUTE_TYPE,
			"302d06092a864886f70d0109343120301e300d060960864801"
			"6503040203"
			"0500a10d06092a864886f70d0101010500",
			ATTRIBUTE_DIGEST },
		    .want = RC_POLICY,
		    .field = "signerInfo.signatureAlgorithm" },
		{ .what = "only the hash repeated",
		    .version = "020101",
		    .attributes = { ATTRIBUTE_TYPE,
			"301e06092a864886f70d0109343111300f300d060960864801"
			"65030402010500",
			ATTRIBUTE_DIGEST },
		    .want = RC_FORMAT,
		    .field = "signedAttrs.cmsAlgorithmProtection" },
		{ .what = "no attribute at all",
		    .version = "020101",
		    .want = RC_FORMAT,
		    .field = "signedAttrs.contentType" },
		{ .what = "version 3 with issuer and serial",
		    .version = "020103",
		    .attributes = { ATTRIBUTE_TYPE, ATTRIBUTE_DIGEST },
		    .want = RC_FORMAT,
		    .field = "signerInfo.sid" },
		{ .what = "version 2",
		    .version = "020102",
		    .attributes = { ATTRIBUTE_TYPE, ATTRIBUTE_DIGEST },
		    .want = RC_FORMAT,
		    .field = "signerInfo.version" },
		{ .what = "unsigned attributes",
		    .version = "020101",
		    .attributes = { ATTRIBUTE_TYPE, ATTRIBUTE_DIGEST },
		    .unsigned_attributes =
			"a111300f06032a030431080406000000000000",
		    .want = RC_OK,
		    .field = "" },
		{ .what = "something after the signature",
		    .version = "020101",
		    .attributes = { ATTRIBUTE_TYPE, ATTRIBUTE_DIGEST },
		    .unsigned_attributes = "0500",
		    .want = RC_FORMAT,
		    .field = "signerInfo.unsignedAttrs" },
	};

	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		static uint8_t room[8192];
		struct span message = forge(&rows[k], room, sizeof(room));
		struct err e = { 0 };
		enum rc rc = verify(message, &sample_person, NULL, &e);

		ok(rc == rows[k].want && strcmp(e.field, rows[k].field) == 0,
		    "%s: %s %s %s", rows[k].what, err_name(rc), e.field, e.msg);
	}
}

/*
 * The attributes of one signature as the content of another, and the other way
 * round: openssl makes it, nobody of ours takes or makes it.
 */
static void
test_ambiguous(void)
{
	struct buf in = run("openssl cms -sign -binary -in content -outform "
			    "DER -signer 0.crt -inkey 0.pem -md sha256"),
		   set = buf_init(4096), got = buf_init(1 << 16);
	static const char *const others[] = { "", "3100", "3000", "310130",
		"3109300706012831023000", "3118", "54455354" };
	struct cmsput_in again = { .algorithm = RSA_SHA256,
		.certificate = made[0].certificate };
	struct err e = { 0 };
	struct cms c;

	if (cms_parse(buf_span(&in), &c, NULL) != RC_OK)
		abort();
	buf_u8(&set, DER_SET);
	buf_bytes(&set,
	    (struct span){
		c.signers[0].attributes.p + 1, c.signers[0].attributes.n - 1 });
	buf_clear(&in);
	ok(cms_is_ambiguous(buf_span(&set)), "attributes look like it");
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct buf other = unhex(others[i]);

		ok(!cms_is_ambiguous(buf_span(&other)), "not '%s'", others[i]);
		buf_clear(&other);
	}
	workshop_write("attributes", buf_span(&set));
	in = run("openssl cms -sign -noattr -binary -in attributes -outform "
		 "DER -nodetach -signer 0.crt -inkey 0.pem -md sha256");
	ok(verify(buf_span(&in), &made[0], NULL, &e) == RC_POLICY &&
		strcmp(e.field, "content") == 0,
	    "signed without attributes: %s", e.msg);
	buf_clear(&in);
	in = run("openssl cms -sign -binary -in attributes -outform DER "
		 "-nodetach -signer 0.crt -inkey 0.pem -md sha256");
	ok(verify(buf_span(&in), &made[0], NULL, NULL) == RC_OK,
	    "with attributes it is only a content");
	again.content = buf_span(&set);
	ok(cmsput_signed(&again, sign, made[0].key, &got, NULL) == RC_POLICY &&
		got.n == 0,
	    "we do not sign it either");
	buf_clear(&got);
	buf_clear(&set);
	buf_clear(&in);
}

/* A key for encryption signs nothing, and its signature counts for nothing. */
static void
test_usage(void)
{
	static const struct {
		const char *usage;
		enum rc want;
	} rows[] = {
		{ "digitalSignature", RC_OK },
		{ "nonRepudiation", RC_OK },
		{ "keyEncipherment,dataEncipherment", RC_DENIED },
		{ "keyCertSign,cRLSign", RC_DENIED },
		{ "keyEncipherment,digitalSignature", RC_OK },
	};

	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		struct buf cert =
		    run("openssl req -x509 -subj /CN=u -key 0.pem -addext "
			"keyUsage=critical,%s -outform DER 2>/dev/null",
			rows[k].usage);
		struct person p = { 0 };
		struct cmsput_in in = { .content = SPAN_LIT("TEST_MSG"),
			.algorithm = RSA_SHA256 };
		struct buf got = buf_init(1 << 16), theirs;
		struct err e = { 0 };

		if (certificate_parse(buf_span(&cert), &p.certificate, NULL) !=
		    RC_OK)
			abort();
		in.certificate = p.certificate;
		ok(cmsput_signed(&in, sign, made[0].key, &got, &e) ==
			rows[k].want,
		    "signing with %s: %s", rows[k].usage, e.field);
		workshop_write("usage.der", buf_span(&cert));
		theirs = run(
		    "openssl x509 -inform DER -in usage.der -out usage.crt && "
		    "openssl cms -sign -binary -in content -outform DER "
		    "-nodetach -md sha256 -signer usage.crt -inkey 0.pem");
		ok(verify(buf_span(&theirs), &p, NULL, NULL) == rows[k].want,
		    "and openssl's");
		buf_clear(&theirs);
		buf_clear(&got);
		buf_clear(&cert);
		certificate_free(p.certificate);
	}
}

static enum rc
sign_badly(void *arg, const struct signature_algorithm *a, struct span digest,
    struct buf *out, struct err *e)
{
	enum rc rc = pkey_sign(arg, a, digest, out, e);

	out->p[out->n - 1] ^= 1;

	return rc;
}

static enum rc
sign_not(void *arg, const struct signature_algorithm *a, struct span digest,
    struct buf *out, struct err *e)
{
	(void)arg;
	(void)a;
	(void)digest;
	(void)out;

	return err_set(e, RC_REFUSED, NULL, "the person said no");
}

static void
test_signers(void)
{
	const struct cmsput_in in = { .content = SPAN_LIT("TEST_MSG"),
		.attributes = true,
		.algorithm = RSA_SHA256,
		.certificate = sample_person.certificate };
	struct buf got = buf_init(1 << 16);

	buf_str(&got, "before");
	ok(cmsput_signed(&in, sign_badly, sample_person.key, &got, NULL) ==
		    RC_CRYPTO &&
		cmsput_signed(&in, sign_not, NULL, &got, NULL) == RC_REFUSED &&
		cmsput_signed(&in, sign, made[0].key, &got, NULL) ==
		    RC_CRYPTO &&
		got.n == 6,
	    "a signer that lies, one that says no, another one's key");
	ok(cmsput_signed(&in, sign, sample_person.key, &got, NULL) == RC_OK &&
		verify((struct span){ got.p + 6, got.n - 6 }, &sample_person,
		    NULL, NULL) == RC_OK,
	    "a message after other bytes");
	buf_clear(&got);
}

int
main(void)
{
	workshop_open();
	people_make();
	test_sample();
	test_same_bytes();
	test_openssl_verifies();
	test_openssl_signs();
	test_two_signers();
	test_sources();
	test_forms();
	test_ambiguous();
	test_usage();
	test_signers();
	people_clear();
	workshop_close();

	return tap_done();
}
