/*
 * clock.h - see clock.c.
 */
#pragma once

#include <stdint.h>

/* Milliseconds since 1970-01-01T00:00:00Z. */
int64_t clock_wall_ms(void);

/* Milliseconds since some fixed point; never goes back. For lifetimes. */
int64_t clock_mono_ms(void);

/* The same in microseconds. For short waits, and for measuring. */
int64_t clock_mono_us(void);

/*
 * Adds ms to both clocks of this process, for tests that need time to pass.
 * Programs expose it to nobody.
 */
void clock_advance_ms(int64_t ms);
