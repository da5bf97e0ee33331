/*
 * keyring.h - see keyring.c.
 */
#pragma once

#include "vault/sign_key.h"
#include "vault/vault.h"

/* An open key's name: SHA-256 of the blob that it was opened from. */
#define KEYRING_NAME 32

/*
 * The key of this blob, opened now where it is not yet. Whether it may be
 * used is the caller's to know: the same blob gives the same key to everyone.
 * *out is the ring's and lives at least until the next call of this room.
 * RC_* as sign_key_open().
 */
IG_CHECK enum rc keyring_open(struct vault *v,
    const uint8_t name[static KEYRING_NAME], const struct keyblob *blob,
    struct span certificate, struct sign_key **out, struct err *e);

/* NULL: it is not open, or not any more. */
struct sign_key *keyring_find(
    struct vault *v, const uint8_t name[static KEYRING_NAME]);

/* It has signed: from now on it stays open for limits.open_key_ms. */
void keyring_used(struct vault *v, const uint8_t name[static KEYRING_NAME]);

/*
 * It could not sign, and is closed: libcrypto may have left it half prepared,
 * and then it would fail for as long as it is open.
 */
void keyring_failed(struct vault *v, const uint8_t name[static KEYRING_NAME]);

/* Closes those whose time is over, or all. */
void keyring_tick(struct vault *v);
void keyring_clear(struct vault *v);
