/*
 * history.c - what happened to a member's certificates: added to, never changed.
 *
 * Belongs here: the table history, identifiers that sort by time, paging.
 * Not here: what is worth a line (the domain room).
 */
#include "store/history.h"

#include "base/digest.h"
#include "store/row.h"
#include "store/unit.h"

#define PAGE_MAX 200

#define COLUMNS                                                              \
	"SELECT id, member_id, at_ms, kind, certificate_id, owner, program," \
	" machine, request_id, signs, receipt, receipt_signature FROM history"

static void
read_row(struct db_rows *rows, void *out)
{
	struct history *h = out;

	db_get_bytes(rows, h->id, sizeof h->id);
	db_get_bytes(rows, h->member_id, sizeof h->member_id);
	h->at_ms = db_get_int(rows);
	h->kind = (enum history_kind)db_get_int(rows);
	db_get_bytes(rows, h->certificate_id, sizeof h->certificate_id);
	db_get_text(rows, h->owner, sizeof h->owner);
	db_get_text(rows, h->program, sizeof h->program);
	db_get_text(rows, h->machine, sizeof h->machine);
	db_get_bytes(rows, h->request_id, sizeof h->request_id);
	h->count = db_get_int(rows);
	row_keep(rows, &h->kept, &h->receipt);
	db_get_bytes(rows, h->receipt_signature, sizeof h->receipt_signature);
}

static const struct row_kind kind = { sizeof(struct history), read_row,
	offsetof(struct history, kept) };

void
history_list_clear(struct history_list *l)
{
	row_free_all(&kind, l->at, l->n);
	*l = (struct history_list){ 0 };
}

void
history_id(uint8_t id[static STORE_ID], int64_t at_ms, struct span seed)
{
	uint8_t hash[DIGEST_SHA256];

	store_timed_id_least(id, at_ms);
	digest_sha256(hash, &seed, 1);
	memcpy(id + 6, hash, STORE_ID - 6);
}

enum rc
history_append_in(
    struct db_conn *c, const struct history *h, bool *was_new, struct err *e)
{
	int64_t changed = 0;
	enum rc rc;

	if (was_new != NULL)
		*was_new = false;
	if (h == NULL)
		return RC_OK;
	rc = db_exec(c,
	    "INSERT INTO history (member_id, id, at_ms, kind, certificate_id,"
	    " owner, program, machine, request_id, signs, receipt,"
	    " receipt_signature) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9,"
	    " $10, $11, $12) ON CONFLICT DO NOTHING",
	    DB_ARGS(row_id(h->member_id), row_id(h->id), db_int(h->at_ms),
		db_int(h->kind), row_id(h->certificate_id), db_text(h->owner),
		db_text(h->program), db_text(h->machine), row_id(h->request_id),
		db_int(h->count), db_blob(h->receipt),
		row_bytes(h->receipt_signature, STORE_SIGN)),
	    &changed, e);
	if (was_new != NULL)
		*was_new = changed > 0;

	return rc;
}

static enum rc
append(struct db_conn *c, void *arg, struct err *e)
{
	return history_append_in(c, *(const struct history **)arg, NULL, e);
}

enum rc
history_append(struct db *db, const struct history *h, struct err *e)
{
	return db_write(db, append, &h, e);
}

/* One more than asked for is read: it tells whether there are older ones. */
enum rc
history_load_page(struct db *db, const uint8_t member_id[static STORE_ID],
    const uint8_t *before, const uint8_t *certificate_id, size_t limit,
    struct history_list *out, bool *more, struct err *e)
{
	static const uint8_t last[STORE_ID] = { 0xff, 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0xff };
	void *at;
	enum rc rc;

	if (limit > PAGE_MAX)
		limit = PAGE_MAX;
	if (before == NULL)
		before = last;
	if (certificate_id == NULL)
		rc = row_load_all(db,
		    COLUMNS " WHERE member_id = $1 AND id < $2"
			    " ORDER BY id DESC LIMIT $3",
		    DB_ARGS(row_id(member_id), db_bytes(before, STORE_ID),
			db_int((int64_t)limit + 1)),
		    &kind, &at, &out->n, e);
	else
		rc = row_load_all(db,
		    COLUMNS " WHERE member_id = $1 AND id < $2"
			    " AND certificate_id = $3"
			    " ORDER BY id DESC LIMIT $4",
		    DB_ARGS(row_id(member_id), db_bytes(before, STORE_ID),
			db_bytes(certificate_id, STORE_ID),
			db_int((int64_t)limit + 1)),
		    &kind, &at, &out->n, e);
	out->at = at;
	*more = out->n > limit;
	if (*more)
		row_forget(&out->at[--out->n].kept);

	return rc;
}
