/*
 * disk.c - a disk that forgets: a library loaded before a program, under whose
 * files it keeps a second copy, of what has been synced and nothing else.
 *
 * Belongs here: which bytes and which names would be there after a power cut.
 * Not here: the cut itself (disk.mjs); who is cut, and when (fault.mjs).
 *
 * INGAM_DISK_ROOT is the folder whose files are watched, INGAM_DISK_KEPT
 * another one on the same file system, where this keeps
 *
 *	ino/N	what is durable of inode N: a page with the size, then its bytes
 *	open/N	a second name of inode N, so that its number is not used again
 *	tree/…	the names that are durable, as further names of the inodes
 *
 * fsync() and fdatasync() copy the pages written since into ino/N and return;
 * on a folder they copy its names into tree/. Nothing else does. They take up
 * to INGAM_DISK_SYNC_US microseconds, as a disk does: only then do programs
 * have writes that wait.
 *
 * The vault may make next to no call once it serves. So both the file and the
 * copy are mapped when the file is opened, and a sync is a memcpy. Not watched:
 * SQLite's -shm, which it maps itself and does not want back.
 */

/* Both names of each call are defined here: neither may stand for the other. */
#undef _FILE_OFFSET_BITS
#undef _FORTIFY_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGE      4096U
#define FDS_MAX   4096
#define FILES_MAX 64
#define VAULT     "ingam-vault"
/* The vault locks what it maps, and empties its journal at 8 MiB. */
#define VAULT_PAGES 4096U
#define PAGES       32768U

struct head {
	uint64_t size;
};

struct file {
	ino_t inode;
	uint64_t size;
	const uint8_t *now; /* as the program sees it */
	uint8_t *kept;      /* ino/N */
	uint8_t dirty[PAGES / 8];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct file files[FILES_MAX];
static size_t files_n;
static struct file *of_fd[FDS_MAX];
static const char *root, *kept;
static uint64_t sync_us;
static size_t pages = PAGES;

/* What the next library in line makes of a name. */
static void *
next(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}

#define REAL(type, name, ...)                         \
	static type (*real)(__VA_ARGS__);             \
	if (real == NULL) {                           \
		void *symbol = next(#name);           \
		memcpy(&real, &symbol, sizeof(real)); \
	}

static void
give_up(const char *what)
{
	static const char head[] = "disk.c: ";

	(void)!syscall(SYS_write, STDERR_FILENO, head, sizeof(head) - 1);
	(void)!syscall(SYS_write, STDERR_FILENO, what, strlen(what));
	(void)!syscall(SYS_write, STDERR_FILENO, "\n", 1);
	_exit(70);
}

__attribute__((format(printf, 2, 3))) static void
put(char out[static PATH_MAX], const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(out, PATH_MAX, format, args);
	va_end(args);
	if (n < 0 || n >= PATH_MAX)
		give_up("a path is too long");
}

static void
make_folders(const char *path)
{
	char copy[PATH_MAX];

	put(copy, "%s", path);
	for (char *at = copy + 1; *at != '\0'; at++) {
		if (*at != '/')
			continue;
		*at = '\0';
		(void)mkdir(copy, 0700);
		*at = '/';
	}
}

/* The path below the root, or NULL: not ours. */
static const char *
below(const char *path)
{
	size_t n = root == NULL ? 0 : strlen(root);
	size_t length = strlen(path);

	if (root == NULL || strncmp(path, root, n) != 0 || path[n] != '/')
		return NULL;
	if (length > 4 && strcmp(path + length - 4, "-shm") == 0)
		return NULL;

	return path + n + 1;
}

static void
touch(struct file *f, uint64_t from, uint64_t to)
{
	if (to > (uint64_t)pages * PAGE)
		give_up("a file is too large");
	for (uint64_t page = from / PAGE; page * PAGE < to; page++)
		f->dirty[page / 8] |= (uint8_t)(1U << page % 8);
}

/* Copies what was written since: that is now durable. */
static void
keep(struct file *f)
{
	for (size_t page = 0; page < pages; page++) {
		uint8_t bit = (uint8_t)(1U << page % 8);

		if ((f->dirty[page / 8] & bit) == 0)
			continue;
		f->dirty[page / 8] &= (uint8_t)~bit;
		if (page * PAGE < f->size)
			memcpy(f->kept + (page + 1) * PAGE,
			    f->now + page * PAGE, PAGE);
	}
	memcpy(f->kept, &(struct head){ f->size }, sizeof(struct head));
}

/* Maps the copy of an inode; gives whether it is there for the first time. */
static bool
map_kept(struct file *f)
{
	REAL(int, open, const char *, int, ...)
	char path[PATH_MAX];
	size_t size = (pages + 1) * (size_t)PAGE;
	struct stat st;
	bool is_new;
	void *p;
	int fd;

	put(path, "%s/ino/%ju", kept, (uintmax_t)f->inode);
	make_folders(path);
	is_new = stat(path, &st) != 0;
	fd = real(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, (off_t)size) != 0)
		give_up("cannot make a copy");
	p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	(void)syscall(SYS_close, fd);
	if (p == MAP_FAILED)
		give_up("cannot map a copy");
	f->kept = p;

	return is_new;
}

/* One more name for what `path` names. */
static void
link_to(const char *path, const char *other)
{
	make_folders(other);
	if (link(path, other) != 0 && errno != EEXIST && errno != ENOENT)
		give_up("cannot link");
}

static int
start_with(const char *path, const struct stat *st, int type, struct FTW *where)
{
	char other[PATH_MAX];

	(void)where;
	if (type == FTW_F && S_ISREG(st->st_mode) && below(path) != NULL) {
		put(other, "%s/tree/%s", kept, below(path));
		link_to(path, other);
	}

	return 0;
}

__attribute__((constructor)) static void
start(void)
{
	const char *us = getenv("INGAM_DISK_SYNC_US");
	char tree[PATH_MAX];

	root = getenv("INGAM_DISK_ROOT");
	kept = getenv("INGAM_DISK_KEPT");
	if (root == NULL || kept == NULL)
		root = kept = NULL;
	sync_us = us == NULL ? 0 : strtoull(us, NULL, 10);
	if (strcmp(program_invocation_short_name, VAULT) == 0)
		pages = VAULT_PAGES;
	if (kept == NULL)
		return;
	put(tree, "%s/tree", kept);
	make_folders(tree);
	/* The first of all: what is there now is on the disk. */
	if (mkdir(tree, 0700) == 0)
		(void)nftw(root, start_with, 16, FTW_PHYS);
}

static struct file *
find(ino_t inode)
{
	for (size_t i = 0; i < files_n; i++)
		if (files[i].inode == inode)
			return &files[i];

	return NULL;
}

/* A file that was there before anybody watched is on the disk as it is. */
static void
watch(const char *path, int fd, bool created)
{
	char other[PATH_MAX];
	struct file *f;
	struct stat st;
	void *p;

	if (below(path) == NULL || fd < 0 || fd >= FDS_MAX ||
	    fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return;
	(void)pthread_mutex_lock(&lock);
	if ((f = find(st.st_ino)) == NULL) {
		if (files_n == FILES_MAX)
			give_up("too many files");
		f = &files[files_n++];
		f->inode = st.st_ino;
		f->size = (uint64_t)st.st_size;
		p = mmap(NULL, pages * (size_t)PAGE, PROT_READ,
		    MAP_SHARED | MAP_NORESERVE, fd, 0);
		if (p == MAP_FAILED)
			give_up("cannot map a file");
		f->now = p;
		put(other, "%s/open/%ju", kept, (uintmax_t)f->inode);
		link_to(path, other);
		touch(f, 0, f->size);
		if (map_kept(f) && !created)
			keep(f);
		/* What an earlier process wrote may wait for its sync still. */
		touch(f, 0, f->size);
	}
	of_fd[fd] = f;
	(void)pthread_mutex_unlock(&lock);
}

static struct file *
watched(int fd)
{
	return fd >= 0 && fd < FDS_MAX ? of_fd[fd] : NULL;
}

static void
wrote(int fd, off_t at, ssize_t n)
{
	struct file *f = watched(fd);
	uint64_t from = (uint64_t)at, to;

	if (f == NULL || n <= 0)
		return;
	to = from + (uint64_t)n;
	(void)pthread_mutex_lock(&lock);
	/* A hole is as new as what stands behind it. */
	touch(f, from < f->size ? from : f->size, to);
	if (to > f->size)
		f->size = to;
	(void)pthread_mutex_unlock(&lock);
}

/* By the one way of waiting that the vault is left with. */
static void
take_time(void)
{
	static _Atomic uint32_t seed = 1;
	uint32_t never = 0;
	uint64_t us;
	struct timespec t;

	if (sync_us == 0)
		return;
	seed = seed * 1664525U + 1013904223U;
	us = (seed >> 8) % sync_us;
	t = (struct timespec){ .tv_nsec = (long)us * 1000 };
	(void)syscall(SYS_futex, &never, FUTEX_WAIT_PRIVATE, 0, &t, NULL, 0);
}

static bool
is_file(const char *path, ino_t *inode)
{
	struct stat st;

	*inode = 0;
	if (lstat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return false;
	*inode = st.st_ino;

	return true;
}

/* A name as it is in the live folder, and as it is kept. */
static void
keep_name(const char *folder, const char *tree, const char *name)
{
	char live[PATH_MAX], other[PATH_MAX];
	ino_t now, was;
	bool is_live, is_other;

	put(live, "%s/%s", folder, name);
	put(other, "%s/%s", tree, name);
	if (below(live) == NULL)
		return;
	is_live = is_file(live, &now);
	is_other = is_file(other, &was);
	if ((!is_live && !is_other) || now == was)
		return;
	if (was != 0)
		(void)syscall(SYS_unlink, other);
	if (now != 0)
		link_to(live, other);
}

/* The names of a folder are durable now; those that are gone are gone. */
static void
keep_folder(int fd)
{
	char self[PATH_MAX], both[2][PATH_MAX] = { 0 };
	const char *sub;

	put(self, "/proc/self/fd/%d", fd);
	if (root == NULL || readlink(self, both[0], PATH_MAX - 1) <= 0)
		return;
	sub = below(both[0]);
	if (sub == NULL && strcmp(both[0], root) != 0)
		return;
	put(both[1], "%s/tree/%s", kept, sub == NULL ? "" : sub);
	for (size_t i = 0; i < 2; i++) {
		const struct dirent *e;
		DIR *d = opendir(both[i]);

		while (d != NULL && (e = readdir(d)) != NULL)
			keep_name(both[0], both[1], e->d_name);
		if (d != NULL)
			(void)closedir(d);
	}
}

static int
sync_fd(int fd)
{
	struct file *f = watched(fd);
	struct stat st;

	if (f != NULL) {
		take_time();
		(void)pthread_mutex_lock(&lock);
		keep(f);
		(void)pthread_mutex_unlock(&lock);
		return 0;
	}
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
		keep_folder(fd);

	return 0;
}

/* From here on: the names that programs call. */

__attribute__((visibility("default"))) int
open(const char *path, int flags, ...)
{
	REAL(int, open, const char *, int, ...)
	struct stat st;
	mode_t mode = 0;
	bool there;
	va_list args;
	int fd;

	if ((flags & (O_CREAT | O_TMPFILE)) != 0) {
		va_start(args, flags);
		mode = va_arg(args, mode_t);
		va_end(args);
	}
	if (below(path) == NULL || (flags & O_ACCMODE) == O_RDONLY)
		return real(path, flags, mode);
	/* What is written must be read here. */
	flags = (flags & ~O_ACCMODE) | O_RDWR;
	there = lstat(path, &st) == 0;
	fd = real(path, flags, mode);
	watch(path, fd, !there);

	return fd;
}

__attribute__((visibility("default"))) int
open64(const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list args;

	if ((flags & (O_CREAT | O_TMPFILE)) != 0) {
		va_start(args, flags);
		mode = va_arg(args, mode_t);
		va_end(args);
	}

	return open(path, flags, mode);
}

__attribute__((visibility("default"))) int
mkostemp(char *template, int flags)
{
	REAL(int, mkostemp, char *, int)
	int fd = real(template, flags);

	watch(template, fd, true);

	return fd;
}

__attribute__((visibility("default"))) int
mkostemp64(char *template, int flags)
{
	return mkostemp(template, flags);
}

__attribute__((visibility("default"))) int
close(int fd)
{
	REAL(int, close, int)

	if (fd >= 0 && fd < FDS_MAX)
		of_fd[fd] = NULL;

	return real(fd);
}

__attribute__((visibility("default"))) ssize_t
write(int fd, const void *p, size_t n)
{
	REAL(ssize_t, write, int, const void *, size_t)
	ssize_t put = real(fd, p, n);

	if (put > 0 && watched(fd) != NULL)
		wrote(fd, lseek(fd, 0, SEEK_CUR) - put, put);

	return put;
}

__attribute__((visibility("default"))) ssize_t
pwrite(int fd, const void *p, size_t n, off_t at)
{
	REAL(ssize_t, pwrite, int, const void *, size_t, off_t)
	ssize_t put = real(fd, p, n, at);

	wrote(fd, at, put);

	return put;
}

__attribute__((visibility("default"))) ssize_t
pwrite64(int fd, const void *p, size_t n, off64_t at)
{
	return pwrite(fd, p, n, at);
}

__attribute__((visibility("default"))) int
ftruncate(int fd, off_t size)
{
	REAL(int, ftruncate, int, off_t)
	struct file *f = watched(fd);
	int rc;

	if (f == NULL)
		return real(fd, size);
	(void)pthread_mutex_lock(&lock);
	rc = real(fd, size);
	if (rc == 0) {
		uint64_t to = (uint64_t)size;

		touch(f, to < f->size ? to : f->size, to + 1);
		f->size = to;
	}
	(void)pthread_mutex_unlock(&lock);

	return rc;
}

__attribute__((visibility("default"))) int
ftruncate64(int fd, off64_t size)
{
	return ftruncate(fd, size);
}

__attribute__((visibility("default"))) int
fsync(int fd)
{
	return sync_fd(fd);
}

__attribute__((visibility("default"))) int
fdatasync(int fd)
{
	return sync_fd(fd);
}
