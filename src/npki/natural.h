/*
 * natural.h - see natural.c.
 */
#pragma once

#include "npki/platform.h"

/*
 * a · b mod modulus into out, as platform_multiply(), whose limits have been
 * looked at. Not in constant time.
 */
void natural_multiply(
    struct span a, struct span b, struct span modulus, uint8_t *out);
