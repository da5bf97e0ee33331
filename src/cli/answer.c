/*
 * answer.c - what --json prints.
 *
 * Belongs here: how an answer stands on standard output, how its lists grow.
 * Not here: its members, which are each command's; JSON over the network
 * (client/rest.c).
 */
#include "cli/answer.h"

#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>

void
answer_print(const json_t *o)
{
	char *text = json_dumps(o, JSON_COMPACT);

	if (text == NULL)
		return;
	/* A folder's name is anybody's. */
	if (!text_is_display(span_str(text), strlen(text))) {
		free(text);
		text = json_dumps(o, JSON_COMPACT | JSON_ENSURE_ASCII);
	}
	if (text != NULL)
		(void)puts(text);
	free(text);
}

void
answer_append(json_t *answer, const char *list, json_t *o)
{
	if (json_object_get(answer, list) == NULL)
		(void)json_object_set_new(answer, list, json_array());
	if (o != NULL)
		(void)json_array_append_new(json_object_get(answer, list), o);
}
