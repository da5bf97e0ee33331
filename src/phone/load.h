/*
 * load.h - see load.c.
 */
#pragma once

#include "base/err.h"
#include "client/rest.h"

#include <stdint.h>

#define LOAD_MAX 1000000 /* of each number */

struct load_conf {
	const char *app;           /* origins */
	const char *outbox;        /* of the mock identity provider */
	const char *folder;        /* holds one certificate and its key */
	const char *password_file; /* its password; NULL: asked for */
	const char *number;        /* of the first member; digits, counted up */
	uint64_t members;
	uint64_t lanes;
	uint64_t rounds;     /* signatures in all */
	uint64_t signatures; /* of each approval */
	bool events;         /* phones wait on their event streams */
	bool wait;           /* a run for each line of standard input */
};

/*
 * Joins the members, runs, prints a line of JSON for each phase. RC_DENIED:
 * there were errors in a run. RC_REFUSED: see problem.
 */
IG_CHECK enum rc load_run(
    const struct load_conf *c, struct rest_problem *problem, struct err *e);
