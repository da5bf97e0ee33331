/*
 * cbor.h - see cbor.c.
 */
#pragma once

#include "base/err.h"
#include "base/rd.h"
#include "base/span.h"

#define CBOR_DEPTH_MAX 6
#define CBOR_ITEMS_MAX 256 /* in one outermost item, all levels together */
#define CBOR_KEYS_MAX  32  /* in one map */

enum cbor_type {
	CBOR_NONE, /* after a failure */
	CBOR_UINT, /* n */
	CBOR_NINT, /* -1 - n */
	CBOR_BYTES,
	CBOR_TEXT,
	CBOR_ARRAY, /* of n items */
	CBOR_MAP,   /* of n pairs */
	CBOR_SIMPLE /* n: 20 false, 21 true, 22 null */
};

/* One item's head, and for strings its bytes (borrowed). */
struct cbor_item {
	enum cbor_type type;
	uint64_t n;
	struct span bytes;
};

/*
 * Checks one item of CTAP2's canonical subset (CTAP 2.1 section 8) at the
 * start of in, whole and deep: definite lengths, shortest heads, no tags, no
 * floats, UTF-8 text, keys that are integers or text and stand once in a map.
 * The order of keys is not asked for: authenticators in the field differ, and
 * nothing is encoded again. *used is how many bytes the item takes.
 * RC_FORMAT; RC_LIMIT over one of the three figures above.
 */
IG_CHECK enum rc cbor_check(struct span in, size_t *used, struct err *e);

/*
 * Walks bytes that cbor_check() accepted. cbor_next() gives the next head, or
 * CBOR_NONE and a failed reader; cbor_skip() passes a whole item.
 */
struct cbor_item cbor_next(struct rd *r);
void cbor_skip(struct rd *r);

/*
 * Finds a value in a map that cbor_check() accepted: *at is a reader that
 * stands on the value. False when map is no map or has no such key.
 */
bool cbor_find_int(struct span map, int64_t key, struct rd *at);
bool cbor_find_text(struct span map, const char *key, struct rd *at);
