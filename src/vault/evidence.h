/*
 * evidence.h - see evidence.c.
 */
#pragma once

#include "base/sec.h"
#include "vault/account.h"
#include "vault/vault.h"

/* SR1's flags: how the person was verified. */
#define EVIDENCE_PASSKEY    0x01 /* by the authenticator (UV) */
#define EVIDENCE_PIN        0x02 /* by an app PIN, here */
#define EVIDENCE_BACKUP     0x04 /* with a passkey that may be synced */

#define EVIDENCE_PIN_DIGITS 6

struct evidence_verdict {
	uint8_t device_id[VAULT_ID];
	uint8_t flags;
};

/*
 * Does evidence prove that a device of the list answers challenge, and that
 * its owner was verified? Counts tries first, durably. RC_FORMAT; RC_DENIED;
 * RC_SECRET with tries_left: the app PIN; RC_LOCKED.
 */
IG_CHECK enum rc evidence_check(struct vault *v, const struct dl1 *list,
    const uint8_t challenge[static 32], struct span evidence,
    struct evidence_verdict *out, uint8_t *tries_left, struct err *e);

/* Opens a PIN that was sealed for challenge. RC_DENIED; RC_FORMAT: not digits. */
IG_CHECK enum rc evidence_open_pin(const struct vault *v,
    const uint8_t challenge[static 32], struct span sealed, struct sec *out,
    struct err *e);

/* RC_POLICY for a PIN that is among the first that anybody would try. */
IG_CHECK enum rc evidence_check_new_pin(struct span pin, struct err *e);

/* Argon2id over the vault's own pepper and the PIN. RC_MEMORY. */
IG_CHECK enum rc evidence_hash_pin(const struct vault *v,
    const uint8_t salt[static 16], struct span pin, uint8_t out[static 32],
    struct err *e);

/* What a device without a passkey signs: its key's proof. RC_DENIED. */
IG_CHECK enum rc evidence_check_device(struct span public_key,
    const uint8_t challenge[static 32], struct span signature, struct err *e);

/* What the rp id, origins and challenge must be. */
struct client_expected evidence_expected(
    const struct vault *v, const uint8_t challenge[static 32]);
