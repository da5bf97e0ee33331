/*
 * history.h - see history.c.
 */
#pragma once

#include "store/store.h"

enum history_kind {
	HISTORY_JOIN = 1,
	HISTORY_LOGIN,
	HISTORY_IMPORT,
	HISTORY_DELETE,
	HISTORY_TOKEN_LOGIN,
	HISTORY_TOKEN_SIGN,
	HISTORY_REFUSED,
	HISTORY_NOT_ME,
	HISTORY_LOCKED,
	HISTORY_EXPIRED,
};

struct history {
	uint8_t id[STORE_ID]; /* a timed one, or history_id() */
	uint8_t member_id[STORE_ID];
	int64_t at_ms;
	enum history_kind kind;
	uint8_t certificate_id[STORE_ID];
	char owner[STORE_TEXT];
	char program[STORE_TEXT];
	char machine[STORE_TEXT];
	uint8_t request_id[STORE_ID];
	int64_t count;
	struct span receipt; /* SR1; empty: none */
	uint8_t receipt_signature[STORE_SIGN];
	struct store_kept kept;
};

struct history_list {
	struct history *at;
	size_t n;
};

void history_list_clear(struct history_list *l);

/*
 * A timed identifier that is the same for the same seed and time: what is
 * recorded twice stands there once.
 */
void history_id(uint8_t id[static STORE_ID], int64_t at_ms, struct span seed);

/* A line on its own. One that is there already (same id) is fine. */
IG_CHECK enum rc history_append(
    struct db *db, const struct history *h, struct err *e);

/*
 * The member's lines, newest first, at most limit (<= 200) of them, those
 * before the line `before` and of certificate_id (each may be NULL: all).
 * *more: there are older ones.
 */
IG_CHECK enum rc history_load_page(struct db *db,
    const uint8_t member_id[static STORE_ID], const uint8_t *before,
    const uint8_t *certificate_id, size_t limit, struct history_list *out,
    bool *more, struct err *e);
