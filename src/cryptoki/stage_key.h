/*
 * stage_key.h - see stage_key.c.
 */
#pragma once

#include "cryptoki/attributes.h"
#include "cryptoki/stage.h"

/* Makes the key under this CKA_ID, on the token, as STORED_STAGED. */
IG_CHECK enum rc stage_key_private(const struct login *l,
    const struct stage_pair *pair, struct span id, CK_OBJECT_HANDLE *out,
    struct err *e);
IG_CHECK enum rc stage_key_public(const struct login *l,
    const struct stage_pair *pair, struct span id, CK_OBJECT_HANDLE *out,
    struct err *e);
