/*
 * cert_vid.h - see cert_vid.c.
 */
#pragma once

#include "cli/cert.h"

/*
 * ingam cert vid: is the certificate that of this number? With --seal-to it is
 * proved to a site, with --open a site looks at that.
 */
enum cert_end cert_vid(struct cert *c);

/* An option that those which were given need; NULL: none. */
const char *cert_vid_misses(const struct cert *c);

/* Would what --seal-to makes go to a terminal, and is no text? */
bool cert_vid_is_shown(const struct cert *c);
