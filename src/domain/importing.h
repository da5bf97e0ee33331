/*
 * importing.h - see importing.c.
 */
#pragma once

#include "domain/approving.h"

/* A certificate is to come: reads it, makes the request with its AR1. */
struct importing_ask {
	struct span certificate;    /* DER */
	struct span km_certificate; /* DER, or empty */
	const uint8_t *transfer_id; /* NULL: from this phone */
};
/*
 * RC_FORMAT: unreadable (field "certificate", "km_certificate"). RC_EXPIRED,
 * RC_EXISTS; RC_LIMIT (field "certificates"): no room.
 */
IG_CHECK enum rc importing_request(struct domain *d,
    const struct domain_session *s, const struct importing_ask *in,
    struct approval *out, struct err *e);

/*
 * Keeps what the vault sealed: certificate, key blobs, the line in the
 * history; the transfer is done. Loads the new certificate. RC_EXISTS.
 */
IG_CHECK enum rc importing_store(struct domain *d, struct approval *a,
    const struct approving_proof *proof, const struct keys_approved *sealed,
    struct cert *out, struct err *e);
