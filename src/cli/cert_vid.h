/*
 * cert_vid.h - see cert_vid.c.
 */
#pragma once

#include "cli/cert.h"

/* ingam cert vid: is the certificate that of this number? */
enum cert_end cert_vid(struct cert *c);
