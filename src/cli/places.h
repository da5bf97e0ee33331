/*
 * places.h - see places.c.
 */
#pragma once

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

#define PLACES_MAX  64
#define PLACES_PATH 1024

enum places_kind {
	PLACES_P11_KIT, /* a file of one module */
	PLACES_NSS,     /* a folder with a database of NSS */
	PLACES_FIREFOX,
	PLACES_THUNDERBIRD,
};

struct place {
	enum places_kind kind;
	bool sandboxed; /* its program sees no module of this system */
	char path[PLACES_PATH];
};

struct places {
	struct place at[PLACES_MAX];
	size_t n;
};

/*
 * Finds them for the person whose environment this is: HOME, XDG_CONFIG_HOME.
 * p11_kit: the folder of p11-kit's module files, NULL for the usual one.
 * RC_ABSENT: no home. RC_LIMIT: a path too long, or too many places.
 */
IG_CHECK enum rc places_find(
    struct places *out, const char *p11_kit, struct err *e);
