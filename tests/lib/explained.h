/*
 * explained.h - a list of deviations in tests/golden, each with its reason.
 *
 * Belongs here: rows "id: why", of which each has to occur and no other may.
 * Not here: what deviates (each suite's test).
 */
#pragma once

#include "tap.h"

#include <stdbool.h>
#include <string.h>

#define EXPLAINED_MAX 64

struct explained {
	char id[EXPLAINED_MAX][96];
	bool taken[EXPLAINED_MAX];
	size_t n;
	bool exact; /* nothing occurred that is not there */
};

/* An id ends at the first ": ": ids of limbo have colons of their own. */
static inline struct explained
explained_read(const char *file)
{
	struct explained list = { .exact = true };
	const char *source = getenv("INGAM_SOURCE");
	char line[1024];
	FILE *in;

	(void)snprintf(line, sizeof(line), "%s/tests/golden/%s",
	    source == NULL ? "." : source, file);
	if ((in = fopen(line, "r")) == NULL)
		abort();
	while (fgets(line, sizeof(line), in) != NULL) {
		char *end = strstr(line, ": ");

		if (line[0] == '#' || line[0] == '\n')
			continue;
		/* A reason is a sentence. */
		if (end == NULL || strlen(end) < 12 || end - line > 95 ||
		    list.n == EXPLAINED_MAX)
			abort();
		(void)snprintf(list.id[list.n], sizeof(list.id[0]), "%.*s",
		    (int)(end - line), line);
		list.n++;
	}
	(void)fclose(in);

	return list;
}

/* This one deviates. */
static inline void
explained_take(struct explained *list, const char *id)
{
	for (size_t i = 0; i < list->n; i++) {
		if (strcmp(list->id[i], id) == 0) {
			list->taken[i] = true;
			return;
		}
	}
	diag("not explained: %s", id);
	list->exact = false;
}

static inline bool
explained_is_exact(const struct explained *list)
{
	bool exact = list->exact;

	for (size_t i = 0; i < list->n; i++) {
		if (!list->taken[i]) {
			diag("explained, and does not happen: %s", list->id[i]);
			exact = false;
		}
	}

	return exact;
}
