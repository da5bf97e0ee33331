/*
 * language.c - which of our two languages the person at this program reads.
 *
 * Belongs here: what the environment says of it.
 * Not here: sentences (each program's own); what a browser asks for (http).
 */
#include "base/language.h"

#include <stdlib.h>
#include <string.h>

bool
language_korean(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = secure_getenv(names[i]);

		if (value != NULL && value[0] != '\0')
			return strncmp(value, "ko", 2) == 0;
	}

	return false;
}
