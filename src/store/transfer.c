/*
 * transfer.c - the relay's pigeon-holes: one message a step, one way.
 *
 * Belongs here: the table transfer; channels; steps that one caller wins.
 * Not here: what the messages are (the relay cannot read them); steps' order
 * (the domain room).
 */
#include "store/transfer.h"

#include "store/row.h"
#include "store/unit.h"

static void
read_row(struct db_rows *rows, void *out)
{
	struct transfer *t = out;

	db_get_bytes(rows, t->id, sizeof t->id);
	db_get_bytes(rows, t->member_id, sizeof t->member_id);
	db_get_text(rows, t->channel, sizeof t->channel);
	db_get_bytes(rows, t->secret_hash, sizeof t->secret_hash);
	t->step = db_get_int(rows);
	t->state = (enum transfer_state)db_get_int(rows);
	row_keep(rows, &t->kept, &t->message);
	t->created_ms = db_get_int(rows);
	t->expires_ms = db_get_int(rows);
}

static const struct row_kind kind = { sizeof(struct transfer), read_row,
	offsetof(struct transfer, kept) };

void
transfer_clear(struct transfer *t)
{
	row_forget(&t->kept);
	*t = (struct transfer){ 0 };
}

static int64_t
is_living(enum transfer_state state)
{
	return (state & TRANSFER_LIVING) != 0 ? 1 : 0;
}

/* A channel whose time is over is free again, whether it was ended or not. */
static enum rc
create(struct db_conn *c, void *arg, struct err *e)
{
	const struct transfer *t = arg;
	enum rc rc;

	rc = db_exec(c,
	    "UPDATE transfer SET living = 0, state = $1"
	    " WHERE channel = $2 AND living = 1 AND expires_ms <= $3",
	    DB_ARGS(db_int(TRANSFER_EXPIRED), db_text(t->channel),
		db_int(t->created_ms)),
	    NULL, e);
	if (rc != RC_OK)
		return rc;

	return row_insert(c,
	    "INSERT INTO transfer (id, member_id, channel, secret_hash, step,"
	    " state, living, message, created_ms, expires_ms)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
	    " ON CONFLICT DO NOTHING",
	    DB_ARGS(row_id(t->id), row_id(t->member_id), db_text(t->channel),
		row_bytes(t->secret_hash, STORE_HASH), db_int(t->step),
		db_int(t->state), db_int(is_living(t->state)),
		db_blob(t->message), db_int(t->created_ms),
		db_int(t->expires_ms)),
	    e);
}

enum rc
transfer_create(struct db *db, const struct transfer *t, struct err *e)
{
	struct transfer copy = *t;

	return db_write(db, create, &copy, e);
}

enum rc
transfer_load(struct db *db, const uint8_t id[static STORE_ID],
    struct transfer *out, struct err *e)
{
	return row_load(db,
	    "SELECT id, member_id, channel, secret_hash, step, state, message,"
	    " created_ms, expires_ms FROM transfer WHERE id = $1",
	    DB_ARGS(row_id(id)), &kind, out, e);
}

struct claim {
	const char *channel;
	const uint8_t *secret_hash;
	int64_t now_ms;
	uint8_t id[STORE_ID];
};

static void
read_id(struct db_rows *rows, void *out)
{
	db_get_bytes(rows, out, STORE_ID);
}

static enum rc
claim(struct db_conn *c, void *arg, struct err *e)
{
	static const struct row_kind id = { STORE_ID, read_id, ROW_KEEPS_NONE };
	struct claim *a = arg;

	return row_find(c,
	    "UPDATE transfer SET secret_hash = $1 WHERE channel = $2"
	    " AND living = 1 AND expires_ms > $3 AND secret_hash IS NULL"
	    " RETURNING id",
	    DB_ARGS(db_bytes(a->secret_hash, STORE_HASH), db_text(a->channel),
		db_int(a->now_ms)),
	    &id, a->id, e);
}

enum rc
transfer_claim(struct db *db, const char *channel,
    const uint8_t secret_hash[static STORE_HASH], int64_t now_ms,
    uint8_t id[static STORE_ID], struct err *e)
{
	struct claim a = { channel, secret_hash, now_ms, { 0 } };
	enum rc rc = db_write(db, claim, &a, e);

	if (rc == RC_OK)
		memcpy(id, a.id, STORE_ID);
	else
		memset(id, 0, STORE_ID);

	return rc;
}

enum rc
transfer_advance_in(
    struct db_conn *c, const struct transfer_move *m, struct err *e)
{
	if (m == NULL)
		return RC_OK;

	return row_change(c,
	    "UPDATE transfer SET step = $1, state = $2, message = $3,"
	    " living = $4 WHERE id = $5 AND step = $6 AND living = 1"
	    " AND expires_ms > $7",
	    DB_ARGS(db_int(m->to), db_int(m->state), db_blob(m->message),
		db_int(is_living(m->state)), row_id(m->id), db_int(m->from),
		db_int(m->now_ms)),
	    RC_STATE, "the transfer has moved on", e);
}

static enum rc
advance(struct db_conn *c, void *arg, struct err *e)
{
	return transfer_advance_in(c, *(const struct transfer_move **)arg, e);
}

enum rc
transfer_advance(struct db *db, const struct transfer_move *m, struct err *e)
{
	if (m->message.n > TRANSFER_MESSAGE_MAX)
		return err_set(e, RC_LIMIT, "message", "is too long");

	return db_write(db, advance, &m, e);
}

struct end {
	const uint8_t *id;
	enum transfer_state state;
};

static enum rc
end(struct db_conn *c, void *arg, struct err *e)
{
	const struct end *a = arg;

	return row_change(c,
	    "UPDATE transfer SET state = $1, step = step + 1, message = $2,"
	    " living = 0 WHERE id = $3 AND living = 1",
	    DB_ARGS(db_int(a->state), db_bytes(NULL, 0), row_id(a->id)),
	    RC_STATE, "the transfer is over", e);
}

enum rc
transfer_end(struct db *db, const uint8_t id[static STORE_ID],
    enum transfer_state state, struct err *e)
{
	struct end a = { id, state };

	return db_write(db, end, &a, e);
}

enum rc
transfer_purge(struct db *db, int64_t before_ms, size_t *n, struct err *e)
{
	return row_purge(db,
	    "DELETE FROM transfer WHERE id IN (SELECT id FROM transfer"
	    " WHERE expires_ms < $1 LIMIT 500)",
	    before_ms, n, e);
}
