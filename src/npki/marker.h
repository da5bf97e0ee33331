/*
 * marker.h - see marker.c.
 */
#pragma once

#include "base/buf.h"
#include "npki/folder.h"

#define MARKER_NAME "ingam-change" /* of the file */
#define MARKER_MAX  1024           /* bytes of it */
#define MARKER_FILE 16             /* bytes of a name of ours, with its zero */
#define MARKER_HASH 65             /* SHA-256 as hex and a zero, or "-" */

/* One file of a change: what is at its name before and after it. */
struct marker_step {
	char name[MARKER_FILE];   /* as it is written on this medium */
	char before[MARKER_HASH]; /* "-": no file */
	char after[MARKER_HASH];
};

/* A change of several files of one folder. */
struct marker {
	struct marker_step steps[FOLDER_FILES];
	size_t n;
};

/* The hash of a file's bytes. RC_MEMORY. */
IG_CHECK enum rc marker_hash(
    struct span bytes, char out[static MARKER_HASH], struct err *e);

/* Appends the marker's bytes. */
void marker_write(const struct marker *m, struct buf *out);

/*
 * Reads a marker. RC_FORMAT: torn, or not ours: a name that is not one of
 * folder.h or stands twice, a hash that is none, anything else. out is empty
 * then.
 */
IG_CHECK enum rc marker_parse(
    struct span in, struct marker *out, struct err *e);
