/*
 * limits.h - see limits.c.
 */
#pragma once

#include "vault/vault.h"

#define LIMITS_PIN_TRIES 10 /* wrong in a row, then the device is dead */

/* What is counted for a device of an account. */
struct device_use {
	struct table_item item;
	uint8_t wrong; /* app PINs, in a row */
	int64_t locked_until_ms;
	uint32_t sign_count; /* WebAuthn's */
	int64_t failed_since_ms;
	uint16_t failed; /* assertions since then */
};

/* Finds or makes the device's counters. RC_MEMORY. */
IG_CHECK enum rc limits_device(struct vault *v,
    const uint8_t account_id[static VAULT_ID],
    const uint8_t device_id[static VAULT_ID], struct device_use **out,
    struct err *e);

/* May an app PIN be tried? Raises the counter, durably. RC_LOCKED. */
IG_CHECK enum rc limits_pin_try(
    struct vault *v, struct device_use *d, struct err *e);
void limits_pin_right(struct vault *v, struct device_use *d);

/* How many more wrong PINs until the next lock. */
uint8_t limits_pin_left(const struct device_use *d);

/* May an assertion be tried? Counts it as failed. RC_LOCKED. */
IG_CHECK enum rc limits_assertion_try(
    struct vault *v, struct device_use *d, struct err *e);
void limits_assertion_right(
    struct vault *v, struct device_use *d, uint32_t sign_count);

/* RC_ABSENT when the account's key was deleted. */
IG_CHECK enum rc limits_key_check(struct vault *v,
    const uint8_t account_id[static VAULT_ID],
    const uint8_t key_id[static VAULT_ID], struct err *e);

/* Marks a key as deleted, for ever. RC_MEMORY. */
IG_CHECK enum rc limits_key_delete(struct vault *v,
    const uint8_t account_id[static VAULT_ID],
    const uint8_t key_id[static VAULT_ID], struct err *e);

/* Counts one more signature of the key. RC_RATE, RC_ABSENT, RC_MEMORY. */
IG_CHECK enum rc limits_key_sign(struct vault *v,
    const uint8_t account_id[static VAULT_ID],
    const uint8_t key_id[static VAULT_ID], struct err *e);

/* record.c's. */
IG_CHECK enum rc limits_replay_device(struct vault *v, struct rd r,
    int64_t time_ms, uint64_t index, struct err *e);
IG_CHECK enum rc limits_replay_key(struct vault *v, struct rd r,
    int64_t time_ms, uint64_t index, struct err *e);
void limits_write_all(struct vault *v);
void limits_tick(struct vault *v);
void limits_clear(struct vault *v);
