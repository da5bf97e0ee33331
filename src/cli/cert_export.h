/*
 * cert_export.h - see cert_export.c.
 */
#pragma once

#include "cli/cert.h"

/* ingam cert export: a certificate with its keys as a PKCS#12 file. */
enum cert_end cert_export(struct cert *c);

/* The forms of such files, each by its number; NULL after the last. */
const char *cert_export_form(size_t i);
