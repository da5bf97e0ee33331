/*
 * cert_import.h - see cert_import.c.
 */
#pragma once

#include "cli/cert.h"

/* ingam cert import: what is in a PKCS#12 file, to where it belongs. */
enum cert_end cert_import(struct cert *c);
