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

bool
store_has_id(const uint8_t id[static STORE_ID])
{
	static const uint8_t none[STORE_ID];

	return memcmp(id, none, STORE_ID) != 0;
}
