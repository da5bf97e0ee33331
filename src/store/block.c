/*
 * block.c - what may not be tried before a time.
 *
 * Belongs here: the table block.
 * Not here: when something is blocked (the domain room); counting (counter.c).
 */
#include "store/block.h"

#include "store/row.h"

enum rc
block_set(struct db *db, const char *scope,
    const uint8_t key[static STORE_HASH], int64_t until_ms, struct err *e)
{
	return row_write(db,
	    "INSERT INTO block (scope, subject, until_ms) VALUES ($1, $2, $3)"
	    " ON CONFLICT (scope, subject) DO UPDATE"
	    " SET until_ms = excluded.until_ms"
	    " WHERE block.until_ms < excluded.until_ms",
	    DB_ARGS(
		db_text(scope), db_bytes(key, STORE_HASH), db_int(until_ms)),
	    NULL, e);
}

static void
read_row(struct db_rows *rows, void *out)
{
	*(int64_t *)out = db_get_int(rows);
}

enum rc
block_find(struct db *db, const char *scope,
    const uint8_t key[static STORE_HASH], int64_t now_ms, int64_t *until_ms,
    struct err *e)
{
	static const struct row_kind kind = { sizeof(int64_t), read_row,
		ROW_KEEPS_NONE };
	struct err own = { 0 };
	enum rc rc;

	rc = row_load(db,
	    "SELECT until_ms FROM block WHERE scope = $1 AND subject = $2"
	    " AND until_ms > $3",
	    DB_ARGS(db_text(scope), db_bytes(key, STORE_HASH), db_int(now_ms)),
	    &kind, until_ms, &own);
	if (rc == RC_OK || rc == RC_ABSENT)
		return RC_OK;

	return err_set(e, rc, own.field, "%s", own.msg);
}

enum rc
block_purge(struct db *db, int64_t before_ms, size_t *n, struct err *e)
{
	return row_purge(db,
	    "DELETE FROM block WHERE (scope, subject) IN (SELECT scope,"
	    " subject FROM block WHERE until_ms < $1 LIMIT 500)",
	    before_ms, n, e);
}
