/*
 * clock.c - the two clocks, and the seam through which tests move them.
 *
 * Belongs here: reading time.
 * Not here: timers (daemon); dates of certificates (npki).
 */
#include "base/clock.h"

#include <stdatomic.h>
#include <time.h>

static _Atomic int64_t ahead_ms;

static int64_t
clock_read_us(clockid_t id)
{
	struct timespec t = { 0 };

	(void)clock_gettime(id, &t);

	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000 +
	    atomic_load_explicit(&ahead_ms, memory_order_relaxed) * 1000;
}

int64_t
clock_wall_ms(void)
{
	return clock_read_us(CLOCK_REALTIME) / 1000;
}

int64_t
clock_mono_ms(void)
{
	return clock_read_us(CLOCK_MONOTONIC) / 1000;
}

int64_t
clock_mono_us(void)
{
	return clock_read_us(CLOCK_MONOTONIC);
}

void
clock_advance_ms(int64_t ms)
{
	atomic_fetch_add_explicit(&ahead_ms, ms, memory_order_relaxed);
}
