/*
 * cert_tell.h - see cert_tell.c.
 */
#pragma once

#include "cli/cert.h"

/*
 * Says how it ended, with --json on standard output too, and gives the exit
 * code. For what begins as a verb of cert does: ingam sign.
 */
int cert_tell(struct cert *c, enum cert_end end);
