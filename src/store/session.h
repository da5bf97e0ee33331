/*
 * session.h - see session.c.
 */
#pragma once

#include "store/store.h"

struct history;

struct session {
	uint8_t token_hash[STORE_HASH];
	uint8_t member_id[STORE_ID];
	uint8_t device_id[STORE_ID];
	int64_t created_ms;
	int64_t expires_ms;
	int64_t last_seen_ms;
};

/* A session, with a line in the history (h may be NULL). RC_EXISTS. */
IG_CHECK enum rc session_create(struct db *db, const struct session *s,
    const struct history *h, struct err *e);

/* RC_ABSENT: no such session, or its time is over. */
IG_CHECK enum rc session_load(struct db *db,
    const uint8_t token_hash[static STORE_HASH], int64_t now_ms,
    struct session *out, struct err *e);

/* Writes down when it was last seen, some time soon; expires_ms may move on. */
void session_touch(struct db *db, const uint8_t token_hash[static STORE_HASH],
    int64_t now_ms, int64_t expires_ms);

/* Absent is fine. */
IG_CHECK enum rc session_delete(
    struct db *db, const uint8_t token_hash[static STORE_HASH], struct err *e);

/* Removes up to 500 that ended before; *n (may be NULL) is how many. */
IG_CHECK enum rc session_purge(
    struct db *db, int64_t before_ms, size_t *n, struct err *e);
