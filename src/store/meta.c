/*
 * meta.c - single values of the whole service, by name.
 *
 * Belongs here: the table meta.
 * Not here: the schema's steps (db/migrate.c keeps its own table).
 */
#include "store/meta.h"

#include "store/row.h"

struct kept {
	struct span content;
	struct store_kept kept;
};

static void
read_row(struct db_rows *rows, void *out)
{
	struct kept *k = out;

	row_keep(rows, &k->kept, &k->content);
}

enum rc
meta_load(struct db *db, const char *name, struct buf *out, struct err *e)
{
	static const struct row_kind kind = { sizeof(struct kept), read_row,
		offsetof(struct kept, kept) };
	struct kept k = { 0 };
	enum rc rc;

	rc = row_load(db, "SELECT content FROM meta WHERE name = $1",
	    DB_ARGS(db_text(name)), &kind, &k, e);
	if (rc != RC_OK)
		return rc;
	buf_bytes(out, k.content);
	row_forget(&k.kept);

	return buf_ok(out) ? RC_OK
			   : err_set(e, RC_LIMIT, "meta", "value too long");
}

enum rc
meta_save_first(
    struct db *db, const char *name, struct span value, struct err *e)
{
	int64_t changed;
	enum rc rc;

	rc = row_write(db,
	    "INSERT INTO meta (name, content) VALUES ($1, $2)"
	    " ON CONFLICT DO NOTHING",
	    DB_ARGS(db_text(name), db_blob(value)), &changed, e);
	if (rc == RC_OK && changed == 0)
		return err_set(e, RC_EXISTS, "meta", "has a value already");

	return rc;
}
