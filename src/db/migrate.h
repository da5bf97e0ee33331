/*
 * migrate.h - see migrate.c.
 */
#pragma once

#include "db/db.h"

/* One step of the schema: its file's number, name and text. */
struct migration {
	int number;
	const char *name;
	const char *sql;
};

/*
 * Brings the schema up to date: forward only, each step in a transaction of
 * its own, its hash written down. steps are numbered 1, 2, … *done (may be
 * NULL) is how many were carried out.
 * RC_STATE: a step that was carried out reads differently now, or the
 * database is newer than this program.
 */
IG_CHECK enum rc migrate_run(struct db *db, const struct migration *steps,
    size_t n, size_t *done, struct err *e);

/* How many of the steps are still to be carried out; changes nothing. */
IG_CHECK enum rc migrate_check(struct db *db, const struct migration *steps,
    size_t n, size_t *missing, struct err *e);
