/*
 * static.c - the files of an origin, read once, found by exact path.
 *
 * Belongs here: reading a folder, media types, ETags, packing.
 * Not here: answering (serve.c). No request ever becomes a path of the disk.
 */
#include "http/static.h"

#include "base/digest.h"
#include "base/enc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define ZLIB_CONST
#include <zlib.h>

#define STATIC_PATH_MAX  512
#define STATIC_DEPTH_MAX 8

/* A file as others see it, and what is freed with it. */
struct static_owned {
	struct static_file file;
	char *path;
	uint8_t *body, *gzip;
};

struct static_set {
	atomic_uint holders;
	size_t n, size;
	size_t total;
	struct static_owned *files; /* by path */
};

/* clang-format off */
static const struct {
	const char *suffix;
	const char *type;
	bool packs;
} types[] = {
	{ ".html", "text/html; charset=utf-8", true },
	{ ".js", "text/javascript; charset=utf-8", true },
	{ ".mjs", "text/javascript; charset=utf-8", true },
	{ ".css", "text/css; charset=utf-8", true },
	{ ".json", "application/json", true },
	{ ".webmanifest", "application/manifest+json", true },
	{ ".map", "application/json", true },
	{ ".svg", "image/svg+xml", true },
	{ ".wasm", "application/wasm", true },
	{ ".txt", "text/plain; charset=utf-8", true },
	{ ".xml", "application/xml", true },
	{ ".png", "image/png", false },
	{ ".jpg", "image/jpeg", false },
	{ ".webp", "image/webp", false },
	{ ".avif", "image/avif", false },
	{ ".ico", "image/x-icon", false },
	{ ".woff2", "font/woff2", false },
	{ ".pdf", "application/pdf", false },
	{ ".mp3", "audio/mpeg", false },
	{ "", "application/octet-stream", false },
};
/* clang-format on */

static bool
static_ends(const char *s, const char *suffix)
{
	size_t n = strlen(s), m = strlen(suffix);

	return n >= m && strcmp(s + n - m, suffix) == 0;
}

/* "app.0a1b2c3d.js": eight hex digits or more before the suffix. */
static bool
static_is_hashed(const char *path)
{
	const char *dot = strrchr(path, '.');
	size_t n = 0;

	if (dot == NULL)
		return false;
	while (dot - (n + 1) > path &&
	    strchr("0123456789abcdef", dot[-(ptrdiff_t)n - 1]) != NULL)
		n++;

	return n >= 8 &&
	    (dot[-(ptrdiff_t)n - 1] == '.' || dot[-(ptrdiff_t)n - 1] == '-');
}

static void
static_pack(struct static_owned *f)
{
	z_stream z = { 0 };
	struct span body = f->file.body;
	size_t max = body.n + 64;
	uint8_t *p = malloc(max);

	/*
	 * 31: gzip's own header, with its time left at 0. Level 6: level 9 takes
	 * twice as long, at every start, for 0.2 % of the size.
	 */
	if (p == NULL ||
	    deflateInit2(&z, 6, Z_DEFLATED, 31, 9, Z_DEFAULT_STRATEGY) !=
		Z_OK) {
		free(p);
		return;
	}
	z.next_in = body.p;
	z.avail_in = (uInt)body.n;
	z.next_out = p;
	z.avail_out = (uInt)max;
	if (deflate(&z, Z_FINISH) == Z_STREAM_END &&
	    z.total_out < body.n - body.n / 10) {
		f->file.gzip = (struct span){ p, z.total_out };
		f->gzip = p;
		p = NULL;
	}
	(void)deflateEnd(&z);
	free(p);
}

/* Takes path and body. */
static void
static_describe(struct static_owned *f, char *path, uint8_t *body, size_t n)
{
	struct static_file *file = &f->file;
	uint8_t hash[DIGEST_SHA256];
	size_t i = 0;

	while (
	    types[i].suffix[0] != '\0' && !static_ends(path, types[i].suffix))
		i++;
	*f = (struct static_owned){ .path = path, .body = body };
	file->path = path;
	file->type = types[i].type;
	file->body = (struct span){ body, n };
	file->forever = static_is_hashed(path);
	digest_sha256(hash, &file->body, 1);
	file->etag[0] = '"';
	for (size_t j = 0; j < 8; j++)
		(void)snprintf(file->etag + 1 + 2 * j, 3, "%02x", hash[j]);
	file->etag[17] = '"';
	if (types[i].packs && n > 256)
		static_pack(f);
}

/* Gives the file's bytes. */
static enum rc
static_read(int fd, uint8_t **out, size_t *out_n, struct err *e)
{
	struct stat st;
	uint8_t *p;
	size_t n = 0;

	*out = NULL;
	*out_n = 0;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return err_set(e, RC_IO, NULL, "a file cannot be read");
	if (st.st_size > STATIC_FILE_MAX)
		return err_set(e, RC_LIMIT, NULL, "a file is too large");
	if ((p = malloc((size_t)st.st_size + 1)) == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	while (n < (size_t)st.st_size) {
		ssize_t got = read(fd, p + n, (size_t)st.st_size - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			free(p);
			return err_set(e, RC_IO, NULL, "a file cannot be read");
		}
		n += (size_t)got;
	}
	*out = p;
	*out_n = n;

	return RC_OK;
}

static enum rc
static_add(struct static_set *set, const char *path, int fd, struct err *e)
{
	struct static_owned *files;
	uint8_t *body;
	size_t n;
	char *name;
	enum rc rc;

	if (set->n == set->size) {
		size_t size = set->size == 0 ? 32 : 2 * set->size;

		if (set->n >= STATIC_COUNT_MAX)
			return err_set(e, RC_LIMIT, NULL, "too many files");
		files = realloc(set->files, size * sizeof(*files));
		if (files == NULL)
			return err_set(e, RC_MEMORY, NULL, "out of memory");
		set->files = files;
		set->size = size;
	}
	if ((rc = static_read(fd, &body, &n, e)) != RC_OK)
		return rc;
	if ((name = strdup(path)) == NULL) {
		free(body);
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	}
	static_describe(&set->files[set->n], name, body, n);
	set->total += n + set->files[set->n].file.gzip.n;
	set->n++;
	if (set->total > STATIC_TOTAL_MAX)
		return err_set(e, RC_LIMIT, NULL, "files too large together");

	return RC_OK;
}

/* The depth is capped, so this recursion is too: NOLINTBEGIN(misc-no-recursion) */
static enum rc static_walk(struct static_set *set, int folder, const char *at,
    unsigned int depth, struct err *e);

/* One name of a folder: a file, another folder, or something left out. */
static enum rc
static_visit(struct static_set *set, DIR *d, const char *at, const char *name,
    unsigned int depth, struct err *e)
{
	char path[STATIC_PATH_MAX];
	struct stat st;
	enum rc rc = RC_OK;
	int fd, n;

	n = snprintf(path, sizeof(path), "%s/%s", at, name);
	if (n < 0 || (size_t)n >= sizeof(path))
		return err_set(e, RC_LIMIT, NULL, "a file's name is too long");
	fd = openat(
	    dirfd(d), name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 && errno == ELOOP)
		return RC_OK;
	if (fd < 0)
		return err_set(e, RC_IO, NULL, "a file cannot be opened");
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
		return static_walk(set, fd, path, depth + 1, e);
	if (S_ISREG(st.st_mode))
		rc = static_add(set, path, fd, e);
	(void)close(fd);

	return rc;
}

/* Takes the descriptor. */
static enum rc
static_walk(struct static_set *set, int folder, const char *at,
    unsigned int depth, struct err *e)
{
	struct dirent *entry;
	enum rc rc = RC_OK;
	DIR *d = depth > STATIC_DEPTH_MAX ? NULL : fdopendir(folder);

	if (d == NULL) {
		(void)close(folder);
		return err_set(e, RC_IO, NULL, "a folder cannot be read");
	}
	while (rc == RC_OK && (entry = readdir(d)) != NULL) {
		if (entry->d_name[0] != '.')
			rc = static_visit(set, d, at, entry->d_name, depth, e);
	}
	(void)closedir(d);

	return rc;
}
/* NOLINTEND(misc-no-recursion) */

static int
static_order(const void *a, const void *b)
{
	const struct static_owned *x = a, *y = b;

	return strcmp(x->file.path, y->file.path);
}

enum rc
static_load(const char *folder, struct static_set **out, struct err *e)
{
	struct static_set *set;
	enum rc rc;
	int fd;

	*out = NULL;
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_set(e, errno == ENOENT ? RC_ABSENT : RC_IO, "web",
		    "the folder of the pages cannot be opened");
	if ((set = calloc(1, sizeof(*set))) == NULL) {
		(void)close(fd);
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	}
	atomic_init(&set->holders, 1);
	rc = static_walk(set, fd, "", 0, e);
	if (rc != RC_OK) {
		static_free(set);
		return rc;
	}
	if (set->n > 0)
		qsort(set->files, set->n, sizeof(*set->files), static_order);
	*out = set;

	return RC_OK;
}

struct static_set *
static_hold(struct static_set *set)
{
	if (set != NULL)
		(void)atomic_fetch_add(&set->holders, 1);

	return set;
}

void
static_drop(struct static_set *set)
{
	if (set == NULL || atomic_fetch_sub(&set->holders, 1) != 1)
		return;
	for (size_t i = 0; i < set->n; i++) {
		free(set->files[i].path);
		free(set->files[i].body);
		free(set->files[i].gzip);
	}
	free(set->files);
	free(set);
}

void
static_free(struct static_set *set)
{
	static_drop(set);
}

static const struct static_file *
static_exact(const struct static_set *set, const char *path)
{
	struct static_owned key = { .file.path = path };
	const struct static_owned *f = set->n == 0
	    ? NULL
	    : bsearch(
		  &key, set->files, set->n, sizeof(*set->files), static_order);

	return f == NULL ? NULL : &f->file;
}

const struct static_file *
static_find(const struct static_set *set, struct span path)
{
	const struct static_file *f;
	char name[STATIC_PATH_MAX + 16];

	if (set == NULL || path.n == 0 || path.n >= STATIC_PATH_MAX)
		return NULL;
	memcpy(name, path.p, path.n);
	name[path.n] = '\0';
	if (name[path.n - 1] == '/') {
		memcpy(name + path.n, "index.html", sizeof("index.html"));
		return static_exact(set, name);
	}
	if ((f = static_exact(set, name)) != NULL)
		return f;
	memcpy(name + path.n, ".html", sizeof(".html"));

	return static_exact(set, name);
}
