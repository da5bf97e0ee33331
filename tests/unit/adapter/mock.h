/*
 * mock.h - the mock providers (tools/mock) as a child of a test.
 *
 * Belongs here: starting and ending it, asking what it saw.
 * Not here: what is expected of it (each test's own).
 */
#pragma once

#include "adapter/wire.h"
#include "tap.h"

#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static struct {
	pid_t pid;
	char url[64], secret[64], channel[64];
} mock;

static inline void
mock_exec(int out)
{
	const char *source = getenv("INGAM_SOURCE");
	char path[4096];

	(void)snprintf(path, sizeof(path), "%s/tools/mock/mock.mjs",
	    source == NULL ? "." : source);
	(void)dup2(out, STDOUT_FILENO);
	if (getenv("INGAM_MOCK_LOUD") == NULL)
		(void)dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
	(void)execlp("node", "node", path, "0", (char *)NULL);
	_exit(127);
}

/* False: there is no node here. */
static inline bool
mock_start(void)
{
	int ends[2];
	FILE *f;
	json_t *j;

	if (pipe(ends) != 0 || (mock.pid = fork()) < 0)
		abort();
	if (mock.pid == 0)
		mock_exec(ends[1]);
	(void)close(ends[1]);
	f = fdopen(ends[0], "r");
	j = json_loadf(f, JSON_DISABLE_EOF_CHECK, NULL);
	if (j == NULL)
		return false;
	(void)snprintf(mock.url, sizeof(mock.url), "%s",
	    json_string_value(json_object_get(j, "url")));
	(void)snprintf(mock.secret, sizeof(mock.secret), "%s",
	    json_string_value(json_object_get(j, "secret")));
	(void)snprintf(mock.channel, sizeof(mock.channel), "%s",
	    json_string_value(json_object_get(j, "channelKey")));
	json_decref(j);
	/* f stays open: the mock may say more. */
	return true;
}

static inline void
mock_stop(void)
{
	(void)kill(mock.pid, SIGTERM);
	(void)waitpid(mock.pid, NULL, 0);
}

/* GET of one of its /mock/ addresses; the caller's reference. */
static inline json_t *
mock_get(const char *path)
{
	struct wire_answer a = { .body = buf_init(1 << 22) };
	struct wire *w;
	char url[256];
	struct wire_request r = {
		.method = "GET", .url = url, .private_allowed = true
	};
	json_t *j;

	(void)snprintf(url, sizeof(url), "%s%s", mock.url, path);
	if (wire_new(&w, NULL) != RC_OK || wire_call(w, &r, &a, NULL) != RC_OK)
		abort();
	j = json_loadb((const char *)a.body.p, a.body.n, 0, NULL);
	buf_clear(&a.body);
	wire_free(w);

	return j;
}
