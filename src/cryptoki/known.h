/*
 * known.h - see known.c.
 */
#pragma once

#include "base/err.h"
#include "base/span.h"

#define KNOWN_MAX  32
#define KNOWN_PATH 1024

/* Modules that p11-kit knows: paths, none twice. */
struct known {
	char path[KNOWN_MAX][KNOWN_PATH];
	size_t n;
};

/*
 * Reads the *.module files (pkcs11.conf(5)) of folder, or of the usual places
 * where folder is NULL, later places before earlier ones. Left out: modules
 * of trust alone, remote ones, those that are not for this program. What
 * cannot be read is not there. RC_LIMIT: more than KNOWN_MAX.
 */
IG_CHECK enum rc known_find(
    struct known *out, const char *folder, struct err *e);

/*
 * What one such file says: the module's path, or its name in p11-kit's folder,
 * into out, KNOWN_PATH bytes. False where it names none that is for us.
 */
bool known_parse(struct span text, char *out);
