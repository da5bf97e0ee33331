/*
 * import.h - see import.c.
 */
#pragma once

#include "vault/approval.h"

/* What APPROVE carries for a certificate that comes in. */
struct import_request {
	struct span sealed;
	struct span certificate;
	struct span km_certificate; /* or empty */
};

/*
 * Opens what was sealed, opens the key files, compares them with the
 * certificates, and writes kb1(s) km_kb1(s) has_r(1) to out, which is empty; it
 * stays so on failure. RC_SECRET with tries_left, RC_LOCKED: the password. RC_DENIED: the
 * sealed bytes, or not the approved certificate. RC_POLICY: not the
 * certificate's key, or one that we do not take. RC_FORMAT, RC_LIMIT,
 * RC_UNKNOWN; field names the part.
 */
IG_CHECK enum rc import_open(struct vault *v, struct approval *a,
    const struct import_request *in, struct buf *out, uint8_t *tries_left,
    struct err *e);
