/*
 * vault.c - one vault's state as a whole.
 *
 * Belongs here: its limits' presets, its clock, warming up, cleaning up.
 * Not here: what any part of it means (the file of that part).
 */
#include "vault/vault.h"

#include "base/clock.h"
#include "pake/hpke.h"
#include "vault/account.h"
#include "vault/approval.h"
#include "vault/enrol.h"
#include "vault/keyblob.h"
#include "vault/keyring.h"
#include "vault/limits.h"
#include "vault/sign.h"
#include "webauthn/webauthn.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <sodium.h>

#define VAULT_CLOCK_BACK_MS 60000

const struct vault_limits vault_default_limits = {
	.sign_per_minute = 30,
	.sign_per_day = 300,
	.token_count = 100,
	.token_seconds = 3600,
	.token_tries = 3,
	.import_tries = 5,
	.token_pin_ms = 3 * 60 * 1000,
	.request_ms = 10 * 60 * 1000,
	.enrol_ms = 10 * 60 * 1000,
	.memory_ms = 10 * 60 * 1000,
	.requests = 100000,
	.enrolments = 10000,
	.assertion_failures = 20,
	.open_key_ms = 60 * 1000,
};

enum rc
vault_warm(struct err *e)
{
	uint8_t seed[16];
	enum rc rc;

	if (sodium_init() < 0 ||
	    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1 ||
	    RAND_bytes(seed, sizeof(seed)) != 1 ||
	    RAND_priv_bytes(seed, sizeof(seed)) != 1)
		return err_set(e, RC_CRYPTO, NULL, "libcrypto does not start");
	if ((rc = keyblob_init(e)) != RC_OK || (rc = webauthn_init(e)) != RC_OK)
		return rc;

	return hpke_init(e);
}

int64_t
vault_now_ms(const struct vault *v)
{
	int64_t wall = clock_wall_ms(), last = journal_last_ms(v->journal);

	return wall > last ? wall : last;
}

enum rc
vault_check_clock(const struct vault *v, struct err *e)
{
	if (clock_wall_ms() >=
	    journal_last_ms(v->journal) - VAULT_CLOCK_BACK_MS)
		return RC_OK;

	return err_set(e, RC_STATE, "clock", "this machine's clock went back");
}

void
vault_tick(struct vault *v)
{
	enrol_tick(v);
	approval_tick(v);
	sign_tick(v);
	limits_tick(v);
	account_tick(v);
	keyring_tick(v);
}

void
vault_clear(struct vault *v)
{
	sign_clear(v);
	keyring_clear(v);
	approval_clear(v);
	enrol_clear(v);
	limits_clear(v);
	account_clear(v);
	buf_clear(&v->record);
	journal_free(v->journal);
	v->journal = NULL;
	master_clear(&v->master);
}
