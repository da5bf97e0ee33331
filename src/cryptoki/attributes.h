/*
 * attributes.h - see attributes.c.
 */
#pragma once

#include "base/buf.h"
#include "base/sec.h"
#include "cryptoki/inner.h"
#include "cryptoki/login.h"

/* The bytes of a variable of one of PKCS#11's types. */
#define ATTRIBUTES_BYTES(v) ((struct span){ (const uint8_t *)&(v), sizeof(v) })

/* A template's row that borrows its bytes. */
CK_ATTRIBUTE attributes_row(CK_ATTRIBUTE_TYPE type, struct span value);

/*
 * Appends an attribute's value to out. RC_ABSENT: the object has none, or does
 * not give it. RC_LIMIT: longer than out may grow. RC_IO: the module says two
 * lengths.
 */
IG_CHECK enum rc attributes_read(const struct login *l, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE_TYPE type, struct buf *out, struct err *e);

/* The same for a secret of at most max bytes. */
IG_CHECK enum rc attributes_read_secret(const struct login *l,
    CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type, size_t max,
    struct sec *out, struct err *e);

/*
 * Finds objects that match a template of n rows: at most max of them, and
 * whether there are more is not said.
 */
IG_CHECK enum rc attributes_find(const struct login *l,
    const CK_ATTRIBUTE *rows, size_t n, CK_OBJECT_HANDLE *out, size_t max,
    size_t *found, struct err *e);

/* The first object of a class with this CKA_ID; CK_INVALID_HANDLE: none. */
IG_CHECK enum rc attributes_find_id(const struct login *l,
    CK_OBJECT_CLASS class, struct span id, CK_OBJECT_HANDLE *out,
    struct err *e);

/* Gives an object another label. */
IG_CHECK enum rc attributes_set_label(const struct login *l,
    CK_OBJECT_HANDLE object, struct span label, struct err *e);

/* Makes an object of n rows. */
IG_CHECK enum rc attributes_create(const struct login *l,
    const CK_ATTRIBUTE *rows, size_t n, CK_OBJECT_HANDLE *out, struct err *e);

/* Takes an object from the token; none (CK_INVALID_HANDLE) is fine. */
IG_CHECK enum rc attributes_destroy(
    const struct login *l, CK_OBJECT_HANDLE object, struct err *e);
