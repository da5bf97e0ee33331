/*
 * sec.c - secrets: bytes that are locked, undumpable and wiped.
 *
 * Belongs here: the types, wiping, constant-time comparison.
 * Not here: deciding who may read one; key derivation (vault, pake).
 */
#include "base/sec.h"

#include <sys/mman.h>
#include <unistd.h>

void
sec_wipe(void *p, size_t n)
{
	if (n > 0)
		explicit_bzero(p, n);
}

enum rc
sec_new(struct sec *s, size_t n, struct err *e)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t size;
	void *p;

	if (n > SIZE_MAX - page)
		return err_set(e, RC_LIMIT, NULL, "secret too large");
	size = (n + page) / page * page;
	p = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return err_set(e, RC_MEMORY, NULL, "no memory for a secret");
	if (mlock(p, size) != 0) {
		(void)munmap(p, size);
		return err_set(e, RC_MEMORY, NULL, "no lockable memory left");
	}
	(void)madvise(p, size, MADV_DONTDUMP);
	(void)madvise(p, size, MADV_WIPEONFORK);
	s->p = p;
	s->n = n;
	s->size = size;

	return RC_OK;
}

enum rc
sec_copy(struct sec *s, struct span from, struct err *e)
{
	enum rc rc = sec_new(s, from.n, e);

	if (rc == RC_OK && from.n > 0)
		memcpy(s->p, from.p, from.n);

	return rc;
}

void
sec_free(struct sec *s)
{
	if (s->p != NULL) {
		sec_wipe(s->p, s->size);
		(void)munmap(s->p, s->size);
	}
	s->p = NULL;
	s->n = s->size = 0;
}

void
sec_key_wipe(struct sec_key *k)
{
	sec_wipe(k->k, sizeof(k->k));
}

bool
sec_equal(struct span a, struct span b)
{
	volatile uint8_t diff = 0;

	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		diff = (uint8_t)(diff | (a.p[i] ^ b.p[i]));

	return diff == 0;
}
