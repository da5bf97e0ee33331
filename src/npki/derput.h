/*
 * derput.h - see derput.c.
 */
#pragma once

#include "npki/der.h"

/*
 * A writer into the caller's memory, from the end towards the beginning, so
 * that each length is known when its header is written. Its failure (no room)
 * sticks. The caller chooses the memory, so a secret can be written into a
 * struct sec.
 *
 *	SEQUENCE { INTEGER 2048 } is:
 *	size_t mark = derput_mark(&w);
 *	derput_uint(&w, 2048);
 *	derput_wrap(&w, DER_SEQUENCE, mark);
 */
struct derput {
	uint8_t *p;
	size_t at; /* first byte written */
	size_t size;
	bool failed;
};

struct derput derput_init(uint8_t *p, size_t size);

/* How much was written: the end of an element that is wrapped later. */
size_t derput_mark(const struct derput *w);

/* Puts bytes, as they are, before what was written. */
void derput_bytes(struct derput *w, struct span s);

/* Puts a header before everything written since the mark. */
void derput_wrap(struct derput *w, uint8_t tag, size_t mark);

/* A whole element with these contents. */
void derput_element(struct derput *w, uint8_t tag, struct span contents);

/* INTEGERs: from big-endian octets of any length (zeros are trimmed), and small. */
void derput_natural(struct derput *w, struct span big);
void derput_uint(struct derput *w, uint32_t v);

/*
 * A SET OF, or an implicit one, of these n elements in DER's order
 * (X.690 11.6), into which they are brought.
 */
void derput_set(struct derput *w, uint8_t tag, struct span *elements, size_t n);

/* What was written, borrowed; an empty span after a failure. */
struct span derput_span(const struct derput *w);
