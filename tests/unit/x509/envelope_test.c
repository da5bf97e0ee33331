/*
 * envelope_test.c - sealed messages: openssl(1) both ways, signed ones inside,
 * and what strangers may not send.
 */
#include "x509/envelope.h"

#include "people.h"
#include "x509/cms.h"
#include "x509/cmsput.h"

#define CONTENT SPAN_LIT("vid\r\n\xb0\xa1\0and R")

/* A second recipient: another RSA key. */
static struct person second;

static enum rc
open_it(struct span message, const struct person *p, struct span want,
    bool *same, struct err *e)
{
	struct sec out SEC_WIPED = { 0 };
	enum rc rc = envelope_open(message, p->certificate, p->key, &out, e);

	*same = rc == RC_OK ? span_equal(sec_span(&out), want) : out.p == NULL;

	return rc;
}

/* We seal; openssl cms -decrypt opens, and so do we. */
static void
test_seals(void)
{
	static const size_t sizes[] = { 0, 1, 15, 16, 17, 4096, 65537 };
	const struct certificate *to[2] = { made[0].certificate,
		second.certificate };
	static uint8_t content[65537];
	bool same;

	for (size_t i = 0; i < sizeof(content); i++)
		content[i] = (uint8_t)(i * 7);
	for (size_t k = 0; k < 4 * sizeof(sizes) / sizeof(sizes[0]); k++) {
		enum envelope_cipher cipher =
		    k % 2 == 0 ? ENVELOPE_SEED : ENVELOPE_AES_256;
		struct span in = { content, sizes[k / 4] };
		size_t n = 1 + k / 2 % 2;
		struct buf out = buf_init(ENVELOPE_MAX);
		struct err e = { 0 };

		ok(envelope_seal(cipher, to, n, in, &out, &e) == RC_OK &&
			open_it(buf_span(&out), &made[0], in, &same, &e) ==
			    RC_OK &&
			same,
		    "%s, %zu bytes for %zu %s",
		    cipher == ENVELOPE_SEED ? "SEED" : "AES", in.n, n, e.msg);
		ok(open_it(buf_span(&out), &second, in, &same, NULL) ==
			    (n == 2 ? RC_OK : RC_ABSENT) &&
			same,
		    "the second %s", n == 2 ? "too" : "not");
		workshop_write("sealed", buf_span(&out));
		workshop_write("content", in);
		ok(runs("openssl cms -decrypt -binary -provider legacy "
			"-provider default -inform DER -in sealed -recip 0.crt "
			"-inkey 0.pem -out opened && cmp opened content && "
			"echo same"),
		    "and openssl opens it");
		buf_clear(&out);
	}
}

/* Recipients stand in DER's order, however they were given (X.690 11.6). */
static void
test_order(void)
{
	const struct certificate *both[2][2] = {
		{ made[0].certificate, second.certificate },
		{ second.certificate, made[0].certificate },
	};

	for (size_t k = 0; k < 2; k++) {
		struct buf out = buf_init(ENVELOPE_MAX);
		struct der_doc doc = { 0 };
		struct der at;
		struct span first, next;

		if (envelope_seal(ENVELOPE_SEED, both[k], 2, CONTENT, &out,
			NULL) != RC_OK)
			abort();
		at = der_init(&doc, buf_span(&out));
		at = der_enter(&at, DER_SEQUENCE);
		(void)der_any(&at);
		at = der_enter(&at, DER_EXPLICIT(0));
		at = der_enter(&at, DER_SEQUENCE);
		(void)der_any(&at);
		at = der_enter(&at, DER_SET);
		first = der_any(&at);
		next = der_any(&at);
		ok(der_done(&at) && memcmp(first.p, next.p, first.n) < 0,
		    "two recipients, order %zu", k);
		buf_clear(&out);
	}
}

/* openssl cms -encrypt seals, and we open, or say by name why not. */
static void
test_openssl_seals(void)
{
	static const struct {
		const char *how;
		enum rc want;
		const char *field;
	} rows[] = {
		{ "-seed-cbc", RC_OK, "" },
		{ "-aes-128-cbc", RC_OK, "" },
		{ "-aes-192-cbc", RC_OK, "" },
		{ "-aes-256-cbc", RC_OK, "" },
		{ "-aria-128-cbc", RC_OK, "" },
		{ "-aria-256-cbc", RC_OK, "" },
		{ "-des3", RC_OK, "" },
		{ "-keyid -aes-256-cbc", RC_OK, "" },
		{ "-camellia-128-cbc", RC_UNKNOWN,
		    "contentEncryptionAlgorithm" },
		{ "-keyopt rsa_padding_mode:oaep -aes-256-cbc", RC_UNKNOWN,
		    "keyEncryptionAlgorithm" },
		{ "-stream -aes-256-cbc", RC_FORMAT, "" },
	};

	workshop_write("content", CONTENT);
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		struct buf in = run(
		    "openssl cms -encrypt -binary -provider legacy -provider "
		    "default -in content -outform DER -recip 0.crt %s",
		    rows[k].how);
		struct err e = { 0 };
		bool same;
		enum rc rc =
		    open_it(buf_span(&in), &made[0], CONTENT, &same, &e);

		ok(in.n > 0 && rc == rows[k].want && same &&
			strcmp(e.field, rows[k].field) == 0,
		    "openssl %s: %s %s %s", rows[k].how, err_name(rc), e.field,
		    e.msg);
		buf_clear(&in);
	}
}

/* Signed, and sealed: both sides with openssl at the other end. */
static void
test_nested(void)
{
	const struct cmsput_in in = { .content = CONTENT,
		.algorithm = { SIGNATURE_RSA_PKCS1, SIGNATURE_HASH_SHA256, 0 },
		.certificate = sample_person.certificate };
	const struct certificate *to = made[0].certificate;
	struct buf message = buf_init(65536), out = buf_init(ENVELOPE_MAX);
	struct sec opened SEC_WIPED = { 0 };
	struct cms c;

	ok(cmsput_signed(&in, sign, sample_person.key, &message, NULL) ==
		    RC_OK &&
		envelope_seal(ENVELOPE_SEED, &to, 1, buf_span(&message), &out,
		    NULL) == RC_OK,
	    "signed and sealed");
	ok(envelope_is_one(buf_span(&out)) &&
		!envelope_is_one(buf_span(&message)) &&
		!envelope_is_one((struct span){ out.p, 3 }) &&
		!envelope_is_one(SPAN_LIT("")),
	    "the one is an envelope, the other is not");
	ok(envelope_open(buf_span(&out), to, made[0].key, &opened, NULL) ==
		    RC_OK &&
		cms_parse(sec_span(&opened), &c, NULL) == RC_OK &&
		cms_verify(&c, &c.signers[0], sample_person.certificate, NULL,
		    NULL) == RC_OK &&
		span_equal(c.content, CONTENT),
	    "opened and verified");
	workshop_write("sealed", buf_span(&out));
	ok(runs("openssl cms -decrypt -binary -provider legacy -provider "
		"default -inform DER -in sealed -recip 0.crt -inkey 0.pem -out "
		"signed && openssl cms -verify -binary -noverify -inform DER "
		"-in signed -out opened 2>&1 && cmp opened content && echo "
		"same"),
	    "and by openssl");
	buf_clear(&message);
	buf_clear(&out);
}

/*
 * Damage. A changed content may come out changed: nobody has signed it. It
 * must not come out as it was, and what is around it must not change.
 */
static void
test_damage(void)
{
	const struct certificate *to = made[0].certificate;
	struct buf out = buf_init(ENVELOPE_MAX);
	size_t same_n = 0, tried = 0, cut = 0;
	bool same;

	if (envelope_seal(ENVELOPE_SEED, &to, 1, CONTENT, &out, NULL) != RC_OK)
		abort();
	for (size_t i = 0; i < out.n; i += tap_each(), tried++) {
		out.p[i] ^= (uint8_t)(1 << i % 8);
		same_n += open_it(buf_span(&out), &made[0], CONTENT, &same,
			      NULL) == RC_OK &&
		    same;
		out.p[i] ^= (uint8_t)(1 << i % 8);
	}
	ok(same_n == 0, "a bit in each of %zu bytes", tried);
	for (size_t n = 0; n < out.n; n++)
		cut += open_it((struct span){ out.p, n }, &made[0], CONTENT,
			   &same, NULL) == RC_FORMAT;
	ok(cut == out.n, "%zu truncations", cut);
	ok(open_it(buf_span(&out), &made[0], CONTENT, &same, NULL) == RC_OK &&
		same,
	    "as it was, it opens");
	buf_clear(&out);
}

/* A wrong key for the content: mostly refused, never another answer. */
static void
test_wrong_key(void)
{
	const struct person other = { made[0].certificate, second.key };
	const struct certificate *to = made[0].certificate;
	struct buf out = buf_init(ENVELOPE_MAX);
	size_t refused = 0, opened = 0;
	bool same;

	if (envelope_seal(ENVELOPE_SEED, &to, 1, CONTENT, &out, NULL) != RC_OK)
		abort();
	for (size_t i = 0; i < 200; i++) {
		enum rc rc =
		    open_it(buf_span(&out), &other, CONTENT, &same, NULL);

		refused += rc == RC_SECRET;
		opened += rc == RC_OK && !same;
	}
	ok(refused + opened == 200 && refused > 150,
	    "another key: refused %zu times of 200, rubbish %zu times", refused,
	    opened);
	buf_clear(&out);
}

static void
test_refused(void)
{
	const struct certificate *to[ENVELOPE_RECIPIENTS + 1] = {
		made[0].certificate
	};
	static uint8_t big[ENVELOPE_CONTENT + 1];
	struct buf out = buf_init(2 * ENVELOPE_MAX);
	struct buf cert = run("openssl req -x509 -subj /CN=s -key 0.pem "
			      "-addext keyUsage=critical,digitalSignature "
			      "-outform DER 2>/dev/null");
	struct certificate *signs;

	if (certificate_parse(buf_span(&cert), &signs, NULL) != RC_OK)
		abort();
	to[1] = signs;
	ok(envelope_seal(ENVELOPE_SEED, to, 0, CONTENT, &out, NULL) ==
		    RC_LIMIT &&
		envelope_seal(ENVELOPE_SEED, to, ENVELOPE_RECIPIENTS + 1,
		    CONTENT, &out, NULL) == RC_LIMIT &&
		envelope_seal(ENVELOPE_SEED, to, 1, SPAN(big), &out, NULL) ==
		    RC_LIMIT,
	    "nobody, too many, too much");
	ok(envelope_seal(ENVELOPE_SEED, to, 2, CONTENT, &out, NULL) ==
		RC_DENIED,
	    "somebody whose key only signs");
	to[1] = made[1].certificate;
	ok(envelope_seal(ENVELOPE_SEED, to, 2, CONTENT, &out, NULL) ==
		    RC_UNKNOWN &&
		out.n == 0,
	    "somebody with an EC key");
	certificate_free(signs);
	buf_clear(&cert);
	buf_clear(&out);
}

int
main(void)
{
	struct buf cert, info;

	workshop_open();
	people_make();
	if (!runs("openssl req -x509 -subj /CN=2 -noenc -newkey rsa:2048 "
		  "-keyout 2nd.pem -out 2nd.crt 2>/dev/null && echo made"))
		abort();
	cert = run("openssl x509 -outform DER -in 2nd.crt");
	info = run("openssl pkcs8 -topk8 -nocrypt -outform DER -in 2nd.pem");
	person_load(&second, buf_span(&cert), buf_span(&info));
	buf_clear(&cert);
	buf_clear(&info);
	test_seals();
	test_order();
	test_openssl_seals();
	test_nested();
	test_damage();
	test_wrong_key();
	test_refused();
	person_clear(&second);
	people_clear();
	workshop_close();

	return tap_done();
}
