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

/* For whom it is: as envelope_recipients(), and fails as it does. */
typedef enum rc sealed_namer(
    void *arg, struct certinfo *first, size_t *n, struct err *e);

/* Something that is sealed; arg is whose it is. */
struct sealed {
	sealed_opener *open;
	sealed_namer *name;
	void *arg;
};

/*
 * Opens it with a certificate of this PC: the one that c names, else the one
 * that it is for; where it is for several, a person is asked for one of these.
 * That it is for its pair for encryption, or else for the one for signing, is
 * seen before the password is asked for. CERT_NOT_OURS: it is for neither;
 * CERT_NONE_OPENS: for nobody here. CERT_NOT_OPENED. Else as
 * cert_password_choose() and cert_password_ask().
 */
enum cert_end sealed_open(struct cert *c, const struct sealed *s);
