/*
 * db.h - see db.c.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

/*
 * One database, shared by all threads of the process. Reads run on a pool of
 * connections, at once and side by side; writes are units of work that are
 * carried out one after the other, many in one transaction (group commit).
 *
 * SQL is a subset that SQLite and PostgreSQL read alike: parameters $1 … $9
 * and up, types BIGINT, TEXT and BLOB (the driver names BLOB as its database
 * does), WITHOUT ROWID (the driver leaves it out where it means nothing), ON
 * CONFLICT, RETURNING; no rowid, no type names in expressions, no functions
 * of one of them. SQL texts are literals: statements are kept
 * prepared by the address of their text.
 */
struct db;

/* A connection, lent for the time of one read or one unit of work. */
struct db_conn;

struct db_options {
	const char *url;      /* a path, or sqlite:PATH */
	unsigned int readers; /* connections; 0: one a processor, <= 8 */
	unsigned int queue;   /* units that may wait; 0: 4096 */
	unsigned int batch;   /* units in one transaction; 0: 256 */
	/* the log's size past which writers wait longer for readers; 0: 64 */
	unsigned int log_max_mib;
};

struct db_counts {
	uint64_t units;   /* acknowledged */
	uint64_t failed;  /* undone, for whatever reason */
	uint64_t commits; /* transactions that became durable */
	uint64_t refused; /* with RC_BUSY: the queue was full */
	uint64_t tidied;  /* times that the log was to be put in its place */
	bool broken;      /* a sync failed: no write is taken any more */
};

/*
 * Opens or makes the database. RC_UNKNOWN: a kind of url that is not built in.
 * RC_IO. *out is NULL on failure; free it with db_close().
 */
IG_CHECK enum rc db_open(
    struct db **out, const struct db_options *options, struct err *e);

/* Carries out what is queued, stops the threads, closes. db may be NULL. */
void db_close(struct db *db);

void db_count(struct db *db, struct db_counts *out);

/* Part of a unit of work, or of a read; arg is the caller's. */
typedef enum rc db_fn(struct db_conn *c, void *arg, struct err *e);

/*
 * Runs fn on the writer's connection and waits until the transaction that
 * contains it is durable: RC_OK means that a power cut does not undo it. When
 * fn fails, what it did is undone, its neighbours are not, and its code and
 * sentence are given back. fn may run in another thread; it must not wait, nor
 * call db_write() or db_read(). It may run more than once, the earlier runs
 * undone: it gives its results by assignment and leaves nothing behind.
 * RC_BUSY: too many wait. RC_IO: could not be made durable; nothing was
 * acknowledged.
 */
IG_CHECK enum rc db_write(struct db *db, db_fn *fn, void *arg, struct err *e);

/*
 * The same without waiting, for rows that may be lost: fn is given a copy of
 * the n bytes at arg (at most DB_LATER_MAX). Dropped in silence when the
 * queue is half full or fn fails.
 */
#define DB_LATER_MAX 256
void db_write_later(struct db *db, db_fn *fn, const void *arg, size_t n);

/* Runs fn with a connection for reading, in the caller's thread. */
IG_CHECK enum rc db_read(struct db *db, db_fn *fn, void *arg, struct err *e);

/*
 * Several reads and writes as one. fn is given the database as it is from
 * inside: each db_read() and db_write() on `in` is part of the whole, and what
 * a failed write of them did is undone without the others.
 *
 * db_unit(): one unit of work; all that db_write() says holds for fn, but that
 * it may call db_read() and db_write() on `in`, and on nothing else.
 * db_view(): one moment of the database, for reading, in the caller's thread.
 */
typedef enum rc db_within_fn(struct db *in, void *arg, struct err *e);
IG_CHECK enum rc db_unit(
    struct db *db, db_within_fn *fn, void *arg, struct err *e);
IG_CHECK enum rc db_view(
    struct db *db, db_within_fn *fn, void *arg, struct err *e);

/* Parameters, in the order $1, $2, … They borrow. */
enum db_type { DB_NULL, DB_INT, DB_TEXT, DB_BLOB };
struct db_value {
	enum db_type type;
	int64_t i;
	struct span s;
};

static inline struct db_value
db_null(void)
{
	return (struct db_value){ DB_NULL, 0, { NULL, 0 } };
}

static inline struct db_value
db_int(int64_t v)
{
	return (struct db_value){ DB_INT, v, { NULL, 0 } };
}

static inline struct db_value
db_text(const char *s)
{
	return (struct db_value){ DB_TEXT, 0, span_str(s) };
}

static inline struct db_value
db_blob(struct span s)
{
	return (struct db_value){ DB_BLOB, 0, s };
}

static inline struct db_value
db_bytes(const uint8_t *p, size_t n)
{
	return (struct db_value){ DB_BLOB, 0, { p, n } };
}

/* Two arguments at once: the values and their number. */
#define DB_ARGS(...)                                           \
	(const struct db_value[]){ __VA_ARGS__ },              \
	    sizeof((const struct db_value[]){ __VA_ARGS__ }) / \
	    sizeof(struct db_value)
#define DB_NO_ARGS NULL, 0

/*
 * Runs a statement that gives no rows; *changed (may be NULL) is how many it
 * inserted, updated or deleted. RC_EXISTS: a unique constraint. RC_BUG: the
 * SQL is wrong. RC_IO, RC_MEMORY, RC_BUSY.
 */
IG_CHECK enum rc db_exec(struct db_conn *c, const char *sql,
    const struct db_value *v, size_t n, int64_t *changed, struct err *e);

/*
 * The rows of a statement. Between db_query() and db_end():
 *
 *	while (db_next(&rows)) { id = db_get_int(&rows); … }
 *	rc = db_end(&rows, e);
 *
 * Columns are taken in their order. A failure, of the database or of a column
 * that is not as asked, sticks: db_next() is false, and db_end() tells.
 */
struct db_rows {
	struct db_conn *conn;
	void *stmt;
	int column;
	enum rc rc;
	struct err err;
};

void db_query(struct db_conn *c, const char *sql, const struct db_value *v,
    size_t n, struct db_rows *rows);
bool db_next(struct db_rows *rows);
IG_CHECK enum rc db_end(struct db_rows *rows, struct err *e);

/* 0 for NULL. */
int64_t db_get_int(struct db_rows *rows);

/* Into size bytes, ended with a zero; "" for NULL. Longer is a failure. */
void db_get_text(struct db_rows *rows, char *out, size_t size);

/* Exactly n bytes; zeros for NULL. Another length is a failure. */
void db_get_bytes(struct db_rows *rows, uint8_t *out, size_t n);

/* Borrowed until the next db_next(); empty for NULL. */
struct span db_get_blob(struct db_rows *rows);

/* Several statements, without parameters or rows: for migrations. */
IG_CHECK enum rc db_script(struct db_conn *c, const char *sql, struct err *e);
