/*
 * static.h - see static.c.
 */
#pragma once

#include "base/err.h"
#include "base/span.h"

/* The files of one origin, in memory, by exact path. */
struct static_set;

#define STATIC_FILE_MAX  (8 << 20)  /* bytes of one file */
#define STATIC_TOTAL_MAX (64 << 20) /* bytes of all, with the packed ones */
#define STATIC_COUNT_MAX 2048

/*
 * Reads a folder with its sub-folders. Names with a leading dot are left out,
 * links are not followed. "/x/index.html" is also found as "/x/", and a file
 * "x.html" also as "/x". Files named with a hash ("app.0a1b2c3d.js") are kept
 * by clients for a year, others are asked for anew each time.
 * RC_ABSENT, RC_IO, RC_LIMIT, RC_MEMORY.
 */
IG_CHECK enum rc static_load(
    const char *folder, struct static_set **out, struct err *e);

void static_free(struct static_set *set);

/* One more, or one fewer, who uses it: the last one frees. NULL is fine. */
struct static_set *static_hold(struct static_set *set);
void static_drop(struct static_set *set);

struct static_file {
	const char *path; /* "/app.js" */
	const char *type; /* media type */
	struct span body;
	struct span gzip; /* empty where it would not be smaller */
	char etag[20];    /* with its quotes */
	bool forever;     /* named with a hash */
};

/* NULL when there is none. */
const struct static_file *static_find(
    const struct static_set *set, struct span path);
