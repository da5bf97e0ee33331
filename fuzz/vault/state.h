/*
 * state.h - a vault in memory for each input, with one root key for all.
 *
 * Belongs here: making it, and forgetting everything but the key.
 * Not here: what is asked of it (the targets).
 */
#pragma once

#include "base/log.h"
#include "base/sec.h"
#include "vault/account.h"
#include "vault/approval.h"
#include "vault/enrol.h"
#include "vault/limits.h"
#include "vault/record.h"
#include "vault/sign.h"
#include "vault/vault.h"

#include <stdlib.h>

static const uint8_t state_account[VAULT_ID] = { 1 };

static inline void
state_begin(struct vault *v)
{
	static struct master master;
	static const uint8_t root_bytes[32] = { 1 };
	struct sec root SEC_WIPED = { 0 };

	if (master.keys == NULL) {
		log_init("fuzz", LOG_ERROR);
		if (vault_warm(NULL) != RC_OK ||
		    sec_copy(&root, SPAN(root_bytes), NULL) != RC_OK ||
		    master_init(&master, &root, NULL) != RC_OK)
			abort();
	}
	*v = (struct vault){ .limits = vault_default_limits };
	v->master = master;
	if (record_reserve(v, NULL) != RC_OK ||
	    journal_open_nowhere(&v->journal, NULL) != RC_OK)
		abort();
}

static inline void
state_end(struct vault *v)
{
	sign_clear(v);
	approval_clear(v);
	enrol_clear(v);
	limits_clear(v);
	account_clear(v);
	buf_clear(&v->record);
	journal_free(v->journal);
}
