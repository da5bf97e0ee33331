/*
 * guard.h - see guard.c.
 */
#pragma once

#include "http/inner.h"

/* Does this state-changing request come from our own page? */
bool guard_is_same_origin(const struct request *q);

/* Is the head sound: no header twice that must be once, no smuggling? */
bool guard_is_head(struct MHD_Connection *mhd);

/* The security headers: all of them for pages, the short ones for data. */
void guard_headers(
    const struct request *q, bool page, struct MHD_Response *response);
