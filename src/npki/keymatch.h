/*
 * keymatch.h - see keymatch.c.
 */
#pragma once

#include "npki/certinfo.h"
#include "npki/pkinfo.h"

/*
 * Does this private key belong to the certificate's public key, and do its
 * own numbers fit together (RSA: n = pq, exponents, qi; EC: point = scalar·G)?
 * RC_OK; RC_STATE: key of another certificate; RC_FORMAT: numbers do not fit;
 * RC_CRYPTO, RC_MEMORY.
 */
IG_CHECK enum rc keymatch_check(
    const struct certinfo *c, const struct pkinfo *key, struct err *e);
