/*
 * rd.c - reads fixed-order, big-endian fields out of outside bytes.
 *
 * Belongs here: bounded reads whose failure sticks.
 * Not here: DER (npki/der.c), CBOR and JSON (webauthn), writing (buf.c).
 */
#include "base/rd.h"

struct rd
rd_init(struct span in)
{
	struct rd r = { in.p, in.n == 0 ? in.p : in.p + in.n, false };

	return r;
}

void
rd_fail(struct rd *r)
{
	r->failed = true;
	r->p = r->end;
}

size_t
rd_left(const struct rd *r)
{
	return r->failed ? 0 : (size_t)(r->end - r->p);
}

struct span
rd_bytes(struct rd *r, size_t n)
{
	struct span s = { NULL, 0 };

	if (r->failed || (size_t)(r->end - r->p) < n) {
		rd_fail(r);
		return s;
	}
	s.p = r->p;
	s.n = n;
	r->p += n;

	return s;
}

static uint64_t
rd_uint(struct rd *r, size_t n)
{
	struct span s = rd_bytes(r, n);
	uint64_t v = 0;

	for (size_t i = 0; i < s.n; i++)
		v = v << 8 | s.p[i];

	return v;
}

uint8_t
rd_u8(struct rd *r)
{
	return (uint8_t)rd_uint(r, 1);
}

uint16_t
rd_u16(struct rd *r)
{
	return (uint16_t)rd_uint(r, 2);
}

uint32_t
rd_u32(struct rd *r)
{
	return (uint32_t)rd_uint(r, 4);
}

uint64_t
rd_u64(struct rd *r)
{
	return rd_uint(r, 8);
}

void
rd_copy(struct rd *r, uint8_t *out, size_t n)
{
	struct span s = rd_bytes(r, n);

	if (s.n == n && n > 0)
		memcpy(out, s.p, n);
	else
		memset(out, 0, n);
}

static struct span
rd_counted(struct rd *r, size_t n, size_t max)
{
	if (n > max)
		rd_fail(r);

	return rd_bytes(r, r->failed ? 0 : n);
}

struct span
rd_lp16(struct rd *r, size_t max)
{
	return rd_counted(r, rd_u16(r), max);
}

struct span
rd_lp32(struct rd *r, size_t max)
{
	return rd_counted(r, rd_u32(r), max);
}

bool
rd_done(const struct rd *r)
{
	return !r->failed && r->p == r->end;
}
