/*
 * table.c - things found by a 16-byte identifier.
 *
 * Belongs here: hashing (keyed: identifiers come from outside), growing.
 * Not here: what the things are (account.c, approval.c, limits.c).
 */
#include "vault/table.h"

#include "base/rnd.h"

#include <sodium.h>
#include <stdlib.h>

#define TABLE_FIRST 64

static size_t
table_slot(const struct table *t, const uint8_t id[static TABLE_ID])
{
	uint8_t hash[crypto_shorthash_BYTES];
	uint64_t v;

	(void)crypto_shorthash(hash, id, TABLE_ID, t->seed);
	memcpy(&v, hash, sizeof(v));

	return (size_t)v & (t->n_heads - 1);
}

struct table_item *
table_find(const struct table *t, const uint8_t id[static TABLE_ID])
{
	struct table_item *at;

	if (t->n_heads == 0)
		return NULL;
	at = t->heads[table_slot(t, id)];
	while (at != NULL && memcmp(at->id, id, TABLE_ID) != 0)
		at = at->next;

	return at;
}

static void
table_link(struct table *t, struct table_item *item)
{
	size_t slot = table_slot(t, item->id);

	item->next = t->heads[slot];
	t->heads[slot] = item;
}

static enum rc
table_grow(struct table *t, struct err *e)
{
	size_t was = t->n_heads;
	struct table_item **old = t->heads;
	struct table_item **heads;

	if (was == 0)
		rnd_bytes(t->seed, sizeof(t->seed));
	heads = calloc(
	    was == 0 ? TABLE_FIRST : was * 2, sizeof(struct table_item *));
	if (heads == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	t->heads = heads;
	t->n_heads = was == 0 ? TABLE_FIRST : was * 2;
	for (size_t i = 0; i < was; i++) {
		while (old[i] != NULL) {
			struct table_item *item = old[i];

			old[i] = item->next;
			table_link(t, item);
		}
	}
	free(old);

	return RC_OK;
}

enum rc
table_put(struct table *t, struct table_item *item, struct err *e)
{
	enum rc rc;

	if (t->n >= t->n_heads && (rc = table_grow(t, e)) != RC_OK)
		return rc;
	table_link(t, item);
	t->n++;

	return RC_OK;
}

static void
table_visit(struct table *t, size_t slot,
    bool (*each)(void *arg, struct table_item *), void *arg)
{
	struct table_item **at = &t->heads[slot];

	while (*at != NULL) {
		struct table_item *item = *at;
		struct table_item *next = item->next;

		if (each(arg, item)) {
			at = &item->next;
			continue;
		}
		*at = next;
		t->n--;
	}
}

void
table_each(
    struct table *t, bool (*each)(void *arg, struct table_item *), void *arg)
{
	for (size_t i = 0; i < t->n_heads; i++)
		table_visit(t, i, each, arg);
}

void
table_sweep(
    struct table *t, bool (*each)(void *arg, struct table_item *), void *arg)
{
	for (size_t n = 0; n < TABLE_SWEEP && n < t->n_heads; n++)
		table_visit(t, t->swept++ & (t->n_heads - 1), each, arg);
}

void
table_clear(struct table *t)
{
	free(t->heads);
	*t = (struct table){ 0 };
}
