/*
 * keyfile.h - see keyfile.c.
 */
#pragma once

#include "npki/pbe.h"

#define KEYFILE_MAX          16384 /* bytes of a file */
#define KEYFILE_PASSWORD_MAX PBE_PASSWORD_MAX

/* What a key file says in clear. Spans borrow from the file. */
struct keyfile {
	struct pbe pbe;
	struct span encrypted;
};

/*
 * Reads an EncryptedPrivateKeyInfo (RFC 5958 section 3) without its password.
 * RC_FORMAT: no key file at all. RC_LIMIT: file over KEYFILE_MAX. RC_UNKNOWN
 * and RC_LIMIT as pbe_parse().
 */
IG_CHECK enum rc keyfile_parse(
    struct span file, struct keyfile *out, struct err *e);

/*
 * Is it a whole key file, as far as that shows without its password? One whose
 * encryption we do not know is: who copies it need not open it. Else as
 * keyfile_parse().
 */
IG_CHECK enum rc keyfile_check(struct span file, struct err *e);

/*
 * Opens a key file: out is the PrivateKeyInfo, byte for byte as its maker
 * encrypted it, attributes included; read it with pkinfo_parse(). modulus is
 * that of the certificate beside it (certinfo.h), or an empty span where there
 * is none or its key is not RSA. The password is UTF-8; where it is not ASCII
 * and fails, CP949 is tried too.
 *
 * Whatever depends on the password is one answer, RC_SECRET: wrong password,
 * damaged contents, key of another certificate. RC_LIMIT: password empty or
 * over KEYFILE_PASSWORD_MAX. Else as keyfile_parse(), RC_CRYPTO, RC_MEMORY.
 */
IG_CHECK enum rc keyfile_open(struct span file, struct span password,
    struct span modulus, struct sec *out, struct err *e);

/*
 * As keyfile_open(), for a key file beside its certificate: RC_STATE where the
 * password is right and the key is that of another certificate, as far as the
 * modulus tells.
 */
IG_CHECK enum rc keyfile_open_beside(struct span file, struct span password,
    struct span modulus, struct sec *out, struct err *e);
