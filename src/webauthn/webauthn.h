/*
 * webauthn.h - see webauthn.c.
 */
#pragma once

#include "base/err.h"
#include "base/span.h"

/*
 * Fetches every algorithm of this room and runs each once, so that later calls
 * open no file. Call it before the process is locked up. RC_CRYPTO.
 */
IG_CHECK enum rc webauthn_init(struct err *e);

/* Can the compact key (cose.h) be loaded: is its point on the curve? */
IG_CHECK enum rc webauthn_check_key(struct span compact_key, struct err *e);

/*
 * Checks a signature over data with the key's one algorithm: ECDSA with
 * SHA-256 (DER), Ed25519, RSASSA-PKCS1-v1_5 with SHA-256. RC_DENIED when it is
 * wrong, RC_FORMAT when the key is.
 */
IG_CHECK enum rc webauthn_verify(struct span compact_key, struct span data,
    struct span signature, struct err *e);
