/*
 * keyput.h - see keyput.c.
 */
#pragma once

#include "npki/pbeput.h"

/*
 * Makes a key file (EncryptedPrivateKeyInfo, RFC 5958 3) of a PrivateKeyInfo,
 * whose bytes are kept as they are, attributes included. The password's bytes
 * are taken as they are; whether they are good enough is asked of password.c
 * before. iterations 0 is the form's own number.
 *
 * file is in out, at its end; KEYFILE_MAX bytes are always enough for what
 * keyfile_open() takes back. RC_FORMAT, RC_UNKNOWN: info as pkinfo_parse()
 * says. RC_POLICY: a form that is not for key files. RC_LIMIT: no room; else
 * as pbeput_seal().
 */
IG_CHECK enum rc keyput_seal(enum pbe_form form, uint32_t iterations,
    struct span password, struct span info, uint8_t *out, size_t size,
    struct span *file, struct err *e);

/*
 * The same key under another password. form NULL is the form that the file
 * has, or the nearest that we write (pbeput_form_of); in that form the count
 * of iterations is never lower than before, another one has its own number.
 * What was made is opened again before it is given. modulus as in
 * keyfile_open(). The outputs are empty on failure.
 *
 * RC_SECRET, with the field "password": the old password does not open the
 * file. RC_BUG: what was made does not open. Else as keyfile_open() and
 * keyput_seal().
 */
IG_CHECK enum rc keyput_change(struct span file, struct span old,
    struct span modulus, const enum pbe_form *form, struct span password,
    uint8_t *out, size_t size, struct span *changed, struct err *e);
