/*
 * trust.h - see trust.c.
 */
#pragma once

#include "x509/certificate.h"

#define TRUST_MAX      256             /* certificates */
#define TRUST_FILE_MAX (1024L * 1024L) /* bytes of one file */

/* The certificates that a person or an operator takes as roots. */
struct trust;

/* An empty set, which trusts nobody. RC_MEMORY. Free it with trust_free(). */
IG_CHECK enum rc trust_new(struct trust **out, struct err *e);
void trust_free(struct trust *t);

/*
 * One more root, from DER. What certificate_parse() refuses is refused here
 * too, with its codes; RC_LIMIT: more than TRUST_MAX. One that is there
 * already is no error.
 */
IG_CHECK enum rc trust_add(struct trust *t, struct span der, struct err *e);

/*
 * The roots of a file (DER, or PEM with any number of certificates) or of a
 * folder of such files, *.pem, *.crt, *.cer and *.der. path NULL: the folders
 * /etc/ingam/trust.d and ~/.config/ingam/trust.d (under XDG_CONFIG_HOME where
 * that is set), of which either may be missing.
 * RC_ABSENT: no such file or folder, or no certificate in it. RC_LIMIT: too
 * large, too many. One certificate that is refused refuses the whole, with
 * the codes of certificate_parse() and the file's name as the field: a set
 * of roots that is smaller than its owner thinks is found out too late.
 */
IG_CHECK enum rc trust_load(
    const char *path, struct trust **out, struct err *e);

/* How many, and the i-th, borrowed. */
size_t trust_count(const struct trust *t);
const struct certificate *trust_at(const struct trust *t, size_t i);

/* All of them as OpenSSL wants them, borrowed. */
X509_STORE *trust_store(const struct trust *t);
