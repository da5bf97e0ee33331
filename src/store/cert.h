/*
 * cert.h - see cert.c.
 *
 * Members' certificates and their sealed keys. (The word is cut short because
 * struct certificate is the parsed one, x509/certificate.h.)
 */
#pragma once

#include "store/store.h"

struct history;
struct approval_move;
struct transfer_move;

struct cert {
	uint8_t id[STORE_ID];
	uint8_t member_id[STORE_ID];
	uint8_t key_id[STORE_ID];
	uint8_t sha256[STORE_HASH]; /* of der */
	struct span der;
	char owner[STORE_TEXT];
	char issuer[STORE_TEXT];
	char issuer_organisation[STORE_TEXT];
	char policy_oid[STORE_OID];
	char serial[STORE_TEXT];
	int64_t not_before_ms;
	int64_t not_after_ms;
	struct span kb1;    /* sealed key; empty once deleted */
	struct span km_der; /* empty: none */
	struct span km_kb1;
	int64_t created_ms;
	int64_t last_used_ms; /* 0: never */
	int64_t uses;
	int64_t deleted_ms; /* 0: living */
	struct store_kept kept;
};

struct cert_list {
	struct cert *at;
	size_t n;
};

void cert_clear(struct cert *c);
void cert_list_clear(struct cert_list *l);

/*
 * A certificate comes in: its row, the request's move, the transfer's (may be
 * NULL), the line in the history; all or nothing.
 * RC_EXISTS: the member has it already. RC_STATE: request or transfer has
 * moved on.
 */
IG_CHECK enum rc cert_add(struct db *db, const struct cert *c,
    const struct approval_move *r, const struct transfer_move *t,
    const struct history *h, struct err *e);

/*
 * Deletes it: marks the row, wipes both key blobs, moves the request (may be
 * NULL), writes the history. RC_ABSENT: not a living one of this member.
 * RC_STATE.
 */
IG_CHECK enum rc cert_delete(struct db *db,
    const uint8_t member_id[static STORE_ID], const uint8_t id[static STORE_ID],
    int64_t now_ms, const struct approval_move *r, const struct history *h,
    struct err *e);

/* Living ones of this member only. RC_ABSENT. */
IG_CHECK enum rc cert_load(struct db *db,
    const uint8_t member_id[static STORE_ID], const uint8_t id[static STORE_ID],
    struct cert *out, struct err *e);

/* The same without how it was used, which signing need not know: 0 and 0. */
IG_CHECK enum rc cert_load_bare(struct db *db,
    const uint8_t member_id[static STORE_ID], const uint8_t id[static STORE_ID],
    struct cert *out, struct err *e);

/* The living one with these bytes. RC_ABSENT. */
IG_CHECK enum rc cert_load_by_hash(struct db *db,
    const uint8_t member_id[static STORE_ID],
    const uint8_t sha256[static STORE_HASH], struct cert *out, struct err *e);

/* The member's living ones, oldest first. */
IG_CHECK enum rc cert_load_all(struct db *db,
    const uint8_t member_id[static STORE_ID], struct cert_list *out,
    struct err *e);
