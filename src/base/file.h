/*
 * file.h - see file.c.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/sec.h"

#include <sys/types.h>

/* Appends a whole regular file to out. RC_ABSENT, RC_LIMIT (ceiling), RC_IO. */
IG_CHECK enum rc file_read(const char *path, struct buf *out, struct err *e);

/* Reads a secret file of at most max bytes. As file_read(). */
IG_CHECK enum rc file_read_secret(
    const char *path, size_t max, struct sec *out, struct err *e);

/*
 * Puts a file in its place at once: temporary name, write, fsync, rename,
 * fsync of the folder. After RC_OK the new bytes survive power loss; on any
 * failure the old file is untouched. mode as for open(2).
 */
IG_CHECK enum rc file_replace(
    const char *path, struct span bytes, unsigned int mode, struct err *e);

/* Writes all bytes or fails; goes on after interruption. RC_IO. */
IG_CHECK enum rc file_write_all(int fd, struct span bytes, struct err *e);

/*
 * Has the file, made where there is none, for this process alone until it
 * closes *fd or ends, however it ends; children do not inherit it. RC_BUSY:
 * another process has it (*holder). RC_ABSENT: no such folder. RC_IO.
 */
IG_CHECK enum rc file_lock(
    const char *path, int *fd, pid_t *holder, struct err *e);

/*
 * What a failure to write means that the system gives as errno: RC_POLICY where
 * it may not be (read-only, no permission), else RC_IO.
 */
enum rc file_refusal(int error);

/*
 * May files be made in a folder, as far as shows without trying? RC_ABSENT,
 * RC_POLICY, RC_IO.
 */
IG_CHECK enum rc file_check_folder(const char *path, struct err *e);

/* Makes a folder and its parents, mode 0700 for those it makes. */
IG_CHECK enum rc file_make_folder(const char *path, struct err *e);

/* How many characters of a path name something that is there; 0: nothing. */
size_t file_there(const char *path);

/*
 * Removes a folder, and its parents behind the first there characters, as far as
 * they are empty: what file_make_folder() made, where there is file_there()
 * before.
 */
void file_unmake_folder(const char *path, size_t there);
