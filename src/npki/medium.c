/*
 * medium.c - the folder of one subject as a thing that is changed: all of it or
 * nothing, on any file system.
 *
 * Belongs here: new files beside the old ones, when the marker is written and
 * when it is obeyed, the renames, finishing what was interrupted.
 * Not here: the marker's text (marker.c); finding folders (folder.c); what is in
 * the files (keyfile.c, certinfo.c); what a folder is called (dn.c).
 *
 * Two files cannot be renamed at once, and FAT can exchange no folders. So a
 * change of several files is: write each new one twice, as NAME.ingam-new and
 * NAME.ingam-put, and sync them; write and sync a marker that names them with
 * the SHA-256 of what is to be and of what is there; rename the second ones;
 * sync the folder; remove the marker and the first ones. Whoever finds a
 * complete marker goes on with the renames, and makes a second one again where
 * a power cut lost half of a rename; without a marker new files are thrown away.
 * A file that is neither what was nor what is to be is somebody else's: then
 * nothing is renamed any more. A change of one file is one rename. File modes
 * are asked for when a file is made and never after, because FAT has none.
 */
#include "npki/medium.h"

#include "base/failpoint.h"
#include "base/file.h"
#include "npki/marker.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define NEW       ".ingam-new" /* stays until all names are durable */
#define PUT       ".ingam-put" /* a second one, which is renamed */
#define WAIT_MS   5000
#define WAIT_STEP 20

struct change {
	char folder[FOLDER_PATH];
	int lock;                              /* the folder itself */
	char names[FOLDER_FILES][MARKER_FILE]; /* as found; "" where none is */
	bool marked;                           /* there is a marker */
	bool leftovers;                        /* there are new files */
	bool unfinished; /* what was interrupted, and stays: err says why */
	struct marker plan;
	struct span
	    bytes[FOLDER_FILES]; /* of the plan's steps, while it is made */
};

/* A path in the folder; "" when it is too long, which open() refuses. */
static const char *
medium_path(const struct change *c, const char *name, const char *more,
    char out[static FOLDER_PATH])
{
	int n = snprintf(out, FOLDER_PATH, "%s/%s%s", c->folder, name, more);

	if (n < 0 || n >= FOLDER_PATH)
		out[0] = '\0';

	return out;
}

/* What the system said, as our code. */
static enum rc
medium_errno(struct err *e, const char *field)
{
	return err_set(e, file_refusal(errno), field, "%s", strerror(errno));
}

static enum rc
medium_sync(const struct change *c, struct err *e)
{
	/* Some file systems do not sync folders, and say so. */
	return fsync(c->lock) == 0 || errno == EINVAL || errno == ENOTSUP
	    ? RC_OK
	    : medium_errno(e, "folder");
}

/* The hash of a file; "-" where there is none. */
static enum rc
medium_hash(const struct change *c, const char *name, const char *more,
    char out[static MARKER_HASH], struct err *e)
{
	struct buf bytes = buf_init(MEDIUM_FILE_MAX);
	char path[FOLDER_PATH];
	enum rc rc = file_read(medium_path(c, name, more, path), &bytes, e);

	if (rc == RC_OK) {
		rc = marker_hash(buf_span(&bytes), out, e);
	} else if (rc == RC_ABSENT) {
		err_clear(e);
		memcpy(out, "-", 2);
		rc = RC_OK;
	}
	buf_clear(&bytes);

	return rc;
}

/* Waits for whoever changes the folder. Where it cannot be locked nobody is. */
static enum rc
medium_lock(struct change *c, struct err *e)
{
	const struct timespec step = { 0, WAIT_STEP * 1000000L };

	c->lock = open(c->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (c->lock < 0)
		return errno == ENOENT || errno == ENOTDIR
		    ? err_set(e, RC_ABSENT, "folder", "no such folder")
		    : medium_errno(e, "folder");
	for (int i = 0; flock(c->lock, LOCK_EX | LOCK_NB) != 0; i++) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			break;
		if (i == WAIT_MS / WAIT_STEP)
			return err_set(e, RC_BUSY, "folder",
			    "another program is changing it");
		(void)nanosleep(&step, NULL);
	}

	return RC_OK;
}

/* Which of our files are there, as they are written here. */
static enum rc
medium_look(struct change *c, struct err *e)
{
	DIR *d = opendir(c->folder);
	struct dirent *entry;

	if (d == NULL)
		return medium_errno(e, "folder");
	memset(c->names, 0, sizeof(c->names));
	c->marked = c->leftovers = false;
	while ((entry = readdir(d)) != NULL) {
		const char *name = entry->d_name;
		enum folder_file file = folder_file_of(name);
		const char *dot = strstr(name, ".ingam-");

		c->marked = c->marked || strcmp(name, MARKER_NAME) == 0;
		c->leftovers = c->leftovers ||
		    (dot != NULL &&
			(strcmp(dot, NEW) == 0 || strcmp(dot, PUT) == 0));
		if (file != FOLDER_FILES && c->names[file][0] == '\0')
			/* It is as long as ours: it fits. */
			memcpy(c->names[file], name, strlen(name) + 1);
	}
	(void)closedir(d);

	return RC_OK;
}

/* Removes a file that may be there. */
static enum rc
medium_drop(
    const struct change *c, const char *name, const char *more, struct err *e)
{
	char path[FOLDER_PATH];

	return unlink(medium_path(c, name, more, path)) == 0 || errno == ENOENT
	    ? RC_OK
	    : medium_errno(e, name);
}

/* Without a marker new files are nobody's: a process that was killed made them. */
static enum rc
medium_discard(const struct change *c, struct err *e)
{
	enum rc rc = medium_drop(c, MARKER_NAME, "", e);

	for (size_t i = 0; i < FOLDER_FILES && rc == RC_OK; i++) {
		const char *name = c->names[i][0] != '\0'
		    ? c->names[i]
		    : folder_name((enum folder_file)i);

		rc = medium_drop(c, name, NEW, e);
		if (rc == RC_OK)
			rc = medium_drop(c, name, PUT, e);
	}

	return rc;
}

/* Reads the marker that there is; *good is false where it decides nothing. */
static enum rc
medium_marker(struct change *c, bool *good, struct err *e)
{
	struct buf text = buf_init(MARKER_MAX);
	char path[FOLDER_PATH];
	enum rc rc = file_read(medium_path(c, MARKER_NAME, "", path), &text, e);

	*good = rc == RC_OK &&
	    marker_parse(buf_span(&text), &c->plan, NULL) == RC_OK;
	buf_clear(&text);
	if (rc == RC_LIMIT) {
		err_clear(e);
		rc = RC_OK;
	}

	return rc;
}

enum medium_state { MEDIUM_PENDING, MEDIUM_MADE, MEDIUM_FOREIGN };

/* How far one step is. */
static enum rc
medium_step_state(const struct change *c, const struct marker_step *s,
    enum medium_state *state, struct err *e)
{
	char now[MARKER_HASH], next[MARKER_HASH] = "-";
	enum rc rc = medium_hash(c, s->name, "", now, e);

	if (rc == RC_OK && s->after[0] != '-')
		rc = medium_hash(c, s->name, NEW, next, e);
	if (rc != RC_OK)
		return rc;
	if (strcmp(now, s->after) == 0)
		*state = MEDIUM_MADE;
	else if ((strcmp(now, s->before) == 0 || strcmp(now, "-") == 0) &&
	    strcmp(next, s->after) == 0)
		*state = MEDIUM_PENDING;
	else
		*state = MEDIUM_FOREIGN;

	return RC_OK;
}

/* A new file with these bytes, on the disk when it comes back. */
static enum rc
medium_write(const struct change *c, const char *name, const char *more,
    struct span bytes, struct err *e)
{
	char path[FOLDER_PATH];
	struct stat st;
	enum rc rc = RC_OK;
	int fd = open(medium_path(c, name, more, path),
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return medium_errno(e, name);
	/* What root changes stays its owner's. */
	if (geteuid() == 0 && fstat(c->lock, &st) == 0)
		(void)!fchown(fd, st.st_uid, st.st_gid);
	if (FAULT("medium-full"))
		rc = err_set(e, RC_IO, name, "%s", strerror(ENOSPC));
	if (rc == RC_OK)
		rc = file_write_all(fd, bytes, e);
	if (rc == RC_OK && fsync(fd) != 0)
		rc = medium_errno(e, name);
	if (close(fd) != 0 && rc == RC_OK)
		rc = medium_errno(e, name);

	return rc;
}

/* The second new file, where it is not there as it should be. */
static enum rc
medium_again(const struct change *c, const struct marker_step *s, struct err *e)
{
	struct buf bytes = buf_init(MEDIUM_FILE_MAX);
	char path[FOLDER_PATH], now[MARKER_HASH];
	enum rc rc = medium_hash(c, s->name, PUT, now, e);

	if (rc != RC_OK || strcmp(now, s->after) == 0)
		return rc;
	if ((rc = medium_drop(c, s->name, PUT, e)) != RC_OK)
		return rc;
	rc = file_read(medium_path(c, s->name, NEW, path), &bytes, e);
	if (rc == RC_OK)
		rc = medium_write(c, s->name, PUT, buf_span(&bytes), e);
	buf_clear(&bytes);

	return rc;
}

/* One file to its name, or away. */
static enum rc
medium_move(const struct change *c, const struct marker_step *s, struct err *e)
{
	const char *more = c->marked ? PUT : NEW;
	char from[FOLDER_PATH], to[FOLDER_PATH];
	enum rc rc = RC_OK;
	int done;

	(void)medium_path(c, s->name, more, from);
	(void)medium_path(c, s->name, "", to);
	if (s->after[0] != '-' && c->marked)
		rc = medium_again(c, s, e);
	if (rc != RC_OK)
		return rc;
	done = s->after[0] == '-' ? unlink(to) : rename(from, to);

	return done == 0 ? RC_OK : medium_errno(e, s->name);
}

/* What is still to be renamed or removed, then the marker goes. */
static enum rc
medium_finish(struct change *c, bool *begun, struct err *e)
{
	enum rc rc = RC_OK;

	for (size_t i = 0; i < c->plan.n && rc == RC_OK; i++) {
		const struct marker_step *s = &c->plan.steps[i];
		enum medium_state state;

		rc = medium_step_state(c, s, &state, e);
		if (rc != RC_OK || state == MEDIUM_MADE)
			continue;
		rc = medium_move(c, s, e);
		if (rc != RC_OK)
			break;
		*begun = true;
		FAILPOINT("medium-moved");
	}
	if (rc == RC_OK)
		rc = medium_sync(c, e);
	FAILPOINT("medium-finished");
	if (rc == RC_OK && c->marked)
		rc = medium_discard(c, e);
	if (rc == RC_OK && c->marked)
		rc = medium_sync(c, e);

	return rc;
}

/* Finishes what was interrupted, or throws its beginnings away. */
static enum rc
medium_recover(struct change *c, struct err *e)
{
	bool good = false, begun = false;
	enum rc rc = medium_look(c, e);

	if (rc != RC_OK || (!c->marked && !c->leftovers))
		return rc;
	if (c->marked)
		rc = medium_marker(c, &good, e);
	for (size_t i = 0; good && i < c->plan.n && rc == RC_OK; i++) {
		enum medium_state state;

		rc = medium_step_state(c, &c->plan.steps[i], &state, e);
		good = rc == RC_OK && state != MEDIUM_FOREIGN;
	}
	if (!good)
		c->plan.n = 0;
	if (rc != RC_OK)
		return rc;
	rc = good ? medium_finish(c, &begun, e) : medium_discard(c, e);
	c->unfinished = rc == RC_POLICY || rc == RC_IO;
	if (rc != RC_OK)
		return rc;
	c->plan.n = 0;

	return medium_look(c, e);
}

/* Locks the folder and recovers it. */
static enum rc
medium_begin(struct change *c, const char *folder, size_t n, struct err *e)
{
	enum rc rc;

	c->lock = -1;
	c->plan.n = 0;
	c->unfinished = false;
	if (n >= sizeof(c->folder))
		return err_set(e, RC_LIMIT, "folder", "path too long");
	memcpy(c->folder, folder, n);
	c->folder[n] = '\0';
	rc = medium_lock(c, e);

	return rc == RC_OK ? medium_recover(c, e) : rc;
}

/* The same with the folder that a pair is in. */
static enum rc
medium_begin_at(struct change *c, const struct folder_pair *pair, struct err *e)
{
	const char *slash = strrchr(pair->sign_cert, '/');

	if (slash == NULL)
		return medium_begin(c, ".", 1, e);

	return medium_begin(c, pair->sign_cert,
	    slash == pair->sign_cert ? 1 : (size_t)(slash - pair->sign_cert),
	    e);
}

static void
medium_end(struct change *c)
{
	if (c->lock >= 0)
		(void)close(c->lock);
	c->lock = -1;
}

/* Adds a file to the change: its new bytes, or (empty) that it goes. */
static enum rc
medium_add(
    struct change *c, enum folder_file file, struct span bytes, struct err *e)
{
	struct marker_step *s = &c->plan.steps[c->plan.n];
	bool there = c->names[file][0] != '\0';
	enum rc rc;

	if (bytes.n == 0 && !there)
		return RC_OK;
	*s = (struct marker_step){ .after = "-" };
	(void)snprintf(s->name, sizeof(s->name), "%s",
	    there ? c->names[file] : folder_name(file));
	c->bytes[c->plan.n] = bytes;
	rc = medium_hash(c, s->name, "", s->before, e);
	if (rc == RC_OK && bytes.n > 0)
		rc = marker_hash(bytes, s->after, e);
	if (rc != RC_OK)
		return rc;
	/* What stays as it is needs no step. */
	if (strcmp(s->before, s->after) != 0)
		c->plan.n++;

	return RC_OK;
}

/* All new files, and where they are several the marker. */
static enum rc
medium_prepare(const struct change *c, struct err *e)
{
	struct buf marker = buf_init(MARKER_MAX);
	char now[MARKER_HASH];
	enum rc rc = RC_OK;

	marker_write(&c->plan, &marker);
	if (!buf_ok(&marker))
		rc = err_set(e, RC_MEMORY, NULL, "out of memory");
	for (size_t i = 0; i < c->plan.n && rc == RC_OK; i++) {
		const struct marker_step *s = &c->plan.steps[i];

		if (s->after[0] == '-')
			continue;
		rc = medium_write(c, s->name, NEW, c->bytes[i], e);
		if (rc == RC_OK && c->plan.n > 1)
			rc = medium_write(c, s->name, PUT, c->bytes[i], e);
		FAILPOINT("medium-temporary");
		/* What is read back is what was meant, or the medium is bad. */
		if (rc == RC_OK)
			rc = medium_hash(c, s->name, NEW, now, e);
		if (rc == RC_OK && strcmp(now, s->after) != 0)
			rc = err_set(e, RC_IO, s->name,
			    "the medium gives back other bytes");
	}
	if (rc == RC_OK)
		rc = medium_sync(c, e);
	FAILPOINT("medium-written");
	if (rc == RC_OK && c->plan.n > 1)
		rc = medium_write(c, MARKER_NAME, "", buf_span(&marker), e);
	if (rc == RC_OK && c->plan.n > 1)
		rc = medium_sync(c, e);
	FAILPOINT("medium-marked");
	buf_clear(&marker);

	return rc;
}

/* Makes the change. */
static enum rc
medium_apply(struct change *c, struct err *e)
{
	bool begun = false;
	enum rc rc = medium_prepare(c, e);

	c->marked = c->plan.n > 1;
	if (rc == RC_OK)
		rc = medium_finish(c, &begun, e);
	if (rc == RC_OK)
		return RC_OK;
	if (!begun) {
		(void)!medium_discard(c, NULL);
		return rc;
	}
	err_clear(e);

	return err_set(e, RC_STATE, "folder",
	    "interrupted after its first step: the next command finishes it");
}

/*
 * Where each file is once what was interrupted is finished, on a medium that
 * lets nobody finish it: under its name, or still beside it.
 */
static enum rc
medium_foresee(
    struct change *c, const char *more[static FOLDER_FILES], struct err *e)
{
	enum rc rc = RC_OK;

	for (size_t i = 0; i < c->plan.n && rc == RC_OK; i++) {
		const struct marker_step *s = &c->plan.steps[i];
		enum folder_file file = folder_file_of(s->name);
		enum medium_state state = MEDIUM_MADE;

		rc = medium_step_state(c, s, &state, e);
		memcpy(c->names[file], s->name, sizeof(s->name));
		if (s->after[0] == '-')
			c->names[file][0] = '\0';
		if (state == MEDIUM_PENDING)
			more[file] = NEW;
	}

	return rc;
}

enum rc
medium_read(const struct folder_pair *pair, struct medium *out, struct err *e)
{
	const char *more[FOLDER_FILES];
	struct change c;
	char path[FOLDER_PATH];
	enum rc rc;

	for (size_t i = 0; i < FOLDER_FILES; i++) {
		out->files[i] = buf_init(MEDIUM_FILE_MAX);
		more[i] = "";
	}
	rc = medium_begin_at(&c, pair, e);
	if (c.unfinished) {
		err_clear(e);
		rc = medium_foresee(&c, more, e);
	}
	for (size_t i = 0; i < FOLDER_FILES && rc == RC_OK; i++) {
		if (c.names[i][0] == '\0')
			continue;
		rc = file_read(medium_path(&c, c.names[i], more[i], path),
		    &out->files[i], e);
		if (rc != RC_OK && e != NULL)
			(void)snprintf(e->field, sizeof(e->field), "%s",
			    folder_name((enum folder_file)i));
	}
	if (rc == RC_OK && c.names[FOLDER_SIGN_CERT][0] == '\0')
		rc = err_set(e, RC_ABSENT, folder_name(FOLDER_SIGN_CERT),
		    "no such file");
	medium_end(&c);

	return rc;
}

void
medium_clear(struct medium *m)
{
	for (size_t i = 0; i < FOLDER_FILES; i++)
		buf_clear(&m->files[i]);
}

enum rc
medium_check(const char *folder, struct err *e)
{
	char path[FOLDER_PATH];
	char *slash;
	enum rc rc;

	(void)snprintf(path, sizeof(path), "%s", folder);
	while ((rc = file_check_folder(path, e)) == RC_ABSENT &&
	    (slash = strrchr(path, '/')) != NULL && path[1] != '\0') {
		err_clear(e);
		/* The root is called by the slash itself. */
		slash[slash == path ? 1 : 0] = '\0';
	}

	return rc;
}

/* Is in it what was read when the change was decided? */
static enum rc
medium_same(const struct change *c, const struct medium *was, struct err *e)
{
	enum rc rc = RC_OK;

	for (size_t i = 0; i < FOLDER_FILES && rc == RC_OK; i++) {
		struct buf now = buf_init(MEDIUM_FILE_MAX);
		char path[FOLDER_PATH];

		if (c->names[i][0] != '\0')
			rc = file_read(
			    medium_path(c, c->names[i], "", path), &now, e);
		if (rc == RC_OK &&
		    !span_equal(buf_span(&now), buf_span(&was->files[i])))
			rc = err_set(e, RC_BUSY, "folder",
			    "another program is changing it");
		buf_clear(&now);
	}

	return rc;
}

enum rc
medium_write_keys(const struct folder_pair *pair, const struct medium *was,
    struct span sign_key, struct span km_key, struct err *e)
{
	struct change c;
	enum rc rc = medium_begin_at(&c, pair, e);

	if (rc == RC_OK)
		rc = medium_same(&c, was, e);
	if (rc == RC_OK && km_key.n > 0)
		rc = medium_add(&c, FOLDER_KM_KEY, km_key, e);
	if (rc == RC_OK && sign_key.n > 0)
		rc = medium_add(&c, FOLDER_SIGN_KEY, sign_key, e);
	if (rc == RC_OK)
		rc = medium_apply(&c, e);
	medium_end(&c);

	return rc;
}

/* Folders that were made are durable once their parents are. */
static void
medium_sync_parents(const char *folder)
{
	char path[FOLDER_PATH];
	char *slash;

	(void)snprintf(path, sizeof(path), "%s", folder);
	while ((slash = strrchr(path, '/')) != NULL && slash != path) {
		int fd;

		*slash = '\0';
		fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0)
			break;
		/* Some file systems do not sync folders. */
		(void)!fsync(fd);
		(void)close(fd);
	}
}

enum rc
medium_place(const char *folder, const struct medium *was,
    const struct medium *m, struct err *e)
{
	size_t there = file_there(folder);
	struct change c;
	enum rc rc;

	/* What did not fit would pass for a file that is to go. */
	for (size_t i = 0; i < FOLDER_FILES; i++)
		if (!buf_ok(&m->files[i]))
			return err_set(e, RC_LIMIT,
			    folder_name((enum folder_file)i),
			    "larger than allowed");
	/* errno is still what mkdir() said. */
	if (file_make_folder(folder, NULL) != RC_OK) {
		rc = medium_errno(e, "folder");
		file_unmake_folder(folder, there);
		return rc;
	}
	medium_sync_parents(folder);
	rc = medium_begin(&c, folder, strlen(folder), e);
	if (rc == RC_OK)
		rc = medium_same(&c, was, e);
	/* The certificate last: nobody lists it before its key is there. */
	for (size_t i = FOLDER_FILES; i-- > 0 && rc == RC_OK;)
		rc = medium_add(
		    &c, (enum folder_file)i, buf_span(&m->files[i]), e);
	if (rc == RC_OK)
		rc = medium_apply(&c, e);
	medium_end(&c);
	if (rc != RC_OK)
		file_unmake_folder(folder, there);

	return rc;
}

enum rc
medium_remove(
    const struct folder_pair *pair, const struct medium *was, struct err *e)
{
	const struct span none = { NULL, 0 };
	struct change c;
	enum rc rc = medium_begin_at(&c, pair, e);

	if (rc == RC_OK)
		rc = medium_same(&c, was, e);
	for (size_t i = 0; i < FOLDER_FILES && rc == RC_OK; i++)
		rc = medium_add(&c, (enum folder_file)i, none, e);
	if (rc == RC_OK)
		rc = medium_apply(&c, e);
	if (rc == RC_OK)
		(void)rmdir(c.folder);
	medium_end(&c);

	return rc;
}
