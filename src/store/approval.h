/*
 * approval.h - see approval.c.
 */
#pragma once

#include "store/store.h"

struct history;

enum approval_kind {
	APPROVAL_TOKEN = 1,
	APPROVAL_IMPORT = 2,
	APPROVAL_DELETE = 3
};
enum approval_mode { APPROVAL_NO_MODE, APPROVAL_NUMBER = 1, APPROVAL_PUSH = 2 };

/* One bit each, so that a set of them is a number: FROM | FROM. */
enum approval_state {
	APPROVAL_WAITING = 1 << 0,
	APPROVAL_OPENED = 1 << 1,
	APPROVAL_APPROVED = 1 << 2,
	APPROVAL_OPEN = 1 << 3,
	APPROVAL_DONE = 1 << 4,
	APPROVAL_REFUSED = 1 << 5,
	APPROVAL_NOT_ME = 1 << 6,
	APPROVAL_EXPIRED = 1 << 7,
	APPROVAL_ENDED = 1 << 8,
	APPROVAL_LOCKED = 1 << 9, /* by wrong PINs */
};

#define APPROVAL_LIVING \
	(APPROVAL_WAITING | APPROVAL_OPENED | APPROVAL_APPROVED | APPROVAL_OPEN)

struct approval {
	uint8_t id[STORE_ID];        /* by store_timed_id() */
	uint8_t member_id[STORE_ID]; /* none: the phone number has no member */
	enum approval_kind kind;
	enum approval_state state;
	enum approval_mode mode;
	char program[STORE_TEXT];
	char machine[STORE_TEXT];
	char user[STORE_TEXT];
	char address[STORE_TEXT];
	uint8_t secret_hash[STORE_HASH]; /* zeros: nobody outside follows it */
	uint8_t certificate_id[STORE_ID];
	uint8_t vault_request_id[STORE_ID];
	struct span ar1;
	uint8_t ar1_signature[STORE_SIGN];
	int64_t count; /* signatures asked for */
	int64_t seconds;
	int64_t left; /* signatures */
	int64_t created_ms;
	int64_t expires_ms;
	uint8_t continues_id[STORE_ID];
	uint8_t transfer_id[STORE_ID];
	struct store_kept kept;
};

struct approval_list {
	struct approval *at;
	size_t n;
};

void approval_clear(struct approval *r);
void approval_list_clear(struct approval_list *l);

/* RC_EXISTS: the id. */
IG_CHECK enum rc approval_create(
    struct db *db, const struct approval *r, struct err *e);

/* RC_ABSENT. The caller compares member_id or secret_hash. */
IG_CHECK enum rc approval_load(struct db *db, const uint8_t id[static STORE_ID],
    struct approval *out, struct err *e);

/* Those of the member whose state is in states and that live at now; newest first. */
IG_CHECK enum rc approval_load_all(struct db *db,
    const uint8_t member_id[static STORE_ID], unsigned int states,
    int64_t now_ms, struct approval_list *out, struct err *e);

/* Living ones whose time was over at now, at most 100: for the job that ends them. */
IG_CHECK enum rc approval_load_lapsed(
    struct db *db, int64_t now_ms, struct approval_list *out, struct err *e);

/* A change of state that only one caller wins. */
struct approval_move {
	uint8_t id[STORE_ID];
	unsigned int from; /* set of enum approval_state */
	enum approval_state to;
	int64_t expires_ms; /* 0: stays as it is */
	bool sets_left;
	int64_t left;
};

/*
 * Moves it if it is in one of the states `from`, and then writes h (may be
 * NULL). RC_STATE: it is not, somebody else was first; nothing is written.
 */
IG_CHECK enum rc approval_advance(struct db *db, const struct approval_move *m,
    const struct history *h, struct err *e);

/* Does to a what approval_advance() did to its row. */
void approval_moved(struct approval *a, const struct approval_move *m);

/*
 * What the vault made of the request, for the phone to approve: certificate,
 * ar1, its signature, the vault's id; state becomes APPROVAL_OPENED, expires_ms
 * as given. Allowed in APPROVAL_WAITING and APPROVAL_OPENED, again and again.
 * RC_STATE.
 */
struct approval_made {
	uint8_t id[STORE_ID];
	uint8_t certificate_id[STORE_ID];
	uint8_t vault_request_id[STORE_ID];
	struct span ar1;
	uint8_t ar1_signature[STORE_SIGN];
	int64_t expires_ms;
};
IG_CHECK enum rc approval_set_made(
    struct db *db, const struct approval_made *a, struct err *e);

/* Does to a what approval_set_made() did to its row; a owns what it holds. */
IG_CHECK enum rc approval_was_made(
    struct approval *a, const struct approval_made *m, struct err *e);

/*
 * A signature was made: the request's left (it only goes down; 0 makes it
 * APPROVAL_DONE), the certificate's use, the line in the history with the
 * receipt. h->id is made by history_id() of the receipt, so that the same
 * signature recorded twice counts once.
 */
struct approval_signature {
	uint8_t approval_id[STORE_ID];
	uint8_t certificate_id[STORE_ID];
	int64_t left;
	int64_t now_ms;
};
IG_CHECK enum rc approval_record_signature(struct db *db,
    const struct approval_signature *s, const struct history *h, struct err *e);

/* Removes up to 500 that expired before; *n (may be NULL) is how many. */
IG_CHECK enum rc approval_purge(
    struct db *db, int64_t before_ms, size_t *n, struct err *e);
