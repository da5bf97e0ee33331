/*
 * cbor.c - a reader of CTAP2's canonical CBOR, as authenticators speak it.
 *
 * Belongs here: checking one item whole, walking what was checked, finding a
 * key in a map.
 * Not here: what maps mean (cose.c, auth_data.c, registration.c). There is no
 * writer: we never make CBOR.
 */
#include "webauthn/cbor.h"

#include "base/text.h"

#define CBOR_MAJOR_TAG 6

static struct cbor_item
cbor_fail(struct rd *r)
{
	rd_fail(r);

	return (struct cbor_item){ .type = CBOR_NONE };
}

/* The argument of a head; a length that could have been shorter is none. */
static uint64_t
cbor_argument(struct rd *r, uint8_t info)
{
	uint64_t n;

	if (info < 24)
		return info;
	switch (info) {
	case 24:
		n = rd_u8(r);
		if (n < 24)
			rd_fail(r);
		return n;
	case 25:
		n = rd_u16(r);
		if (n <= UINT8_MAX)
			rd_fail(r);
		return n;
	case 26:
		n = rd_u32(r);
		if (n <= UINT16_MAX)
			rd_fail(r);
		return n;
	case 27:
		n = rd_u64(r);
		if (n <= UINT32_MAX)
			rd_fail(r);
		return n;
	default:
		/* 28..30 mean nothing, 31 is an indefinite length. */
		rd_fail(r);
		return 0;
	}
}

struct cbor_item
cbor_next(struct rd *r)
{
	static const enum cbor_type types[8] = { CBOR_UINT, CBOR_NINT,
		CBOR_BYTES, CBOR_TEXT, CBOR_ARRAY, CBOR_MAP, CBOR_NONE,
		CBOR_SIMPLE };
	uint8_t head = rd_u8(r);
	uint8_t major = head >> 5, info = head & 31;
	struct cbor_item item = { .type = types[major] };

	/* Of major 7 only false, true and null: no floats, no breaks. */
	if (major == CBOR_MAJOR_TAG || (major == 7 && (info < 20 || info > 22)))
		return cbor_fail(r);
	item.n = cbor_argument(r, info);
	if (item.type == CBOR_BYTES || item.type == CBOR_TEXT) {
		if (item.n > rd_left(r))
			return cbor_fail(r);
		item.bytes = rd_bytes(r, (size_t)item.n);
	}
	if (r->failed)
		return cbor_fail(r);

	return item;
}

/* What a check may still spend. */
struct cbor_budget {
	unsigned int items;
	bool limit; /* failed by a ceiling, not by the bytes */
};

/* The depth is capped, so this recursion is too: NOLINTBEGIN(misc-no-recursion) */
static bool cbor_deep(struct rd *r, unsigned int depth, struct cbor_budget *b);

static void
cbor_too_much(struct rd *r, struct cbor_budget *b)
{
	b->limit = true;
	rd_fail(r);
}

/* Heads are shortest, so equal keys are equal bytes. */
static bool
cbor_map_deep(
    struct rd *r, uint64_t pairs, unsigned int depth, struct cbor_budget *b)
{
	struct span keys[CBOR_KEYS_MAX];

	if (pairs > CBOR_KEYS_MAX)
		cbor_too_much(r, b);
	for (size_t i = 0; i < pairs && !r->failed; i++) {
		const uint8_t *start = r->p;
		struct cbor_item key = cbor_next(r);

		if (key.type != CBOR_UINT && key.type != CBOR_NINT &&
		    key.type != CBOR_TEXT)
			rd_fail(r);
		if (key.type == CBOR_TEXT && !text_is_utf8(key.bytes))
			rd_fail(r);
		if (r->failed)
			return false;
		keys[i] = (struct span){ start, (size_t)(r->p - start) };
		for (size_t j = 0; j < i; j++)
			if (span_equal(keys[i], keys[j]))
				rd_fail(r);
		(void)cbor_deep(r, depth, b);
	}

	return !r->failed;
}

static bool
cbor_deep(struct rd *r, unsigned int depth, struct cbor_budget *b)
{
	struct cbor_item item = cbor_next(r);

	if (r->failed)
		return false;
	if (b->items-- == 0 || depth > CBOR_DEPTH_MAX) {
		b->items = 0;
		cbor_too_much(r, b);
		return false;
	}
	if (item.type == CBOR_TEXT && !text_is_utf8(item.bytes))
		rd_fail(r);
	if (item.type == CBOR_MAP)
		return cbor_map_deep(r, item.n, depth + 1, b);
	if (item.type == CBOR_ARRAY)
		for (uint64_t i = 0; i < item.n && !r->failed; i++)
			(void)cbor_deep(r, depth + 1, b);

	return !r->failed;
}

/* NOLINTEND(misc-no-recursion) */

enum rc
cbor_check(struct span in, size_t *used, struct err *e)
{
	struct rd r = rd_init(in);
	struct cbor_budget budget = { .items = CBOR_ITEMS_MAX };

	*used = 0;
	if (!cbor_deep(&r, 1, &budget))
		return budget.limit
		    ? err_set(e, RC_LIMIT, "cbor", "CBOR is too large")
		    : err_set(e, RC_FORMAT, "cbor",
			  "not CTAP2 canonical CBOR (CTAP 2.1 section 8)");
	*used = (size_t)(r.p - in.p);

	return RC_OK;
}

void
cbor_skip(struct rd *r)
{
	/* Checked bytes: the count of items ends this, not the depth. */
	for (uint64_t left = 1; left > 0 && !r->failed; left--) {
		struct cbor_item item = cbor_next(r);

		if (item.type == CBOR_ARRAY)
			left += item.n;
		if (item.type == CBOR_MAP)
			left += 2 * item.n;
	}
}

static bool
cbor_find(struct span map, const struct cbor_item *key, struct rd *at)
{
	struct rd r = rd_init(map);
	struct cbor_item head = cbor_next(&r);

	*at = rd_init((struct span){ NULL, 0 });
	if (head.type != CBOR_MAP)
		return false;
	for (uint64_t i = 0; i < head.n && !r.failed; i++) {
		struct cbor_item k = cbor_next(&r);

		if (k.type == key->type && k.n == key->n &&
		    span_equal(k.bytes, key->bytes)) {
			*at = r;
			return !r.failed;
		}
		cbor_skip(&r);
	}

	return false;
}

bool
cbor_find_int(struct span map, int64_t key, struct rd *at)
{
	struct cbor_item want = { .type = key < 0 ? CBOR_NINT : CBOR_UINT,
		.n = key < 0 ? (uint64_t)(-1 - key) : (uint64_t)key };

	return cbor_find(map, &want, at);
}

bool
cbor_find_text(struct span map, const char *key, struct rd *at)
{
	struct span text = span_str(key);
	struct cbor_item want = {
		.type = CBOR_TEXT, .n = text.n, .bytes = text
	};

	return cbor_find(map, &want, at);
}
