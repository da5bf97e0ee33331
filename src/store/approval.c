/*
 * approval.c - requests that wait for a phone, and what becomes of them.
 *
 * Belongs here: the table request; changes of state that one caller wins;
 * the record of a signature.
 * Not here: which change is allowed when (the domain room); the approval
 * itself (the vault room).
 */
#include "store/approval.h"

#include "store/row.h"
#include "store/unit.h"

#define COLUMNS                                                               \
	"SELECT id, member_id, kind, state, mode, program, machine,"          \
	" user_name, address, secret_hash, certificate_id, vault_request_id," \
	" ar1, ar1_signature, signs, seconds, signs_left, created_ms,"        \
	" expires_ms, continues_id, transfer_id FROM request"

static void
read_row(struct db_rows *rows, void *out)
{
	struct approval *r = out;

	db_get_bytes(rows, r->id, sizeof r->id);
	db_get_bytes(rows, r->member_id, sizeof r->member_id);
	r->kind = (enum approval_kind)db_get_int(rows);
	r->state = (enum approval_state)db_get_int(rows);
	r->mode = (enum approval_mode)db_get_int(rows);
	db_get_text(rows, r->program, sizeof r->program);
	db_get_text(rows, r->machine, sizeof r->machine);
	db_get_text(rows, r->user, sizeof r->user);
	db_get_text(rows, r->address, sizeof r->address);
	db_get_bytes(rows, r->secret_hash, sizeof r->secret_hash);
	db_get_bytes(rows, r->certificate_id, sizeof r->certificate_id);
	db_get_bytes(rows, r->vault_request_id, sizeof r->vault_request_id);
	row_keep(rows, &r->kept, &r->ar1);
	db_get_bytes(rows, r->ar1_signature, sizeof r->ar1_signature);
	r->count = db_get_int(rows);
	r->seconds = db_get_int(rows);
	r->left = db_get_int(rows);
	r->created_ms = db_get_int(rows);
	r->expires_ms = db_get_int(rows);
	db_get_bytes(rows, r->continues_id, sizeof r->continues_id);
	db_get_bytes(rows, r->transfer_id, sizeof r->transfer_id);
}

static const struct row_kind kind = { sizeof(struct approval), read_row,
	offsetof(struct approval, kept) };

void
approval_clear(struct approval *r)
{
	row_forget(&r->kept);
	*r = (struct approval){ 0 };
}

void
approval_list_clear(struct approval_list *l)
{
	row_free_all(&kind, l->at, l->n);
	*l = (struct approval_list){ 0 };
}

static enum rc
create(struct db_conn *c, void *arg, struct err *e)
{
	const struct approval *r = arg;

	return row_insert(c,
	    "INSERT INTO request (id, member_id, kind, state, mode, program,"
	    " machine, user_name, address, secret_hash, certificate_id,"
	    " vault_request_id, ar1, ar1_signature, signs, seconds,"
	    " signs_left, created_ms, expires_ms, continues_id, transfer_id)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,"
	    " $14, $15, $16, $17, $18, $19, $20, $21) ON CONFLICT DO NOTHING",
	    DB_ARGS(row_id(r->id), row_id(r->member_id), db_int(r->kind),
		db_int(r->state), db_int(r->mode), db_text(r->program),
		db_text(r->machine), db_text(r->user), db_text(r->address),
		row_bytes(r->secret_hash, STORE_HASH),
		row_id(r->certificate_id), row_id(r->vault_request_id),
		db_blob(r->ar1), row_bytes(r->ar1_signature, STORE_SIGN),
		db_int(r->count), db_int(r->seconds), db_int(r->left),
		db_int(r->created_ms), db_int(r->expires_ms),
		row_id(r->continues_id), row_id(r->transfer_id)),
	    e);
}

enum rc
approval_create(struct db *db, const struct approval *r, struct err *e)
{
	struct approval copy = *r;

	return db_write(db, create, &copy, e);
}

enum rc
approval_load(struct db *db, const uint8_t id[static STORE_ID],
    struct approval *out, struct err *e)
{
	return row_load(
	    db, COLUMNS " WHERE id = $1", DB_ARGS(row_id(id)), &kind, out, e);
}

enum rc
approval_load_all(struct db *db, const uint8_t member_id[static STORE_ID],
    unsigned int states, int64_t now_ms, struct approval_list *out,
    struct err *e)
{
	void *at;
	enum rc rc;

	/*
	 * In the words of the index request_member; not a mask there: SQLite
	 * would prepare anew whatever is masked by a parameter, to compare.
	 */
	_Static_assert(APPROVAL_LIVING == 15, "the index holds the living");
	rc = row_load_all(db,
	    COLUMNS " WHERE member_id = $1 AND state < 16"
		    " AND (state & $2) <> 0 AND expires_ms > $3"
		    " ORDER BY created_ms DESC, id DESC LIMIT 100",
	    DB_ARGS(row_id(member_id), db_int(states), db_int(now_ms)), &kind,
	    &at, &out->n, e);
	out->at = at;

	return rc;
}

enum rc
approval_load_lapsed(
    struct db *db, int64_t now_ms, struct approval_list *out, struct err *e)
{
	void *at;
	enum rc rc;

	/* In the words of the index request_living, as above. */
	rc = row_load_all(db,
	    COLUMNS " WHERE expires_ms <= $1 AND state < 16"
		    " ORDER BY expires_ms LIMIT 100",
	    DB_ARGS(db_int(now_ms)), &kind, &at, &out->n, e);
	out->at = at;

	return rc;
}

enum rc
approval_advance_in(
    struct db_conn *c, const struct approval_move *m, struct err *e)
{
	if (m == NULL)
		return RC_OK;

	return row_change(c,
	    "UPDATE request SET state = $1,"
	    " expires_ms = COALESCE($2, expires_ms),"
	    " signs_left = COALESCE($3, signs_left)"
	    " WHERE id = $4 AND (state & $5) <> 0",
	    DB_ARGS(db_int(m->to),
		m->expires_ms == 0 ? db_null() : db_int(m->expires_ms),
		m->sets_left ? db_int(m->left) : db_null(), row_id(m->id),
		db_int(m->from)),
	    RC_STATE, "the request has moved on", e);
}

void
approval_moved(struct approval *a, const struct approval_move *m)
{
	a->state = m->to;
	if (m->expires_ms != 0)
		a->expires_ms = m->expires_ms;
	if (m->sets_left)
		a->left = m->left;
}

struct advance {
	const struct approval_move *m;
	const struct history *h;
};

static enum rc
advance(struct db_conn *c, void *arg, struct err *e)
{
	const struct advance *a = arg;
	enum rc rc = approval_advance_in(c, a->m, e);

	return rc == RC_OK ? history_append_in(c, a->h, NULL, e) : rc;
}

enum rc
approval_advance(struct db *db, const struct approval_move *m,
    const struct history *h, struct err *e)
{
	struct advance a = { m, h };

	return db_write(db, advance, &a, e);
}

static enum rc
set_approval(struct db_conn *c, void *arg, struct err *e)
{
	const struct approval_made *a = arg;

	return row_change(c,
	    "UPDATE request SET state = $1, certificate_id = $2,"
	    " vault_request_id = $3, ar1 = $4, ar1_signature = $5,"
	    " expires_ms = $6 WHERE id = $7 AND (state & $8) <> 0",
	    DB_ARGS(db_int(APPROVAL_OPENED), row_id(a->certificate_id),
		row_id(a->vault_request_id), db_blob(a->ar1),
		row_bytes(a->ar1_signature, STORE_SIGN), db_int(a->expires_ms),
		row_id(a->id), db_int(APPROVAL_WAITING | APPROVAL_OPENED)),
	    RC_STATE, "the request has moved on", e);
}

enum rc
approval_set_made(struct db *db, const struct approval_made *a, struct err *e)
{
	struct approval_made copy = *a;

	return db_write(db, set_approval, &copy, e);
}

enum rc
approval_was_made(
    struct approval *a, const struct approval_made *m, struct err *e)
{
	enum rc rc;

	row_forget(&a->kept);
	a->ar1 = (struct span){ NULL, 0 };
	if ((rc = row_own(&a->kept, m->ar1, &a->ar1, e)) != RC_OK)
		return rc;
	a->state = APPROVAL_OPENED;
	memcpy(a->certificate_id, m->certificate_id, STORE_ID);
	memcpy(a->vault_request_id, m->vault_request_id, STORE_ID);
	memcpy(a->ar1_signature, m->ar1_signature, STORE_SIGN);
	a->expires_ms = m->expires_ms;

	return RC_OK;
}

struct record {
	const struct approval_signature *s;
	const struct history *h;
};

/*
 * A signature that was made is written down even where the request was ended
 * meanwhile: only its own row is left as it is then.
 */
static enum rc
record(struct db_conn *c, void *arg, struct err *e)
{
	const struct record *r = arg;
	const struct approval_signature *s = r->s;
	bool was_new;
	enum rc rc;

	rc = history_append_in(c, r->h, &was_new, e);
	if (rc != RC_OK || !was_new)
		return rc;
	rc = db_exec(c,
	    "UPDATE request SET signs_left = $1, state = $2"
	    " WHERE id = $3 AND signs_left > $1 AND (state & $4) <> 0",
	    DB_ARGS(db_int(s->left),
		db_int(s->left == 0 ? APPROVAL_DONE : APPROVAL_OPEN),
		row_id(s->approval_id),
		db_int(APPROVAL_APPROVED | APPROVAL_OPEN)),
	    NULL, e);
	if (rc != RC_OK)
		return rc;

	return db_exec(c,
	    "UPDATE certificate_use SET uses = uses + 1, last_used_ms = $1"
	    " WHERE certificate_id = $2",
	    DB_ARGS(db_int(s->now_ms), row_id(s->certificate_id)), NULL, e);
}

enum rc
approval_record_signature(struct db *db, const struct approval_signature *s,
    const struct history *h, struct err *e)
{
	struct record r = { s, h };

	return db_write(db, record, &r, e);
}

enum rc
approval_purge(struct db *db, int64_t before_ms, size_t *n, struct err *e)
{
	uint8_t least[STORE_ID];
	int64_t changed;
	enum rc rc;

	/* What expired before was made before. */
	store_timed_id_least(least, before_ms);
	rc = row_write(db,
	    "DELETE FROM request WHERE id IN (SELECT id FROM request"
	    " WHERE id < $1 AND expires_ms < $2 ORDER BY id LIMIT 500)",
	    DB_ARGS(db_bytes(least, STORE_ID), db_int(before_ms)), &changed, e);
	if (n != NULL)
		*n = (size_t)changed;

	return rc;
}
