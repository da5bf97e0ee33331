/*
 * folder.h - see folder.c.
 */
#pragma once

#include "base/err.h"

#include <stdbool.h>

#define FOLDER_PATH    4096  /* bytes of a path, with its zero */
#define FOLDER_ENTRIES 65536 /* looked at in one scan */
#define FOLDER_DEPTH   6
#define FOLDER_PAIRS   4096
#define FOLDER_UNREAD  64 /* that are remembered; more are cut */

/* The files of one subject, as Korean programs name them. */
enum folder_file {
	FOLDER_SIGN_CERT,
	FOLDER_SIGN_KEY,
	FOLDER_KM_CERT,
	FOLDER_KM_KEY,
	FOLDER_CA_PUBS, /* a SEQUENCE OF Certificate, root first */
	FOLDER_FILES,
};

/* What a folder is kept on, as far as where it stands says so. */
enum folder_medium {
	FOLDER_NAMED, /* somewhere that a person named */
	FOLDER_DISK,
	FOLDER_REMOVABLE,
	FOLDER_PHONE,
};

/*
 * One subject's files as paths; NULL where one is missing. A folder of such a
 * name is none that is missing, and cannot be read as a file; of CaPubs, without
 * which all else can be used, it is.
 */
struct folder_pair {
	char *sign_cert; /* never NULL */
	char *sign_key;
	char *km_cert;
	char *km_key;
	char *ca_pubs;
	enum folder_medium medium;
};

/* A folder that could not be read, and what the system said. */
struct folder_unread {
	char *path;
	int error; /* as errno */
};

/* What was found. Zero it before the first scan. */
struct folder {
	struct folder_pair *pairs; /* in the order of sign_cert */
	size_t n;
	bool cut; /* there was more than the caps allow */
	struct folder_unread
	    *unread; /* what is below them is not among pairs */
	size_t unread_n;
};

/*
 * Finds certificates under path and adds them to out: an NPKI root, any
 * folder within one, or a folder that holds the files themselves. Names are
 * compared without case. Below path symbolic links are not followed.
 * RC_ABSENT: no such folder. RC_IO: it cannot be read, and is the last of
 * unread; a folder below it that cannot be read is no failure. RC_MEMORY.
 * Nothing found is RC_OK. Free with folder_clear(), also after a failure.
 */
IG_CHECK enum rc folder_scan(
    const char *path, struct folder *out, struct err *e);

/*
 * The same in every place where certificates are kept by custom and that
 * exists (the table of folder.c), each place once: ~/NPKI, on macOS
 * ~/Library/Preferences/NPKI, under WSL those of Windows, NPKI on mounted
 * media and on a phone.
 */
IG_CHECK enum rc folder_scan_usual(struct folder *out, struct err *e);

/* "signCert.der" and so on: how a new file is named. */
const char *folder_name(enum folder_file file);

/* The file of this name, compared without case; FOLDER_FILES: none of ours. */
enum folder_file folder_file_of(const char *name);

void folder_clear(struct folder *f);
