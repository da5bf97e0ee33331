/*
 * db.c - one face over the databases: statements, rows, the readers' pool.
 *
 * Belongs here: choosing the driver, opening and closing, lending
 * connections, several reads and writes as one, taking columns out of rows.
 * Not here: who writes, and when (writer.c); what is SQLite's own
 * (driver_sqlite.c); the schema's steps (migrate.c).
 */
#include "db/db.h"

#include "db/driver.h"
#include "db/writer.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#define READERS_MOST 8

static const struct driver *const drivers[] = { &driver_sqlite, NULL };

struct db {
	const struct driver *driver;
	char *where;
	struct writer *writer;

	/* From inside a unit or a view: its connection; the rest is unused. */
	struct db_conn *within;
	bool writes;

	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t returned;
	struct db_conn **idle;
	unsigned int n_idle;
	unsigned int n_open;
	unsigned int readers;
};

/* A url without a known scheme is a path, unless it looks like a url. */
static const struct driver *
driver_of(const char *url, const char **where)
{
	const char *colon = strchr(url, ':');

	for (size_t i = 0; drivers[i] != NULL; i++) {
		size_t n = strlen(drivers[i]->scheme);

		if (strncmp(url, drivers[i]->scheme, n) == 0 && url[n] == ':') {
			*where = url + n + 1;
			return drivers[i];
		}
	}
	*where = url;

	return colon != NULL && strncmp(colon, "://", 3) == 0 ? NULL
							      : &driver_sqlite;
}

/*
 * A commit makes every reader's cache stale, so each further reader reads the
 * same pages once more: no more of them than can run at once.
 */
static unsigned int
readers_here(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > READERS_MOST ? READERS_MOST : (unsigned int)n;
}

enum rc
db_open(struct db **out, const struct db_options *o, struct err *e)
{
	const char *where;
	const struct driver *driver = driver_of(o->url, &where);
	struct db *db;
	enum rc rc;

	*out = NULL;
	if (driver == NULL)
		return err_set(e, RC_UNKNOWN, "database",
		    "this kind of database is not built in");
	if ((db = calloc(1, sizeof *db)) == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	db->driver = driver;
	db->readers = o->readers == 0 ? readers_here() : o->readers;
	db->idle = calloc(db->readers, sizeof(struct db_conn *));
	db->where = strdup(where);
	(void)pthread_mutex_init(&db->lock, NULL);
	(void)pthread_cond_init(&db->returned, NULL);
	if (db->idle == NULL || db->where == NULL)
		rc = err_set(e, RC_MEMORY, NULL, "out of memory");
	else
		rc = writer_start(&db->writer, driver, where, o, e);
	if (rc != RC_OK) {
		db_close(db);
		return rc;
	}
	*out = db;

	return RC_OK;
}

void
db_close(struct db *db)
{
	if (db == NULL)
		return;
	/* Readers first: the last connection puts the log in its place. */
	for (unsigned int i = 0; db->idle != NULL && i < db->n_idle; i++)
		db->driver->close(db->idle[i]);
	writer_stop(db->writer);
	(void)pthread_cond_destroy(&db->returned);
	(void)pthread_mutex_destroy(&db->lock);
	free(db->where);
	free(db->idle);
	free(db);
}

void
db_count(struct db *db, struct db_counts *out)
{
	writer_count(db->writer, out);
}

/* A write that is part of a unit: undone alone when it fails. */
static enum rc
write_within(struct db *in, db_fn *fn, void *arg, struct err *e)
{
	const struct driver *driver = in->driver;
	enum rc rc, end;

	if (!in->writes)
		return err_set(e, RC_BUG, "database", "a view does not write");
	if ((rc = driver->step(in->within, DRIVER_SAVE, e)) != RC_OK)
		return rc;
	rc = fn(in->within, arg, e);
	end = driver->step(
	    in->within, rc == RC_OK ? DRIVER_RELEASE : DRIVER_UNDO, NULL);

	return rc == RC_OK && end != RC_OK
	    ? err_set(e, end, "database", "the transaction was lost")
	    : rc;
}

enum rc
db_write(struct db *db, db_fn *fn, void *arg, struct err *e)
{
	return db->within == NULL ? writer_run(db->writer, fn, arg, e)
				  : write_within(db, fn, arg, e);
}

void
db_write_later(struct db *db, db_fn *fn, const void *arg, size_t n)
{
	union {
		const void *in;
		void *out;
	} here = { .in = arg };

	if (db->within == NULL)
		writer_later(db->writer, fn, arg, n);
	else if (db->writes && write_within(db, fn, here.out, NULL) != RC_OK)
		return; /* dropped in silence, as it may be */
}

struct within {
	const struct driver *driver;
	db_within_fn *fn;
	void *arg;
};

static enum rc
run_unit(struct db_conn *c, void *arg, struct err *e)
{
	const struct within *w = arg;
	struct db in = { .driver = w->driver, .within = c, .writes = true };

	return w->fn(&in, w->arg, e);
}

enum rc
db_unit(struct db *db, db_within_fn *fn, void *arg, struct err *e)
{
	struct within w = { db->driver, fn, arg };

	return db_write(db, run_unit, &w, e);
}

/* One transaction, so that all reads see the same moment. */
static enum rc
run_view(struct db_conn *c, void *arg, struct err *e)
{
	const struct within *w = arg;
	struct db in = { .driver = w->driver, .within = c };
	enum rc rc;

	if ((rc = w->driver->step(c, DRIVER_LOOK, e)) != RC_OK)
		return rc;
	rc = w->fn(&in, w->arg, e);
	if (w->driver->step(c, DRIVER_COMMIT, NULL) != RC_OK)
		(void)w->driver->step(c, DRIVER_ROLLBACK, NULL);

	return rc;
}

enum rc
db_view(struct db *db, db_within_fn *fn, void *arg, struct err *e)
{
	struct within w = { db->driver, fn, arg };

	return db->within == NULL ? db_read(db, run_view, &w, e)
				  : fn(db, arg, e);
}

static enum rc
borrow(struct db *db, struct db_conn **out, struct err *e)
{
	bool open = false;
	enum rc rc = RC_OK;

	*out = NULL;
	(void)pthread_mutex_lock(&db->lock);
	while (db->n_idle == 0 && db->n_open == db->readers)
		(void)pthread_cond_wait(&db->returned, &db->lock);
	if (db->n_idle > 0) {
		*out = db->idle[--db->n_idle];
	} else {
		db->n_open++;
		open = true;
	}
	(void)pthread_mutex_unlock(&db->lock);
	if (open &&
	    (rc = db->driver->open(db->where, false, out, e)) != RC_OK) {
		(void)pthread_mutex_lock(&db->lock);
		db->n_open--;
		(void)pthread_cond_signal(&db->returned);
		(void)pthread_mutex_unlock(&db->lock);
	}

	return rc;
}

enum rc
db_read(struct db *db, db_fn *fn, void *arg, struct err *e)
{
	struct db_conn *c;
	enum rc rc;

	if (db->within != NULL)
		return fn(db->within, arg, e);
	if ((rc = borrow(db, &c, e)) != RC_OK)
		return rc;
	rc = fn(c, arg, e);
	(void)pthread_mutex_lock(&db->lock);
	db->idle[db->n_idle++] = c;
	(void)pthread_cond_signal(&db->returned);
	(void)pthread_mutex_unlock(&db->lock);

	return rc;
}

void
db_query(struct db_conn *c, const char *sql, const struct db_value *v, size_t n,
    struct db_rows *rows)
{
	*rows = (struct db_rows){ .conn = c };
	rows->rc = c->driver->query(c, sql, v, n, &rows->stmt, &rows->err);
}

static void
rows_fail(struct db_rows *rows, const char *why)
{
	if (rows->rc == RC_OK)
		rows->rc = err_set(&rows->err, RC_BUG, "database",
		    "column %d: %s", rows->column, why);
}

bool
db_next(struct db_rows *rows)
{
	bool have = false;

	if (rows->rc != RC_OK)
		return false;
	rows->column = 0;
	rows->rc =
	    rows->conn->driver->next(rows->conn, rows->stmt, &have, &rows->err);

	return rows->rc == RC_OK && have;
}

enum rc
db_end(struct db_rows *rows, struct err *e)
{
	if (rows->stmt != NULL)
		rows->conn->driver->end(rows->conn, rows->stmt);
	rows->stmt = NULL;

	return rows->rc == RC_OK
	    ? RC_OK
	    : err_set(e, rows->rc, rows->err.field, "%s", rows->err.msg);
}

/* The next column, which must be NULL or of the type. */
static struct db_value
take(struct db_rows *rows, enum db_type type)
{
	struct db_value v = db_null();

	if (rows->rc != RC_OK)
		return db_null();
	if (!rows->conn->driver->column(rows->stmt, rows->column, &v)) {
		rows_fail(rows, "is not there");
		return db_null();
	}
	if (v.type != DB_NULL && v.type != type) {
		rows_fail(rows, "is of another type");
		return db_null();
	}
	rows->column++;

	return v;
}

int64_t
db_get_int(struct db_rows *rows)
{
	return take(rows, DB_INT).i;
}

void
db_get_text(struct db_rows *rows, char *out, size_t size)
{
	struct db_value v = take(rows, DB_TEXT);

	out[0] = '\0';
	if (v.type == DB_NULL)
		return;
	if (v.s.n >= size) {
		rows_fail(rows, "is too long");
		return;
	}
	if (v.s.n > 0)
		memcpy(out, v.s.p, v.s.n);
	out[v.s.n] = '\0';
}

void
db_get_bytes(struct db_rows *rows, uint8_t *out, size_t n)
{
	struct db_value v = take(rows, DB_BLOB);

	memset(out, 0, n);
	if (v.type == DB_NULL)
		return;
	if (v.s.n != n) {
		rows_fail(rows, "is of another length");
		return;
	}
	memcpy(out, v.s.p, n);
}

struct span
db_get_blob(struct db_rows *rows)
{
	struct db_value v = take(rows, DB_BLOB);

	return v.s.n == 0 ? (struct span){ NULL, 0 } : v.s;
}

enum rc
db_exec(struct db_conn *c, const char *sql, const struct db_value *v, size_t n,
    int64_t *changed, struct err *e)
{
	struct db_rows rows;
	enum rc rc;

	if (changed != NULL)
		*changed = 0;
	db_query(c, sql, v, n, &rows);
	if (db_next(&rows))
		rows_fail(&rows, "was not asked for");
	rc = db_end(&rows, e);
	if (rc == RC_OK && changed != NULL)
		*changed = c->n_changed;

	return rc;
}

enum rc
db_script(struct db_conn *c, const char *sql, struct err *e)
{
	return c->driver->script(c, sql, e);
}
