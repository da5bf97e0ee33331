/*
 * stage_test.c - a certificate is put on a token whole or not at all, whichever
 * call fails; and what an interrupted copy has left is settled.
 */
#include "cryptoki/stage.h"

#include "../npki/samples.h"
#include "cryptoki/attributes.h"
#include "fake.h"
#include "tap.h"

#include <stdio.h>

static struct buf der, secret;
static struct certinfo info;
static struct pkinfo key;
static const struct stage_pair *pair;

/* The bytes of an attribute of an object. */
static struct span
value(CK_OBJECT_HANDLE h, CK_ATTRIBUTE_TYPE type)
{
	struct fake_attribute *a = fake_attribute(h, type);

	return a == NULL ? (struct span){ NULL, 0 }
			 : (struct span){ a->value, a->n };
}

static bool
is_flag(CK_OBJECT_HANDLE h, CK_ATTRIBUTE_TYPE type, bool on)
{
	struct span v = value(h, type);

	return v.n == 1 && v.p[0] == (on ? CK_TRUE : CK_FALSE);
}

/* F 7.2: the four objects and what ties them together. */
static void
test_objects(void)
{
	struct login l = fake_begin();
	struct stage s;
	char hex[64];
	bool tied = true;

	ok(stage_put(&l, pair, &s, NULL) == RC_OK && fake_count() == 4,
	    "four objects");
	for (size_t i = STORED_CERTIFICATE; i <= STORED_PRIVATE; i++)
		tied = tied && s.object[i] != 0 &&
		    span_equal(value(s.object[i], CKA_ID), info.ski) &&
		    span_equal(
			value(s.object[i], CKA_SUBJECT), info.subject_der) &&
		    is_flag(s.object[i], CKA_TOKEN, true) &&
		    span_equal(
			value(s.object[i], CKA_LABEL), SPAN_LIT(STORED_STAGED));
	ok(tied && info.ski.n == 20,
	    "three with the key id, the subject, and the label of what is not "
	    "finished");
	ok(is_flag(s.object[STORED_PRIVATE], CKA_SENSITIVE, true) &&
		is_flag(s.object[STORED_PRIVATE], CKA_EXTRACTABLE, false) &&
		is_flag(s.object[STORED_PRIVATE], CKA_PRIVATE, true) &&
		is_flag(s.object[STORED_PRIVATE], CKA_SIGN, true) &&
		is_flag(s.object[STORED_PRIVATE], CKA_DECRYPT, false),
	    "the private key signs, stays in the token, and decrypts nothing");
	ok(span_equal(
	       value(s.object[STORED_CERTIFICATE], CKA_VALUE), buf_span(&der)),
	    "the certificate byte for byte");
	(void)snprintf(hex, sizeof(hex), "R4VID=");
	for (size_t i = 0; i < info.ski.n; i++)
		(void)snprintf(hex + 6 + 2 * i, sizeof(hex) - 6 - 2 * i, "%02x",
		    info.ski.p[i]);
	ok(span_equal(
	       value(s.object[STORED_RANDOM], CKA_LABEL), span_str(hex)) &&
		is_flag(s.object[STORED_RANDOM], CKA_PRIVATE, true) &&
		is_flag(s.object[STORED_RANDOM], CKA_MODIFIABLE, false) &&
		is_hex(value(s.object[STORED_RANDOM], CKA_OBJECT_ID),
		    "060a2a831a8c9a440a010103", "R: its object id"),
	    "R is private, under the key id");
	(void)is_hex(value(s.object[STORED_RANDOM], CKA_VALUE), SAMPLE_R,
	    "R: 20 raw bytes");
	ok(stage_finish(&l, s.object, &info, NULL) == RC_OK &&
		memmem(value(s.object[STORED_PRIVATE], CKA_LABEL).p,
		    value(s.object[STORED_PRIVATE], CKA_LABEL).n, info.serial,
		    strlen(info.serial)) != NULL &&
		value(s.object[STORED_RANDOM], CKA_LABEL).n == strlen(hex),
	    "finished: the label has the serial number, R keeps its own");
	fake.fail_label = true;
	ok(stage_finish(&l, s.object, &info, NULL) == RC_POLICY,
	    "a token that changes no label says so");
}

static void
test_failures(void)
{
	for (unsigned int i = 1; i <= 4; i++) {
		struct login l = fake_begin();
		struct stage s;

		fake.fail_create = i;
		ok(stage_put(&l, pair, &s, NULL) == RC_LIMIT &&
			fake_count() == 0 && s.object[STORED_PRIVATE] == 0,
		    "object %u fails: nothing is left", i);
	}
}

/* What there is after the copy has ended at each object. */
static void
test_interrupted(void)
{
	static const size_t left[] = { 0, 1, 0, 0, 4 };

	for (unsigned int i = 1; i <= 4; i++) {
		struct login l = fake_begin();
		struct stored_list list = { 0 };
		struct stage s;
		bool changed = false;

		/* No destroying: what kill -9 would leave. */
		fake.fail_create = i + 1;
		fake.fail_destroy = true;
		(void)!stage_put(&l, pair, &s, NULL);
		fake.fail_destroy = false;
		(void)!stored_list(&l, &list, NULL);
		ok(fake_count() == i &&
			stage_settle(&l, &list, &changed, NULL) == RC_OK &&
			fake_count() == left[i] && changed == (i > 1),
		    "ended after object %u: settled", i);
		stored_clear(&list);
		(void)!stored_list(&l, &list, NULL);
		ok(stage_settle(&l, &list, &changed, NULL) == RC_OK &&
			!changed && (i < 4 || !list.at[0].staged),
		    "and nothing more is to be settled");
		stored_clear(&list);
		fake.fail_create = 0;
		ok(stage_put(&l, pair, &s, NULL) == RC_OK &&
			fake_count() == (i < 4 ? 4 : 5),
		    "and it can be put anew");
	}
}

static void
test_settled_beside(void)
{
	struct login l = fake_begin();
	struct stored_list list = { 0 };
	struct stage s;
	bool changed = true;
	CK_OBJECT_HANDLE gone;

	(void)!stage_put(&l, pair, &s, NULL);
	(void)!stage_finish(&l, s.object, &info, NULL);
	(void)!stored_list(&l, &list, NULL);
	ok(stage_settle(&l, &list, &changed, NULL) == RC_OK && !changed &&
		fake_count() == 4,
	    "what is finished is left alone");
	stored_clear(&list);
	/* A certificate without a key, whoever has taken that. */
	gone = s.object[STORED_PRIVATE];
	(void)!attributes_set_label(
	    &l, s.object[STORED_CERTIFICATE], SPAN_LIT(STORED_STAGED), NULL);
	(void)fake_destroy(0, gone);
	(void)!stored_list(&l, &list, NULL);
	ok(stage_settle(&l, &list, &changed, NULL) == RC_OK && changed &&
		fake_count() == 0,
	    "an unfinished certificate without a key goes, with all of it");
	stored_clear(&list);
}

static void
test_shared(void)
{
	struct login l = fake_begin();
	struct stage first, second;

	(void)!stage_put(&l, pair, &first, NULL);
	ok(stage_put(&l, pair, &second, NULL) == RC_OK && fake_count() == 5 &&
		second.object[STORED_PRIVATE] == first.object[STORED_PRIVATE] &&
		!second.made[STORED_PRIVATE],
	    "a key that is there already is not made again");
	ok(stage_undo(&l, &second, NULL) == RC_OK && fake_count() == 4,
	    "and not taken back");
}

static void
test_without_r(void)
{
	struct login l = fake_begin();
	struct buf bare = sample("pypinksign/privateKeyInfo-without-R.der");
	struct certinfo no_ski = info;
	struct pkinfo k;
	struct stage_pair p = { buf_span(&der), &no_ski, &k };
	struct stage s;

	no_ski.ski = (struct span){ NULL, 0 };
	ok(pkinfo_parse(buf_span(&bare), &k, NULL) == RC_OK &&
		stage_put(&l, &p, &s, NULL) == RC_OK && fake_count() == 3 &&
		s.object[STORED_RANDOM] == 0,
	    "a key without R: three objects");
	/* The sample's CA made its SKI as RFC 5280 4.2.1.2 (1) says. */
	ok(span_equal((struct span){ s.id, s.id_n }, info.ski),
	    "a certificate without SKI: the id is SHA-1 of the key's bits");
	buf_clear(&bare);
}

int
main(void)
{
	der = sample("pypinksign/signCert.der");
	secret = sample("pypinksign/privateKeyInfo-with-R.der");
	if (certinfo_parse(buf_span(&der), &info, NULL) != RC_OK ||
	    pkinfo_parse(buf_span(&secret), &key, NULL) != RC_OK)
		return EXIT_FAILURE;
	pair = &(const struct stage_pair){ buf_span(&der), &info, &key };
	test_objects();
	test_failures();
	test_interrupted();
	test_settled_beside();
	test_shared();
	test_without_r();
	buf_clear(&der);
	buf_clear(&secret);

	return tap_done();
}
