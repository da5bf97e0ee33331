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

#define FOLDER_PLACES 64 /* of the usual ones that exist */

/* The names, and where each goes. */
static const struct {
	const char *name;
	size_t offset;
} names[FOLDER_FILES] = {
	[FOLDER_SIGN_CERT] = { "signCert.der",
	    offsetof(struct folder_pair, sign_cert) },
	[FOLDER_SIGN_KEY] = { "signPri.key",
	    offsetof(struct folder_pair, sign_key) },
	[FOLDER_KM_CERT] = { "kmCert.der",
	    offsetof(struct folder_pair, km_cert) },
	[FOLDER_KM_KEY] = { "kmPri.key", offsetof(struct folder_pair, km_key) },
	[FOLDER_CA_PUBS] = { "CaPubs", offsetof(struct folder_pair, ca_pubs) },
};

/*
 * Where certificates are kept by custom: "~/" is HOME, the rest as for glob(7).
 * A place that two rows find counts as the first of them says.
 */
static const struct {
	enum folder_medium medium;
	const char *pattern;
} usual[] = {
	{ FOLDER_DISK, "~/NPKI" },
	{ FOLDER_DISK, "~/Documents/NPKI" },
	/* macOS */
	{ FOLDER_DISK, "~/Library/Preferences/NPKI" },
	/* Windows, seen from WSL */
	{ FOLDER_DISK, "/mnt/c/Users/*/AppData/LocalLow/NPKI" },
	{ FOLDER_DISK, "/mnt/c/Program Files*/NPKI" },
	{ FOLDER_DISK, "/mnt/c/NPKI" },
	/* a phone itself, and one on a cable */
	{ FOLDER_PHONE, "/sdcard/NPKI" },
	{ FOLDER_PHONE, "~/storage/shared/NPKI" },
	{ FOLDER_PHONE, "/run/user/*/gvfs/mtp*/*/NPKI" },
	/* sticks and other drives */
	{ FOLDER_REMOVABLE, "/media/*/NPKI" },
	{ FOLDER_REMOVABLE, "/media/*/*/NPKI" },
	{ FOLDER_REMOVABLE, "/run/media/*/*/NPKI" },
	{ FOLDER_REMOVABLE, "/mnt/*/NPKI" },
	{ FOLDER_REMOVABLE, "/Volumes/*/NPKI" },
};

/* Places that were scanned, so that a link to one is no second. */
struct places {
	struct {
		dev_t device;
		ino_t file;
	} seen[FOLDER_PLACES];
	size_t n;
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
	for (size_t i = 0; i < FOLDER_FILES; i++)
		free(*folder_slot(pair, i));
	*pair = (struct folder_pair){ 0 };
}

const char *
folder_name(enum folder_file file)
{
	return names[file].name;
}

enum folder_file
folder_file_of(const char *name)
{
	size_t i = 0;

	while (i < FOLDER_FILES && strcasecmp(name, names[i].name) != 0)
		i++;

	return (enum folder_file)i;
}

void
folder_clear(struct folder *f)
{
	for (size_t i = 0; i < f->n; i++)
		folder_pair_clear(&f->pairs[i]);
	for (size_t i = 0; i < f->unread_n; i++)
		free(f->unread[i].path);
	free(f->unread);
	free(f->pairs);
	*f = (struct folder){ 0 };
}

static int
folder_compare(const void *a, const void *b)
{
	return strcmp(((const struct folder_pair *)a)->sign_cert,
	    ((const struct folder_pair *)b)->sign_cert);
}

/* Remembers a folder that cannot be read, once. */
static enum rc
folder_unreadable(struct folder *f, const char *path, int error, struct err *e)
{
	struct folder_unread *more;
	char *copy;

	if (f->unread_n > 0 &&
	    strcmp(f->unread[f->unread_n - 1].path, path) == 0)
		return RC_OK;
	if (f->unread_n == FOLDER_UNREAD) {
		f->cut = true;
		return RC_OK;
	}
	copy = strdup(path);
	more = copy == NULL
	    ? NULL
	    : reallocarray(f->unread, f->unread_n + 1, sizeof(*more));
	if (more == NULL) {
		free(copy);
		return err_set(e, RC_MEMORY, NULL, "no memory for the list");
	}
	f->unread = more;
	f->unread[f->unread_n].path = copy;
	f->unread[f->unread_n].error = error;
	f->unread_n++;

	return RC_OK;
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

/* Remembers what has one of our names. */
static enum rc
folder_remember(struct walk *w, const char *path, const char *name,
    struct folder_pair *pair)
{
	enum folder_file file = folder_file_of(name);
	char **slot;

	if (file == FOLDER_FILES)
		return RC_OK;
	slot = folder_slot(pair, file);
	if (*slot != NULL)
		return RC_OK;
	*slot = strdup(path);

	return *slot != NULL
	    ? RC_OK
	    : err_set(w->e, RC_MEMORY, NULL, "no memory for a path");
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
	enum rc rc;
	int n, fd;

	n = snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (n < 0 || (size_t)n >= sizeof(path)) {
		w->out->cut = true;
		return RC_OK;
	}
	/* What is gone since is not missed; all else is the folder's fault. */
	if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT
		    ? RC_OK
		    : folder_unreadable(w->out, folder, errno, w->e);
	if (S_ISREG(st.st_mode))
		return folder_remember(w, path, name, pair);
	if (!S_ISDIR(st.st_mode))
		return RC_OK;
	/* A folder in a file's place is no file that is missing. */
	if (folder_file_of(name) != FOLDER_CA_PUBS &&
	    (rc = folder_remember(w, path, name, pair)) != RC_OK)
		return rc;
	if (depth == FOLDER_DEPTH) {
		w->out->cut = true;
		return RC_OK;
	}
	fd = openat(at, name,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	/* A folder below that may not be read hides only itself. */
	if (fd < 0)
		return errno == ENOENT || errno == ELOOP || errno == ENOTDIR
		    ? RC_OK
		    : folder_unreadable(w->out, path, errno, w->e);

	return folder_walk(w, fd, path, depth + 1);
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
	while (rc == RC_OK && (errno = 0, entry = readdir(d)) != NULL) {
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
	/* readdir() says nothing else of a medium that fails in between. */
	if (rc == RC_OK && entry == NULL && errno != 0)
		rc = folder_unreadable(w->out, path, errno, w->e);
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
	if (fd < 0) {
		rc = folder_unreadable(out, path, errno, e);
		return rc != RC_OK
		    ? rc
		    : err_set(e, RC_IO, NULL, "folder cannot be read");
	}
	rc = folder_walk(&w, fd, path, 0);
	if (out->n > 0)
		qsort(out->pairs, out->n, sizeof(*out->pairs), folder_compare);

	return rc;
}

/* A place that was not seen before is remembered: then it is to be scanned. */
static bool
folder_is_new(struct places *p, const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0 || p->n == FOLDER_PLACES)
		return false;
	for (size_t i = 0; i < p->n; i++)
		if (p->seen[i].device == st.st_dev &&
		    p->seen[i].file == st.st_ino)
			return false;
	p->seen[p->n].device = st.st_dev;
	p->seen[p->n].file = st.st_ino;
	p->n++;

	return true;
}

/* A usual place, if it is there, is new, and can be read. */
static enum rc
folder_scan_place(struct places *p, const char *path, enum folder_medium medium,
    struct folder *out)
{
	enum rc rc = RC_OK;

	if (!folder_is_new(p, path))
		return RC_OK;
	rc = folder_scan(path, out, NULL);
	for (size_t i = 0; i < out->n; i++)
		if (out->pairs[i].medium == FOLDER_NAMED)
			out->pairs[i].medium = medium;

	/* A stick that was pulled is not the caller's trouble. */
	return rc == RC_ABSENT || rc == RC_IO ? RC_OK : rc;
}

/* Everything that a row of the table matches. */
static enum rc
folder_scan_row(struct places *p, size_t row, struct folder *out)
{
	const char *pattern = usual[row].pattern;
	const char *home = getenv("HOME");
	char path[FOLDER_PATH];
	enum rc rc = RC_OK;
	glob_t found;

	if (strncmp(pattern, "~/", 2) == 0) {
		int n = home == NULL
		    ? -1
		    : snprintf(path, sizeof(path), "%s/%s", home, pattern + 2);

		return n < 0 || (size_t)n >= sizeof(path)
		    ? RC_OK
		    : folder_scan_place(p, path, usual[row].medium, out);
	}
	if (glob(pattern, 0, NULL, &found) == 0)
		for (size_t i = 0; rc == RC_OK && i < found.gl_pathc; i++)
			rc = folder_scan_place(
			    p, found.gl_pathv[i], usual[row].medium, out);
	globfree(&found);

	return rc;
}

enum rc
folder_scan_usual(struct folder *out, struct err *e)
{
	struct places places = { 0 };
	enum rc rc = RC_OK;

	for (size_t i = 0; rc == RC_OK && i < sizeof(usual) / sizeof(usual[0]);
	     i++)
		rc = folder_scan_row(&places, i, out);

	return rc == RC_OK ? RC_OK : err_set(e, rc, NULL, "%s", err_text(rc));
}
