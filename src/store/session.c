/*
 * session.c - who is logged in, by the hash of the cookie's token.
 *
 * Belongs here: the table session.
 * Not here: cookies and how long a session lives (the http and domain rooms).
 */
#include "store/session.h"

#include "store/row.h"
#include "store/unit.h"

static void
read_row(struct db_rows *rows, void *out)
{
	struct session *s = out;

	db_get_bytes(rows, s->token_hash, sizeof s->token_hash);
	db_get_bytes(rows, s->member_id, sizeof s->member_id);
	db_get_bytes(rows, s->device_id, sizeof s->device_id);
	s->created_ms = db_get_int(rows);
	s->expires_ms = db_get_int(rows);
	s->last_seen_ms = db_get_int(rows);
}

static const struct row_kind kind = { sizeof(struct session), read_row,
	ROW_KEEPS_NONE };

enum rc
session_create_in(struct db_conn *c, const struct session *s, struct err *e)
{
	return row_insert(c,
	    "INSERT INTO session (token_hash, member_id, device_id,"
	    " created_ms, expires_ms, last_seen_ms)"
	    " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
	    DB_ARGS(row_bytes(s->token_hash, STORE_HASH), row_id(s->member_id),
		row_id(s->device_id), db_int(s->created_ms),
		db_int(s->expires_ms), db_int(s->last_seen_ms)),
	    e);
}

struct creation {
	const struct session *s;
	const struct history *h;
};

static enum rc
create(struct db_conn *c, void *arg, struct err *e)
{
	const struct creation *n = arg;
	enum rc rc = session_create_in(c, n->s, e);

	return rc == RC_OK ? history_append_in(c, n->h, NULL, e) : rc;
}

enum rc
session_create(struct db *db, const struct session *s, const struct history *h,
    struct err *e)
{
	struct creation n = { s, h };

	return db_write(db, create, &n, e);
}

enum rc
session_load(struct db *db, const uint8_t token_hash[static STORE_HASH],
    int64_t now_ms, struct session *out, struct err *e)
{
	return row_load(db,
	    "SELECT token_hash, member_id, device_id, created_ms, expires_ms,"
	    " last_seen_ms FROM session"
	    " WHERE token_hash = $1 AND expires_ms > $2",
	    DB_ARGS(row_bytes(token_hash, STORE_HASH), db_int(now_ms)), &kind,
	    out, e);
}

struct touch {
	uint8_t token_hash[STORE_HASH];
	int64_t now_ms;
	int64_t expires_ms;
};

static enum rc
touch(struct db_conn *c, void *arg, struct err *e)
{
	const struct touch *t = arg;

	return db_exec(c,
	    "UPDATE session SET last_seen_ms = $1, expires_ms = $2"
	    " WHERE token_hash = $3",
	    DB_ARGS(db_int(t->now_ms), db_int(t->expires_ms),
		db_bytes(t->token_hash, STORE_HASH)),
	    NULL, e);
}

void
session_touch(struct db *db, const uint8_t token_hash[static STORE_HASH],
    int64_t now_ms, int64_t expires_ms)
{
	struct touch t = { .now_ms = now_ms, .expires_ms = expires_ms };

	memcpy(t.token_hash, token_hash, sizeof t.token_hash);
	db_write_later(db, touch, &t, sizeof t);
}

enum rc
session_delete(
    struct db *db, const uint8_t token_hash[static STORE_HASH], struct err *e)
{
	return row_write(db, "DELETE FROM session WHERE token_hash = $1",
	    DB_ARGS(row_bytes(token_hash, STORE_HASH)), NULL, e);
}

enum rc
session_purge(struct db *db, int64_t before_ms, size_t *n, struct err *e)
{
	return row_purge(db,
	    "DELETE FROM session WHERE token_hash IN (SELECT token_hash"
	    " FROM session WHERE expires_ms < $1 LIMIT 500)",
	    before_ms, n, e);
}
