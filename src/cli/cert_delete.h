/*
 * cert_delete.h - see cert_delete.c.
 */
#pragma once

#include "cli/cert.h"

/* ingam cert delete: the files of a certificate, once that was agreed to. */
enum cert_end cert_delete(struct cert *c);
