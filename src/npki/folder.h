/*
 * folder.h - see folder.c.
 */
#pragma once

#include "base/err.h"

#include <stdbool.h>

#define FOLDER_PATH    4096  /* bytes of a path, with its zero */
#define FOLDER_ENTRIES 65536 /* looked at in one scan */
#define FOLDER_DEPTH   6
#define FOLDER_PAIRS   256

/* One subject's files as paths; NULL where one is missing. */
struct folder_pair {
	char *sign_cert; /* never NULL */
	char *sign_key;
	char *km_cert;
	char *km_key;
};

/* What was found. Zero it before the first scan. */
struct folder {
	struct folder_pair *pairs; /* in the order of sign_cert */
	size_t n;
	bool cut; /* there was more than the caps allow */
};

/*
 * Finds certificates under path and adds them to out: an NPKI root, any
 * folder within one, or a folder that holds the files themselves. Names are
 * compared without case. Below path symbolic links are not followed.
 * RC_ABSENT: no such folder. RC_IO: it cannot be read. RC_MEMORY. Nothing
 * found is RC_OK. Free with folder_clear(), also after a failure.
 */
IG_CHECK enum rc folder_scan(
    const char *path, struct folder *out, struct err *e);

/*
 * The same in every place where certificates are kept by custom and that
 * exists: ~/NPKI, on macOS ~/Library/Preferences/NPKI, NPKI on mounted media.
 */
IG_CHECK enum rc folder_scan_usual(struct folder *out, struct err *e);

void folder_clear(struct folder *f);
