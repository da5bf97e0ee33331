/*
 * certtime.h - see certtime.c.
 */
#pragma once

#include "npki/der.h"

/*
 * Takes a Time (RFC 5280 4.1.2.5): UTCTime or GeneralizedTime in the one form
 * that is allowed, with seconds and Z. Milliseconds since 1970; the document
 * fails where it is none.
 */
int64_t certtime_take(struct der *r);
