/*
 * vault_formats_fuzz.c - DL1, AR1 and KB1: what is read is written back byte
 * for byte, and a blob that was not sealed here does not open.
 *
 * Belongs here: the readers and writers of what the vault seals or shows.
 * Not here: frames (vault_dispatch_fuzz.c).
 */
#include "state.h"
#include "vault/ar1.h"
#include "vault/keyblob.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct span in = { p, n };
	struct buf again = buf_init(1 << 20);
	struct pkinfo numbers;
	struct sec plain = { 0 };
	struct keyblob blob;
	struct vault v;
	struct dl1 list;
	struct ar1 ar1;

	if (dl1_parse(in, &list, NULL) == RC_OK) {
		dl1_encode(&again, &list);
		if (!span_equal(buf_span(&again), in))
			abort();
	}
	buf_reset(&again);
	if (ar1_parse(in, &ar1, NULL) == RC_OK) {
		ar1_encode(&again, &ar1);
		if (!span_equal(buf_span(&again), in))
			abort();
	}
	if (keyblob_parse(in, &blob, NULL) == RC_OK) {
		state_begin(&v);
		memcpy(blob.kek_id, v.master.kek_id, sizeof(blob.kek_id));
		if (keyblob_open(&v.master, &blob, &plain, &numbers, NULL) ==
		    RC_OK)
			abort();
		state_end(&v);
	}
	buf_clear(&again);

	return 0;
}
