/*
 * buf.h - see buf.c.
 */
#pragma once

#include "base/err.h"
#include "base/span.h"

/*
 * Growing bytes with a ceiling that is given at the start. Its failure
 * sticks: after an append that did not fit (or found no memory), further
 * appends do nothing and buf_ok() is false. Never holds a secret (sec.c).
 */
struct buf {
	uint8_t *p;
	size_t n;
	size_t size; /* allocated */
	size_t max;
	bool failed;
};

/* An empty buffer that will hold at most max bytes. Nothing is allocated. */
struct buf buf_init(size_t max);

/* Frees the bytes and leaves an empty buffer with the same ceiling. */
void buf_clear(struct buf *b);

/* Empties the buffer and keeps its memory. */
void buf_reset(struct buf *b);

void buf_u8(struct buf *b, uint8_t v);
void buf_u16(struct buf *b, uint16_t v);
void buf_u32(struct buf *b, uint32_t v);
void buf_u64(struct buf *b, uint64_t v);
void buf_bytes(struct buf *b, struct span s);
void buf_str(struct buf *b, const char *s);
void buf_printf(struct buf *b, const char *fmt, ...) IG_PRINTF(2, 3);

/* Bytes behind a 2- or 4-byte length. */
void buf_lp16(struct buf *b, struct span s);
void buf_lp32(struct buf *b, struct span s);

/* Room for n more bytes at the end, for the caller to fill; NULL on failure. */
uint8_t *buf_grow(struct buf *b, size_t n);

/* The bytes as a string: appends a zero that is not counted. NULL on failure. */
const char *buf_cstr(struct buf *b);

bool buf_ok(const struct buf *b);

/* The bytes so far, borrowed until the next append. */
struct span buf_span(const struct buf *b);

/* Gives the bytes away (free() them) and leaves the buffer empty. */
uint8_t *buf_take(struct buf *b, size_t *n);
