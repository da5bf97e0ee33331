/*
 * code_fuzz.c - what people type for a code.
 *
 * Belongs here: both kinds; what is read is written back and read again.
 * Not here: CPace (cpace_fuzz.c).
 */
#include "pake/code.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const enum code_kind kinds[] = { CODE_TRANSFER, CODE_IMPORT };

	for (size_t i = 0; i < 2; i++) {
		struct code c CODE_WIPED, again CODE_WIPED;
		char text[CODE_TEXT_SIZE];

		if (code_parse(kinds[i], (struct span){ p, n }, &c, NULL) !=
		    RC_OK)
			continue;
		code_format(&c, text);
		if (code_parse(kinds[i], span_str(text), &again, NULL) !=
			RC_OK ||
		    !span_equal(code_digits(&c), code_digits(&again)))
			abort();
	}

	return 0;
}
