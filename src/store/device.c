/*
 * device.c - phones that may approve, each with its public key.
 *
 * Belongs here: the table device; adding and removing one as a whole.
 * Not here: the sealed device list that the vault trusts (member.c keeps its
 * bytes); push subscriptions (push.c).
 */
#include "store/device.h"

#include "store/row.h"
#include "store/unit.h"

#include <stdlib.h>

#define COLUMNS                                                        \
	"SELECT id, member_id, kind, name, credential_id, public_key," \
	" added_ms, removed_ms FROM device"

static void
read_row(struct db_rows *rows, void *out)
{
	struct device *d = out;

	db_get_bytes(rows, d->id, sizeof d->id);
	db_get_bytes(rows, d->member_id, sizeof d->member_id);
	d->kind = (enum device_kind)db_get_int(rows);
	db_get_text(rows, d->name, sizeof d->name);
	row_keep(rows, &d->kept, &d->credential_id);
	row_keep(rows, &d->kept, &d->public_key);
	d->added_ms = db_get_int(rows);
	d->removed_ms = db_get_int(rows);
}

static const struct row_kind kind = { sizeof(struct device), read_row,
	offsetof(struct device, kept) };

void
device_clear(struct device *d)
{
	row_forget(&d->kept);
	*d = (struct device){ 0 };
}

void
device_list_clear(struct device_list *l)
{
	row_free_all(&kind, l->at, l->n);
	*l = (struct device_list){ 0 };
}

enum rc
device_create_in(struct db_conn *c, const struct device *d, struct err *e)
{
	return row_insert(c,
	    "INSERT INTO device (id, member_id, kind, name, credential_id,"
	    " public_key, added_ms, removed_ms)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
	    " ON CONFLICT DO NOTHING",
	    DB_ARGS(row_id(d->id), row_id(d->member_id), db_int(d->kind),
		db_text(d->name),
		d->credential_id.n == 0 ? db_null() : db_blob(d->credential_id),
		db_blob(d->public_key), db_int(d->added_ms),
		db_int(d->removed_ms)),
	    e);
}

struct addition {
	const struct device *d;
	int64_t from_version;
	struct span list;
	int64_t version;
	const struct history *h;
};

static enum rc
add(struct db_conn *c, void *arg, struct err *e)
{
	const struct addition *a = arg;
	enum rc rc;

	rc = device_create_in(c, a->d, e);
	if (rc == RC_OK)
		rc = member_set_device_list_in(c, a->d->member_id,
		    a->from_version, a->list, a->version, e);
	if (rc == RC_OK)
		rc = history_append_in(c, a->h, NULL, e);

	return rc;
}

enum rc
device_add(struct db *db, const struct device *d, int64_t from_version,
    struct span list, int64_t version, const struct history *h, struct err *e)
{
	struct addition a = { d, from_version, list, version, h };

	return db_write(db, add, &a, e);
}

struct removal {
	const uint8_t *member_id;
	const uint8_t *id;
	int64_t now_ms;
	const struct history *h;
};

/* The public key goes too: a removed device proves nothing any more. */
static enum rc
remove_whole(struct db_conn *c, void *arg, struct err *e)
{
	const struct removal *r = arg;
	enum rc rc;

	rc = row_change(c,
	    "UPDATE device SET removed_ms = $1, public_key = $2"
	    " WHERE id = $3 AND member_id = $4 AND removed_ms = 0",
	    DB_ARGS(db_int(r->now_ms), db_bytes(NULL, 0), row_id(r->id),
		row_id(r->member_id)),
	    RC_ABSENT, "no such device", e);
	if (rc == RC_OK)
		rc = db_exec(c,
		    "DELETE FROM session WHERE member_id = $1"
		    " AND device_id = $2",
		    DB_ARGS(row_id(r->member_id), row_id(r->id)), NULL, e);
	if (rc == RC_OK)
		rc = db_exec(c,
		    "DELETE FROM push_subscription WHERE device_id = $1",
		    DB_ARGS(row_id(r->id)), NULL, e);
	if (rc == RC_OK)
		rc = history_append_in(c, r->h, NULL, e);

	return rc;
}

enum rc
device_remove(struct db *db, const uint8_t member_id[static STORE_ID],
    const uint8_t id[static STORE_ID], int64_t now_ms, const struct history *h,
    struct err *e)
{
	struct removal r = { member_id, id, now_ms, h };

	return db_write(db, remove_whole, &r, e);
}

enum rc
device_load(struct db *db, const uint8_t id[static STORE_ID],
    struct device *out, struct err *e)
{
	return row_load(db, COLUMNS " WHERE id = $1 AND removed_ms = 0",
	    DB_ARGS(row_id(id)), &kind, out, e);
}

enum rc
device_load_by_credential(
    struct db *db, struct span credential_id, struct device *out, struct err *e)
{
	return row_load(db,
	    COLUMNS " WHERE credential_id = $1 AND removed_ms = 0",
	    DB_ARGS(db_blob(credential_id)), &kind, out, e);
}

enum rc
device_load_all(struct db *db, const uint8_t member_id[static STORE_ID],
    struct device_list *out, struct err *e)
{
	void *at;
	enum rc rc;

	rc = row_load_all(db,
	    COLUMNS " WHERE member_id = $1 AND removed_ms = 0"
		    " ORDER BY added_ms, id",
	    DB_ARGS(row_id(member_id)), &kind, &at, &out->n, e);
	out->at = at;

	return rc;
}
