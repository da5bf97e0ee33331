/*
 * text.h - see text.c.
 */
#pragma once

#include "base/err.h"
#include "base/span.h"

/*
 * One character of UTF-8 at s.p, its length in *n; UINT32_MAX, and length 1,
 * where it is malformed. s is not empty.
 */
uint32_t text_next(struct span s, size_t *n);

/*
 * Writes one character as UTF-8 and is its length, at most 4 and at most
 * size; 0 where there is no room and for what is no character.
 */
size_t text_put(uint32_t c, uint8_t *out, size_t size);

/* Well-formed UTF-8 without surrogates, overlong forms or NUL? */
bool text_is_utf8(struct span s);

/*
 * May this be shown to a person as a name? UTF-8, at most max bytes, no
 * control characters, no bidirectional or invisible formatting characters:
 * whoever chooses a name must not be able to redraw the sentence around it.
 */
bool text_is_display(struct span s, size_t max);

/*
 * Copies s into out (size bytes, always ended with a zero), leaving out what
 * text_is_display() forbids and cutting on a character boundary.
 */
void text_sanitise(char *out, size_t size, struct span s);

/* Does it show anything but blanks? s is UTF-8. */
bool text_is_visible(struct span s);

/* Only digits, and at least one? */
bool text_is_digits(struct span s);

/*
 * The digits of a number as people write it, with blanks and hyphens, and a
 * zero. False, and out is empty: something else is in it, nothing is, or size
 * is too small. typed may lie in out.
 */
bool text_digits(struct span typed, char *out, size_t size);

/* A decimal number without sign, spaces or leading zeros; at most max. */
IG_CHECK enum rc text_uint(
    struct span s, uint64_t max, uint64_t *out, struct err *e);
