/*
 * net.h - see net.c.
 */
#pragma once

#include "base/buf.h"

/*
 * What is at an address that a certificate named: http, https or, where
 * libcurl has it, ldap; nothing else, no redirection, seconds in all. The
 * bytes are appended to out, whose ceiling holds. Of ldap the one binary
 * value. RC_ABSENT: nothing there. RC_LIMIT: larger than out may be.
 * RC_UNKNOWN: libcurl does not speak it. RC_IO.
 */
IG_CHECK enum rc net_get(
    const char *url, long seconds, struct buf *out, struct err *e);

/* Posts body as type over http or https, and appends the answer. As net_get(). */
IG_CHECK enum rc net_post(const char *url, const char *type, struct span body,
    long seconds, struct buf *out, struct err *e);
