/*
 * starve.h - see starve.c.
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

/* Whose allocations are counted. */
enum starve_whose { STARVE_OWN, STARVE_LIBCRYPTO };

/*
 * While nth is not 0, allocations of one kind are counted, and the nth fails.
 * A test shares it with a process of its own in the file that INGAM_STARVE
 * names; in the test itself it is starve_here().
 */
struct starve {
	_Atomic uint32_t whose;
	_Atomic uint32_t nth;
	_Atomic uint32_t count;
	_Atomic uint32_t failed;
};

/* What this process goes by. */
struct starve *starve_here(void);

/* From now on the nth fails; UINT32_MAX: none, they are only counted. */
static inline void
starve_begin(struct starve *s, enum starve_whose whose, uint32_t nth)
{
	atomic_store(&s->whose, whose);
	atomic_store(&s->count, 0);
	atomic_store(&s->failed, 0);
	atomic_store(&s->nth, nth);
}

/* No more. Did one fail? */
static inline bool
starve_end(struct starve *s)
{
	atomic_store(&s->nth, 0);

	return atomic_load(&s->failed) != 0;
}

/* Each how many of n are tried where most are enough; INGAM_STARVE_ALL: all. */
static inline uint32_t
starve_stride(uint32_t n, uint32_t most)
{
	return n <= most || getenv("INGAM_STARVE_ALL") != NULL ? 1 : n / most;
}
