/*
 * member.c - members' rows: who they are, their device list, blocks.
 *
 * Belongs here: the table member, and the unit that makes a member whole.
 * Not here: what a refusal or a block means (the domain room); devices
 * (device.c).
 */
#include "store/member.h"

#include "store/row.h"
#include "store/unit.h"

#define COLUMNS                                                 \
	"SELECT id, phone_hash, phone_tail, name, device_list," \
	" created_ms, blocked_until_ms, refusals FROM member"

static void
read_row(struct db_rows *rows, void *out)
{
	struct member *m = out;

	db_get_bytes(rows, m->id, sizeof m->id);
	db_get_bytes(rows, m->phone_hash, sizeof m->phone_hash);
	db_get_text(rows, m->phone_tail, sizeof m->phone_tail);
	db_get_text(rows, m->name, sizeof m->name);
	row_keep(rows, &m->kept, &m->device_list);
	m->created_ms = db_get_int(rows);
	m->blocked_until_ms = db_get_int(rows);
	m->refusals = db_get_int(rows);
}

static const struct row_kind kind = { sizeof(struct member), read_row,
	offsetof(struct member, kept) };

void
member_clear(struct member *m)
{
	row_forget(&m->kept);
	*m = (struct member){ 0 };
}

struct creation {
	const struct member *m;
	const struct device *d;
	const struct session *s;
	const struct history *h;
	const uint8_t *join_id;
};

static enum rc
create(struct db_conn *c, void *arg, struct err *e)
{
	const struct creation *n = arg;
	const struct member *m = n->m;
	enum rc rc;

	rc = row_insert(c,
	    "INSERT INTO member (id, phone_hash, phone_tail, name,"
	    " device_list, created_ms, blocked_until_ms, refusals)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
	    " ON CONFLICT DO NOTHING",
	    DB_ARGS(row_id(m->id), row_bytes(m->phone_hash, STORE_HASH),
		db_text(m->phone_tail), db_text(m->name),
		db_blob(m->device_list), db_int(m->created_ms),
		db_int(m->blocked_until_ms), db_int(m->refusals)),
	    e);
	if (rc == RC_OK)
		rc = device_create_in(c, n->d, e);
	if (rc == RC_OK)
		rc = session_create_in(c, n->s, e);
	if (rc == RC_OK)
		rc = history_append_in(c, n->h, NULL, e);
	if (rc == RC_OK && n->join_id != NULL)
		rc = join_delete_in(c, n->join_id, e);

	return rc;
}

enum rc
member_create(struct db *db, const struct member *m, const struct device *d,
    const struct session *s, const struct history *h, const uint8_t *join_id,
    struct err *e)
{
	struct creation n = { m, d, s, h, join_id };

	return db_write(db, create, &n, e);
}

enum rc
member_load(struct db *db, const uint8_t id[static STORE_ID],
    struct member *out, struct err *e)
{
	return row_load(
	    db, COLUMNS " WHERE id = $1", DB_ARGS(row_id(id)), &kind, out, e);
}

enum rc
member_load_by_phone(struct db *db, const uint8_t phone_hash[static STORE_HASH],
    struct member *out, struct err *e)
{
	return row_load(db, COLUMNS " WHERE phone_hash = $1",
	    DB_ARGS(row_bytes(phone_hash, STORE_HASH)), &kind, out, e);
}

struct refusal {
	const uint8_t *id;
	int64_t n;
};

static void
read_count(struct db_rows *rows, void *out)
{
	*(int64_t *)out = db_get_int(rows);
}

static enum rc
add_refusal(struct db_conn *c, void *arg, struct err *e)
{
	static const struct row_kind count = { sizeof(int64_t), read_count,
		ROW_KEEPS_NONE };
	struct refusal *r = arg;

	return row_find(c,
	    "UPDATE member SET refusals = refusals + 1 WHERE id = $1"
	    " RETURNING refusals",
	    DB_ARGS(row_id(r->id)), &count, &r->n, e);
}

enum rc
member_add_refusal(struct db *db, const uint8_t id[static STORE_ID],
    int64_t *refusals, struct err *e)
{
	struct refusal r = { id, 0 };
	enum rc rc = db_write(db, add_refusal, &r, e);

	if (refusals != NULL)
		*refusals = rc == RC_OK ? r.n : 0;

	return rc;
}

enum rc
member_set_blocked(struct db *db, const uint8_t id[static STORE_ID],
    int64_t until_ms, struct err *e)
{
	if (until_ms == 0)
		return row_write(db,
		    "UPDATE member SET blocked_until_ms = 0, refusals = 0"
		    " WHERE id = $1",
		    DB_ARGS(row_id(id)), NULL, e);

	return row_write(db,
	    "UPDATE member SET blocked_until_ms = $1 WHERE id = $2",
	    DB_ARGS(db_int(until_ms), row_id(id)), NULL, e);
}
