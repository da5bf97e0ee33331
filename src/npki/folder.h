/*
 * folder.h - see folder.c.
 */
#pragma once

#include "base/err.h"

#define FOLDER_PATH    4096
#define FOLDER_ENTRIES 4096 /* of one folder */
#define FOLDER_DEPTH   6
#define FOLDER_PAIRS   256

/*
 * One subject's folder: where its files are. "" where one is missing; sign_cert
 * never is.
 */
struct folder_pair {
	char *sign_cert;
	char *sign_key;
	char *km_cert;
	char *km_key;
};

struct folder {
	struct folder_pair *pairs;
	size_t n;
	bool cut; /* there were more than the caps allow */
};

/*
 * Finds certificates under path: an NPKI root, any folder within one, or a
 * folder that holds the files themselves. Names are compared without case.
 * Symbolic links are not followed below path. Order is by path.
 * RC_ABSENT: no such folder. RC_IO: it cannot be read. RC_MEMORY.
 * An empty result is RC_OK. Free with folder_clear().
 */
IG_CHECK enum rc folder_scan(
    const char *path, struct folder *out, struct err *e);

void folder_clear(struct folder *f);

/*
 * The i-th folder where this system keeps certificates by custom (~/NPKI, on
 * macOS ~/Library/Preferences/NPKI, NPKI on mounted media), into out of
 * FOLDER_PATH bytes, whether it exists or not. False when there is no i-th.
 */
bool folder_root(size_t i, char *out);
