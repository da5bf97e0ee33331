/*
 * folder.c - finds signCert.der and its companions on a disk.
 *
 * Belongs here: the layout NPKI/<CA>/USER/<subject>/, walked with caps.
 * Not here: reading the files (base/file.c); what they say (certinfo.c,
 * keyfile.c). A folder's name says nothing that we trust.
 */
#include "npki/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

/* The four names, and where each goes. */
static const struct {
	const char *name;
	size_t offset;
} names[] = {
	{ "signCert.der", offsetof(struct folder_pair, sign_cert) },
	{ "signPri.key", offsetof(struct folder_pair, sign_key) },
	{ "kmCert.der", offsetof(struct folder_pair, km_cert) },
	{ "kmPri.key", offsetof(struct folder_pair, km_key) },
};

struct walk {
	struct folder *out;
	struct err *e;
	unsigned int entries;
};

static char **
folder_slot(struct folder_pair *pair, size_t i)
{
	return (char **)(void *)((char *)pair + names[i].offset);
}

static void
folder_pair_clear(struct folder_pair *pair)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		free(*folder_slot(pair, i));
	*pair = (struct folder_pair){ 0 };
}

void
folder_clear(struct folder *f)
{
	for (size_t i = 0; i < f->n; i++)
		folder_pair_clear(&f->pairs[i]);
	free(f->pairs);
	*f = (struct folder){ 0 };
}

static int
folder_compare(const void *a, const void *b)
{
	return strcmp(((const struct folder_pair *)a)->sign_cert,
	    ((const struct folder_pair *)b)->sign_cert);
}

/* Takes the pair into the list, or frees it when it has no certificate. */
static enum rc
folder_add(struct walk *w, struct folder_pair *pair)
{
	struct folder *f = w->out;
	struct folder_pair *more;

	if (pair->sign_cert == NULL || f->n == FOLDER_PAIRS) {
		f->cut = f->cut || pair->sign_cert != NULL;
		folder_pair_clear(pair);
		return RC_OK;
	}
	more = reallocarray(f->pairs, f->n + 1, sizeof(*more));
	if (more == NULL) {
		folder_pair_clear(pair);
		return err_set(w->e, RC_MEMORY, NULL, "no memory for the list");
	}
	f->pairs = more;
	f->pairs[f->n++] = *pair;

	return RC_OK;
}

/* Remembers a regular file if it has one of the four names. */
static enum rc
folder_file(struct walk *w, const char *path, const char *name,
    struct folder_pair *pair)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char **slot = folder_slot(pair, i);

		if (strcasecmp(name, names[i].name) != 0 || *slot != NULL)
			continue;
		*slot = strdup(path);
		if (*slot == NULL)
			return err_set(
			    w->e, RC_MEMORY, NULL, "no memory for a path");
	}

	return RC_OK;
}

static enum rc folder_walk(
    struct walk *w, int at, const char *path, unsigned int depth);

/* The depth is capped, so this recursion is too: NOLINTBEGIN(misc-no-recursion) */
static enum rc
folder_entry(struct walk *w, int at, const char *folder, const char *name,
    unsigned int depth, struct folder_pair *pair)
{
	char path[FOLDER_PATH];
	struct stat st;
	int n, fd;

	n = snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (n < 0 || (size_t)n >= sizeof(path) ||
	    fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return RC_OK;
	if (S_ISREG(st.st_mode))
		return folder_file(w, path, name, pair);
	if (!S_ISDIR(st.st_mode))
		return RC_OK;
	if (depth == FOLDER_DEPTH) {
		w->out->cut = true;
		return RC_OK;
	}
	fd = openat(at, name,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

	/* A folder below that may not be read hides only itself. */
	return fd < 0 ? RC_OK : folder_walk(w, fd, path, depth + 1);
}

/* One folder; takes the descriptor. */
static enum rc
folder_walk(struct walk *w, int at, const char *path, unsigned int depth)
{
	struct folder_pair pair = { 0 };
	DIR *d = fdopendir(at);
	struct dirent *entry;
	enum rc rc = RC_OK;

	if (d == NULL) {
		(void)close(at);
		return err_set(w->e, RC_IO, NULL, "folder cannot be read");
	}
	while (rc == RC_OK && (entry = readdir(d)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		if (w->entries++ >= FOLDER_ENTRIES) {
			w->out->cut = true;
			break;
		}
		rc = folder_entry(
		    w, dirfd(d), path, entry->d_name, depth, &pair);
	}
	(void)closedir(d);
	if (rc == RC_OK)
		return folder_add(w, &pair);
	folder_pair_clear(&pair);

	return rc;
}

/* NOLINTEND(misc-no-recursion) */

enum rc
folder_scan(const char *path, struct folder *out, struct err *e)
{
	struct walk w = { .out = out, .e = e };
	enum rc rc;
	int fd;

	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return err_set(e, RC_ABSENT, NULL, "no such folder");
	if (fd < 0)
		return err_set(e, RC_IO, NULL, "folder cannot be read");
	rc = folder_walk(&w, fd, path, 0);
	if (out->n > 0)
		qsort(out->pairs, out->n, sizeof(*out->pairs), folder_compare);

	return rc;
}

/* Everything that a pattern matches. */
static enum rc
folder_scan_pattern(const char *pattern, struct folder *out, struct err *e)
{
	enum rc rc = RC_OK;
	glob_t found;

	if (glob(pattern, GLOB_ONLYDIR, NULL, &found) == 0) {
		for (size_t i = 0; rc == RC_OK && i < found.gl_pathc; i++) {
			rc = folder_scan(found.gl_pathv[i], out, NULL);
			/* A stick that was pulled is not the caller's trouble. */
			if (rc == RC_ABSENT || rc == RC_IO)
				rc = RC_OK;
		}
	}
	globfree(&found);

	return rc == RC_OK ? RC_OK : err_set(e, rc, NULL, "%s", err_text(rc));
}

enum rc
folder_scan_usual(struct folder *out, struct err *e)
{
	static const char *const home_folders[] = { "NPKI", "Documents/NPKI",
		"Library/Preferences/NPKI" };
	static const char *const patterns[] = { "/media/*/NPKI",
		"/media/*/*/NPKI", "/run/media/*/*/NPKI", "/mnt/*/NPKI",
		"/mnt/c/Users/*/AppData/LocalLow/NPKI", "/Volumes/*/NPKI" };
	const char *home = getenv("HOME");
	char path[FOLDER_PATH];
	enum rc rc = RC_OK;

	for (size_t i = 0; home != NULL && rc == RC_OK &&
	     i < sizeof(home_folders) / sizeof(home_folders[0]);
	     i++) {
		int n = snprintf(
		    path, sizeof(path), "%s/%s", home, home_folders[i]);

		if (n < 0 || (size_t)n >= sizeof(path))
			break;
		rc = folder_scan(path, out, NULL);
		if (rc == RC_ABSENT || rc == RC_IO)
			rc = RC_OK;
	}
	if (rc != RC_OK)
		return err_set(e, rc, NULL, "%s", err_text(rc));
	for (size_t i = 0;
	     rc == RC_OK && i < sizeof(patterns) / sizeof(patterns[0]); i++)
		rc = folder_scan_pattern(patterns[i], out, e);

	return rc;
}
