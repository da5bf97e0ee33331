/*
 * names.h - see names.c.
 */
#pragma once

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

/* First member of whatever stands in a table. Zeroed but for these. */
struct names_entry {
	struct names_entry *next;
	const char *name; /* the entry's own, ended with a zero */
};

/* Not locked: its owner's lock guards it. */
struct names {
	struct names_entry **bucket;
	size_t buckets;
	uint64_t seed;
};

/*
 * A table without an entry; buckets is a power of two, about as many as there
 * will be entries. RC_MEMORY.
 */
IG_CHECK enum rc names_init(struct names *t, size_t buckets, struct err *e);

/* Frees the table, which must have no entry. Fine when it is all zero. */
void names_clear(struct names *t);

/* The entry of that name, NULL when there is none. Stays in. */
void *names_find(const struct names *t, const char *name);

/*
 * Adds an entry for a name that has none: size zeroed bytes, at whose
 * beginning is the struct names_entry. The table owns it. NULL: out of memory.
 */
void *names_add(struct names *t, const char *name, size_t size);

/* Takes an entry out, and frees it. */
void names_drop(struct names *t, struct names_entry *entry);
