/*
 * keyfile.h - see keyfile.c.
 */
#pragma once

#include "base/sec.h"
#include "npki/platform.h"

#define KEYFILE_MAX          16384 /* bytes of a file */
#define KEYFILE_SALT_MAX     64
#define KEYFILE_ITERATIONS   10000000
#define KEYFILE_PASSWORD_MAX 256

/* How the key is derived from the password. */
enum keyfile_scheme {
	KEYFILE_SEED_SHA1,     /* 1.2.410.200004.1.15: PBKDF1, IV derived */
	KEYFILE_SEED_FIXED_IV, /* 1.2.410.200004.1.4: PBKDF1, IV constant */
	KEYFILE_PBES2,         /* PBKDF2 and any cipher we know */
	KEYFILE_PKCS12,        /* 1.2.840.113549.1.12.1.3: 3DES */
};

/* What a key file says in clear. Spans borrow from the file. */
struct keyfile {
	enum keyfile_scheme scheme;
	enum platform_cipher cipher;
	enum platform_hash prf; /* of PBES2 */
	uint32_t iterations;
	struct span salt;
	struct span iv; /* empty where it is derived */
	struct span encrypted;
};

/*
 * Reads an EncryptedPrivateKeyInfo (RFC 5958 section 3) without its password.
 * RC_FORMAT: no key file at all. RC_UNKNOWN: an algorithm that we do not know.
 * RC_LIMIT: file over KEYFILE_MAX, salt or iterations over the limits.
 */
IG_CHECK enum rc keyfile_parse(
    struct span file, struct keyfile *out, struct err *e);

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
