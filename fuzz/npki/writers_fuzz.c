/*
 * writers_fuzz.c - whatever private key somebody brings: R goes into it and
 * out again, and the key file that is made of it opens to the same bytes.
 * Where memory or room runs out there is none of these, and no half of one.
 *
 * The first byte says the form of the key file, where it is one of the three
 * that are cheap (with 80 added, in a room that may be too small), then comes
 * R, then the PrivateKeyInfo.
 *
 * Belongs here: pkinfoput.c and keyput.c.
 * Not here: reading what others wrote (pkinfo_fuzz.c, keyfile_fuzz.c).
 */
#include "failing.h"
#include "npki/keyfile.h"
#include "npki/keyput.h"
#include "npki/pkinfo.h"
#include "npki/pkinfoput.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

#define NARROW   0x80
#define PASSWORD SPAN_LIT("WTuA8Ev0lWXVFSiI!")

/* What the input says of itself: form, R, how much room there is. */
static struct {
	uint8_t form;
	struct span r;
	size_t room;
} asked;

/* A key file and back. */
static enum rc
run_file(struct span info)
{
	static uint8_t room[KEYFILE_MAX];
	struct sec back SEC_WIPED = { 0 };
	enum pbe_form form = (enum pbe_form)asked.form;
	struct keyfile k;
	struct span made;
	enum rc rc =
	    keyput_seal(form, 0, PASSWORD, info, room, asked.room, &made, NULL);

	if ((rc == RC_OK) != (made.p != NULL))
		abort();
	if (rc != RC_OK)
		return rc;
	if (keyfile_parse(made, &k, NULL) != RC_OK ||
	    pbeput_form_of(&k.pbe) != form)
		abort();
	rc =
	    keyfile_open(made, PASSWORD, (struct span){ NULL, 0 }, &back, NULL);
	if ((rc == RC_OK) != (back.p != NULL) ||
	    (rc == RC_OK && !span_equal(sec_span(&back), info)))
		abort();

	return rc;
}

/* Each of these is refused before anything is derived or written. */
static void
refused(struct span info)
{
	static const struct {
		enum pbe_form form;
		uint32_t iterations;
		struct span password;
		enum rc rc;
	} rows[] = {
		{ PBE_PKCS12_3DES, 0, PASSWORD, RC_POLICY },
		{ PBE_SEED_SHA1, 1, PASSWORD, RC_LIMIT },
		{ PBE_PBES2_AES, PBE_ITERATIONS + 1, PASSWORD, RC_LIMIT },
		{ PBE_SEED_SHA1, 0, { NULL, 0 }, RC_LIMIT },
	};
	static uint8_t room[KEYFILE_MAX];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span made;

		if (keyput_seal(rows[i].form, rows[i].iterations,
			rows[i].password, info, room, sizeof(room), &made,
			NULL) != rows[i].rc ||
		    made.p != NULL)
			abort();
	}
}

/* R into it, out again, and in again; each is told from its neighbours. */
static enum rc
run_random_number(struct span info)
{
	struct sec with SEC_WIPED = { 0 }, without SEC_WIPED = { 0 };
	struct sec again SEC_WIPED = { 0 }, none SEC_WIPED = { 0 };
	struct span nothing = { NULL, 0 };
	struct pkinfo k;
	enum rc rc = pkinfoput_set_r(info, asked.r, &with, NULL);

	if ((rc == RC_OK) != (with.p != NULL))
		abort();
	if (rc != RC_OK)
		return rc;
	if (pkinfo_parse(sec_span(&with), &k, NULL) != RC_OK ||
	    !span_equal(k.r, asked.r))
		abort();
	if ((rc = pkinfoput_set_r(sec_span(&with), nothing, &without, NULL)) !=
		RC_OK ||
	    (rc = pkinfoput_set_r(info, nothing, &none, NULL)) != RC_OK ||
	    (rc = pkinfoput_set_r(sec_span(&without), asked.r, &again, NULL)) !=
		RC_OK)
		return rc;
	if (pkinfo_parse(sec_span(&without), &k, NULL) != RC_OK || k.r.n != 0 ||
	    !span_equal(sec_span(&none), sec_span(&without)) ||
	    !span_equal(sec_span(&again), sec_span(&with)))
		abort();

	return RC_OK;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct failing f = failing_take(p, n);
	struct pkinfo k;
	bool narrow;
	enum rc rc;

	if (f.input.n < 1 + PKINFO_R)
		return 0;
	narrow = (p[0] & NARROW) != 0;
	asked.form = (uint8_t)(p[0] & ~NARROW);
	asked.r = (struct span){ p + 1, PKINFO_R };
	f.input.p += 1 + PKINFO_R;
	f.input.n -= 1 + PKINFO_R;
	asked.room = narrow ? f.input.n + p[1] : KEYFILE_MAX;
	if (pkinfo_parse(f.input, &k, NULL) != RC_OK) {
		struct sec out = { 0 };

		if (pkinfoput_set_r(f.input, asked.r, &out, NULL) == RC_OK)
			abort();
		return 0;
	}
	rc = failing_run(&f, run_random_number);
	if (rc != RC_OK && rc != RC_LIMIT)
		abort();
	refused(f.input);
	if (asked.form > PBE_PBES2_SEED_SHA256)
		return 0;
	rc = failing_run(&f, run_file);
	if (rc != RC_OK &&
	    (rc != RC_LIMIT || (!narrow && f.input.n <= KEYFILE_MAX - 128)))
		abort();

	return 0;
}
