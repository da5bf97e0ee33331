/*
 * token_proof.h - see token_proof.c.
 */
#pragma once

#include "cryptoki/stored.h"
#include "npki/pkinfo.h"
#include "x509/certificate.h"

/*
 * Does what is on the token do what it should? Its key signs something new,
 * which the certificate verifies (an encryption key opens what was encrypted to
 * the certificate), and R is there as it was. RC_DENIED: it does not. Else what
 * the token's refusal means.
 */
IG_CHECK enum rc token_proof(const struct login *l, const struct stored *s,
    const struct certificate *c, const struct pkinfo *key, struct err *e);
