/*
 * starve.c - the allocator of a program whose n-th allocation fails.
 *
 * Belongs here: counting, failing; what our code calls (the linker's --wrap
 * leads it here) and what libcrypto calls.
 * Not here: which n, and what is expected (the tests).
 */
#include "starve.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__real_reallocarray(void *p, size_t n, size_t size);
char *__real_strdup(const char *s);
void *__real_mmap64(
    void *at, size_t n, int prot, int flags, int fd, off_t offset);
int __real_CRYPTO_set_mem_functions(
    CRYPTO_malloc_fn take, CRYPTO_realloc_fn resize, CRYPTO_free_fn give);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
void *__wrap_reallocarray(void *p, size_t n, size_t size);
char *__wrap_strdup(const char *s);
void *__wrap_mmap64(
    void *at, size_t n, int prot, int flags, int fd, off_t offset);
int __wrap_CRYPTO_set_mem_functions(
    CRYPTO_malloc_fn take, CRYPTO_realloc_fn resize, CRYPTO_free_fn give);

static struct starve here, *starve = &here;

struct starve *
starve_here(void)
{
	return starve;
}

/* Is this the one that fails? */
static bool
starve_now(enum starve_whose whose)
{
	uint32_t nth = atomic_load(&starve->nth);

	if (nth == 0 || atomic_load(&starve->whose) != whose ||
	    atomic_fetch_add(&starve->count, 1) + 1 != nth)
		return false;
	atomic_store(&starve->failed, 1);
	errno = ENOMEM;

	return true;
}

void *
__wrap_malloc(size_t n)
{
	return starve_now(STARVE_OWN) ? NULL : __real_malloc(n);
}

void *
__wrap_calloc(size_t n, size_t size)
{
	return starve_now(STARVE_OWN) ? NULL : __real_calloc(n, size);
}

void *
__wrap_realloc(void *p, size_t n)
{
	return starve_now(STARVE_OWN) ? NULL : __real_realloc(p, n);
}

void *
__wrap_reallocarray(void *p, size_t n, size_t size)
{
	return starve_now(STARVE_OWN) ? NULL : __real_reallocarray(p, n, size);
}

char *
__wrap_strdup(const char *s)
{
	return starve_now(STARVE_OWN) ? NULL : __real_strdup(s);
}

void *
__wrap_mmap64(void *at, size_t n, int prot, int flags, int fd, off_t offset)
{
	return starve_now(STARVE_OWN)
	    ? MAP_FAILED
	    : __real_mmap64(at, n, prot, flags, fd, offset);
}

/* libcrypto's: over the vault's own heap, or, under sanitizers, malloc(). */
static struct {
	CRYPTO_malloc_fn take;
	CRYPTO_realloc_fn resize;
	CRYPTO_free_fn give;
} under;

/* The heap is asked for more than it can have: it takes note. */
static void *
starve_take(size_t n, const char *file, int line)
{
	bool now = starve_now(STARVE_LIBCRYPTO);

	if (under.take == NULL)
		return now ? NULL : __real_malloc(n);

	return under.take(now ? SIZE_MAX : n, file, line);
}

static void *
starve_resize(void *p, size_t n, const char *file, int line)
{
	bool now = starve_now(STARVE_LIBCRYPTO);

	if (under.resize == NULL)
		return now ? NULL : __real_realloc(p, n);

	return under.resize(p, now ? SIZE_MAX : n, file, line);
}

static void
starve_give(void *p, const char *file, int line)
{
	if (under.give == NULL)
		free(p);
	else
		under.give(p, file, line);
}

int
__wrap_CRYPTO_set_mem_functions(
    CRYPTO_malloc_fn take, CRYPTO_realloc_fn resize, CRYPTO_free_fn give)
{
	under.take = take;
	under.resize = resize;
	under.give = give;

	return __real_CRYPTO_set_mem_functions(
	    starve_take, starve_resize, starve_give);
}

__attribute__((constructor)) static void
starve_map(void)
{
	const char *path = getenv("INGAM_STARVE");
	int fd;
	void *p;

	if (__wrap_CRYPTO_set_mem_functions(NULL, NULL, NULL) != 1)
		abort();
	if (path == NULL)
		return;
	fd = open(path, O_RDWR | O_CLOEXEC);
	p = __real_mmap64(
	    NULL, sizeof(*starve), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	(void)close(fd);
	if (p == MAP_FAILED)
		abort();
	starve = p;
}
