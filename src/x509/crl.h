/*
 * crl.h - see crl.c.
 */
#pragma once

#include "base/err.h"
#include "base/span.h"

#include <openssl/types.h>

#define CRL_MAX (4UL * 1024 * 1024) /* bytes of one list */

/* A list of revoked certificates, read strictly. Nobody has verified it yet. */
struct crl;

/*
 * Reads a CRL of RFC 5280 clause 5: all of it DER, version 2, the same
 * algorithm inside and outside, nextUpdate there (5.1.2.5: without it nobody
 * can tell an old list), no extension twice, none unknown that is critical
 * (5.2, 5.3), a signature with SHA-256 or more. The serials of its entries may be negative, as some CAs' are.
 * RC_FORMAT: malformed, the field names what. RC_POLICY: well-formed and
 * refused. RC_LIMIT: over CRL_MAX. RC_MEMORY. Free it with crl_free().
 */
IG_CHECK enum rc crl_parse(struct span der, struct crl **out, struct err *e);
void crl_free(struct crl *c);

/* For the path's check, borrowed. */
X509_CRL *crl_x509(const struct crl *c);
