/*
 * account.h - see account.c.
 */
#pragma once

#include "vault/vault.h"

#define ACCOUNT_REQUESTS 16 /* that may live at once */
#define DL1_DEVICES_MAX  8
#define DL1_PIN          48 /* salt(16), hash(32) */

enum dl1_kind { DL1_PASSKEY = 1, DL1_PIN_DEVICE = 2 };

struct dl1_device {
	uint8_t id[VAULT_ID];
	enum dl1_kind kind;
	struct span credential_id; /* passkey, else empty */
	struct span public_key;    /* compact form, webauthn/cose.h */
	bool backup;               /* a passkey that may be synced */
	int64_t added_ms;
	struct span pin; /* DL1_PIN bytes of a PIN device, else empty */
};

/* A device list; spans are borrowed. */
struct dl1 {
	uint8_t account_id[VAULT_ID];
	uint32_t version;
	uint8_t previous_head[32];
	uint8_t authority[32];
	size_t n;
	struct dl1_device devices[DL1_DEVICES_MAX];
};

/* RC_FORMAT unless in is exactly one list. */
IG_CHECK enum rc dl1_parse(struct span in, struct dl1 *out, struct err *e);
void dl1_encode(struct buf *out, const struct dl1 *in);

/* What the vault itself remembers of an account. */
struct account {
	struct table_item item;
	uint32_t version;
	uint8_t head[32];
	int64_t enrolled_ms;
	uint8_t enrol_digest[32]; /* of the request that made it */
	struct buf enrol_answer;  /* for a while, so that it can be repeated */
	uint8_t (
	    *requests)[VAULT_ID]; /* ACCOUNT_REQUESTS, zeros: free; or NULL */
};

/* NULL: no devices were ever enrolled. */
struct account *account_find(
    struct vault *v, const uint8_t account_id[static VAULT_ID]);

/*
 * Seals a list, makes it the account's present one and journals it, with the
 * answer that told of it. RC_MEMORY.
 */
IG_CHECK enum rc account_add(struct vault *v, const struct dl1 *list,
    const uint8_t digest[static 32], struct span answer_after_list,
    struct buf *answer, struct err *e);

/*
 * Opens a sealed list as the account's present one. RC_DENIED: not made by
 * this vault, of another account, or not the latest. RC_FORMAT.
 */
IG_CHECK enum rc account_open_list(struct vault *v,
    const uint8_t account_id[static VAULT_ID], struct span sealed,
    struct dl1 *out, struct err *e);

/* Makes a free place for one more request. RC_RATE, RC_MEMORY. */
IG_CHECK enum rc account_add_request(struct vault *v, struct account *a,
    const uint8_t request_id[static VAULT_ID], struct err *e);

/* record.c's. */
IG_CHECK enum rc account_replay(struct vault *v, struct rd r, int64_t time_ms,
    uint64_t index, struct err *e);
void account_write_all(struct vault *v);

/* Forgets answers that need not be repeated any more. */
void account_tick(struct vault *v);
void account_clear(struct vault *v);
