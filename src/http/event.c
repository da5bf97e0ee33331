/*
 * event.c - one event of an event stream (HTML, section 9.2) as text.
 *
 * Belongs here: its lines.
 * Not here: who gets it (topic.c).
 */
#include "http/event.h"

#include "base/buf.h"
#include "base/text.h"
#include "http/topic.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>

bool
event_is_word(const char *s, const char *more)
{
	for (; *s != '\0'; s++) {
		if (!((*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') ||
			(*s >= '0' && *s <= '9') || *s == '-' || *s == '_' ||
			strchr(more, *s) != NULL))
			return false;
	}

	return true;
}

enum rc
event_check(const char *type, struct span data, struct err *e)
{
	size_t n = strlen(type);

	if (n == 0 || n > TOPIC_TYPE_MAX || !event_is_word(type, "."))
		return err_set(e, RC_FORMAT, NULL, "not a type of event");
	if (data.n > TOPIC_DATA_MAX)
		return err_set(e, RC_LIMIT, NULL, "event too large");
	/* A carriage return ends a line there, too: it could add a field. */
	if (!text_is_utf8(data) ||
	    (data.n > 0 && memchr(data.p, '\r', data.n) != NULL))
		return err_set(e, RC_FORMAT, NULL, "event is not text");

	return RC_OK;
}

enum rc
event_new(uint64_t id, const char *type, struct span data, struct event **out,
    struct err *e)
{
	struct buf b = buf_init(2 * TOPIC_DATA_MAX + 7 * TOPIC_DATA_MAX);
	struct event *event = NULL;
	size_t from = 0;

	*out = NULL;
	buf_printf(&b, "id: %" PRIu64 "\nevent: %s\n", id, type);
	for (size_t i = 0; i <= data.n; i++) {
		if (i < data.n && data.p[i] != '\n')
			continue;
		buf_str(&b, "data: ");
		if (i > from)
			buf_bytes(&b, (struct span){ data.p + from, i - from });
		buf_u8(&b, '\n');
		from = i + 1;
	}
	buf_u8(&b, '\n');
	if (buf_ok(&b) &&
	    (event = malloc(offsetof(struct event, text) + b.n)) != NULL) {
		atomic_init(&event->holders, 1);
		event->n = b.n;
		memcpy(event->text, b.p, b.n);
	}
	buf_clear(&b);
	*out = event;

	return event != NULL ? RC_OK
			     : err_set(e, RC_MEMORY, NULL, "out of memory");
}

struct event *
event_hold(struct event *event)
{
	(void)atomic_fetch_add_explicit(
	    &event->holders, 1, memory_order_relaxed);

	return event;
}

void
event_drop(struct event *event)
{
	if (event != NULL &&
	    atomic_fetch_sub_explicit(
		&event->holders, 1, memory_order_acq_rel) == 1)
		free(event);
}
