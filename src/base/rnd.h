/*
 * rnd.h - see rnd.c.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * Fills p with n random bytes from the kernel. There is no way to go on
 * without them: the process ends if the kernel has none to give.
 */
void rnd_bytes(void *p, size_t n);

/* A number below bound, each equally likely. bound must not be 0. */
uint32_t rnd_below(uint32_t bound);

/* Writes n random decimal digits and a zero: out has n + 1 bytes. */
void rnd_digits(char *out, size_t n);
