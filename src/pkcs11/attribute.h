/*
 * attribute.h - see attribute.c.
 */
#pragma once

#include "pkcs11/object.h"

#include <stdbool.h>

/* CKR_ARGUMENTS_BAD: no template, a silly one, or a value without a place. */
CK_RV attribute_check(const CK_ATTRIBUTE *template, CK_ULONG n);

/* Has any object, of any class, such an attribute? */
bool attribute_is_known(CK_ATTRIBUTE_TYPE type);

/* Is each attribute of a template one that the object has, with that value? */
bool attribute_match(
    const struct object *o, const CK_ATTRIBUTE *template, CK_ULONG n);

/*
 * C_GetAttributeValue on one object: fills what it can, see its clause 5.7.5.
 * CKR_ARGUMENTS_BAD: no template, or a silly one.
 */
CK_RV attribute_get(const struct object *o, CK_ATTRIBUTE *template, CK_ULONG n);
