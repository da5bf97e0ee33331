/*
 * answer.c - what --json prints.
 *
 * Belongs here: how an answer stands on standard output.
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
