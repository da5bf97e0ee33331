/*
 * tokenconf_fuzz.c - token.conf(5).
 *
 * Belongs here: what was accepted keeps its promises.
 * Not here: the syntax (base's own target).
 */
#include "wire/tokenconf.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct tokenconf c;

	if (tokenconf_presets(&c, "firefox", NULL) != RC_OK)
		abort();
	if (tokenconf_read(&c, "firefox", (const char *)p, n, NULL) == RC_OK &&
	    (c.label[0] == '\0' || strlen(c.label) > 32 ||
		strncmp(c.server, "http", 4) != 0))
		abort();

	return 0;
}
