/*
 * log.c - one event a line, for the operator.
 *
 * Belongs here: the form of a line.
 * Not here: the member's history (store); the vault's record of uses
 * (vault/journal.c).
 */
#include "base/log.h"

#include "base/clock.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *process_name = "ingam";
static enum log_level least = LOG_INFO;
static const char *const level_names[] = {
	[LOG_DEBUG] = "debug",
	[LOG_INFO] = "info",
	[LOG_WARN] = "warn",
	[LOG_ERROR] = "error",
};

bool
log_level_of(const char *word, enum log_level *out)
{
	for (size_t i = 0; i < sizeof(level_names) / sizeof(level_names[0]);
	     i++) {
		if (strcmp(word, level_names[i]) == 0) {
			*out = (enum log_level)i;
			return true;
		}
	}

	return false;
}

void
log_init(const char *process, enum log_level level)
{
	process_name = process;
	least = level;
}

void
log_event(enum log_level level, const char *event, const char *fmt, ...)
{
	int saved = errno;
	int64_t now = clock_wall_ms();
	time_t seconds = (time_t)(now / 1000);
	struct tm tm = { 0 };
	char line[1024], when[32];
	va_list ap;
	size_t n;
	int k;

	if (level < least)
		return;
	(void)gmtime_r(&seconds, &tm);
	(void)strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%S", &tm);
	k = snprintf(line, sizeof(line), "%s.%03dZ %s[%d] %s %s ", when,
	    (int)(now % 1000), process_name, (int)getpid(), level_names[level],
	    event);
	n = k < 0 ? 0 : (size_t)k;
	if (n < sizeof(line)) {
		va_start(ap, fmt);
		k = vsnprintf(line + n, sizeof(line) - n, fmt, ap);
		va_end(ap);
		n += k < 0 ? 0 : (size_t)k;
	}
	if (n > sizeof(line) - 2)
		n = sizeof(line) - 2;
	for (size_t i = 0; i < n; i++) {
		if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
			line[i] = '?';
	}
	line[n++] = '\n';
	/* One write a line, so that processes sharing a terminal do not mix. */
	if (write(STDERR_FILENO, line, n) < 0)
		least = LOG_ERROR;
	errno = saved;
}

const char *
log_id(struct span id)
{
	static _Thread_local char text[9];
	size_t n = id.n < 4 ? id.n : 4;

	for (size_t i = 0; i < n; i++)
		(void)snprintf(text + 2 * i, 3, "%02x", id.p[i]);
	text[2 * n] = '\0';

	return text;
}
