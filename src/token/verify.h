/*
 * verify.h - see verify.c.
 */
#pragma once

#include "base/err.h"
#include "wire/tokenframe.h"
#include "x509/signature.h"

/* The frame's words for a signature in those of x509; ECDSA is r ‖ s. */
struct signature_algorithm verify_algorithm(enum tokenframe_scheme scheme,
    enum tokenframe_hash hash, unsigned int salt_bytes);

/*
 * Is the signature that of the public key in the frame? A signature that is
 * malformed is not. RC_FORMAT: no public key, or one that cannot do this.
 * RC_CRYPTO, RC_MEMORY.
 */
IG_CHECK enum rc verify_frame(
    const struct tokenframe_verify *v, bool *good, struct err *e);
