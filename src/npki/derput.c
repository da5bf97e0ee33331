/*
 * derput.c - DER, written from its end into memory that the caller owns.
 *
 * Belongs here: headers, minimal lengths and INTEGERs.
 * Not here: reading (der.c), the structures themselves.
 */
#include "npki/derput.h"

struct derput
derput_init(uint8_t *p, size_t size)
{
	return (struct derput){ .p = p, .at = size, .size = size };
}

size_t
derput_mark(const struct derput *w)
{
	return w->size - w->at;
}

void
derput_bytes(struct derput *w, struct span s)
{
	if (w->failed || s.n > w->at) {
		w->failed = true;
		return;
	}
	w->at -= s.n;
	if (s.n > 0)
		memcpy(w->p + w->at, s.p, s.n);
}

static void
derput_u8(struct derput *w, uint8_t v)
{
	derput_bytes(w, (struct span){ &v, 1 });
}

void
derput_wrap(struct derput *w, uint8_t tag, size_t mark)
{
	size_t n = derput_mark(w) - mark;
	uint8_t more = 0;

	if (n >= 0x80) {
		for (; n > 0; n >>= 8, more++)
			derput_u8(w, (uint8_t)n);
		derput_u8(w, (uint8_t)(0x80 | more));
	} else {
		derput_u8(w, (uint8_t)n);
	}
	derput_u8(w, tag);
}

void
derput_element(struct derput *w, uint8_t tag, struct span contents)
{
	size_t mark = derput_mark(w);

	derput_bytes(w, contents);
	derput_wrap(w, tag, mark);
}

void
derput_natural(struct derput *w, struct span big)
{
	size_t mark = derput_mark(w);

	while (big.n > 0 && big.p[0] == 0) {
		big.p++;
		big.n--;
	}
	derput_bytes(w, big);
	if (big.n == 0 || big.p[0] >= 0x80)
		derput_u8(w, 0);
	derput_wrap(w, DER_INTEGER, mark);
}

void
derput_uint(struct derput *w, uint32_t v)
{
	uint8_t big[4] = { (uint8_t)(v >> 24), (uint8_t)(v >> 16),
		(uint8_t)(v >> 8), (uint8_t)v };

	derput_natural(w, SPAN(big));
}

void
derput_set(struct derput *w, uint8_t tag, struct span *elements, size_t n)
{
	size_t mark = derput_mark(w);

	for (size_t i = 1; i < n; i++) {
		for (size_t k = i;
		     k > 0 && !der_ordered(elements[k - 1], elements[k]); k--) {
			struct span s = elements[k];

			elements[k] = elements[k - 1];
			elements[k - 1] = s;
		}
	}
	for (size_t i = n; i > 0; i--)
		derput_bytes(w, elements[i - 1]);
	derput_wrap(w, tag, mark);
}

struct span
derput_span(const struct derput *w)
{
	if (w->failed)
		return (struct span){ NULL, 0 };

	return (struct span){ w->p + w->at, derput_mark(w) };
}
