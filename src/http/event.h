/*
 * event.h - see event.c.
 */
#pragma once

#include "base/err.h"
#include "base/span.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* An event as the text of a stream, shared by all streams that send it. */
struct event {
	atomic_uint holders;
	size_t n;
	char text[];
};

/* Letters, digits, '-', '_', and what `more` has? */
bool event_is_word(const char *s, const char *more);

/* May this be an event? RC_FORMAT, RC_LIMIT. */
IG_CHECK enum rc event_check(const char *type, struct span data, struct err *e);

/* The text of a checked event; Held once. RC_MEMORY. */
IG_CHECK enum rc event_new(uint64_t id, const char *type, struct span data,
    struct event **out, struct err *e);

struct event *event_hold(struct event *event);

/* NULL is fine. */
void event_drop(struct event *event);
