/*
 * pbeput.h - see pbeput.c.
 */
#pragma once

#include "npki/derput.h"
#include "npki/pbe.h"

/* "seed-sha1", "pbes2-seed", …: as people write them, and back. */
const char *pbeput_form_name(enum pbe_form form);
bool pbeput_form_find(const char *name, enum pbe_form *form);

/*
 * The form in which something that was opened is written again: the same, and
 * where we do not write that one, the nearest that we do.
 */
enum pbe_form pbeput_form_of(const struct pbe *p);

/*
 * With how many iterations that is written in this form: the form's own
 * number, or as many as it had in this form where that is more.
 */
uint32_t pbeput_iterations(const struct pbe *p, enum pbe_form form);

/*
 * Encrypts plain under these password bytes, with a salt and an IV that are
 * new, and puts AlgorithmIdentifier and then what is encrypted, as an element
 * with this tag: DER_OCTETS in a key file, DER_CONTEXT(0) in EncryptedData
 * (RFC 5652 6.1). iterations 0 is the form's own number.
 *
 * RC_LIMIT: w has no room; password not 1 to PBE_PASSWORD_MAX bytes;
 * iterations below the form's own number, or over PBE_ITERATIONS. RC_MEMORY,
 * RC_CRYPTO; RC_UNKNOWN where the platform lacks a cipher or randomness.
 */
IG_CHECK enum rc pbeput_seal(struct derput *w, enum pbe_form form,
    uint32_t iterations, struct span password, uint8_t tag, struct span plain,
    struct err *e);
