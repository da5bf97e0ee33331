/*
 * der.c - DER, read strictly: one way to say each thing, or an error.
 *
 * Belongs here: elements, their lengths and simple types, the caps.
 * Not here: what elements mean (keyfile.c, pkinfo.c, certinfo.c), writing
 * (derput.c).
 */
#include "npki/der.h"

struct der
der_init(struct der_doc *doc, struct span in)
{
	struct der r = { .doc = doc, .p = in.p, .end = in.p };

	if (in.n > 0)
		r.end += in.n;

	return r;
}

void
der_fail(struct der *r)
{
	r->doc->failed = true;
}

static size_t
der_left(const struct der *r)
{
	return r->doc->failed ? 0 : (size_t)(r->end - r->p);
}

uint8_t
der_peek(const struct der *r)
{
	return der_left(r) == 0 ? 0 : *r->p;
}

/* The length octets after the tag (8.1.3, 10.1); *head counts tag and length. */
static bool
der_length(const struct der *r, size_t *head, size_t *n)
{
	size_t left = der_left(r), more;

	if (left < 2)
		return false;
	*head = 2;
	*n = r->p[1];
	if (*n < 0x80)
		return *n <= left - 2;
	more = *n & 0x7f;
	if (more == 0 || more > 4 || left < 2 + more)
		return false;
	*n = 0;
	for (size_t i = 0; i < more; i++)
		*n = *n << 8 | r->p[2 + i];
	*head += more;
	if (*n < 0x80 || r->p[2] == 0)
		return false;

	return *n <= left - *head;
}

/* The next element as a whole and its contents. */
static bool
der_next(struct der *r, struct span *whole, struct span *contents)
{
	struct der_doc *doc = r->doc;
	size_t head, n;

	if (doc->elements >= DER_ELEMENTS_MAX || !der_length(r, &head, &n) ||
	    (r->p[0] & 0x1f) == 0x1f || r->p[0] == 0) {
		doc->failed = true;
		*whole = *contents = (struct span){ NULL, 0 };
		return false;
	}
	doc->elements++;
	*whole = (struct span){ r->p, head + n };
	*contents = (struct span){ r->p + head, n };
	r->p += head + n;

	return true;
}

struct span
der_any(struct der *r)
{
	struct span whole, contents;

	(void)der_next(r, &whole, &contents);

	return whole;
}

struct span
der_take(struct der *r, uint8_t tag)
{
	struct span whole, contents = { NULL, 0 };

	if (der_peek(r) != tag)
		der_fail(r);
	else
		(void)der_next(r, &whole, &contents);

	return contents;
}

struct der
der_enter(struct der *r, uint8_t tag)
{
	struct der inner = der_init(r->doc, der_take(r, tag));

	inner.depth = r->depth + 1;
	if (inner.depth > DER_DEPTH_MAX)
		der_fail(r);

	return inner;
}

void
der_close(struct der *r)
{
	if (der_left(r) != 0)
		der_fail(r);
}

bool
der_done(const struct der *r)
{
	return !r->doc->failed && r->p == r->end;
}

/* X.690 8.3.2: the first nine bits are neither all zero nor all one. */
static bool
der_minimal(struct span s)
{
	if (s.n == 0)
		return false;
	if (s.n == 1)
		return true;

	return !(s.p[0] == 0x00 && s.p[1] < 0x80) &&
	    !(s.p[0] == 0xff && s.p[1] >= 0x80);
}

struct span
der_natural(struct der *r)
{
	struct span s = der_take(r, DER_INTEGER);

	if (r->doc->failed || !der_minimal(s) || s.p[0] >= 0x80) {
		der_fail(r);
		return (struct span){ NULL, 0 };
	}
	if (s.n > 1 && s.p[0] == 0) {
		s.p++;
		s.n--;
	}

	return s;
}

uint32_t
der_uint(struct der *r, uint32_t max)
{
	struct span s = der_natural(r);
	uint32_t v = 0;

	if (s.n > 4)
		der_fail(r);
	for (size_t i = 0; i < s.n && s.n <= 4; i++)
		v = v << 8 | s.p[i];
	if (v > max)
		der_fail(r);

	return r->doc->failed ? 0 : v;
}

struct span
der_octet_bits(struct der *r)
{
	struct span s = der_take(r, DER_BITS);

	if (s.n == 0 || s.p[0] != 0) {
		der_fail(r);
		return (struct span){ NULL, 0 };
	}

	return (struct span){ s.p + 1, s.n - 1 };
}

bool
der_bool(struct der *r)
{
	struct span s = der_take(r, DER_BOOLEAN);

	if (s.n != 1 || (s.p[0] != 0x00 && s.p[0] != 0xff)) {
		der_fail(r);
		return false;
	}

	return s.p[0] == 0xff;
}

void
der_oid(struct der *r, struct span oid)
{
	if (!span_equal(der_take(r, DER_OID), oid))
		der_fail(r);
}

void
der_optional_null(struct der *r)
{
	if (der_peek(r) == DER_NULL && der_take(r, DER_NULL).n != 0)
		der_fail(r);
}

/* Each arc ends, and begins with another octet than 80 (8.19.2). */
static bool
der_oid_valid(struct span s)
{
	if (s.n == 0 || s.p[s.n - 1] >= 0x80)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == 0x80 && (i == 0 || s.p[i - 1] < 0x80))
			return false;
	}

	return true;
}

/* A BIT STRING's unused bits are fewer than eight, and zero (11.2.1). */
static bool
der_bits_valid(struct span s)
{
	if (s.n == 0 || s.p[0] > 7 || (s.n == 1 && s.p[0] != 0))
		return false;

	return s.n == 1 || (s.p[s.n - 1] & ((1U << s.p[0]) - 1)) == 0;
}

static bool
der_primitive_valid(uint8_t tag, struct span s)
{
	switch (tag) {
	case DER_BOOLEAN:
		return s.n == 1 && (s.p[0] == 0x00 || s.p[0] == 0xff);
	case DER_INTEGER:
		return der_minimal(s);
	case DER_BITS:
		return der_bits_valid(s);
	case DER_NULL:
		return s.n == 0;
	case DER_OID:
		return der_oid_valid(s);
	case DER_BMP:
		return s.n % 2 == 0;
	default:
		/* A primitive SEQUENCE or SET does not exist. */
		return tag != (DER_SEQUENCE & 0x1f) && tag != (DER_SET & 0x1f);
	}
}

/* In DER only SEQUENCE and SET are universal and constructed. */
static bool
der_is_container(uint8_t tag)
{
	return tag == DER_SEQUENCE || tag == DER_SET ||
	    (tag >= 0x80 && (tag & 0x20) != 0);
}

/* Containers are entered in place: where one ends, its outer one goes on. */
static void
der_walk(struct der *r)
{
	const uint8_t *ends[DER_DEPTH_MAX];

	for (;;) {
		uint8_t tag = der_peek(r);

		if (der_left(r) == 0) {
			if (r->doc->failed || r->depth == 0)
				break;
			r->end = ends[--r->depth];
		} else if (der_is_container(tag) && r->depth < DER_DEPTH_MAX) {
			ends[r->depth] = r->end;
			*r = der_enter(r, tag);
		} else if ((tag & 0x20) != 0 ||
		    !der_primitive_valid(tag, der_take(r, tag))) {
			der_fail(r);
		}
	}
}

enum rc
der_check(struct span in, struct err *e)
{
	struct der_doc doc = { 0 };
	struct der r = der_init(&doc, in), rest = r;

	if (in.n == 0)
		return err_set(e, RC_FORMAT, NULL, "nothing in it");
	(void)der_any(&rest);
	if (doc.failed || rest.p != rest.end)
		return err_set(e, RC_FORMAT, NULL, "not one DER element");
	doc.elements = 0;
	der_walk(&r);
	if (doc.failed && doc.elements >= DER_ELEMENTS_MAX)
		return err_set(e, RC_LIMIT, NULL, "too many DER elements");
	if (doc.failed)
		return err_set(e, RC_FORMAT, NULL, "not DER (X.690 clause 10)");

	return RC_OK;
}

bool
der_ordered(struct span a, struct span b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n == 0 ? 0 : memcmp(a.p, b.p, n);

	return order < 0 || (order == 0 && a.n <= b.n);
}

/* Appends a decimal number; false when it does not fit. */
static bool
der_oid_arc(char *out, size_t *n, uint64_t v)
{
	char digits[20];
	size_t k = 0;

	do {
		digits[k++] = (char)('0' + v % 10);
		v /= 10;
	} while (v > 0);
	if (*n + k + 2 > DER_OID_TEXT)
		return false;
	if (*n > 0)
		out[(*n)++] = '.';
	while (k > 0)
		out[(*n)++] = digits[--k];
	out[*n] = '\0';

	return true;
}

bool
der_oid_text(struct span oid, char *out)
{
	bool good = der_oid_valid(oid);
	uint64_t v = 0;
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; good && i < oid.n; i++) {
		good = v <= UINT64_MAX >> 7;
		v = v << 7 | (oid.p[i] & 0x7f);
		if (!good || oid.p[i] >= 0x80)
			continue;
		if (n == 0) {
			uint64_t first = v < 80 ? v / 40 : 2;

			good = der_oid_arc(out, &n, first);
			v -= first * 40;
		}
		good = good && der_oid_arc(out, &n, v);
		v = 0;
	}
	if (!good)
		out[0] = '\0';

	return good;
}
