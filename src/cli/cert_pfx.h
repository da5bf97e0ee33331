/*
 * cert_pfx.h - see cert_pfx.c.
 */
#pragma once

#include "npki/pfx.h"

/* The newest encryption pair of a signing certificate's owner, or NULL. */
const struct pfx_pair *cert_pfx_encryption(
    const struct pfx *pfx, const struct certinfo *sign);

/*
 * A folder holds one certificate: does another one of the file that belongs
 * into that of pair number at, whose certificate info is, end later, or stand
 * before it and end together with it?
 */
bool cert_pfx_is_older(
    const struct pfx *pfx, size_t at, const struct certinfo *info);

/* Did this person's certificate for encryption come without its key? */
bool cert_pfx_is_half(const struct pfx *pfx, const struct certinfo *sign);
