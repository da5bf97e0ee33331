/*
 * work.h - see work.c.
 */
#pragma once

#include "base/err.h"

#include <stdbool.h>

/* Part of what is to be done; in one queue at a time. */
struct work_item {
	struct work_item *next;
	void (*run)(struct work_item *item);
};

struct work;

/* Threads with a queue; at most max items wait (work_push with force: more). */
IG_CHECK enum rc work_new(
    unsigned int threads, size_t max, struct work **out, struct err *e);

/*
 * Puts an item at the end. False when the queue is full and force is not set.
 * From then on the item belongs to the worker.
 */
bool work_push(struct work *w, struct work_item *item, bool force);

/* Runs what is still in the queue, ends the threads, frees w. NULL is fine. */
void work_free(struct work *w);
