/*
 * rd.h - see rd.c.
 */
#pragma once

#include "base/span.h"

/*
 * A reader over borrowed bytes. Its failure sticks: after a read that did not
 * fit, every further read gives zero, and rd_done() is false. Callers read all
 * fields and ask once, at the end.
 */
struct rd {
	const uint8_t *p;
	const uint8_t *end;
	bool failed;
};

struct rd rd_init(struct span in);

/* Big-endian integers; 0 after a failure. */
uint8_t rd_u8(struct rd *r);
uint16_t rd_u16(struct rd *r);
uint32_t rd_u32(struct rd *r);
uint64_t rd_u64(struct rd *r);

/* The next n bytes, borrowed; an empty span after a failure. */
struct span rd_bytes(struct rd *r, size_t n);

/* Copies exactly n bytes to out; zeroes out on failure. */
void rd_copy(struct rd *r, uint8_t *out, size_t n);

/* Bytes behind a 2- or 4-byte length; more than max bytes is a failure. */
struct span rd_lp16(struct rd *r, size_t max);
struct span rd_lp32(struct rd *r, size_t max);

/* How many bytes are left; 0 after a failure. */
size_t rd_left(const struct rd *r);

/* Marks the reader as failed: for a value that is wrong by its meaning. */
void rd_fail(struct rd *r);

/* True when everything was read, nothing failed, and nothing is left over. */
bool rd_done(const struct rd *r);
