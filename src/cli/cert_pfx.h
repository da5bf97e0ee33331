/*
 * cert_pfx.h - see cert_pfx.c.
 */
#pragma once

#include "cli/cert.h"

/* ingam cert export: a certificate with its keys as a PKCS#12 file. */
enum cert_end cert_pfx_export(struct cert *c);

/* ingam cert import: what is in one, to where it belongs. */
enum cert_end cert_pfx_import(struct cert *c);

/* The forms of such files, each by its number; NULL after the last. */
const char *cert_pfx_form(size_t i);
