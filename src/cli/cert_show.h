/*
 * cert_show.h - see cert_show.c.
 */
#pragma once

#include "cli/cert.h"

/* ingam cert show: what one says. */
enum cert_end cert_show(struct cert *c);

/*
 * How a key file is encrypted, as one line: "SEED-CBC, PBKDF1-SHA1, 2048"; ""
 * where it is none.
 */
void cert_show_key_file(struct span file, char *out, size_t size);
