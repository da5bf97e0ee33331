/*
 * store.h - see store.c.
 *
 * What all aggregates have in common. Every function of this room takes the
 * database first and struct err last; reads run at once; writes return RC_OK
 * only when they are durable. Besides the codes named with each function all
 * may return RC_IO, RC_MEMORY, RC_BUSY (too many writes wait: answer 503).
 * What is loaded is emptied first: an id given to find it must not be part of
 * it.
 */
#pragma once

#include "base/err.h"
#include "base/span.h"

struct db;

#define STORE_ID    16  /* bytes of an identifier; all zeros: none */
#define STORE_TEXT  257 /* a text of 256 bytes and its zero */
#define STORE_OID   96
#define STORE_HASH  32
#define STORE_SIGN  64 /* bytes of a signature by the vault's display key */
#define STORE_BLOBS 6

/*
 * Where the spans of a loaded row live. A struct that the caller fills to
 * save it leaves this empty, and its spans borrow; one that was loaded owns
 * them and is given to its *_clear().
 */
struct store_kept {
	void *blob[STORE_BLOBS];
	unsigned int n;
};

/* Brings the schema up to date; *done (may be NULL) is how many steps it took. */
IG_CHECK enum rc store_migrate(struct db *db, size_t *done, struct err *e);

/* How many steps are missing; changes nothing. */
IG_CHECK enum rc store_migrate_check(
    struct db *db, size_t *missing, struct err *e);

/* A new random identifier. */
void store_new_id(uint8_t id[static STORE_ID]);

/* One that begins with the time: such rows lie in the order of their making. */
void store_timed_id(uint8_t id[static STORE_ID], int64_t at_ms);

/* The least that one made at that time can be. */
void store_timed_id_least(uint8_t id[static STORE_ID], int64_t at_ms);

/* Not all zeros? */
bool store_has_id(const uint8_t id[static STORE_ID]);
