/*
 * pfxput.h - see pfxput.c.
 */
#pragma once

#include "npki/pfx.h"

enum pfxput_form {
	PFXPUT_COMPATIBLE, /* as Korean clients write it: 3DES, SHA-1 */
	PFXPUT_MODERN, /* PBES2 with AES-256 and HMAC-SHA256, MAC with SHA-256 */
};

/* "compatible", "modern": as people write them, and back. */
const char *pfxput_form_name(enum pfxput_form form);
bool pfxput_form_find(const char *name, enum pfxput_form *form);

/*
 * Makes a PKCS#12 file (RFC 7292) of these pairs and the certificates of their
 * chain. Keys are kept byte for byte, so R stays. A pair's localKeyId is its
 * certificate's SKI, else SHA-1 of its public key; its friendlyName is the
 * owner. The password is UTF-8; whether it is good enough is asked before.
 *
 * file is in out, at its end. RC_LIMIT: no pair, more than there is room for
 * in size or PFX_MAX; a password that is empty or too long. RC_FORMAT: a key
 * that is not its certificate's; else as certinfo_parse() and pbeput_seal().
 */
IG_CHECK enum rc pfxput_make(enum pfxput_form form, struct span password,
    const struct pfx *in, uint8_t *out, size_t size, struct span *file,
    struct err *e);
