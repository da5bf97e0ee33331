/*
 * cert.c - members' certificates, with the sealed keys beside them.
 *
 * Belongs here: the tables certificate and certificate_use; a certificate's
 * coming in and going as a whole.
 * Not here: reading certificates (x509/certificate.c); opening key blobs (the
 * vault room); the signature's own record (approval.c).
 *
 * How often and when one was used changes with each signature, so it stands
 * in a narrow table of its own: the wide rows are written once.
 */
#include "store/cert.h"

#include "store/row.h"
#include "store/unit.h"

#define OWN                                                                \
	"SELECT c.id, c.member_id, c.key_id, c.sha256, c.der, c.owner,"    \
	" c.issuer, c.issuer_organisation, c.policy_oid, c.serial_number," \
	" c.not_before_ms, c.not_after_ms, c.kb1, c.km_der, c.km_kb1,"     \
	" c.created_ms, c.deleted_ms"
#define COLUMNS                                          \
	OWN ", u.last_used_ms, u.uses"                   \
	    " FROM certificate c JOIN certificate_use u" \
	    " ON u.certificate_id = c.id"
#define BARE      OWN ", 0, 0 FROM certificate c"
#define OF_MEMBER " WHERE c.id = $1 AND c.member_id = $2 AND c.deleted_ms = 0"

static void
read_row(struct db_rows *rows, void *out)
{
	struct cert *c = out;

	db_get_bytes(rows, c->id, sizeof c->id);
	db_get_bytes(rows, c->member_id, sizeof c->member_id);
	db_get_bytes(rows, c->key_id, sizeof c->key_id);
	db_get_bytes(rows, c->sha256, sizeof c->sha256);
	row_keep(rows, &c->kept, &c->der);
	db_get_text(rows, c->owner, sizeof c->owner);
	db_get_text(rows, c->issuer, sizeof c->issuer);
	db_get_text(
	    rows, c->issuer_organisation, sizeof c->issuer_organisation);
	db_get_text(rows, c->policy_oid, sizeof c->policy_oid);
	db_get_text(rows, c->serial, sizeof c->serial);
	c->not_before_ms = db_get_int(rows);
	c->not_after_ms = db_get_int(rows);
	row_keep(rows, &c->kept, &c->kb1);
	row_keep(rows, &c->kept, &c->km_der);
	row_keep(rows, &c->kept, &c->km_kb1);
	c->created_ms = db_get_int(rows);
	c->deleted_ms = db_get_int(rows);
	c->last_used_ms = db_get_int(rows);
	c->uses = db_get_int(rows);
}

static const struct row_kind kind = { sizeof(struct cert), read_row,
	offsetof(struct cert, kept) };

void
cert_clear(struct cert *c)
{
	row_forget(&c->kept);
	*c = (struct cert){ 0 };
}

void
cert_list_clear(struct cert_list *l)
{
	row_free_all(&kind, l->at, l->n);
	*l = (struct cert_list){ 0 };
}

static enum rc
insert(struct db_conn *db, const struct cert *c, struct err *e)
{
	enum rc rc;

	rc = row_insert(db,
	    "INSERT INTO certificate (id, member_id, key_id, sha256, der,"
	    " owner, issuer, issuer_organisation, policy_oid, serial_number,"
	    " not_before_ms, not_after_ms, kb1, km_der, km_kb1, created_ms,"
	    " deleted_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,"
	    " $11, $12, $13, $14, $15, $16, 0) ON CONFLICT DO NOTHING",
	    DB_ARGS(row_id(c->id), row_id(c->member_id), row_id(c->key_id),
		row_bytes(c->sha256, STORE_HASH), db_blob(c->der),
		db_text(c->owner), db_text(c->issuer),
		db_text(c->issuer_organisation), db_text(c->policy_oid),
		db_text(c->serial), db_int(c->not_before_ms),
		db_int(c->not_after_ms), db_blob(c->kb1), db_blob(c->km_der),
		db_blob(c->km_kb1), db_int(c->created_ms)),
	    e);
	if (rc != RC_OK)
		return rc;

	return row_insert(db,
	    "INSERT INTO certificate_use (certificate_id, last_used_ms, uses)"
	    " VALUES ($1, 0, 0) ON CONFLICT DO NOTHING",
	    DB_ARGS(row_id(c->id)), e);
}

struct addition {
	const struct cert *c;
	const struct approval_move *r;
	const struct transfer_move *t;
	const struct history *h;
};

static enum rc
add(struct db_conn *c, void *arg, struct err *e)
{
	const struct addition *a = arg;
	enum rc rc;

	rc = insert(c, a->c, e);
	if (rc == RC_OK)
		rc = approval_advance_in(c, a->r, e);
	if (rc == RC_OK)
		rc = transfer_advance_in(c, a->t, e);
	if (rc == RC_OK)
		rc = history_append_in(c, a->h, NULL, e);

	return rc;
}

enum rc
cert_add(struct db *db, const struct cert *c, const struct approval_move *r,
    const struct transfer_move *t, const struct history *h, struct err *e)
{
	struct addition a = { c, r, t, h };

	return db_write(db, add, &a, e);
}

struct deletion {
	const uint8_t *member_id;
	const uint8_t *id;
	int64_t now_ms;
	const struct approval_move *r;
	const struct history *h;
};

static enum rc
delete_whole(struct db_conn *c, void *arg, struct err *e)
{
	const struct deletion *d = arg;
	enum rc rc;

	rc = row_change(c,
	    "UPDATE certificate SET deleted_ms = $1, kb1 = $2, km_kb1 = $2"
	    " WHERE id = $3 AND member_id = $4 AND deleted_ms = 0",
	    DB_ARGS(db_int(d->now_ms), db_bytes(NULL, 0), row_id(d->id),
		row_id(d->member_id)),
	    RC_ABSENT, "no such certificate", e);
	if (rc == RC_OK)
		rc = approval_advance_in(c, d->r, e);
	if (rc == RC_OK)
		rc = history_append_in(c, d->h, NULL, e);

	return rc;
}

enum rc
cert_delete(struct db *db, const uint8_t member_id[static STORE_ID],
    const uint8_t id[static STORE_ID], int64_t now_ms,
    const struct approval_move *r, const struct history *h, struct err *e)
{
	struct deletion d = { member_id, id, now_ms, r, h };

	return db_write(db, delete_whole, &d, e);
}

enum rc
cert_load(struct db *db, const uint8_t member_id[static STORE_ID],
    const uint8_t id[static STORE_ID], struct cert *out, struct err *e)
{
	return row_load(db, COLUMNS OF_MEMBER,
	    DB_ARGS(row_id(id), row_id(member_id)), &kind, out, e);
}

enum rc
cert_load_bare(struct db *db, const uint8_t member_id[static STORE_ID],
    const uint8_t id[static STORE_ID], struct cert *out, struct err *e)
{
	return row_load(db, BARE OF_MEMBER,
	    DB_ARGS(row_id(id), row_id(member_id)), &kind, out, e);
}

enum rc
cert_load_by_hash(struct db *db, const uint8_t member_id[static STORE_ID],
    const uint8_t sha256[static STORE_HASH], struct cert *out, struct err *e)
{
	return row_load(db,
	    COLUMNS
	    " WHERE c.member_id = $1 AND c.sha256 = $2 AND c.deleted_ms = 0",
	    DB_ARGS(row_id(member_id), row_bytes(sha256, STORE_HASH)), &kind,
	    out, e);
}

enum rc
cert_load_all(struct db *db, const uint8_t member_id[static STORE_ID],
    struct cert_list *out, struct err *e)
{
	void *at;
	enum rc rc;

	rc = row_load_all(db,
	    COLUMNS " WHERE c.member_id = $1 AND c.deleted_ms = 0"
		    " ORDER BY c.created_ms, c.id",
	    DB_ARGS(row_id(member_id)), &kind, &at, &out->n, e);
	out->at = at;

	return rc;
}
