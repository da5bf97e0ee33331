/*
 * table.h - see table.c.
 */
#pragma once

#include "base/err.h"
#include "base/span.h"

#define TABLE_ID 16

/* The first member of whatever is kept in a table. */
struct table_item {
	struct table_item *next;
	uint8_t id[TABLE_ID];
};

struct table {
	struct table_item **heads;
	size_t n_heads; /* a power of two, or 0 */
	size_t n;
	size_t swept; /* where table_sweep() goes on */
	uint8_t seed[16];
};

/* NULL: not there. */
struct table_item *table_find(
    const struct table *t, const uint8_t id[static TABLE_ID]);

/* Takes item, whose id is set and not in the table. RC_MEMORY. */
IG_CHECK enum rc table_put(
    struct table *t, struct table_item *item, struct err *e);

/*
 * Shows every item to each; those for which it says false are taken out, and
 * each has freed them. It must not touch the table otherwise.
 */
void table_each(
    struct table *t, bool (*each)(void *arg, struct table_item *), void *arg);

/*
 * The same for a part of the table, the next one each time: a large one takes
 * many calls, and no call takes long.
 */
#define TABLE_SWEEP 16384 /* heads */
void table_sweep(
    struct table *t, bool (*each)(void *arg, struct table_item *), void *arg);

/* Forgets the table's own memory; the items must be gone (table_each()). */
void table_clear(struct table *t);
