/*
 * guard.h - see guard.c.
 */
#pragma once

#include "http/inner.h"

/* Does this state-changing request come from our own page? */
bool guard_is_same_origin(const struct request *q);

/* Does a browser say that another site's page sent it? Programs say nothing. */
bool guard_is_foreign(const struct request *q);

/*
 * Is the head sound: fields well formed, none twice that must be once, no two
 * ways to find the body's end?
 */
bool guard_is_head(struct MHD_Connection *mhd, const char *version);

/* The security headers: all of them for pages, the short ones for data. */
void guard_headers(
    const struct request *q, bool page, struct MHD_Response *response);
