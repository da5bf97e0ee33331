/*
 * span.h - bytes that somebody else owns.
 *
 * Belongs here: the type, and comparisons on it.
 * Not here: owning bytes (buf.c); reading fields out of them (rd.c).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct span {
	const uint8_t *p;
	size_t n;
};

/* A span over an array, and over a string literal without its zero. */
#define SPAN(array) ((struct span){ (const uint8_t *)(array), sizeof(array) })
#define SPAN_LIT(s) ((struct span){ (const uint8_t *)(s), sizeof(s) - 1 })

static inline struct span
span_str(const char *s)
{
	return (struct span){ (const uint8_t *)s, strlen(s) };
}

/* Equal bytes? Not constant-time: for secrets use sec_equal(). */
static inline bool
span_equal(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}
