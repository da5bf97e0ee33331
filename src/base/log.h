/*
 * log.h - see log.c.
 */
#pragma once

#include "base/err.h"
#include "base/span.h"

#include <stdbool.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

/* Which level a word is: debug, info, warn, error. False: none of them. */
bool log_level_of(const char *word, enum log_level *out);

/* Names the process in every line, and drops lines below level. */
void log_init(const char *process, enum log_level level);

/*
 * One event a line on standard error: time, process, level, event, then what
 * fmt says as key=value. Never give it a secret, a phone number, a code or a
 * body. Control characters come out as '?'. errno is kept.
 */
void log_event(enum log_level level, const char *event, const char *fmt, ...)
    IG_PRINTF(3, 4);

/* The first 4 bytes of an identifier as hex, for a log line; static buffer per thread. */
const char *log_id(struct span id);
