/*
 * timer.h - see timer.c.
 */
#pragma once

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

/* Part of what waits; place is 0 while it is in no heap. */
struct timer {
	int64_t at_ms;
	size_t place;
};

/* The earliest first. Not locked: its owner's lock guards it. */
struct timer_heap {
	struct timer **at; /* from 1 */
	size_t n, max;
};

IG_CHECK enum rc timer_init(struct timer_heap *h, size_t max, struct err *e);
void timer_clear(struct timer_heap *h);

/* Adds t, or moves it when it is in already. False when the heap is full. */
bool timer_set(struct timer_heap *h, struct timer *t, int64_t at_ms);

/* Takes t out; fine when it is not in. */
void timer_drop(struct timer_heap *h, struct timer *t);

/* The earliest, NULL when there is none. Stays in. */
struct timer *timer_first(const struct timer_heap *h);
