/*
 * beside.h - see beside.c.
 */
#pragma once

#include "npki/medium.h"

/* What lies beside a certificate, as far as shows without its password. */
struct beside {
	bool key;               /* a whole key file */
	bool encryption;        /* a whole pair for encryption */
	enum folder_file lacks; /* what half a pair lacks, else FOLDER_FILES */
};

struct beside beside_of(const struct medium *m);

/* Is that file whole? Else why not, and e names it: as keyfile_check(). */
IG_CHECK enum rc beside_check(
    const struct medium *m, enum folder_file file, struct err *e);

/* The same of the files as they are now: a change is not waited for. */
struct beside beside_read(const struct folder_pair *pair);
