/*
 * pkinfoput.h - see pkinfoput.c.
 */
#pragma once

#include "base/sec.h"

/*
 * The same PrivateKeyInfo with this R, PKINFO_R bytes, in its attributes, or
 * without any where r is empty. All else stays byte for byte: the other
 * attributes too, and R stands among them where DER puts it (X.690 11.6).
 *
 * RC_FORMAT: R is of another length; info as pkinfo_parse() says. RC_LIMIT:
 * more than PKINFOPUT_ATTRIBUTES others. RC_MEMORY.
 */
#define PKINFOPUT_ATTRIBUTES 16
IG_CHECK enum rc pkinfoput_set_r(
    struct span info, struct span r, struct sec *out, struct err *e);
