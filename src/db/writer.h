/*
 * writer.h - see writer.c. For db.c only.
 */
#pragma once

#include "db/db.h"

struct driver;
struct writer;

/* Opens the connection that writes, and starts its threads. */
IG_CHECK enum rc writer_start(struct writer **out, const struct driver *driver,
    const char *where, const struct db_options *o, struct err *e);

/* Carries out what waits, then ends. w may be NULL. */
void writer_stop(struct writer *w);

/* As db_write(), db_write_later(), db_count(). */
IG_CHECK enum rc writer_run(
    struct writer *w, db_fn *fn, void *arg, struct err *e);
void writer_later(struct writer *w, db_fn *fn, const void *arg, size_t n);
void writer_count(struct writer *w, struct db_counts *out);
