/*
 * transfer_fuzz.c - the payload of a transfer: from a peer who has the code.
 *
 * Belongs here: the plain text, the input as a sealed frame and sealed in one,
 * as the peer can; opening where memory runs out.
 * Not here: key agreement (cpace_fuzz.c).
 */
#include "failing.h"
#include "pake/gcm.h"
#include "pake/transfer.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static const struct sec_key key = { { 7 } };

static enum rc
open_frame(struct span frame)
{
	struct sec plain SEC_WIPED = { 0 };
	struct transfer_files f;
	enum rc rc = transfer_open(&key, frame, &plain, &f, NULL);

	if ((rc == RC_OK) != (plain.p != NULL) ||
	    (rc == RC_OK) != (f.sign_cert.p != NULL))
		abort();

	return rc;
}

/* In a frame it is what it is without one. */
static void
in_frame(struct failing f, enum rc rc)
{
	static uint8_t frame[TRANSFER_FRAME_MAX + 1];
	struct span plain = f.input;

	if (plain.n + GCM_NONCE_LEN + GCM_TAG_LEN > sizeof(frame))
		return;
	if (gcm_seal(SPAN(key.k), frame, SPAN_LIT("INGAM-TR1"), plain,
		frame + GCM_NONCE_LEN, NULL) != RC_OK)
		abort();
	f.input = (struct span){ frame, GCM_NONCE_LEN + plain.n + GCM_TAG_LEN };
	if (failing_run(&f, open_frame) != rc)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct failing f = failing_take(p, n);
	struct transfer_files t;
	enum rc rc = transfer_parse(f.input, &t, NULL);

	if (rc == RC_OK &&
	    9 + 8 + t.sign_cert.n + t.sign_pri.n + t.km_cert.n + t.km_pri.n !=
		f.input.n)
		abort();
	(void)failing_run(&f, open_frame);
	in_frame(f, rc);

	return 0;
}
