/*
 * der_fuzz.c - DER that is accepted is written again as the same bytes.
 *
 * Belongs here: elements within elements; the reader against the writer.
 * Not here: what the elements mean (the other targets here).
 */
#include "npki/derput.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* Writes the elements of r again, before what w has. */
static void
again(struct derput *w, struct der r)
{
	uint8_t tag = der_peek(&r);
	size_t mark;

	if (tag == 0)
		return;
	if ((tag & 0x20) != 0) {
		struct der inner = der_enter(&r, tag);

		again(w, r);
		mark = derput_mark(w);
		again(w, inner);
		derput_wrap(w, tag, mark);
	} else {
		struct span s = der_take(&r, tag);

		again(w, r);
		derput_element(w, tag, s);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static uint8_t room[1 << 16];
	struct derput w = derput_init(room, sizeof(room));
	struct span in = { p, n };
	struct der_doc doc = { 0 };
	char text[DER_OID_TEXT];

	(void)der_oid_text(in, text);
	if (n > sizeof(room) || der_check(in, NULL) != RC_OK)
		return 0;
	again(&w, der_init(&doc, in));
	if (!span_equal(derput_span(&w), in))
		abort();

	return 0;
}
