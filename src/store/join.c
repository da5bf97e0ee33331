/*
 * join.c - people who are joining: the only place of a phone number in clear.
 *
 * Belongs here: the table joining; tries that are counted before they are
 * looked at.
 * Not here: asking the identity provider (adapter/identity.c); the member that
 * comes of it (member.c).
 */
#include "store/join.h"

#include "store/row.h"
#include "store/unit.h"

static void
read_row(struct db_rows *rows, void *out)
{
	struct join *j = out;

	db_get_bytes(rows, j->id, sizeof j->id);
	db_get_bytes(rows, j->phone_hash, sizeof j->phone_hash);
	db_get_text(rows, j->phone, sizeof j->phone);
	db_get_text(rows, j->name, sizeof j->name);
	db_get_text(rows, j->phone_tail, sizeof j->phone_tail);
	db_get_text(rows, j->carrier, sizeof j->carrier);
	db_get_text(rows, j->birth, sizeof j->birth);
	db_get_text(rows, j->transaction, sizeof j->transaction);
	j->state = (enum join_state)db_get_int(rows);
	j->tries = db_get_int(rows);
	db_get_bytes(rows, j->account_id, sizeof j->account_id);
	db_get_bytes(rows, j->challenge, sizeof j->challenge);
	j->expires_ms = db_get_int(rows);
}

static const struct row_kind kind = { sizeof(struct join), read_row,
	ROW_KEEPS_NONE };

static enum rc
create(struct db_conn *c, void *arg, struct err *e)
{
	const struct join *j = arg;

	return row_insert(c,
	    "INSERT INTO joining (id, phone_hash, phone, name, phone_tail, carrier, birth,"
	    " provider_tx, state, tries, account_id, challenge, expires_ms)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
	    " ON CONFLICT DO NOTHING",
	    DB_ARGS(row_id(j->id), row_bytes(j->phone_hash, STORE_HASH),
		db_text(j->phone), db_text(j->name), db_text(j->phone_tail),
		db_text(j->carrier), db_text(j->birth), db_text(j->transaction),
		db_int(j->state), db_int(j->tries), row_id(j->account_id),
		row_bytes(j->challenge, STORE_HASH), db_int(j->expires_ms)),
	    e);
}

enum rc
join_create(struct db *db, const struct join *j, struct err *e)
{
	struct join copy = *j;

	return db_write(db, create, &copy, e);
}

enum rc
join_load(struct db *db, const uint8_t id[static STORE_ID], int64_t now_ms,
    struct join *out, struct err *e)
{
	return row_load(db,
	    "SELECT id, phone_hash, phone, name, phone_tail, carrier, birth, provider_tx, state,"
	    " tries, account_id, challenge, expires_ms FROM joining"
	    " WHERE id = $1 AND expires_ms > $2",
	    DB_ARGS(row_id(id), db_int(now_ms)), &kind, out, e);
}

struct attempt {
	const uint8_t *id;
	int64_t limit;
	int64_t now_ms;
	int64_t tries;
};

static void
read_tries(struct db_rows *rows, void *out)
{
	*(int64_t *)out = db_get_int(rows);
}

static enum rc
attempt(struct db_conn *c, void *arg, struct err *e)
{
	static const struct row_kind tries = { sizeof(int64_t), read_tries,
		ROW_KEEPS_NONE };
	struct attempt *a = arg;
	enum rc rc;

	rc = row_find(c,
	    "UPDATE joining SET tries = tries + 1 WHERE id = $1"
	    " AND state = $2 AND expires_ms > $3 RETURNING tries",
	    DB_ARGS(row_id(a->id), db_int(JOIN_SENT), db_int(a->now_ms)),
	    &tries, &a->tries, NULL);

	return rc == RC_ABSENT
	    ? err_set(e, RC_STATE, NULL, "no code is awaited any more")
	    : rc;
}

enum rc
join_try(struct db *db, const uint8_t id[static STORE_ID], int64_t limit,
    int64_t now_ms, int64_t *left, struct err *e)
{
	struct attempt a = { id, limit, now_ms, 0 };
	enum rc rc = db_write(db, attempt, &a, e);

	*left = rc == RC_OK && a.tries < limit ? limit - a.tries : 0;
	if (rc == RC_OK && a.tries > limit)
		return err_set(e, RC_LOCKED, NULL, "too many wrong codes");

	return rc;
}

struct confirmation {
	const uint8_t *id;
	const uint8_t *account_id;
	const uint8_t *challenge;
	int64_t expires_ms;
	int64_t now_ms;
};

static enum rc
confirm(struct db_conn *c, void *arg, struct err *e)
{
	const struct confirmation *a = arg;

	return row_change(c,
	    "UPDATE joining SET state = $1, account_id = $2, challenge = $3,"
	    " expires_ms = $4, phone = '', birth = ''"
	    " WHERE id = $5 AND state = $6 AND expires_ms > $7",
	    DB_ARGS(db_int(JOIN_CONFIRMED), db_bytes(a->account_id, STORE_ID),
		db_bytes(a->challenge, STORE_HASH), db_int(a->expires_ms),
		row_id(a->id), db_int(JOIN_SENT), db_int(a->now_ms)),
	    RC_STATE, "no code is awaited any more", e);
}

enum rc
join_confirm(struct db *db, const uint8_t id[static STORE_ID],
    const uint8_t account_id[static STORE_ID],
    const uint8_t challenge[static STORE_HASH], int64_t expires_ms,
    int64_t now_ms, struct err *e)
{
	struct confirmation a = { id, account_id, challenge, expires_ms,
		now_ms };

	return db_write(db, confirm, &a, e);
}

enum rc
join_delete_in(
    struct db_conn *c, const uint8_t id[static STORE_ID], struct err *e)
{
	return db_exec(c, "DELETE FROM joining WHERE id = $1",
	    DB_ARGS(row_id(id)), NULL, e);
}

enum rc
join_purge(struct db *db, int64_t before_ms, size_t *n, struct err *e)
{
	return row_purge(db,
	    "DELETE FROM joining WHERE id IN (SELECT id FROM joining"
	    " WHERE expires_ms < $1 LIMIT 500)",
	    before_ms, n, e);
}
