/*
 * pkcs12kdf.h - see pkcs12kdf.c.
 */
#pragma once

#include "npki/platform.h"

/*
 * Derives n bytes as RFC 7292 B.2 says: the contract of platform_pkcs12_kdf().
 * RC_LIMIT: a password over 256 bytes or a salt over 64. RC_FORMAT: a password
 * that is not UTF-8. Else as platform_digest().
 */
IG_CHECK enum rc pkcs12kdf_derive(enum platform_hash hash, struct span password,
    struct span salt, uint8_t id, uint32_t iterations, uint8_t *out, size_t n,
    struct err *e);
