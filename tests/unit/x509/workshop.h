/*
 * workshop.h - a folder in which openssl(1) makes and judges things.
 *
 * Belongs here: its files, commands run in it.
 * Not here: who is in it (people.h).
 */
#pragma once

#include "../npki/samples.h"

#include <unistd.h>

static char workshop[] = "/tmp/ingam-workshop-XXXXXX";

/* What a shell in the folder writes to its standard output; empty if it fails. */
__attribute__((format(printf, 1, 2))) static struct buf
run(const char *format, ...)
{
	struct buf cmd = buf_init(8192), out;
	char script[4096];
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(script, sizeof(script), format, ap);
	va_end(ap);
	buf_printf(&cmd, "cd '%s' && %s", workshop, script);
	out = shell(buf_cstr(&cmd));
	buf_clear(&cmd);

	return out;
}

/* Does that script succeed? It writes something when it does. */
#define runs(...)                                       \
	__extension__({                                 \
		struct buf runs_out = run(__VA_ARGS__); \
		bool runs_good = runs_out.n > 0;        \
                                                        \
		buf_clear(&runs_out);                   \
		runs_good;                              \
	})

__attribute__((unused)) static void
workshop_write(const char *name, struct span bytes)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s", workshop, name);
	if (file_replace(path, bytes, 0600, NULL) != RC_OK)
		abort();
}

static void
workshop_open(void)
{
	if (mkdtemp(workshop) == NULL)
		abort();
}

static void
workshop_close(void)
{
	ok(runs("rm -rf -- ../\"${PWD##*/}\" && echo gone"), "cleaned up");
}
