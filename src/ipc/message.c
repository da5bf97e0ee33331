/*
 * message.c - the table of everything that is said between our processes.
 *
 * Belongs here: verbs, their names and sizes.
 * Not here: bytes on the wire (frame.c); what a verb does (vault/dispatch.c).
 */
#include "ipc/message.h"

static const struct message messages[] = {
#define MESSAGE_ROW(name, number, rmin, rmax, amin, amax, again) \
	{ number, #name, rmin, rmax, amin, amax, again },
	MESSAGE_TABLE(MESSAGE_ROW)
#undef MESSAGE_ROW
};

const struct message *
message_find(uint16_t verb)
{
	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
		if (messages[i].verb == verb)
			return &messages[i];
	}

	return NULL;
}
