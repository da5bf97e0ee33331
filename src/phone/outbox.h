/*
 * outbox.h - see outbox.c.
 */
#pragma once

#include "base/err.h"
#include "client/rest.h"

#define OUTBOX_CODE 16 /* bytes of a code, with its zero */

/*
 * The newest code that the mock identity provider at url sent to number; it is
 * waited for. RC_IO: none comes, or nobody answers. RC_REFUSED: see problem.
 */
IG_CHECK enum rc outbox_code(const char *url, const char *number,
    char code[static OUTBOX_CODE], struct rest_problem *problem, struct err *e);
