/*
 * jsonput.c - JSON, written without allocating.
 *
 * Belongs here: strings, numbers, room.
 * Not here: which members there are (certjson.c, certview.c, wasm_*.c); JSON
 * that comes in (http, webauthn).
 */
#include "npki/jsonput.h"

struct jsonput
jsonput_init(char *p, size_t size)
{
	return (struct jsonput){ .p = p, .size = size, .failed = size == 0 };
}

static void
jsonput_bytes(struct jsonput *w, struct span s)
{
	if (w->failed || s.n >= w->size - w->n) {
		w->failed = true;
		return;
	}
	memcpy(w->p + w->n, s.p, s.n);
	w->n += s.n;
	w->p[w->n] = '\0';
}

void
jsonput_raw(struct jsonput *w, const char *s)
{
	jsonput_bytes(w, span_str(s));
}

void
jsonput_string(struct jsonput *w, const char *s)
{
	jsonput_raw(w, "\"");
	for (; *s != '\0'; s++) {
		if (*s == '"' || *s == '\\')
			jsonput_raw(w, "\\");
		jsonput_bytes(w, (struct span){ (const uint8_t *)s, 1 });
	}
	jsonput_raw(w, "\"");
}

void
jsonput_hex(struct jsonput *w, struct span s)
{
	static const char digits[] = "0123456789abcdef";

	jsonput_raw(w, "\"");
	for (size_t i = 0; i < s.n; i++) {
		char pair[3] = { digits[s.p[i] >> 4], digits[s.p[i] & 15], 0 };

		jsonput_raw(w, pair);
	}
	jsonput_raw(w, "\"");
}

void
jsonput_number(struct jsonput *w, int64_t v)
{
	uint64_t left = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
	char digits[22] = "";
	size_t i = sizeof(digits) - 1;

	do {
		digits[--i] = (char)('0' + left % 10);
		left /= 10;
	} while (left > 0);
	if (v < 0)
		digits[--i] = '-';
	jsonput_raw(w, digits + i);
}

size_t
jsonput_end(struct jsonput *w)
{
	if (w->failed && w->size > 0)
		w->p[0] = '\0';

	return w->failed ? 0 : w->n;
}
