/*
 * vault.h - what the files of this room share: the state of one vault.
 *
 * Belongs here: the struct, its limits.
 * Not here: how each part changes (account.h, approval.h, limits.h …).
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/rd.h"
#include "vault/journal.h"
#include "vault/master.h"
#include "vault/table.h"
#include "webauthn/client_data.h"

#define VAULT_ID          16
#define VAULT_ORIGINS_MAX 16

struct vault_limits {
	uint16_t sign_per_minute, sign_per_day; /* per key */
	uint16_t token_count;                   /* signatures an approval */
	uint32_t token_seconds;
	uint8_t token_tries, import_tries;
	int64_t token_pin_ms; /* from approval to TOKEN_OPEN */
	int64_t request_ms;   /* from APPROVAL_NEW to APPROVE */
	int64_t enrol_ms;
	int64_t memory_ms; /* how long an ended request is remembered */
	size_t requests;   /* that are remembered at once */
	size_t enrolments;
	uint16_t assertion_failures; /* per hour and credential */
	int64_t open_key_ms;         /* after its last signature */
};

extern const struct vault_limits vault_default_limits;

struct vault {
	struct vault_limits limits;
	struct span origins[VAULT_ORIGINS_MAX];
	size_t n_origins;
	uint8_t rp_id_hash[32];
	bool weak_sandbox;

	struct master master;
	struct journal *journal;
	struct buf record; /* record.c: room for one */
	bool snapshot;     /* record.c writes one */
	struct buf many;   /* its records that wait for company */

	struct table accounts;   /* account.h */
	struct table enrolments; /* enrol.c */
	struct table approvals;  /* approval.h */
	struct table signs;      /* sign.h */
	struct table devices;    /* limits.h */
	struct table keys;       /* limits.h */
	struct table keyring;    /* keyring.h */
};

/* Fetches every algorithm that is used later. Before the jail. */
IG_CHECK enum rc vault_warm(struct err *e);

/* Frees everything that v holds, the journal and the keys included. */
void vault_clear(struct vault *v);

/*
 * The wall clock, never behind the journal: for locks and limits that outlive
 * a start.
 */
int64_t vault_now_ms(const struct vault *v);

/*
 * RC_STATE while the wall clock stands more than a minute behind the journal:
 * whoever sets it back must not get old lifetimes again.
 */
IG_CHECK enum rc vault_check_clock(const struct vault *v, struct err *e);

/* Frees what is over: ended requests, their signatures, old counters. */
void vault_tick(struct vault *v);
