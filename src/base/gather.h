/*
 * gather.h - see gather.c.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Zeroed: nobody has come yet. Used by one thread at a time. */
struct gather {
	int64_t last_us;     /* when the last group was taken */
	int64_t interval_us; /* about, from one who comes to the next */
};

/* Tells of a group of n > 0 that was taken at now_us (clock_mono_us()). */
void gather_took(struct gather *g, size_t n, int64_t now_us);

/*
 * How long to let others come before the next group is taken, in
 * microseconds; 0 where too few would.
 */
int64_t gather_wait_us(const struct gather *g);
