/*
 * driver.h - what a database must be able to do for db.c.
 *
 * One table of functions a kind of database; db.c owns threads, batches and
 * the pool, a driver owns connections and statements. A connection is used by
 * one thread at a time.
 */
#pragma once

#include "db/db.h"

enum driver_step {
	DRIVER_BEGIN,  /* to write */
	DRIVER_LOOK,   /* to read one moment */
	DRIVER_COMMIT, /* RC_OK: durable */
	DRIVER_ROLLBACK,
	DRIVER_SAVE,    /* a savepoint */
	DRIVER_RELEASE, /* keeps what was done since */
	DRIVER_UNDO,    /* undoes what was done since, and releases */
};

/* A driver's own connection begins with this. */
struct db_conn {
	const struct driver *driver;
	bool broken;      /* the disk failed: what was written is uncertain */
	size_t log_bytes; /* of what was written and not yet put in its place */
	int64_t n_changed; /* rows that the last statement changed */
};

struct driver {
	const char *scheme; /* before the colon of the url */
	enum rc (*open)(const char *where, bool writes, struct db_conn **out,
	    struct err *e);
	void (*close)(struct db_conn *c);
	enum rc (*step)(struct db_conn *c, enum driver_step s, struct err *e);
	bool (*in_transaction)(struct db_conn *c);
	/* *stmt is NULL on failure. After RC_OK end() is called once. */
	enum rc (*query)(struct db_conn *c, const char *sql,
	    const struct db_value *v, size_t n, void **stmt, struct err *e);
	enum rc (*next)(
	    struct db_conn *c, void *stmt, bool *have, struct err *e);
	void (*end)(struct db_conn *c, void *stmt);
	/* False: there is no such column. Borrowed until next() or end(). */
	bool (*column)(void *stmt, int column, struct db_value *out);
	enum rc (*script)(struct db_conn *c, const char *sql, struct err *e);
	/* Puts in its place what the log holds, as far as readers allow it. */
	void (*tidy)(struct db_conn *c);
	/*
	 * Puts all of it in its place, and waits up to patience_ms for readers,
	 * so that the log begins anew. Of the connection that writes, between
	 * two transactions.
	 */
	void (*begin_anew)(struct db_conn *c, int patience_ms);
};

extern const struct driver driver_sqlite;
