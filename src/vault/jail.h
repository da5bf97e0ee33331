/*
 * jail.h - see jail.c.
 */
#pragma once

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* How a system call is treated once the vault is locked up. */
enum jail_rule {
	JAIL_ALLOW,
	JAIL_REFUSE,  /* EACCES: libraries try it and carry on */
	JAIL_NO_EXEC, /* without PROT_EXEC, and mmap without a descriptor */
	JAIL_WRITE,   /* to the journal and to standard error only */
};

struct jail_call {
	int number;
	const char *name;
	enum jail_rule rule;
};

/* The table: every call that is not in it kills the process. */
extern const struct jail_call jail_calls[];
extern const size_t jail_calls_n;

/*
 * Makes the process undumpable, without core files and without new
 * privileges; to be called before the first secret is read. RC_IO.
 */
IG_CHECK enum rc jail_prepare(struct err *e);

/*
 * Locks the process up for good: no file system (Landlock), only the calls of
 * the table (seccomp). fds are the journal's. Where the kernel lacks a part:
 * RC_UNKNOWN, or, if weak is allowed, RC_OK with *is_weak. Nothing can be
 * opened afterwards; that is tried, RC_BUG.
 */
IG_CHECK enum rc jail_lock(
    const int fds[static 2], bool allow_weak, bool *is_weak, struct err *e);
