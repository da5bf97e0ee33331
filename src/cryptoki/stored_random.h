/*
 * stored_random.h - see stored_random.c.
 */
#pragma once

#include "cryptoki/attributes.h"
#include "cryptoki/stored.h"

/* "R4VID=" and the key id in hex, with its zero. */
#define STORED_RANDOM_LABEL (6 + 2 * STORED_ID + 1)

/* The label of R that belongs to a key id (at most STORED_ID bytes). */
void stored_random_label(struct span id, char out[static STORED_RANDOM_LABEL]);

/*
 * Finds R of a key: by its label, then by that in upper case, then by
 * CKA_OBJECT_ID where there is only one such, then by CKA_ID where the module
 * takes that. CK_INVALID_HANDLE: none.
 */
IG_CHECK enum rc stored_random_find(const struct login *l, struct span id,
    CK_OBJECT_HANDLE *out, struct err *e);

/* Only the one whose label is exactly that; CK_INVALID_HANDLE: none. */
IG_CHECK enum rc stored_random_of(const struct login *l, struct span id,
    CK_OBJECT_HANDLE *out, struct err *e);
