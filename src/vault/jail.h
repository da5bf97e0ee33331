/*
 * jail.h - see jail.c.
 */
#pragma once

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* Under which condition a system call is let through. */
enum jail_rule {
	JAIL_ALWAYS,
	JAIL_JOURNAL, /* on one of the journal's two descriptors */
	JAIL_OUTPUT,  /* on standard output or standard error */
	JAIL_MEMORY,  /* anonymous, and never executable */
	JAIL_REFUSED, /* gets EACCES and goes on: libraries may try */
};

struct jail_row {
	const char *call;
	enum jail_rule rule;
};

/* Everything that is not in it kills the process. */
extern const struct jail_row jail_table[];
extern const size_t jail_table_n;

/*
 * Before any key is in memory: no core dumps, no tracer, nothing swapped out
 * where the limits allow it, and libcrypto's own locked heap in any case that
 * they allow. RC_MEMORY, RC_IO.
 */
IG_CHECK enum rc jail_memory(struct err *e);

/* The stack of a thread that signs, in bytes; it locks it itself. */
#define JAIL_STACK (256U << 10)

/* Keeps this thread's stack in memory, where the limits allow it. */
bool jail_lock_stack(void);

/*
 * After everything is open, and before a second thread is: no new privileges
 * and no file system (Landlock), for this thread and those that it starts.
 * With weak given, what this kernel lacks is left out and *weak set.
 * RC_POLICY: it is missing.
 */
IG_CHECK enum rc jail_files(bool *weak, struct err *e);

/*
 * After the last thread was started: the table's system calls only (seccomp),
 * for all threads, and a look whether both hold. Else as jail_files().
 */
IG_CHECK enum rc jail_calls(
    const int journal[static 2], bool *weak, struct err *e);

/* The table alone, for its test. RC_POLICY. */
IG_CHECK enum rc jail_seccomp(const int journal[static 2], struct err *e);
