/*
 * vault_record_fuzz.c - journal records with anything in them, replayed: a
 * refusal has a sentence, and a state that was read can be written and read.
 *
 * Belongs here: a state out of records, and records out of it.
 * Not here: their frame in the file (vault_journal_fuzz.c).
 */
#include "state.h"
#include "vault/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct rd r = rd_init((struct span){ p, n });
	struct err e = { 0 };
	struct vault v;
	enum rc rc = RC_OK;

	state_begin(&v);
	for (uint64_t i = 1; i < 64 && rc == RC_OK && rd_left(&r) > 0; i++) {
		uint8_t type = rd_u8(&r);
		struct span body = rd_lp16(&r, UINT16_MAX);

		rc = record_read(&v, type, rd_init(body), 0, i, &e);
	}
	if (rc != RC_OK && e.msg[0] == '\0')
		abort();
	if (rc == RC_OK && approval_wake(&v, &e) == RC_OK)
		record_compact(&v);
	state_end(&v);

	return 0;
}
