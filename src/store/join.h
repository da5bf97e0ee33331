/*
 * join.h - see join.c.
 */
#pragma once

#include "store/store.h"

enum join_state { JOIN_SENT = 1, JOIN_CONFIRMED = 2 };

struct join {
	uint8_t id[STORE_ID];
	uint8_t phone_hash[STORE_HASH];
	char phone[16]; /* in clear, until confirmed */
	char phone_tail[5];
	char carrier[16];
	char name[STORE_TEXT];
	char birth[9];                /* until confirmed */
	char transaction[STORE_TEXT]; /* the identity provider's */
	enum join_state state;
	int64_t tries;
	uint8_t account_id[STORE_ID];
	uint8_t challenge[STORE_HASH];
	int64_t expires_ms;
};

IG_CHECK enum rc join_create(
    struct db *db, const struct join *j, struct err *e);

/* RC_ABSENT: none, or its time is over. */
IG_CHECK enum rc join_load(struct db *db, const uint8_t id[static STORE_ID],
    int64_t now_ms, struct join *out, struct err *e);

/*
 * Counts a try before the code is compared; *left is how many remain after
 * this one. RC_LOCKED: none was left. RC_STATE: not JOIN_SENT, or over.
 */
IG_CHECK enum rc join_try(struct db *db, const uint8_t id[static STORE_ID],
    int64_t limit, int64_t now_ms, int64_t *left, struct err *e);

/*
 * The code was right: takes the account and challenge of the vault, forgets
 * phone number and date of birth. RC_STATE: somebody was first, or over.
 */
IG_CHECK enum rc join_confirm(struct db *db, const uint8_t id[static STORE_ID],
    const uint8_t account_id[static STORE_ID],
    const uint8_t challenge[static STORE_HASH], int64_t expires_ms,
    int64_t now_ms, struct err *e);

/* Removes up to 500 that expired before; *n (may be NULL) is how many. */
IG_CHECK enum rc join_purge(
    struct db *db, int64_t before_ms, size_t *n, struct err *e);
