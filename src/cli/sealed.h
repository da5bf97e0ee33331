/*
 * sealed.h - see sealed.c.
 */
#pragma once

#include "cli/cert.h"
#include "x509/certificate.h"

/*
 * Reads a certificate, in any form, that something is to be sealed to; whose it
 * is knows the person who named it. RC_DENIED: it is not for that, or not valid
 * today. Else as paper_load(), certificate_parse() and keytrans_check(). *out
 * is NULL on failure; free it with certificate_free().
 */
IG_CHECK enum rc sealed_recipient(
    const char *path, struct certificate **out, struct err *e);

/*
 * Opens something with a pair of ours; key is NULL where it is asked before
 * whether it is for that certificate. RC_ABSENT: it is for another. RC_SECRET:
 * this key does not open it.
 */
typedef enum rc sealed_opener(
    void *arg, const struct certificate *ours, EVP_PKEY *key, struct err *e);

/*
 * Chooses a certificate of this PC, sees whether something is for its pair for
 * encryption or else for the one for signing, and only then asks for the
 * password and lets open try that pair. CERT_NOT_OURS: it is for neither.
 * CERT_NOT_OPENED. Else as cert_password_choose() and cert_password_ask().
 */
enum cert_end sealed_open(struct cert *c, sealed_opener *open, void *arg);
