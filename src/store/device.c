/*
 * device.c - phones that may approve, each with its public key.
 *
 * Belongs here: the table device.
 * Not here: the sealed device list that the vault trusts (member.c keeps its
 * bytes); push subscriptions (push.c).
 */
#include "store/device.h"

#include "store/row.h"
#include "store/unit.h"

#include <stdlib.h>

#define COLUMNS                                                        \
	"SELECT id, member_id, kind, name, credential_id, public_key," \
	" added_ms FROM device"

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
	    " public_key, added_ms)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7)"
	    " ON CONFLICT DO NOTHING",
	    DB_ARGS(row_id(d->id), row_id(d->member_id), db_int(d->kind),
		db_text(d->name),
		d->credential_id.n == 0 ? db_null() : db_blob(d->credential_id),
		db_blob(d->public_key), db_int(d->added_ms)),
	    e);
}

enum rc
device_load(struct db *db, const uint8_t id[static STORE_ID],
    struct device *out, struct err *e)
{
	return row_load(
	    db, COLUMNS " WHERE id = $1", DB_ARGS(row_id(id)), &kind, out, e);
}

enum rc
device_load_by_credential(
    struct db *db, struct span credential_id, struct device *out, struct err *e)
{
	return row_load(db, COLUMNS " WHERE credential_id = $1",
	    DB_ARGS(db_blob(credential_id)), &kind, out, e);
}

enum rc
device_load_all(struct db *db, const uint8_t member_id[static STORE_ID],
    struct device_list *out, struct err *e)
{
	void *at;
	enum rc rc;

	rc = row_load_all(db,
	    COLUMNS " WHERE member_id = $1 ORDER BY added_ms, id",
	    DB_ARGS(row_id(member_id)), &kind, &at, &out->n, e);
	out->at = at;

	return rc;
}
