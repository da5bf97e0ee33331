/*
 * refuse.h - see refuse.c.
 */
#pragma once

#include "http/response.h"

/* What this room refuses by itself, before any handler. */
enum refuse {
	REFUSE_NOTHING,
	REFUSE_MALFORMED,
	REFUSE_ORIGIN,
	REFUSE_ABSENT,
	REFUSE_METHOD,
	REFUSE_BODY,
	REFUSE_TARGET,
	REFUSE_RATE,
	REFUSE_BUSY,
	REFUSE_INTERNAL,
};

/* Writes the problem document; detail may be "". */
void refuse_say(struct response *r, enum refuse what, const char *detail);

/* The plain words for a handler's failure, where the server has no hook. */
void refuse_rc(struct response *r, enum rc rc, const struct err *why);
