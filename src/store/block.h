/*
 * block.h - see block.c.
 */
#pragma once

#include "store/store.h"

/* Blocks key in scope until then; a later end stays. */
IG_CHECK enum rc block_set(struct db *db, const char *scope,
    const uint8_t key[static STORE_HASH], int64_t until_ms, struct err *e);

/* *until_ms is 0 where it is not blocked at now. */
IG_CHECK enum rc block_find(struct db *db, const char *scope,
    const uint8_t key[static STORE_HASH], int64_t now_ms, int64_t *until_ms,
    struct err *e);

/* Removes up to 500 that ended before; *n (may be NULL) is how many. */
IG_CHECK enum rc block_purge(
    struct db *db, int64_t before_ms, size_t *n, struct err *e);
