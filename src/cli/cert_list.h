/*
 * cert_list.h - see cert_list.c.
 */
#pragma once

#include "cli/cert.h"

/* ingam cert list: every certificate that is found. */
enum cert_end cert_list(struct cert *c);

/* ingam cert show: what one says. */
enum cert_end cert_list_show(struct cert *c);

/*
 * How a key file is encrypted, as one line: "SEED-CBC, PBKDF1-SHA1, 2048"; ""
 * where it is none.
 */
void cert_list_key_file(struct span file, char *out, size_t size);
