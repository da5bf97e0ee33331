/*
 * device_list.h - see device_list.c.
 */
#pragma once

#include "base/err.h"
#include "base/span.h"
#include "keys/keys.h"

/*
 * The credential id and public key of a device in a sealed device list (DL1,
 * docs/vault-protocol.md); spans borrow from list. The seal is the vault's to
 * check: this reads what the vault just gave. RC_FORMAT; RC_ABSENT: no such
 * device.
 */
IG_CHECK enum rc device_list_find(struct span list,
    const uint8_t device_id[static KEYS_ID], struct span *credential_id,
    struct span *public_key, struct err *e);
