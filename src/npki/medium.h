/*
 * medium.h - see medium.c.
 */
#pragma once

#include "base/buf.h"
#include "npki/folder.h"

#define MEDIUM_FILE_MAX 65536 /* bytes of a file */

/*
 * What is in the folder of one subject, as bytes, by enum folder_file; empty
 * where there is no such file. Key files are encrypted, so none is a secret.
 */
struct medium {
	struct buf files[FOLDER_FILES];
};

/*
 * All functions here but medium_check() first finish a change of the folder
 * that was interrupted, and wait some seconds for another process that changes
 * it (RC_BUSY). Where the medium does not let them, what is read is as if it
 * were finished.
 *
 * RC_POLICY: the folder may not be written (read-only medium, permissions).
 * RC_IO: it cannot, or not be read: full, pulled, broken. RC_LIMIT: a file over
 * MEDIUM_FILE_MAX. RC_MEMORY. On each of them the old files are untouched.
 * RC_STATE: a medium failed between two steps, and the next call goes on there.
 */

/*
 * Reads the files beside pair's signing certificate, which may be more than the
 * pair says. RC_ABSENT: none. Free with medium_clear(), also after a failure.
 */
IG_CHECK enum rc medium_read(
    const struct folder_pair *pair, struct medium *out, struct err *e);

void medium_clear(struct medium *m);

/*
 * Does the system let the folder be changed? Where it is not there yet the
 * nearest one is asked of that is. Nothing is tried: what the others do may
 * fail all the same. RC_POLICY, RC_IO, RC_ABSENT.
 */
IG_CHECK enum rc medium_check(const char *folder, struct err *e);

/*
 * Puts other key files in the place of those beside pair's certificate: all
 * that are given, or none. km_key is empty where there is none. was is what
 * medium_read() gave when they were made: RC_BUSY where something else is in
 * the folder by now, as a renewed certificate, which keeps its own key.
 */
IG_CHECK enum rc medium_write_keys(const struct folder_pair *pair,
    const struct medium *was, struct span sign_key, struct span km_key,
    struct err *e);

/*
 * Makes folder, with its parents, hold these files and no other of our names:
 * all of it or nothing, and of the folders that it made none. Folders are made
 * with mode 0700, files with 0600. was as for medium_write_keys(), empty where
 * nothing was there.
 */
IG_CHECK enum rc medium_place(const char *folder, const struct medium *was,
    const struct medium *m, struct err *e);

/*
 * Removes the files beside pair's certificate, all or none, and the folder
 * where nothing else is in it. was as for medium_write_keys().
 */
IG_CHECK enum rc medium_remove(
    const struct folder_pair *pair, const struct medium *was, struct err *e);
