/*
 * module.h - see module.c.
 */
#pragma once

#include "base/err.h"

/* A PKCS#11 module of somebody else, loaded and initialised. */
struct module;

/*
 * Loads a module (PKCS#11 2.40 section 5.4). It stays loaded until the process
 * ends. RC_ABSENT: no such file. RC_FORMAT: a file that is no module. RC_IO: it
 * does not start. RC_MEMORY.
 */
IG_CHECK enum rc module_load(
    const char *path, struct module **out, struct err *e);

/* Ends it, if nobody else in this process had begun it. NULL is fine. */
void module_free(struct module *m);
