/*
 * beside.h - see beside.c.
 */
#pragma once

#include "npki/medium.h"

/* What lies beside a certificate, as far as shows without its password. */
struct beside {
	bool key;               /* a whole key file */
	bool encryption;        /* a whole pair for encryption */
	bool other;             /* and it is another subject's */
	enum folder_file lacks; /* what half a pair lacks, else FOLDER_FILES */
};

struct beside beside_of(const struct medium *m);

/* Of the pair for encryption, for scripts: "yes", "no", "half", "other". */
const char *beside_word(const struct beside *b);

/* Is that file whole? Else why not, and e names it: as keyfile_check(). */
IG_CHECK enum rc beside_check(
    const struct medium *m, enum folder_file file, struct err *e);

/* Is a file of that name there, whatever is in it? */
bool beside_there(const struct folder_pair *pair, enum folder_file file);

/*
 * Why it is of no use, where it is not whole: as beside_check(), or RC_ABSENT
 * where there is none.
 */
IG_CHECK enum rc beside_why(const struct medium *m,
    const struct folder_pair *pair, enum folder_file file, struct err *e);

/* As beside_of() of the files as they are now: a change is not waited for. */
struct beside beside_read(const struct folder_pair *pair);
