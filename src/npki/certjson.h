/*
 * certjson.h - see certjson.c.
 */
#pragma once

#include "npki/certinfo.h"
#include "npki/jsonput.h"

#define CERTJSON_MAX 8192 /* bytes that any certificate's facts fit into */

/*
 * Writes the facts as one JSON object into out, size bytes, ended with a
 * zero. Gives its length, or 0 when it does not fit. Its members are the
 * contract of web/core/npki.js (typedef CertificateFacts there).
 */
size_t certjson_write(const struct certinfo *c, char *out, size_t size);

/* The same members without the braces, for an object that has more. */
void certjson_members(struct jsonput *w, const struct certinfo *c);
