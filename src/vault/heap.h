/*
 * heap.h - see heap.c.
 */
#pragma once

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Gives libcrypto a heap of its own of so many bytes: locked, in no core dump,
 * wiped at each free. Once, before libcrypto's first allocation. *locked is false where the system does
 * not let us lock so much; it serves all the same. RC_MEMORY, RC_BUG (libcrypto
 * has allocated already).
 */
IG_CHECK enum rc heap_start(size_t bytes, bool *locked, struct err *e);

/* Was there too little in it for this thread, since it asked last? */
bool heap_ran_out(void);

/* malloc(), realloc() and free() in it; for its test. */
void *heap_take(size_t n);
void *heap_resize(void *p, size_t n);
void heap_give(void *p);
