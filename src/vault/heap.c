/*
 * heap.c - the memory of libcrypto, in which open keys lie.
 *
 * Belongs here: a heap in one locked piece of memory.
 * Not here: secrets of our own (base/sec.c); which keys are open (keyring.c).
 *
 * libcrypto's "secure heap" holds what it is told to put there, but a key that
 * is loaded and used leaves copies of its primes and exponents outside of it
 * (Montgomery contexts, what EVP_PKEY_fromdata() makes). So all that libcrypto
 * allocates comes from here.
 *
 * Blocks are of 4 sizes to a doubling. A free one waits in the list of its
 * size, and is given to a smaller request when there is nothing else; blocks
 * are never split or joined: what the vault does repeats itself.
 */
#include "vault/heap.h"

#include "base/sec.h"

#include <openssl/crypto.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#define HEAP_CLASSES 64 /* the last: 3.5 MiB */

/* Before each block; what is given out is aligned as the block is. */
struct heap_block {
	_Alignas(16) uint32_t class_;
	struct heap_block *next; /* while it is free */
};

static struct {
	uint8_t *at, *end; /* what was never used */
	struct heap_block *free[HEAP_CLASSES];
	pthread_mutex_t lock;
} heap = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* Each thread asks for itself: it wants to know why its own call failed. */
static _Thread_local bool ran_out;

/* Of the block with its head: 64, 80, 96, 112, 128, 160, … */
static size_t
heap_size(uint32_t class_)
{
	return (size_t)(4 + class_ % 4) << (class_ / 4 + 4);
}

static uint32_t
heap_class(size_t n)
{
	uint32_t class_ = 0;

	while (class_ < HEAP_CLASSES && heap_size(class_) < n)
		class_++;

	return class_;
}

static struct heap_block *
heap_cut(uint32_t class_)
{
	struct heap_block *b = (struct heap_block *)(void *)heap.at;
	size_t size = heap_size(class_);

	if ((size_t)(heap.end - heap.at) < size)
		return NULL;
	heap.at += size;
	b->class_ = class_;

	return b;
}

/* The list's first block, or a new one, or one of a larger size. */
static struct heap_block *
heap_find(uint32_t class_)
{
	struct heap_block *b = NULL;

	(void)pthread_mutex_lock(&heap.lock);
	if (class_ < HEAP_CLASSES && heap.free[class_] == NULL)
		b = heap_cut(class_);
	while (b == NULL && class_ < HEAP_CLASSES) {
		b = heap.free[class_];
		if (b != NULL)
			heap.free[class_] = b->next;
		class_++;
	}
	(void)pthread_mutex_unlock(&heap.lock);

	return b;
}

void *
heap_take(size_t n)
{
	struct heap_block *b = n > SIZE_MAX - sizeof(*b)
	    ? NULL
	    : heap_find(heap_class(n + sizeof(*b)));

	ran_out = ran_out || b == NULL;

	return b == NULL ? NULL : b + 1;
}

bool
heap_ran_out(void)
{
	bool did = ran_out;

	ran_out = false;

	return did;
}

void
heap_give(void *p)
{
	struct heap_block *b = p;

	if (p == NULL)
		return;
	b--;
	sec_wipe(p, heap_size(b->class_) - sizeof(*b));
	(void)pthread_mutex_lock(&heap.lock);
	b->next = heap.free[b->class_];
	heap.free[b->class_] = b;
	(void)pthread_mutex_unlock(&heap.lock);
}

void *
heap_resize(void *p, size_t n)
{
	size_t has;
	void *q;

	if (p == NULL)
		return heap_take(n);
	has = heap_size(((struct heap_block *)p - 1)->class_) -
	    sizeof(struct heap_block);
	if (n <= has)
		return p;
	if ((q = heap_take(n)) == NULL)
		return NULL;
	memcpy(q, p, has);
	heap_give(p);

	return q;
}

static void *
heap_malloc(size_t n, const char *file, int line)
{
	(void)file;
	(void)line;

	return heap_take(n);
}

static void *
heap_realloc(void *p, size_t n, const char *file, int line)
{
	(void)file;
	(void)line;

	return heap_resize(p, n);
}

static void
heap_free(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	heap_give(p);
}

/* Memory for the rest of the process's life. */
static uint8_t *
heap_map(size_t bytes, bool *locked)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	(void)madvise(p, bytes, MADV_DONTDUMP);
	*locked = mlock(p, bytes) == 0;

	return p;
}

enum rc
heap_start(size_t bytes, bool *locked, struct err *e)
{
	uint8_t *p;

	*locked = false;
	if (heap.at != NULL ||
	    CRYPTO_set_mem_functions(heap_malloc, heap_realloc, heap_free) != 1)
		return err_set(e, RC_BUG, "heap", "libcrypto runs already");
	if ((p = heap_map(bytes, locked)) == NULL)
		return err_set(e, RC_MEMORY, "heap", "no memory for keys");
	heap.at = p;
	heap.end = p + bytes;

	return RC_OK;
}
