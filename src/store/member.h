/*
 * member.h - see member.c.
 */
#pragma once

#include "store/store.h"

struct device;
struct session;
struct history;

struct member {
	uint8_t id[STORE_ID]; /* the vault's account_id */
	uint8_t phone_hash[STORE_HASH];
	char phone_tail[5];
	char name[STORE_TEXT];
	struct span device_list; /* sealed, as the vault gave it */
	int64_t created_ms;
	int64_t blocked_until_ms; /* no requests by phone number before */
	int64_t refusals;         /* since the last unblocking */
	struct store_kept kept;
};

void member_clear(struct member *m);

/*
 * A member, the first device, its session, the line in the history; the join
 * that led here (may be NULL) goes. All or nothing.
 * RC_EXISTS: the phone number has a member already.
 */
IG_CHECK enum rc member_create(struct db *db, const struct member *m,
    const struct device *d, const struct session *s, const struct history *h,
    const uint8_t *join_id, struct err *e);

/* RC_ABSENT. */
IG_CHECK enum rc member_load(struct db *db, const uint8_t id[static STORE_ID],
    struct member *out, struct err *e);
IG_CHECK enum rc member_load_by_phone(struct db *db,
    const uint8_t phone_hash[static STORE_HASH], struct member *out,
    struct err *e);

/* One more refusal; *refusals (may be NULL) is how many there are now. */
IG_CHECK enum rc member_add_refusal(struct db *db,
    const uint8_t id[static STORE_ID], int64_t *refusals, struct err *e);

/* Until when nobody may ask by phone number. 0 unblocks and forgets refusals. */
IG_CHECK enum rc member_set_blocked(struct db *db,
    const uint8_t id[static STORE_ID], int64_t until_ms, struct err *e);
