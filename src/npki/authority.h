/*
 * authority.h - see authority.c.
 */
#pragma once

#include "base/span.h"

/* A row of authority.def. */
struct authority {
	const char *name, *folder, *ko;
};

/* The CA of this name, an O or one of policy.def; NULL: none that is known. */
const struct authority *authority_find(const char *name);

/* Who issued a certificate, as people know them, in each language. */
struct authority_text {
	const char *ko, *en;
};

/*
 * By the issuer's O and CN: the CA's Korean name where it is known, else the O,
 * or the CN where there is none. Borrows from both.
 */
struct authority_text authority_text(
    const char *organisation, const char *common_name);
