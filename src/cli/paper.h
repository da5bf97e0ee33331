/*
 * paper.h - see paper.c.
 */
#pragma once

#include "base/buf.h"

/* How a message is carried: as it is, or as characters. */
enum paper_form { PAPER_DER, PAPER_PEM, PAPER_BASE64, PAPER_HEX };

/* "der" …, by its number; NULL after the last. */
const char *paper_form_name(size_t i);

/* The form of that name; false where there is none. */
bool paper_find(const char *name, enum paper_form *out);

/*
 * Appends a whole file, or ("-" and NULL) standard input. RC_ABSENT, RC_LIMIT
 * (out's ceiling), RC_IO.
 */
IG_CHECK enum rc paper_read(const char *path, struct buf *out, struct err *e);

/* Would content's bytes and a secret's line both be read of standard input? */
bool paper_shares(const char *content, const char *secret_file);

/*
 * Writes a file in one go, or ("-" and NULL) standard output; whoever presses
 * Ctrl-C meanwhile finds the file, or as it was. As paper_check().
 */
enum {
	PAPER_SECRET = 1,   /* for its owner alone */
	PAPER_REPLACES = 2, /* the file that is there */
};
IG_CHECK enum rc paper_write(
    const char *path, struct span bytes, unsigned int how, struct err *e);

/*
 * May paper_write() write there, as far as shows without trying? RC_ABSENT: no
 * such folder; RC_FORMAT: a folder has that name; RC_POLICY: read-only, or no
 * permission; RC_EXISTS: a file is there, and is not to be replaced; RC_IO.
 */
IG_CHECK enum rc paper_check(const char *path, unsigned int how, struct err *e);

/*
 * Appends the DER that is in there: itself, one PEM object, base64 with or
 * without lines, or hex. RC_FORMAT: none of them; RC_LIMIT, RC_MEMORY.
 */
IG_CHECK enum rc paper_decode(struct span in, struct buf *out, struct err *e);

/*
 * Appends the DER of a file in any of those forms; out's ceiling is that of the
 * DER. As paper_read() and paper_decode().
 */
IG_CHECK enum rc paper_load(const char *path, struct buf *out, struct err *e);

/*
 * Appends der in that form; PEM with this label, in lines of 64 characters.
 * What is no DER ends with a newline.
 */
void paper_encode(
    struct buf *out, enum paper_form form, const char *label, struct span der);
