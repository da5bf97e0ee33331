/*
 * sec.h - see sec.c.
 */
#pragma once

#include "base/err.h"
#include "base/span.h"

/*
 * A secret is a type: it lives in memory that is locked, left out of core
 * dumps and wiped when it goes. It is never put into a buf, a log or a
 * message that outlives the call. Declare with SEC_WIPED and it wipes itself
 * on every way out:
 *
 *	struct sec password SEC_WIPED = { 0 };
 */
struct sec {
	uint8_t *p;
	size_t n;
	size_t size; /* mapped bytes */
};

/* 32 secret bytes on the stack. */
struct sec_key {
	uint8_t k[32];
};

#define SEC_WIPED     __attribute__((__cleanup__(sec_free)))
#define SEC_KEY_WIPED __attribute__((__cleanup__(sec_key_wipe)))

/*
 * Makes s hold n zero bytes. s must be empty or all zero. RC_MEMORY when
 * there is no memory, or none that may be locked (RLIMIT_MEMLOCK).
 */
IG_CHECK enum rc sec_new(struct sec *s, size_t n, struct err *e);

/* Makes s hold a copy of the bytes. As sec_new(). */
IG_CHECK enum rc sec_copy(struct sec *s, struct span from, struct err *e);

/* Wipes and frees; s is empty afterwards. An empty s is fine. */
void sec_free(struct sec *s);

void sec_key_wipe(struct sec_key *k);

/* Wipes n bytes in a way that the compiler keeps. */
void sec_wipe(void *p, size_t n);

/* Equal, in a time that depends on the lengths only. */
bool sec_equal(struct span a, struct span b);

static inline struct span
sec_span(const struct sec *s)
{
	return (struct span){ s->p, s->n };
}
