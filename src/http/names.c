/*
 * names.c - a table from a name to what is kept of it.
 *
 * Belongs here: hashing, chains, an entry's memory.
 * Not here: what a name may look like (topic.c); a table of fixed size that
 * forgets (limit.c).
 *
 * Strangers choose names: a seed keeps them from choosing their bucket.
 */
#include "http/names.h"

#include "base/rnd.h"

#include <stdlib.h>
#include <string.h>

enum rc
names_init(struct names *t, size_t buckets, struct err *e)
{
	t->bucket = calloc(buckets, sizeof(struct names_entry *));
	if (t->bucket == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	t->buckets = buckets;
	rnd_bytes(&t->seed, sizeof(t->seed));

	return RC_OK;
}

void
names_clear(struct names *t)
{
	free(t->bucket);
	*t = (struct names){ 0 };
}

/* The place in its bucket's chain where a name is or would be. */
static struct names_entry **
names_place(const struct names *t, const char *name)
{
	uint64_t h = t->seed;
	struct names_entry **at;

	for (const char *c = name; *c != '\0'; c++)
		h = (h ^ (uint8_t)*c) * UINT64_C(0x9e3779b97f4a7c15) ^ h >> 29;
	at = &t->bucket[h >> 32 & (t->buckets - 1)];
	while (*at != NULL && strcmp((*at)->name, name) != 0)
		at = &(*at)->next;

	return at;
}

void *
names_find(const struct names *t, const char *name)
{
	return *names_place(t, name);
}

void *
names_add(struct names *t, const char *name, size_t size)
{
	size_t n = strlen(name) + 1;
	char *memory = calloc(1, size + n);
	struct names_entry *entry = (void *)memory;

	if (entry == NULL)
		return NULL;
	entry->name = memcpy(memory + size, name, n);
	*names_place(t, name) = entry;

	return entry;
}

void
names_drop(struct names *t, struct names_entry *entry)
{
	*names_place(t, entry->name) = entry->next;
	free(entry);
}
