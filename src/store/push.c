/*
 * push.c - where a device's push messages go.
 *
 * Belongs here: the table push_subscription.
 * Not here: sending (adapter/webpush.c); when a subscription is given up (the
 * domain room).
 */
#include "store/push.h"

#include "store/row.h"

#define COLUMNS                                                           \
	"SELECT device_id, member_id, endpoint, p256dh, auth, created_ms" \
	" FROM push_subscription"

static void
read_row(struct db_rows *rows, void *out)
{
	struct push *p = out;

	db_get_bytes(rows, p->device_id, sizeof p->device_id);
	db_get_bytes(rows, p->member_id, sizeof p->member_id);
	db_get_text(rows, p->endpoint, sizeof p->endpoint);
	db_get_bytes(rows, p->p256dh, sizeof p->p256dh);
	db_get_bytes(rows, p->auth, sizeof p->auth);
	p->created_ms = db_get_int(rows);
}

static const struct row_kind kind = { sizeof(struct push), read_row,
	ROW_KEEPS_NONE };

void
push_list_clear(struct push_list *l)
{
	row_free_all(&kind, l->at, l->n);
	*l = (struct push_list){ 0 };
}

enum rc
push_set(struct db *db, const struct push *p, struct err *e)
{
	return row_write(db,
	    "INSERT INTO push_subscription (device_id, member_id, endpoint,"
	    " p256dh, auth, created_ms)"
	    " VALUES ($1, $2, $3, $4, $5, $6)"
	    " ON CONFLICT (device_id) DO UPDATE SET"
	    " member_id = excluded.member_id, endpoint = excluded.endpoint,"
	    " p256dh = excluded.p256dh, auth = excluded.auth,"
	    " created_ms = excluded.created_ms",
	    DB_ARGS(row_id(p->device_id), row_id(p->member_id),
		db_text(p->endpoint), db_bytes(p->p256dh, sizeof p->p256dh),
		db_bytes(p->auth, sizeof p->auth), db_int(p->created_ms)),
	    NULL, e);
}

enum rc
push_load(struct db *db, const uint8_t device_id[static STORE_ID],
    struct push *out, struct err *e)
{
	return row_load(db, COLUMNS " WHERE device_id = $1",
	    DB_ARGS(row_id(device_id)), &kind, out, e);
}

enum rc
push_load_all(struct db *db, const uint8_t member_id[static STORE_ID],
    struct push_list *out, struct err *e)
{
	void *at;
	enum rc rc;

	rc =
	    row_load_all(db, COLUMNS " WHERE member_id = $1 ORDER BY device_id",
		DB_ARGS(row_id(member_id)), &kind, &at, &out->n, e);
	out->at = at;

	return rc;
}

enum rc
push_delete(
    struct db *db, const uint8_t device_id[static STORE_ID], struct err *e)
{
	return row_write(db,
	    "DELETE FROM push_subscription WHERE device_id = $1",
	    DB_ARGS(row_id(device_id)), NULL, e);
}

enum rc
push_delete_by_endpoint(struct db *db, const char *endpoint, struct err *e)
{
	return row_write(db,
	    "DELETE FROM push_subscription WHERE endpoint = $1",
	    DB_ARGS(db_text(endpoint)), NULL, e);
}
