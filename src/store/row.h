/*
 * row.h - see row.c. For the files of this room only.
 */
#pragma once

#include "db/db.h"
#include "store/store.h"

/* How a row of an aggregate becomes its struct. */
struct row_kind {
	size_t size;
	void (*read)(struct db_rows *rows, void *out);
	size_t kept; /* offset of its struct store_kept; ROW_KEEPS_NONE */
};
#define ROW_KEEPS_NONE SIZE_MAX

/* Parameters: NULL for an identifier, hash or signature of zeros. */
struct db_value row_id(const uint8_t id[static STORE_ID]);
struct db_value row_bytes(const uint8_t *p, size_t n);

/* A copy of from that the struct owns. RC_MEMORY. */
IG_CHECK enum rc row_own(struct store_kept *kept, struct span from,
    struct span *into, struct err *e);

/* Takes the next column as a blob that the struct owns. */
void row_keep(struct db_rows *rows, struct store_kept *kept, struct span *into);
void row_forget(struct store_kept *kept);

/*
 * The first row, inside a read or a unit. *out is all zeros when there is
 * none or on failure. RC_ABSENT.
 */
IG_CHECK enum rc row_find(struct db_conn *c, const char *sql,
    const struct db_value *v, size_t n, const struct row_kind *kind, void *out,
    struct err *e);

/* The same as a read of its own. */
IG_CHECK enum rc row_load(struct db *db, const char *sql,
    const struct db_value *v, size_t n, const struct row_kind *kind, void *out,
    struct err *e);

/* All rows, in an array to be given to row_free_all(). */
IG_CHECK enum rc row_load_all(struct db *db, const char *sql,
    const struct db_value *v, size_t n, const struct row_kind *kind, void **at,
    size_t *n_rows, struct err *e);
void row_free_all(const struct row_kind *kind, void *at, size_t n_rows);

/*
 * INSERT … ON CONFLICT DO NOTHING inside a unit. RC_EXISTS: nothing was
 * inserted.
 */
IG_CHECK enum rc row_insert(struct db_conn *c, const char *sql,
    const struct db_value *v, size_t n, struct err *e);

/* An UPDATE inside a unit that must find its row; else rc and why. */
IG_CHECK enum rc row_change(struct db_conn *c, const char *sql,
    const struct db_value *v, size_t n, enum rc otherwise, const char *why,
    struct err *e);

/* One statement as a unit of its own; *changed may be NULL. */
IG_CHECK enum rc row_write(struct db *db, const char *sql,
    const struct db_value *v, size_t n, int64_t *changed, struct err *e);

/* A DELETE of at most 500 rows with before_ms as $1. */
IG_CHECK enum rc row_purge(struct db *db, const char *sql, int64_t before_ms,
    size_t *n, struct err *e);
