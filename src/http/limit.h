/*
 * limit.h - see limit.c.
 */
#pragma once

#include "base/err.h"
#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * One kind of thing that is limited: burst (1 or more) at once, then
 * per_minute. A class is its place in the table; a server's rows say 0 for
 * "none", so row 0 of its table is for nobody.
 */
struct limit_class {
	const char *name;
	uint32_t burst;
	uint32_t per_minute;
};

/* Token buckets by class and key, for at most `keys` keys at a time. */
struct limit;

/*
 * classes is borrowed. RC_MEMORY. When the table is full, the fullest bucket
 * of the same neighbourhood gives way: those who are near their limit stay.
 */
IG_CHECK enum rc limit_new(const struct limit_class *classes, size_t n,
    size_t keys, struct limit **out, struct err *e);

void limit_free(struct limit *l);

/*
 * Takes one token for a client (base/address.h), and one for its network,
 * which has LIMIT_NETWORK times as many: a crowd behind one address range is
 * no reason to lock it out, a spray from there is. RC_RATE when one of them
 * has none left; *retry_ms says when there will be. Any thread.
 */
#define LIMIT_NETWORK 5

IG_CHECK enum rc limit_take_address(struct limit *l, unsigned int class_,
    const char *address, int64_t *retry_ms, struct err *e);
