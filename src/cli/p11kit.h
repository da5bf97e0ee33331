/*
 * p11kit.h - see p11kit.c.
 */
#pragma once

#include "base/err.h"

#include <stdbool.h>

/*
 * Makes path, a file that names the module to p11-kit, and its folder.
 * *changed: it was not there, or named another one. RC_IO, RC_LIMIT.
 */
IG_CHECK enum rc p11kit_add(
    const char *path, const char *module, bool *changed, struct err *e);

/* Removes it. *changed: it was there. RC_IO. */
IG_CHECK enum rc p11kit_remove(const char *path, bool *changed, struct err *e);
