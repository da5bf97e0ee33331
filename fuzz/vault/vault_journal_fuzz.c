/*
 * vault_journal_fuzz.c - a journal's file with anything in it: what counts as
 * good is a beginning of it, and reads the same without the rest.
 *
 * Belongs here: where the good part of a file ends.
 * Not here: what a record says (vault_record_fuzz.c).
 */
#include "base/log.h"
#include "vault/journal.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static enum rc
count(void *arg, uint8_t type, struct rd body, int64_t time_ms, uint64_t index,
    struct err *e)
{
	(void)type;
	(void)body;
	(void)time_ms;
	(void)index;
	(void)e;
	(*(size_t *)arg)++;

	return RC_OK;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const uint8_t key[32], kek[JOURNAL_KEK_ID];
	struct journal_scan one, two;
	size_t first = 0, second = 0;

	if (journal_scan((struct span){ p, n }, SPAN(key), SPAN(kek), count,
		&first, &one, NULL) != RC_OK)
		return 0;
	if (one.good > n ||
	    journal_scan((struct span){ p, one.good }, SPAN(key), SPAN(kek),
		count, &second, &two, NULL) != RC_OK ||
	    first != second || one.next != two.next ||
	    memcmp(one.chain, two.chain, sizeof(one.chain)) != 0)
		abort();

	return 0;
}
