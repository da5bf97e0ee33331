/*
 * choose.h - see choose.c.
 */
#pragma once

#include "npki/folder.h"

#include <jansson.h>

/* On standard error: one line a certificate. */
void choose_print(const struct folder *f);

/*
 * The same as JSON (given), NULL without memory: an array of {number, kind:
 * {ko,en}, owner, issuer, not_after}, as docs/http-api.md has them; of a file
 * that is no certificate the number alone.
 */
json_t *choose_json(const struct folder *f);
