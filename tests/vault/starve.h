/*
 * starve.h - see starve.c.
 */
#pragma once

#include <stdatomic.h>
#include <stdint.h>

/* Whose allocations are counted. */
enum starve_whose { STARVE_OWN, STARVE_LIBCRYPTO };

/*
 * One page that a test and its vault share, in the file that INGAM_STARVE
 * names. While nth is not 0, allocations of one kind are counted, and the
 * nth fails.
 */
struct starve {
	_Atomic uint32_t whose;
	_Atomic uint32_t nth;
	_Atomic uint32_t count;
	_Atomic uint32_t failed;
};
