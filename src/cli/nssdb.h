/*
 * nssdb.h - see nssdb.c.
 */
#pragma once

#include "base/err.h"

#include <stdbool.h>

/*
 * The module is known to the database in folder, under our name.
 * *changed: it was not, or with another path. RC_ABSENT: no modutil here.
 * RC_IO: modutil failed.
 */
IG_CHECK enum rc nssdb_add(
    const char *folder, const char *module, bool *changed, struct err *e);

/* It is not any more. *changed: it was. RC_ABSENT, RC_IO. */
IG_CHECK enum rc nssdb_remove(const char *folder, bool *changed, struct err *e);
