/*
 * meta.h - see meta.c.
 */
#pragma once

#include "base/buf.h"
#include "store/store.h"

/* Appends the value of a name (a word of at most 64 bytes). RC_ABSENT. */
IG_CHECK enum rc meta_load(
    struct db *db, const char *name, struct buf *out, struct err *e);

/* Saves only if there is none yet. RC_EXISTS: there is; load it. */
IG_CHECK enum rc meta_save_first(
    struct db *db, const char *name, struct span value, struct err *e);
