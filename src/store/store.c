/*
 * store.c - what all aggregates have in common: identifiers, the schema.
 *
 * Belongs here: bringing the schema up to date, new identifiers.
 * Not here: reading and writing rows (row.c); the schema's text (sql).
 */
#include "store/store.h"

#include "base/rnd.h"
#include "store/steps.h"

enum rc
store_migrate(struct db *db, size_t *done, struct err *e)
{
	return migrate_run(db, steps_all, steps_n, done, e);
}

enum rc
store_migrate_check(struct db *db, size_t *missing, struct err *e)
{
	return migrate_check(db, steps_all, steps_n, missing, e);
}

void
store_new_id(uint8_t id[static STORE_ID])
{
	rnd_bytes(id, STORE_ID);
}

void
store_timed_id_least(uint8_t id[static STORE_ID], int64_t at_ms)
{
	memset(id, 0, STORE_ID);
	for (size_t i = 0; i < 6; i++)
		id[i] = (uint8_t)((uint64_t)at_ms >> (40 - 8 * i));
}

void
store_timed_id(uint8_t id[static STORE_ID], int64_t at_ms)
{
	store_timed_id_least(id, at_ms);
	rnd_bytes(id + 6, STORE_ID - 6);
}

bool
store_has_id(const uint8_t id[static STORE_ID])
{
	static const uint8_t none[STORE_ID];

	return memcmp(id, none, STORE_ID) != 0;
}
