/*
 * timer.c - deadlines in order: a binary heap of borrowed timers.
 *
 * Belongs here: order.
 * Not here: what happens when time is over (topic.c).
 */
#include "http/timer.h"

#include <stdlib.h>
#include <string.h>

enum rc
timer_init(struct timer_heap *h, size_t max, struct err *e)
{
	memset(h, 0, sizeof(*h));
	h->at = calloc(max + 1, sizeof(struct timer *));
	if (h->at == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	h->max = max;

	return RC_OK;
}

void
timer_clear(struct timer_heap *h)
{
	free(h->at);
	memset(h, 0, sizeof(*h));
}

static void
timer_put(struct timer_heap *h, size_t place, struct timer *t)
{
	h->at[place] = t;
	t->place = place;
}

/* Moves t from an empty place up or down to where it belongs. */
static void
timer_settle(struct timer_heap *h, size_t place, struct timer *t)
{
	while (place > 1 && h->at[place / 2]->at_ms > t->at_ms) {
		timer_put(h, place, h->at[place / 2]);
		place /= 2;
	}
	for (size_t child; (child = place * 2) <= h->n; place = child) {
		if (child < h->n &&
		    h->at[child + 1]->at_ms < h->at[child]->at_ms)
			child++;
		if (h->at[child]->at_ms >= t->at_ms)
			break;
		timer_put(h, place, h->at[child]);
	}
	timer_put(h, place, t);
}

bool
timer_set(struct timer_heap *h, struct timer *t, int64_t at_ms)
{
	if (t->place == 0) {
		if (h->n == h->max)
			return false;
		t->place = ++h->n;
	}
	t->at_ms = at_ms;
	timer_settle(h, t->place, t);

	return true;
}

void
timer_drop(struct timer_heap *h, struct timer *t)
{
	struct timer *last;
	size_t place = t->place;

	if (place == 0)
		return;
	t->place = 0;
	last = h->at[h->n--];
	if (last != t)
		timer_settle(h, place, last);
}

struct timer *
timer_first(const struct timer_heap *h)
{
	return h->n > 0 ? h->at[1] : NULL;
}
