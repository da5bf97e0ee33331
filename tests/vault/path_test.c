/*
 * path_test.c - what the vault is for, from the first device to a receipt,
 * judged by libcrypto.
 *
 * Belongs here: the straight way, of each kind of key and of approval.
 * Not here: everything else (attack_test.c, crash_test.c).
 */
#include "rig.h"

#include "base/rd.h"
#include "tap.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SAMPLES         "tests/npki-samples/"
#define SAMPLE_PASSWORD "WTuA8Ev0lWXVFSiI!"
#define SAMPLE_KEY      SAMPLES "pypinksign/privateKeyInfo-with-R.der"

static const char *const files[] = {
	SAMPLES "pypinksign/signPri.key",
	SAMPLES "derived/signPri-seedCBCWithSHA1-iter1024.key",
	SAMPLES "derived/signPri-seedCBC-fixedIV.key",
	SAMPLES "derived/signPri-PBES2-hmacSHA1-seedCBC.key",
	SAMPLES "derived/signPri-PBES2-hmacSHA256-seedCBC.key",
	SAMPLES "derived/signPri-PBES2-hmacSHA256-aes256CBC.key",
	SAMPLES "derived/signPri-PBES2-hmacSHA256-aria256CBC.key",
};

static void
test_process(struct rig *r)
{
	char path[64], line[256];
	bool calls = false, privileges = false;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)r->pid);
	f = fopen(path, "r");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		calls = calls || strcmp(line, "Seccomp:\t2\n") == 0;
		privileges =
		    privileges || strcmp(line, "NoNewPrivs:\t1\n") == 0;
	}
	if (f != NULL)
		(void)fclose(f);
	ok(privileges, "the process can gain no privileges");
	if (getenv("INGAM_WEAK") != NULL)
		ok(r->hello.weak_sandbox, "a weak sandbox is told of");
	else
		ok(calls && !r->hello.weak_sandbox, "and is in its sandbox");
	ok(r->hello.open && r->hello.hpke_key[0] == 4, "it says hello");
}

static void
test_pseudonyms(struct rig *r)
{
	uint8_t a[32], b[32], c[32];

	ok(keys_pseudonym(r->keys, SPAN_LIT("phone"), SPAN_LIT("0101"), a,
	       NULL) == RC_OK &&
		keys_pseudonym(r->keys, SPAN_LIT("phone"), SPAN_LIT("0101"), b,
		    NULL) == RC_OK &&
		memcmp(a, b, 32) == 0,
	    "a pseudonym lasts");
	ok(keys_pseudonym(r->keys, SPAN_LIT("phone0"), SPAN_LIT("101"), c,
	       NULL) == RC_OK &&
		memcmp(a, c, 32) != 0,
	    "label and value do not run into each other");
}

/* Every mechanism and hash that the key can do. */
static void
test_mechanisms(
    struct rig *r, struct phone *p, struct subject *s, const char *name)
{
	static const struct {
		enum keys_mechanism mechanism;
		enum keys_hash hash;
		uint16_t salt;
	} rows[] = {
		{ KEYS_RSA_PKCS1, KEYS_SHA256, 0 },
		{ KEYS_RSA_PKCS1, KEYS_SHA384, 0 },
		{ KEYS_RSA_PKCS1, KEYS_SHA512, 0 },
		{ KEYS_RSA_PSS, KEYS_SHA256, 32 },
		{ KEYS_RSA_PSS, KEYS_SHA384, 48 },
		{ KEYS_RSA_PSS, KEYS_SHA512, 0 },
		{ KEYS_ECDSA, KEYS_SHA256, 0 },
		{ KEYS_ECDSA, KEYS_SHA384, 0 },
		{ KEYS_ECDSA, KEYS_SHA512, 0 },
	};
	static const size_t lengths[] = { 0, 32, 48, 64 };
	bool rsa = EVP_PKEY_is_a(s->key, "RSA") == 1;
	struct keys_signed out = { 0 };
	uint8_t digest[64];
	struct grant g;

	memset(digest, 0x5a, sizeof(digest));
	ok(grant_window(r, p, s, 20, 60, &g) == RC_OK, "%s: a window", name);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span d = { digest, lengths[rows[i].hash] };
		bool fits = rsa == (rows[i].mechanism != KEYS_ECDSA);
		enum rc rc = grant_sign_with(r, &g, s, (uint32_t)i + 1,
		    rows[i].mechanism, rows[i].hash, rows[i].salt, d, &out);

		ok(fits ? rc == RC_OK &&
			    subject_verifies(s, rows[i].mechanism, rows[i].hash,
				rows[i].salt, d, buf_span(&out.signature))
			: rc == RC_FORMAT,
		    "%s: mechanism %d with hash %d %s", name,
		    (int)rows[i].mechanism, (int)rows[i].hash,
		    fits ? "verifies" : "is refused");
	}
	keys_signed_clear(&out);
	grant_free(&g);
}

/* A receipt says what was signed, for what, by which device. */
static void
test_receipt(struct rig *r, struct phone *p, struct subject *s)
{
	struct keys_signed out = { 0 };
	struct span ar1, signature;
	uint8_t hash[32];
	struct grant g;
	struct rd rd;
	uint32_t number = 77;

	ok(grant_window(r, p, s, 3, 60, &g) == RC_OK &&
		rig_verifies(
		    r, "INGAM-ARSIG1", buf_span(&g.ar1), SPAN(g.signature)),
	    "the request is signed with the display key");
	ok(grant_sign(r, &g, s, number, "hello", &out) == RC_OK &&
		out.left == 2,
	    "signed, two left");
	ok(rig_verifies(
	       r, "INGAM-SRSIG1", buf_span(&out.sr1), SPAN(out.sr1_signature)),
	    "the receipt is signed with the display key");
	rd = rd_init(buf_span(&out.sr1));
	ar1 = buf_span(&g.ar1);
	signature = buf_span(&out.signature);
	ok(span_equal(rd_bytes(&rd, 9), SPAN_LIT("INGAM-SR1")) &&
		span_equal(rd_bytes(&rd, 16), SPAN(g.id)) &&
		memcmp(rd_bytes(&rd, 16).p, &number, sizeof(number)) == 0,
	    "it names request and signature");
	digest_sha256(hash, &ar1, 1);
	ok(span_equal(rd_bytes(&rd, 32), SPAN(hash)), "it holds AR1's hash");
	digest_sha256(hash, &signature, 1);
	ok(span_equal(rd_bytes(&rd, 32), SPAN(hash)),
	    "and the signature's hash");
	ok(span_equal(rd_bytes(&rd, 16), SPAN(p->device)), "and the device");
	ok(rd_u8(&rd) == (p->is_pin ? 2 : 1), "how the person was verified");
	(void)rd_bytes(&rd, 16);
	ok(rd_done(&rd), "and nothing else");
	keys_signed_clear(&out);
	grant_free(&g);
}

static void
test_samples(struct rig *r, struct phone *p)
{
	struct buf file = buf_init(65536);
	struct keys_signed out = { 0 };
	struct subject s;
	struct grant g;

	subject_new(&s, SAMPLE_KEY, 30);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		const char *name = strrchr(files[i], '/') + 1;

		subject_read(files[i], &file);
		ok(subject_import(r, p, &s, buf_span(&file), SAMPLE_PASSWORD,
		       NULL) == RC_OK &&
			s.has_r,
		    "%s comes in, with R", name);
		ok(grant_window(r, p, &s, 1, 60, &g) == RC_OK &&
			grant_sign(r, &g, &s, 1, name, &out) == RC_OK,
		    "%s signs", name);
		grant_free(&g);
	}
	keys_signed_clear(&out);
	/* The real certificate of that key ended in 2020. */
	subject_read(SAMPLES "pypinksign/signCert.der", &s.certificate);
	{
		struct span c = buf_span(&s.certificate);

		digest_sha256(s.sha256, &c, 1);
	}
	ok(subject_import(r, p, &s, buf_span(&file), SAMPLE_PASSWORD, NULL) ==
		RC_OK,
	    "a certificate that is over still comes in");
	ok(grant_window(r, p, &s, 1, 60, &g) == RC_OK &&
		grant_sign(r, &g, &s, 1, "x", &out) == RC_EXPIRED,
	    "but does not sign");
	grant_free(&g);
	subject_free(&s);
	buf_clear(&file);
}

static void
test_import_refusals(struct rig *r, struct phone *p)
{
	struct subject s, other, km;
	uint8_t left = 99;

	subject_new(&s, "P-256", 30);
	subject_new(&other, "P-256", 30);
	subject_new(&km, "RSA", 30);
	ok(subject_import(r, p, &s, (struct span){ 0 }, "wrong", &left) ==
		    RC_SECRET &&
		left == 4 && s.kb1.n == 0,
	    "wrong password: nothing stored, four tries left");
	ok(subject_import(r, p, &s, buf_span(&other.file), SUBJECT_PASSWORD,
	       NULL) == RC_POLICY &&
		s.kb1.n == 0,
	    "another certificate's key is refused");
	ok(subject_import(r, p, &s, SPAN_LIT("junk"), SUBJECT_PASSWORD, NULL) ==
		RC_FORMAT,
	    "no key file is refused");
	ok(subject_import(
	       r, p, &s, (struct span){ 0 }, SUBJECT_PASSWORD, NULL) == RC_OK &&
		!s.has_r && s.km_kb1.n == 0,
	    "and the right one comes in");
	other.km = &km;
	ok(subject_import(r, p, &other, (struct span){ 0 }, SUBJECT_PASSWORD,
	       NULL) == RC_OK &&
		other.km_kb1.n > 0,
	    "with the pair for encryption, where there is one");
	subject_free(&s);
	subject_free(&other);
	subject_free(&km);
}

/* Each signature opens its key, or finds it open from the one before. */
static void
test_open_key(struct rig *r, struct phone *p, const char *seconds)
{
	struct keys_signed out = { 0 };
	uint8_t digest[DIGEST_SHA256] = { 7 };
	struct subject s;
	struct grant g;

	rig_kill(r);
	r->more[0] = "--open-key-seconds";
	r->more[1] = seconds;
	rig_start(r);
	subject_new(&s, "RSA", 30);
	ok(subject_import(
	       r, p, &s, (struct span){ 0 }, SUBJECT_PASSWORD, NULL) == RC_OK &&
		grant_window(r, p, &s, 3, 60, &g) == RC_OK,
	    "a key that stays open for %s s", seconds);
	for (uint32_t i = 1; i <= 3; i++) {
		digest[0] = (uint8_t)i;
		ok(grant_sign_with(r, &g, &s, i, KEYS_RSA_PKCS1, KEYS_SHA256, 0,
		       SPAN(digest), &out) == RC_OK &&
			subject_verifies(&s, KEYS_RSA_PKCS1, KEYS_SHA256, 0,
			    SPAN(digest), buf_span(&out.signature)),
		    "signs and verifies, time %u", (unsigned int)i);
	}
	keys_signed_clear(&out);
	grant_free(&g);
	subject_free(&s);
	r->more[0] = r->more[1] = NULL;
}

static void
test_push(struct rig *r, struct phone *p, struct subject *s)
{
	struct keys_signed out = { 0 };
	struct keys_status status;
	struct grant g;

	ok(grant_new(r, p, s, KEYS_OP_TOKEN, KEYS_MODE_PUSH, 2, 60, &g) ==
		    RC_OK &&
		keys_status(r->keys, g.id, &status, NULL) == RC_OK &&
		status.state == KEYS_WAITING && status.left == 2,
	    "push: waits");
	ok(grant_approve(r, p, &g, KEYS_OP_TOKEN, "481516", SPOIL_NOTHING,
	       NULL) == RC_OK &&
		g.pin[0] == '\0' &&
		keys_status(r->keys, g.id, &status, NULL) == RC_OK &&
		status.state == KEYS_APPROVED,
	    "push: approved without a PIN");
	ok(grant_open(r, &g, "", NULL) == RC_OK &&
		keys_status(r->keys, g.id, &status, NULL) == RC_OK &&
		status.state == KEYS_OPEN,
	    "push: open");
	ok(grant_sign(r, &g, s, 1, "a", &out) == RC_OK &&
		grant_sign(r, &g, s, 2, "b", &out) == RC_OK &&
		keys_status(r->keys, g.id, &status, NULL) == RC_OK &&
		status.state == KEYS_USED_UP && status.left == 0,
	    "push: used up");
	keys_signed_clear(&out);
	grant_free(&g);
}

/* What was answered once is answered again, over a kill -9. */
static void
test_again(struct rig *r, struct phone *p, struct subject *s)
{
	struct keys_signed one = { 0 }, two = { 0 };
	struct keys_evidence evidence;
	struct keys_status status;
	uint8_t challenge[32];
	struct grant g;
	char pin[7];

	ok(grant_new(r, p, s, KEYS_OP_TOKEN, KEYS_MODE_NUMBER, 2, 60, &g) ==
		RC_OK,
	    "a request");
	rig_restart(r);
	keys_ar1_challenge(buf_span(&g.ar1), challenge);
	evidence = phone_answer(r, p, challenge, "481516", SPOIL_NOTHING);
	ok(grant_show(r, p, &g, KEYS_OP_TOKEN, &evidence, NULL) == RC_OK,
	    "that waits over a restart is approved");
	memcpy(pin, g.pin, sizeof(pin));
	rig_restart(r);
	ok(strlen(pin) == 6 &&
		grant_show(r, p, &g, KEYS_OP_TOKEN, &evidence, NULL) == RC_OK &&
		strcmp(pin, g.pin) == 0,
	    "the same evidence gives the same PIN after a restart");
	ok(grant_open(r, &g, pin, NULL) == RC_OK, "it opens");
	ok(grant_sign(r, &g, s, 9, "text", &one) == RC_OK && one.left == 1,
	    "and signs");
	rig_restart(r);
	ok(grant_sign(r, &g, s, 9, "text", &two) == RC_OK && two.left == 1 &&
		span_equal(
		    buf_span(&one.signature), buf_span(&two.signature)) &&
		span_equal(buf_span(&one.sr1), buf_span(&two.sr1)),
	    "the same sign_id gives the same signature and receipt");
	ok(keys_status(r->keys, g.id, &status, NULL) == RC_OK &&
		status.state == KEYS_OPEN && status.left == 1,
	    "and counted once");
	ok(rig_stop(r) == 0, "SIGTERM is a clean end");
	ok(keys_status(r->keys, g.id, &status, NULL) == RC_BUSY,
	    "while it is away: busy");
	rig_restart(r);
	ok(keys_status(r->keys, g.id, &status, NULL) == RC_OK,
	    "the same client finds it again");
	keys_signed_clear(&one);
	keys_signed_clear(&two);
	grant_free(&g);
}

static void
test_limits(void)
{
	struct rig r = { .more = { "--sign-per-minute", "3", NULL } };
	struct keys_signed out = { 0 };
	struct phone p;
	struct subject s;
	struct grant g;

	rig_new(&r);
	subject_new(&s, "P-384", 30);
	ok(phone_new(&r, &p, true, "481516") == RC_OK &&
		subject_import(&r, &p, &s, (struct span){ 0 }, SUBJECT_PASSWORD,
		    NULL) == RC_OK &&
		grant_window(&r, &p, &s, 20, 60, &g) == RC_OK,
	    "a vault with a low limit, a phone with a PIN");
	for (uint32_t i = 1; i <= 3; i++)
		ok(grant_sign(&r, &g, &s, i, "x", &out) == RC_OK,
		    "signature %u", i);
	ok(grant_sign(&r, &g, &s, 4, "x", &out) == RC_RATE &&
		out.signature.n == 0,
	    "the fourth in a minute is too much");
	rig_restart(&r);
	ok(grant_sign(&r, &g, &s, 5, "x", &out) == RC_RATE,
	    "and a restart does not help");
	ok(grant_sign(&r, &g, &s, 1, "x", &out) == RC_OK,
	    "what was signed is still answered");
	keys_signed_clear(&out);
	grant_free(&g);
	phone_free(&p);
	subject_free(&s);
	rig_free(&r);
}

/* T25: a fault in the computation lets no signature out. */
static void
test_faults(struct rig *r, struct phone *p)
{
	struct keys_signed out = { 0 };
	uint8_t digest[32] = { 1 };
	struct subject s;
	struct grant g;
	enum rc rc;

	subject_new(&s, "RSA", 30);
	ok(subject_import(
	       r, p, &s, (struct span){ 0 }, SUBJECT_PASSWORD, NULL) == RC_OK &&
		grant_window(r, p, &s, 9, 60, &g) == RC_OK,
	    "a window");
	r->fault = "sign-flip";
	rig_restart(r);
	ok(grant_sign(r, &g, &s, 1, "x", &out) == RC_CRYPTO &&
		out.signature.n == 0,
	    "a signature with a wrong bit is thrown away");
	r->fault = "rsa-crt";
	rig_restart(r);
	rc = grant_sign_with(
	    r, &g, &s, 2, KEYS_RSA_PKCS1, KEYS_SHA256, 0, SPAN(digest), &out);
	ok(rc == RC_CRYPTO ? out.signature.n == 0
			   : rc == RC_OK &&
		    subject_verifies(&s, KEYS_RSA_PKCS1, KEYS_SHA256, 0,
			SPAN(digest), buf_span(&out.signature)),
	    "a fault in one half of an RSA key: %s", err_name(rc));
	r->fault = NULL;
	rig_restart(r);
	ok(grant_sign(r, &g, &s, 1, "x", &out) == RC_OK && out.left == 8,
	    "asked again without the fault, it is made, and counted once");
	keys_signed_clear(&out);
	grant_free(&g);
	subject_free(&s);
}

int
main(void)
{
	static const char *const kinds[] = { "RSA", "P-256", "P-384" };
	struct rig r = { 0 };
	struct phone p, pin;
	struct subject s;

	rig_new(&r);
	test_process(&r);
	test_pseudonyms(&r);
	ok(phone_new(&r, &p, false, NULL) == RC_OK, "a passkey is enrolled");
	ok(phone_new(&r, &pin, true, "481516") == RC_OK,
	    "a device with a PIN is enrolled");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		subject_new(&s, kinds[i], 30);
		ok(subject_import(&r, i == 1 ? &pin : &p, &s,
		       (struct span){ 0 }, SUBJECT_PASSWORD, NULL) == RC_OK,
		    "%s comes in", kinds[i]);
		test_mechanisms(&r, i == 1 ? &pin : &p, &s, kinds[i]);
		if (i == 2) {
			test_receipt(&r, &p, &s);
			test_push(&r, &p, &s);
			test_again(&r, &p, &s);
		}
		subject_free(&s);
	}
	test_samples(&r, &p);
	test_import_refusals(&r, &p);
	test_faults(&r, &p);
	test_open_key(&r, &p, "0");
	test_open_key(&r, &p, "60");
	phone_free(&p);
	phone_free(&pin);
	rig_free(&r);
	test_limits();

	return tap_done();
}
