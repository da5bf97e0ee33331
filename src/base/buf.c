/*
 * buf.c - growing bytes with a ceiling, written in fixed-order fields.
 *
 * Belongs here: appends whose failure sticks.
 * Not here: reading (rd.c); anything secret (sec.c).
 */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define BUF_FIRST 256

struct buf
buf_init(size_t max)
{
	struct buf b = { .max = max };

	return b;
}

void
buf_clear(struct buf *b)
{
	size_t max = b->max;

	free(b->p);
	*b = buf_init(max);
}

void
buf_reset(struct buf *b)
{
	b->n = 0;
	b->failed = false;
}

uint8_t *
buf_grow(struct buf *b, size_t n)
{
	size_t size = b->size == 0 ? BUF_FIRST : b->size;
	uint8_t *p;

	if (b->failed || n > b->max || b->n > b->max - n) {
		b->failed = true;
		return NULL;
	}
	while (size < b->n + n)
		size *= 2;
	if (size != b->size) {
		if ((p = realloc(b->p, size)) == NULL) {
			b->failed = true;
			return NULL;
		}
		b->p = p;
		b->size = size;
	}
	p = b->p + b->n;
	b->n += n;

	return p;
}

void
buf_bytes(struct buf *b, struct span s)
{
	uint8_t *p;

	if (s.n > 0 && (p = buf_grow(b, s.n)) != NULL)
		memcpy(p, s.p, s.n);
}

static void
buf_uint(struct buf *b, uint64_t v, size_t n)
{
	uint8_t *p = buf_grow(b, n);

	for (size_t i = 0; p != NULL && i < n; i++)
		p[i] = (uint8_t)(v >> (8 * (n - 1 - i)));
}

void
buf_u8(struct buf *b, uint8_t v)
{
	uint8_t *p = buf_grow(b, 1);

	if (p != NULL)
		*p = v;
}

void
buf_u16(struct buf *b, uint16_t v)
{
	buf_uint(b, v, 2);
}

void
buf_u32(struct buf *b, uint32_t v)
{
	buf_uint(b, v, 4);
}

void
buf_u64(struct buf *b, uint64_t v)
{
	buf_uint(b, v, 8);
}

void
buf_str(struct buf *b, const char *s)
{
	buf_bytes(b, span_str(s));
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	uint8_t *p;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	/* One byte more for the zero that vsnprintf() insists on. */
	if (n < 0 || (p = buf_grow(b, (size_t)n + 1)) == NULL) {
		b->failed = true;
		return;
	}
	va_start(ap, fmt);
	(void)vsnprintf((char *)p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->n--;
}

void
buf_lp16(struct buf *b, struct span s)
{
	if (s.n > UINT16_MAX)
		b->failed = true;
	buf_u16(b, (uint16_t)s.n);
	buf_bytes(b, s);
}

void
buf_lp32(struct buf *b, struct span s)
{
	if (s.n > UINT32_MAX)
		b->failed = true;
	buf_u32(b, (uint32_t)s.n);
	buf_bytes(b, s);
}

const char *
buf_cstr(struct buf *b)
{
	uint8_t *p = buf_grow(b, 1);

	if (p == NULL)
		return NULL;
	*p = '\0';
	b->n--;

	return (const char *)b->p;
}

bool
buf_ok(const struct buf *b)
{
	return !b->failed;
}

struct span
buf_span(const struct buf *b)
{
	return (struct span){ b->p, b->n };
}

uint8_t *
buf_take(struct buf *b, size_t *n)
{
	uint8_t *p = b->p;

	*n = b->n;
	b->p = NULL;
	b->n = b->size = 0;

	return p;
}
