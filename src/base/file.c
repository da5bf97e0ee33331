/*
 * file.c - whole files: read with a ceiling, replaced at once and durably.
 *
 * Belongs here: the few safe ways in which we touch files.
 * Not here: the vault's journal (vault/journal.c); certificate folders (npki).
 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static enum rc
file_open(const char *path, size_t max, int *fd, size_t *size, struct err *e)
{
	struct stat st = { 0 };

	/* A pipe in its place is seen to be one, not waited for. */
	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (*fd < 0)
		return errno == ENOENT || errno == ENOTDIR
		    ? err_set(e, RC_ABSENT, "file", "no such file")
		    : err_set(e, RC_IO, "file", "%s", strerror(errno));
	if (fstat(*fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		(void)close(*fd);
		return err_set(e, RC_IO, "file",
		    S_ISDIR(st.st_mode) ? "this is a folder"
					: "not a regular file");
	}
	if (st.st_size < 0 || (uint64_t)st.st_size > max) {
		(void)close(*fd);
		return err_larger(e, "file", max);
	}
	*size = (size_t)st.st_size;

	return RC_OK;
}

/* Reads exactly n bytes. A file that shrinks meanwhile is a failure. */
static enum rc
file_read_exactly(int fd, uint8_t *p, size_t n, struct err *e)
{
	while (n > 0) {
		ssize_t got = read(fd, p, n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return err_set(e, RC_IO, "file", "cannot read file");
		p += got;
		n -= (size_t)got;
	}

	return RC_OK;
}

enum rc
file_read(const char *path, struct buf *out, struct err *e)
{
	size_t start = out->n, n;
	uint8_t *p;
	enum rc rc;
	int fd;

	if ((rc = file_open(path, out->max - out->n, &fd, &n, e)) != RC_OK)
		return rc;
	if (n > 0) {
		p = buf_grow(out, n);
		rc = p == NULL ? err_set(e, RC_MEMORY, NULL, "out of memory")
			       : file_read_exactly(fd, p, n, e);
	}
	if (rc != RC_OK)
		out->n = start;
	(void)close(fd);

	return rc;
}

enum rc
file_read_secret(const char *path, size_t max, struct sec *out, struct err *e)
{
	size_t n;
	enum rc rc;
	int fd;

	if ((rc = file_open(path, max, &fd, &n, e)) != RC_OK)
		return rc;
	if ((rc = sec_new(out, n, e)) == RC_OK &&
	    (rc = file_read_exactly(fd, out->p, n, e)) != RC_OK)
		sec_free(out);
	(void)close(fd);

	return rc;
}

enum rc
file_write_all(int fd, struct span bytes, struct err *e)
{
	while (bytes.n > 0) {
		ssize_t put = write(fd, bytes.p, bytes.n);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return err_set(e, RC_IO, "file", "%s", strerror(errno));
		bytes.p += put;
		bytes.n -= (size_t)put;
	}

	return RC_OK;
}

/* A rename is durable only after its folder is. */
static enum rc
file_sync_folder(const char *path, struct err *e)
{
	char *copy = strdup(path);
	char *slash;
	enum rc rc = RC_OK;
	int fd;

	if (copy == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	slash = strrchr(copy, '/');
	if (slash == copy)
		slash[1] = '\0';
	else if (slash != NULL)
		*slash = '\0';
	fd = open(
	    slash == NULL ? "." : copy, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) != 0)
		rc = err_set(e, RC_IO, "folder", "%s", strerror(errno));
	if (fd >= 0)
		(void)close(fd);
	free(copy);

	return rc;
}

enum rc
file_replace(
    const char *path, struct span bytes, unsigned int mode, struct err *e)
{
	size_t size = strlen(path) + sizeof(".XXXXXX");
	char *temporary = malloc(size);
	enum rc rc = RC_IO;
	int fd = -1;

	if (temporary == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	(void)snprintf(temporary, size, "%s.XXXXXX", path);
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0) {
		err_set(e, rc, "file", "%s", strerror(errno));
		goto out;
	}
	/* mkostemp() asked for 0600; FAT has no modes to change. */
	if ((mode != 0600 && fchmod(fd, (mode_t)mode) != 0) ||
	    file_write_all(fd, bytes, e) != RC_OK || fsync(fd) != 0 ||
	    rename(temporary, path) != 0) {
		err_set(e, rc, "file", "%s", strerror(errno));
		(void)unlink(temporary);
		goto out;
	}
	rc = file_sync_folder(path, e);
out:
	if (fd >= 0)
		(void)close(fd);
	free(temporary);

	return rc;
}

enum rc
file_lock(const char *path, int *fd, pid_t *holder, struct err *e)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	enum rc rc;

	*holder = 0;
	*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (*fd < 0)
		return errno == ENOENT || errno == ENOTDIR
		    ? err_set(e, RC_ABSENT, "file", "no such folder")
		    : err_set(e, RC_IO, "file", "%s", strerror(errno));
	if (fcntl(*fd, F_SETLK, &lock) == 0)
		return RC_OK;
	rc = errno == EACCES || errno == EAGAIN
	    ? err_set(e, RC_BUSY, "file", "another process has it")
	    : err_set(e, RC_IO, "file", "%s", strerror(errno));
	/* Whoever had it may be gone by now: then nobody is named. */
	if (rc == RC_BUSY && fcntl(*fd, F_GETLK, &lock) == 0 &&
	    lock.l_type != F_UNLCK)
		*holder = lock.l_pid;
	(void)close(*fd);
	*fd = -1;

	return rc;
}

enum rc
file_refusal(int error)
{
	return error == EROFS || error == EACCES || error == EPERM ? RC_POLICY
								   : RC_IO;
}

enum rc
file_check_folder(const char *path, struct err *e)
{
	struct stat st;

	/* To root a file may be as writable and searchable as a folder. */
	if (stat(path, &st) == 0 && !S_ISDIR(st.st_mode))
		return err_set(e, RC_POLICY, "folder",
		    "a file is there, where a folder must be");
	if (access(path, W_OK | X_OK) == 0)
		return RC_OK;

	return errno == ENOENT || errno == ENOTDIR
	    ? err_set(e, RC_ABSENT, "folder", "no such folder")
	    : err_set(e, file_refusal(errno), "folder", "%s", strerror(errno));
}

enum rc
file_make_folder(const char *path, struct err *e)
{
	char *copy = strdup(path);
	enum rc rc = RC_OK;

	if (copy == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	for (char *at = copy + 1; rc == RC_OK; at++) {
		char was = *at;

		if (was != '/' && was != '\0')
			continue;
		*at = '\0';
		if (mkdir(copy, 0700) != 0 && errno != EEXIST)
			rc = err_set(e, RC_IO, "folder", "%s", strerror(errno));
		*at = was;
		if (was == '\0')
			break;
	}
	free(copy);

	return rc;
}

/* The path without its last name: how long it is. */
static size_t
file_above(const char *path, size_t n)
{
	while (n > 0 && path[--n] != '/')
		continue;

	return n;
}

size_t
file_there(const char *path)
{
	char *copy = strdup(path);
	size_t n = strlen(path);

	/* Without memory nothing is known, and nothing may be removed. */
	if (copy == NULL)
		return n;
	while (n > 0 && access(copy, F_OK) != 0) {
		n = file_above(copy, n);
		copy[n] = '\0';
	}
	free(copy);

	return n;
}

void
file_unmake_folder(const char *path, size_t there)
{
	char *copy = strdup(path);
	size_t n = strlen(path);

	/* Not all of them need have been made. */
	while (copy != NULL && n > there &&
	    (rmdir(copy) == 0 || errno == ENOENT)) {
		n = file_above(copy, n);
		copy[n] = '\0';
	}
	free(copy);
}
