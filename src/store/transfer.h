/*
 * transfer.h - see transfer.c.
 */
#pragma once

#include "store/store.h"

#define TRANSFER_CHANNEL     6 /* five digits and a zero */
#define TRANSFER_MESSAGE_MAX 49152

/* One bit each, as in approval.h. */
enum transfer_state {
	TRANSFER_WAITING = 1 << 0,
	TRANSFER_ASKED = 1 << 1,
	TRANSFER_ANSWERED = 1 << 2,
	TRANSFER_SENT = 1 << 3,
	TRANSFER_DONE = 1 << 4,
	TRANSFER_WRONG_CODE = 1 << 5,
	TRANSFER_CANCELLED = 1 << 6,
	TRANSFER_EXPIRED = 1 << 7,
	TRANSFER_FAILED = 1 << 8,
};

#define TRANSFER_LIVING \
	(TRANSFER_WAITING | TRANSFER_ASKED | TRANSFER_ANSWERED | TRANSFER_SENT)

struct transfer {
	uint8_t id[STORE_ID];
	uint8_t member_id[STORE_ID];
	char channel[TRANSFER_CHANNEL];  /* unique among the living */
	uint8_t secret_hash[STORE_HASH]; /* zeros: no PC has come yet */
	int64_t step;
	enum transfer_state state;
	struct span message; /* of the last step */
	int64_t created_ms;
	int64_t expires_ms;
	struct store_kept kept;
};

void transfer_clear(struct transfer *t);

/* RC_EXISTS: the channel is in use; draw another. */
IG_CHECK enum rc transfer_create(
    struct db *db, const struct transfer *t, struct err *e);

/* RC_ABSENT. The caller compares member_id or secret_hash. */
IG_CHECK enum rc transfer_load(struct db *db, const uint8_t id[static STORE_ID],
    struct transfer *out, struct err *e);

/*
 * The PC's first call: gives the living transfer of this channel its secret.
 * Once. RC_ABSENT: no such channel, over, or somebody came before.
 */
IG_CHECK enum rc transfer_claim(struct db *db, const char *channel,
    const uint8_t secret_hash[static STORE_HASH], int64_t now_ms,
    uint8_t id[static STORE_ID], struct err *e);

/* From one step to another, by the one who is first. */
struct transfer_move {
	uint8_t id[STORE_ID];
	int64_t from; /* the step it must be at */
	int64_t to;
	enum transfer_state state;
	struct span message; /* at most TRANSFER_MESSAGE_MAX */
	int64_t now_ms;
};

/* RC_STATE: not living, or at another step. RC_LIMIT: message. */
IG_CHECK enum rc transfer_advance(
    struct db *db, const struct transfer_move *m, struct err *e);

/* Ends it, whatever its step: the step goes up by one, the message goes.
 * RC_STATE: it is not living any more. */
IG_CHECK enum rc transfer_end(struct db *db, const uint8_t id[static STORE_ID],
    enum transfer_state state, struct err *e);

/* Removes up to 500 that expired before; *n (may be NULL) is how many. */
IG_CHECK enum rc transfer_purge(
    struct db *db, int64_t before_ms, size_t *n, struct err *e);
