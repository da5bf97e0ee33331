/*
 * writers_fuzz.c - whatever private key somebody brings: R goes into it and
 * out again, and the key file that is made of it opens to the same bytes.
 *
 * The first byte says the form of the key file, where it is one of the three
 * that are cheap, then comes R, then the PrivateKeyInfo.
 *
 * Belongs here: pkinfoput.c and keyput.c.
 * Not here: reading what others wrote (pkinfo_fuzz.c, keyfile_fuzz.c).
 */
#include "npki/keyfile.h"
#include "npki/keyput.h"
#include "npki/pkinfo.h"
#include "npki/pkinfoput.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* A key file and back. */
static void
file(enum pbe_form form, struct span info)
{
	static uint8_t room[KEYFILE_MAX];
	struct span password = SPAN_LIT("WTuA8Ev0lWXVFSiI!"), made;
	struct sec back SEC_WIPED = { 0 };
	struct keyfile k;
	enum rc rc = keyput_seal(
	    form, 0, password, info, room, sizeof(room), &made, NULL);

	if (rc == RC_LIMIT && info.n > KEYFILE_MAX - 128)
		return;
	if (rc != RC_OK || keyfile_parse(made, &k, NULL) != RC_OK ||
	    pbeput_form_of(&k.pbe) != form ||
	    keyfile_open(made, password, (struct span){ NULL, 0 }, &back,
		NULL) != RC_OK ||
	    !span_equal(sec_span(&back), info))
		abort();
}

/* R into it, out again, and in again. */
static void
random_number(struct span info, struct span r)
{
	struct sec with SEC_WIPED = { 0 }, without SEC_WIPED = { 0 };
	struct sec again SEC_WIPED = { 0 }, none SEC_WIPED = { 0 };
	struct span nothing = { NULL, 0 };
	struct pkinfo k;
	enum rc rc = pkinfoput_set_r(info, r, &with, NULL);

	if (rc == RC_LIMIT && with.p == NULL)
		return;
	if (rc != RC_OK || pkinfo_parse(sec_span(&with), &k, NULL) != RC_OK ||
	    !span_equal(k.r, r))
		abort();
	if (pkinfoput_set_r(sec_span(&with), nothing, &without, NULL) !=
		RC_OK ||
	    pkinfo_parse(sec_span(&without), &k, NULL) != RC_OK || k.r.n != 0)
		abort();
	if (pkinfoput_set_r(info, nothing, &none, NULL) != RC_OK ||
	    !span_equal(sec_span(&none), sec_span(&without)))
		abort();
	if (pkinfoput_set_r(sec_span(&without), r, &again, NULL) != RC_OK ||
	    !span_equal(sec_span(&again), sec_span(&with)))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct span r, info;
	struct pkinfo k;

	if (n < 1 + PKINFO_R)
		return 0;
	r = (struct span){ p + 1, PKINFO_R };
	info = (struct span){ p + 1 + PKINFO_R, n - 1 - PKINFO_R };
	if (pkinfo_parse(info, &k, NULL) != RC_OK) {
		struct sec out = { 0 };

		if (pkinfoput_set_r(info, r, &out, NULL) == RC_OK)
			abort();
		return 0;
	}
	random_number(info, r);
	if (p[0] <= PBE_PBES2_SEED_SHA256)
		file((enum pbe_form)p[0], info);

	return 0;
}
