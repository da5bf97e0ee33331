/*
 * row.c - the few ways in which the aggregates read and write rows.
 *
 * Belongs here: one row, all rows, one statement, what a loaded struct owns.
 * Not here: any table's name (the aggregates); connections (db/db.c).
 */
#include "store/row.h"

#include <stdlib.h>

#define ROWS_MAX 10000 /* of one list: more is a mistake of ours */

struct db_value
row_bytes(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != 0)
			return db_bytes(p, n);

	return db_null();
}

struct db_value
row_id(const uint8_t id[static STORE_ID])
{
	return row_bytes(id, STORE_ID);
}

enum rc
row_own(
    struct store_kept *kept, struct span from, struct span *into, struct err *e)
{
	uint8_t *copy;

	*into = (struct span){ NULL, 0 };
	if (from.n == 0)
		return RC_OK;
	copy = kept->n < STORE_BLOBS ? malloc(from.n) : NULL;
	if (copy == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	memcpy(copy, from.p, from.n);
	kept->blob[kept->n++] = copy;
	*into = (struct span){ copy, from.n };

	return RC_OK;
}

void
row_keep(struct db_rows *rows, struct store_kept *kept, struct span *into)
{
	struct span from = db_get_blob(rows);

	*into = (struct span){ NULL, 0 };
	if (rows->rc == RC_OK)
		rows->rc = row_own(kept, from, into, &rows->err);
}

void
row_forget(struct store_kept *kept)
{
	for (unsigned int i = 0; i < kept->n; i++)
		free(kept->blob[i]);
	*kept = (struct store_kept){ 0 };
}

static void
clear(const struct row_kind *kind, void *out)
{
	if (kind->kept != ROW_KEEPS_NONE)
		row_forget(
		    (struct store_kept *)(void *)((char *)out + kind->kept));
	memset(out, 0, kind->size);
}

enum rc
row_find(struct db_conn *c, const char *sql, const struct db_value *v, size_t n,
    const struct row_kind *kind, void *out, struct err *e)
{
	struct db_rows rows;
	bool found;
	enum rc rc;

	memset(out, 0, kind->size);
	db_query(c, sql, v, n, &rows);
	if ((found = db_next(&rows)))
		kind->read(&rows, out);
	rc = db_end(&rows, e);
	if (rc == RC_OK && !found)
		return err_set(e, RC_ABSENT, NULL, "no such thing");
	if (rc != RC_OK)
		clear(kind, out);

	return rc;
}

struct job {
	const char *sql;
	const struct db_value *v;
	size_t n;
	const struct row_kind *kind;
	void *out;
	size_t n_rows;
	int64_t changed;
};

static enum rc
load(struct db_conn *c, void *arg, struct err *e)
{
	struct job *j = arg;

	return row_find(c, j->sql, j->v, j->n, j->kind, j->out, e);
}

enum rc
row_load(struct db *db, const char *sql, const struct db_value *v, size_t n,
    const struct row_kind *kind, void *out, struct err *e)
{
	struct job j = { sql, v, n, kind, out, 0, 0 };

	memset(out, 0, kind->size);

	return db_read(db, load, &j, e);
}

void
row_free_all(const struct row_kind *kind, void *at, size_t n_rows)
{
	for (size_t i = 0; i < n_rows; i++)
		clear(kind, (char *)at + i * kind->size);
	free(at);
}

static enum rc
load_all(struct db_conn *c, void *arg, struct err *e)
{
	struct job *j = arg;
	struct db_rows rows;
	size_t size = 0;
	enum rc rc;

	db_query(c, j->sql, j->v, j->n, &rows);
	while (db_next(&rows)) {
		if (j->n_rows == size) {
			void *more;

			size = size == 0 ? 8 : size * 2;
			more = size > ROWS_MAX
			    ? NULL
			    : reallocarray(j->out, size, j->kind->size);
			if (more == NULL) {
				rows.rc = err_set(&rows.err, RC_MEMORY, NULL,
				    "out of memory");
				break;
			}
			j->out = more;
		}
		memset((char *)j->out + j->n_rows * j->kind->size, 0,
		    j->kind->size);
		j->kind->read(
		    &rows, (char *)j->out + j->n_rows * j->kind->size);
		j->n_rows++;
	}
	rc = db_end(&rows, e);
	if (rc != RC_OK) {
		row_free_all(j->kind, j->out, j->n_rows);
		j->out = NULL;
		j->n_rows = 0;
	}

	return rc;
}

enum rc
row_load_all(struct db *db, const char *sql, const struct db_value *v, size_t n,
    const struct row_kind *kind, void **at, size_t *n_rows, struct err *e)
{
	struct job j = { sql, v, n, kind, NULL, 0, 0 };
	enum rc rc;

	rc = db_read(db, load_all, &j, e);
	*at = j.out;
	*n_rows = j.n_rows;

	return rc;
}

enum rc
row_insert(struct db_conn *c, const char *sql, const struct db_value *v,
    size_t n, struct err *e)
{
	return row_change(c, sql, v, n, RC_EXISTS, "is there already", e);
}

enum rc
row_change(struct db_conn *c, const char *sql, const struct db_value *v,
    size_t n, enum rc otherwise, const char *why, struct err *e)
{
	int64_t changed;
	enum rc rc;

	if ((rc = db_exec(c, sql, v, n, &changed, e)) != RC_OK)
		return rc;

	return changed > 0 ? RC_OK : err_set(e, otherwise, NULL, "%s", why);
}

static enum rc
write_one(struct db_conn *c, void *arg, struct err *e)
{
	struct job *j = arg;

	return db_exec(c, j->sql, j->v, j->n, &j->changed, e);
}

enum rc
row_write(struct db *db, const char *sql, const struct db_value *v, size_t n,
    int64_t *changed, struct err *e)
{
	struct job j = { sql, v, n, NULL, NULL, 0, 0 };
	enum rc rc = db_write(db, write_one, &j, e);

	if (changed != NULL)
		*changed = rc == RC_OK ? j.changed : 0;

	return rc;
}

enum rc
row_purge(
    struct db *db, const char *sql, int64_t before_ms, size_t *n, struct err *e)
{
	int64_t changed;
	enum rc rc;

	rc = row_write(db, sql, DB_ARGS(db_int(before_ms)), &changed, e);
	if (n != NULL)
		*n = (size_t)changed;

	return rc;
}
