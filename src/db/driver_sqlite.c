/*
 * driver_sqlite.c - SQLite behind the face of driver.h.
 *
 * Belongs here: pragmas, prepared statements, parameters, error codes,
 * checkpoints of SQLite.
 * Not here: threads, batches and the pool of connections (db.c).
 */
#include "db/driver.h"

#include "base/failpoint.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PARAMETERS_MAX 32
#define BUSY_MS        5000 /* for another process to end its write */
#define SLOTS          512  /* a power of two, over twice our statements */
#define FRAME_HEAD     24   /* before each page in the log */
#define AHEAD_BYTES    ((size_t)1 << 20)
#define AHEAD_LEAST    (AHEAD_BYTES / 4)

struct slot {
	const char *sql;
	sqlite3_stmt *stmt;
	int index[PARAMETERS_MAX]; /* SQLite's number of $1, $2, … */
	size_t n;
	bool running;
};

struct conn {
	struct db_conn base;
	sqlite3 *db;
	int page_bytes;
	size_t reserved; /* of the log's file, on the disk already */
	unsigned int n_slots;
	struct slot slots[SLOTS];
};

/*
 * SQLite's code as ours. Its own sentences may quote SQL, so they go to the
 * log only.
 */
static enum rc
fail(struct conn *c, int code, struct err *e)
{
	int extended = c->db == NULL ? code : sqlite3_extended_errcode(c->db);
	const char *text = sqlite3_errstr(code & 0xff);

	switch (code & 0xff) {
	case SQLITE_CONSTRAINT:
		if (extended == SQLITE_CONSTRAINT_UNIQUE ||
		    extended == SQLITE_CONSTRAINT_PRIMARYKEY)
			return err_set(e, RC_EXISTS, NULL, "is there already");
		break;
	case SQLITE_NOMEM:
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_set(e, RC_BUSY, "database", "%s", text);
	case SQLITE_IOERR:
		if (extended == SQLITE_IOERR_NOMEM)
			return err_set(e, RC_MEMORY, NULL, "out of memory");
		c->base.broken = true;
		log_event(LOG_ERROR, "db-io", "code=%d", extended);
		return err_set(e, RC_IO, "database", "%s", text);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		c->base.broken = true;
		log_event(LOG_ERROR, "db-corrupt", "code=%d", extended);
		return err_set(e, RC_IO, "database", "%s", text);
	case SQLITE_FULL:
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
		log_event(LOG_ERROR, "db-io", "code=%d", extended);
		return err_set(e, RC_IO, "database", "%s", text);
	default:
		break;
	}
	log_event(LOG_ERROR, "db-bug", "code=%d text=%s", extended,
	    c->db == NULL ? text : sqlite3_errmsg(c->db));

	return err_set(e, RC_BUG, "database", "%s", text);
}

/* Called after each commit with the pages that the log holds now. */
static int
log_grew(void *arg, sqlite3 *db, const char *name, int pages)
{
	struct conn *c = arg;

	(void)db;
	(void)name;
	c->base.log_bytes =
	    (size_t)pages * ((size_t)c->page_bytes + FRAME_HEAD);

	return SQLITE_OK;
}

/*
 * A sync of a file that grew writes where its new blocks are, too, which may
 * take as long as the rest. So the log's file grows by much at once: by zeros,
 * which SQLite reads as the end, like whatever else lies behind its last
 * frame. In a transaction that writes, so that nobody else does. A disk that
 * is full is the commit's to find.
 */
static void
reserve_log(struct conn *c)
{
	static const uint8_t zeros[1 << 16];
	size_t wanted = c->base.log_bytes + AHEAD_LEAST;
	sqlite3_file *log = NULL;
	sqlite3_int64 from = 0;

	if (wanted <= c->reserved)
		return;
	if (sqlite3_file_control(
		c->db, NULL, SQLITE_FCNTL_JOURNAL_POINTER, &log) != SQLITE_OK ||
	    log == NULL || log->pMethods == NULL ||
	    log->pMethods->xFileSize(log, &from) != SQLITE_OK)
		return;
	if ((size_t)from < wanted) {
		sqlite3_int64 until = from + (sqlite3_int64)AHEAD_BYTES;

		while (from < until &&
		    log->pMethods->xWrite(log, zeros, sizeof zeros, from) ==
			SQLITE_OK)
			from += (sqlite3_int64)sizeof zeros;
	}
	c->reserved = (size_t)from;
}

static enum rc
page_size(struct conn *c, struct err *e)
{
	sqlite3_stmt *s = NULL;
	int code = sqlite3_prepare_v2(c->db, "PRAGMA page_size", -1, &s, NULL);

	if (code == SQLITE_OK && (code = sqlite3_step(s)) == SQLITE_ROW)
		c->page_bytes = sqlite3_column_int(s, 0);
	(void)sqlite3_finalize(s);

	return c->page_bytes > 0 ? RC_OK : fail(c, code, e);
}

/* WAL is kept in the file; SQLite answers another word where it cannot. */
static enum rc
use_wal(struct conn *c, struct err *e)
{
	sqlite3_stmt *s = NULL;
	int code = sqlite3_prepare_v2(
	    c->db, "PRAGMA journal_mode = WAL", -1, &s, NULL);
	bool is_wal = false;

	if (code == SQLITE_OK && (code = sqlite3_step(s)) == SQLITE_ROW)
		is_wal =
		    strcmp((const char *)sqlite3_column_text(s, 0), "wal") == 0;
	(void)sqlite3_finalize(s);
	if (is_wal)
		return RC_OK;

	return code == SQLITE_ROW ? err_set(e, RC_IO, "database",
					"cannot keep a write-ahead log here")
				  : fail(c, code, e);
}

/*
 * FULL: a commit is on the disk before it is acknowledged (NORMAL loses the
 * last ones with the power). The kernel's page cache does the caching: a
 * larger one of SQLite's own was measured slower. The file is not mapped:
 * each commit of another connection makes SQLite unmap and map it again,
 * which costs more than the copies that a mapping saves.
 */
static const char pragmas[] = "PRAGMA synchronous = FULL;"
			      "PRAGMA cache_size = -2000;"
			      "PRAGMA mmap_size = 0;"
			      "PRAGMA temp_store = MEMORY;"
			      "PRAGMA trusted_schema = OFF;"
			      "PRAGMA secure_delete = ON;"
			      "PRAGMA journal_size_limit = 67108864;"
			      "PRAGMA wal_autocheckpoint = 0;";

static pthread_once_t once = PTHREAD_ONCE_INIT;

/* SQLite's own statistics of memory put one lock around every allocation. */
static void
sqlite_set_up(void)
{
	if (sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) != SQLITE_OK)
		log_event(LOG_WARN, "db-config", "SQLite runs already");
}

static void sqlite_close(struct db_conn *base);

static enum rc
sqlite_open(const char *path, bool writes, struct db_conn **out, struct err *e)
{
	struct conn *c;
	enum rc rc;
	int code, fd;

	*out = NULL;
	(void)pthread_once(&once, sqlite_set_up);
	/*
	 * SQLite gives its files the mode of the first one: make it ours. Only
	 * where there is none: closing another descriptor of the file would
	 * drop the locks that SQLite holds on it in this process.
	 */
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 && errno != EEXIST)
		return err_set(e, RC_IO, "database", "%s", strerror(errno));
	if (fd >= 0)
		(void)close(fd);
	if ((c = calloc(1, sizeof *c)) == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	c->base.driver = &driver_sqlite;
	code = sqlite3_open_v2(path, &c->db,
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
		SQLITE_OPEN_PRIVATECACHE,
	    NULL);
	if (code == SQLITE_OK)
		code = sqlite3_extended_result_codes(c->db, 0);
	if (code == SQLITE_OK)
		code = sqlite3_busy_timeout(c->db, BUSY_MS);
	if (code == SQLITE_OK)
		code = sqlite3_exec(c->db, pragmas, NULL, NULL, NULL);
	/* What the power cuts of tests/fault have to find. */
	if (code == SQLITE_OK && FAULT("db-normal"))
		code = sqlite3_exec(
		    c->db, "PRAGMA synchronous = NORMAL", NULL, NULL, NULL);
	rc = code == SQLITE_OK ? RC_OK : fail(c, code, e);
	if (rc == RC_OK)
		rc = use_wal(c, e);
	if (rc == RC_OK)
		rc = page_size(c, e);
	if (rc == RC_OK && !writes) {
		code = sqlite3_exec(
		    c->db, "PRAGMA query_only = ON", NULL, NULL, NULL);
		rc = code == SQLITE_OK ? RC_OK : fail(c, code, e);
	}
	if (rc != RC_OK) {
		sqlite_close(&c->base);
		return rc;
	}
	if (writes)
		(void)sqlite3_wal_hook(c->db, log_grew, c);
	*out = &c->base;

	return RC_OK;
}

static void
sqlite_close(struct db_conn *base)
{
	struct conn *c = (struct conn *)base;

	for (size_t i = 0; i < SLOTS; i++)
		(void)sqlite3_finalize(c->slots[i].stmt);
	(void)sqlite3_close(c->db);
	free(c);
}

static enum rc
sqlite_script(struct db_conn *base, const char *sql, struct err *e)
{
	struct conn *c = (struct conn *)base;
	int code = sqlite3_exec(c->db, sql, NULL, NULL, NULL);

	return code == SQLITE_OK ? RC_OK : fail(c, code, e);
}

/* SQLite numbers $1, $2 … by their first appearance; find each by its name. */
static enum rc
slot_prepare(struct conn *c, struct slot *s, const char *sql, struct err *e)
{
	char name[8];
	int code;

	code = sqlite3_prepare_v3(
	    c->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &s->stmt, NULL);
	if (code != SQLITE_OK)
		return fail(c, code, e);
	s->sql = sql;
	s->n = (size_t)sqlite3_bind_parameter_count(s->stmt);
	for (size_t i = 0; i < s->n && i < PARAMETERS_MAX; i++) {
		(void)snprintf(name, sizeof name, "$%zu", i + 1);
		s->index[i] = sqlite3_bind_parameter_index(s->stmt, name);
		if (s->index[i] == 0)
			return err_set(e, RC_BUG, "database",
			    "parameters are not $1 to $%zu", s->n);
	}

	return RC_OK;
}

/* The statement of this text: by its address, and the text to be sure. */
static enum rc
slot_find(struct conn *c, const char *sql, struct slot **out, struct err *e)
{
	size_t at = (size_t)(((uintptr_t)sql * 0x9E3779B97F4A7C15u) >> 40);
	enum rc rc;

	for (;; at++) {
		struct slot *s = &c->slots[at % SLOTS];

		if (s->sql == NULL) {
			if (c->n_slots == SLOTS / 2)
				return err_set(e, RC_BUG, "database",
				    "too many statements");
			rc = slot_prepare(c, s, sql, e);
			if (rc != RC_OK) {
				(void)sqlite3_finalize(s->stmt);
				*s = (struct slot){ 0 };
				return rc;
			}
			c->n_slots++;
		}
		if (s->sql == sql && strcmp(sqlite3_sql(s->stmt), sql) == 0) {
			*out = s;
			return RC_OK;
		}
	}
}

static int
bind_one(sqlite3_stmt *stmt, int at, const struct db_value *v)
{
	switch (v->type) {
	case DB_NULL:
		return sqlite3_bind_null(stmt, at);
	case DB_INT:
		return sqlite3_bind_int64(stmt, at, v->i);
	case DB_TEXT:
		return sqlite3_bind_text64(stmt, at, (const char *)v->s.p,
		    v->s.n, SQLITE_STATIC, SQLITE_UTF8);
	case DB_BLOB:
		return v->s.n == 0 ? sqlite3_bind_zeroblob(stmt, at, 0)
				   : sqlite3_bind_blob64(stmt, at, v->s.p,
					 v->s.n, SQLITE_STATIC);
	}

	return SQLITE_MISUSE;
}

static void
sqlite_end(struct db_conn *base, void *stmt)
{
	struct slot *s = stmt;

	(void)base;
	(void)sqlite3_reset(s->stmt);
	(void)sqlite3_clear_bindings(s->stmt);
	s->running = false;
}

static enum rc
sqlite_query(struct db_conn *base, const char *sql, const struct db_value *v,
    size_t n, void **stmt, struct err *e)
{
	struct conn *c = (struct conn *)base;
	struct slot *s = NULL;
	enum rc rc;
	int code = SQLITE_OK;

	*stmt = NULL;
	rc = slot_find(c, sql, &s, e);
	if (rc != RC_OK || s == NULL)
		return rc;
	if (s->running)
		return err_set(
		    e, RC_BUG, "database", "statement is running already");
	if (s->n != n || n > PARAMETERS_MAX)
		return err_set(e, RC_BUG, "database",
		    "%zu values for %zu parameters", n, s->n);
	for (size_t i = 0; i < n && code == SQLITE_OK; i++)
		code = bind_one(s->stmt, s->index[i], &v[i]);
	if (code != SQLITE_OK) {
		sqlite_end(base, s);
		return fail(c, code, e);
	}
	s->running = true;
	*stmt = s;

	return RC_OK;
}

static enum rc
sqlite_next(struct db_conn *base, void *stmt, bool *have, struct err *e)
{
	struct conn *c = (struct conn *)base;
	struct slot *s = stmt;
	int code = sqlite3_step(s->stmt);

	*have = code == SQLITE_ROW;
	if (code == SQLITE_DONE)
		base->n_changed = sqlite3_stmt_readonly(s->stmt)
		    ? 0
		    : sqlite3_changes64(c->db);

	return *have || code == SQLITE_DONE ? RC_OK : fail(c, code, e);
}

static bool
sqlite_column(void *stmt, int column, struct db_value *out)
{
	sqlite3_stmt *s = ((struct slot *)stmt)->stmt;

	if (column >= sqlite3_data_count(s))
		return false;
	switch (sqlite3_column_type(s, column)) {
	case SQLITE_INTEGER:
		*out = db_int(sqlite3_column_int64(s, column));
		return true;
	case SQLITE_TEXT:
		out->type = DB_TEXT;
		out->s.p = sqlite3_column_text(s, column);
		out->s.n = (size_t)sqlite3_column_bytes(s, column);
		return true;
	case SQLITE_BLOB:
		out->type = DB_BLOB;
		out->s.p = sqlite3_column_blob(s, column);
		out->s.n = (size_t)sqlite3_column_bytes(s, column);
		return true;
	case SQLITE_NULL:
		*out = db_null();
		return true;
	default:
		return false;
	}
}

static const char *const steps[] = {
	[DRIVER_BEGIN] = "BEGIN IMMEDIATE",
	[DRIVER_LOOK] = "BEGIN",
	[DRIVER_COMMIT] = "COMMIT",
	[DRIVER_ROLLBACK] = "ROLLBACK",
	[DRIVER_SAVE] = "SAVEPOINT unit",
	[DRIVER_RELEASE] = "RELEASE unit",
	[DRIVER_UNDO] = "ROLLBACK TO unit",
};

/* A statement without parameters or rows, kept prepared. */
static enum rc
run(struct db_conn *base, const char *sql, struct err *e)
{
	void *stmt = NULL;
	bool have;
	enum rc rc;

	rc = sqlite_query(base, sql, NULL, 0, &stmt, e);
	if (rc != RC_OK || stmt == NULL)
		return rc;
	rc = sqlite_next(base, stmt, &have, e);
	sqlite_end(base, stmt);

	return rc;
}

static enum rc
sqlite_step(struct db_conn *base, enum driver_step step, struct err *e)
{
	enum rc rc = run(base, steps[step], e);

	if (rc == RC_OK && step == DRIVER_BEGIN)
		reserve_log((struct conn *)base);

	return rc == RC_OK && step == DRIVER_UNDO
	    ? run(base, steps[DRIVER_RELEASE], e)
	    : rc;
}

static bool
sqlite_in_transaction(struct db_conn *base)
{
	return sqlite3_get_autocommit(((struct conn *)base)->db) == 0;
}

/* What was acknowledged is in the log still: the next one tries again. */
static int
checkpoint(struct conn *c, int mode)
{
	int code = sqlite3_wal_checkpoint_v2(c->db, NULL, mode, NULL, NULL);

	if (code != SQLITE_OK && code != SQLITE_BUSY)
		(void)fail(c, code, NULL);

	return code;
}

static void
sqlite_tidy(struct db_conn *base)
{
	(void)checkpoint((struct conn *)base, SQLITE_CHECKPOINT_PASSIVE);
}

static void
sqlite_begin_anew(struct db_conn *base, int patience_ms)
{
	struct conn *c = (struct conn *)base;

	(void)sqlite3_busy_timeout(c->db, patience_ms);
	if (checkpoint(c, SQLITE_CHECKPOINT_RESTART) == SQLITE_OK) {
		base->log_bytes = 0;
		c->reserved = 0; /* SQLite may cut the file */
	}
	(void)sqlite3_busy_timeout(c->db, BUSY_MS);
}

const struct driver driver_sqlite = {
	.scheme = "sqlite",
	.open = sqlite_open,
	.close = sqlite_close,
	.step = sqlite_step,
	.in_transaction = sqlite_in_transaction,
	.query = sqlite_query,
	.next = sqlite_next,
	.end = sqlite_end,
	.column = sqlite_column,
	.script = sqlite_script,
	.tidy = sqlite_tidy,
	.begin_anew = sqlite_begin_anew,
};
