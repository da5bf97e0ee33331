/*
 * jail.c - what this process can still do once it serves: next to nothing.
 *
 * Belongs here: memory that stays inside, Landlock, the table of system calls.
 * Not here: what must be opened before (command.c).
 */
#include "vault/jail.h"

#include "base/log.h"
#include "base/process.h"
#include "base/sec.h"
#include "vault/heap.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define JAIL_HEAP       (24U << 20)
#define JAIL_HEAP_SMALL (5U << 20) /* of the 8 MiB that a user may lock */

const struct jail_row jail_table[] = {
	/* connections */
	{ "epoll_pwait", JAIL_ALWAYS },
	{ "epoll_ctl", JAIL_ALWAYS },
	{ "accept4", JAIL_ALWAYS },
	{ "getsockopt", JAIL_ALWAYS },
	{ "recvmsg", JAIL_ALWAYS },
	{ "sendmsg", JAIL_ALWAYS },
	{ "close", JAIL_ALWAYS },
	/* the journal */
	{ "pwrite64", JAIL_JOURNAL },
	{ "fdatasync", JAIL_JOURNAL },
	{ "ftruncate", JAIL_JOURNAL },
	/* log lines */
	{ "write", JAIL_OUTPUT },
	/* memory */
	{ "brk", JAIL_ALWAYS },
	{ "mmap", JAIL_MEMORY },
	{ "munmap", JAIL_ALWAYS },
	{ "mremap", JAIL_ALWAYS },
	{ "madvise", JAIL_ALWAYS },
	{ "mlock", JAIL_ALWAYS },
	/* time, chance, locks, ends */
	{ "clock_gettime", JAIL_ALWAYS },
	{ "getrandom", JAIL_ALWAYS },
	{ "getpid", JAIL_ALWAYS }, /* libcrypto looks for forks */
	{ "futex", JAIL_ALWAYS },
	{ "rt_sigreturn", JAIL_ALWAYS },
	{ "exit_group", JAIL_ALWAYS },
	/* libraries may look for files */
	{ "openat", JAIL_REFUSED },
	{ "newfstatat", JAIL_REFUSED },
};
const size_t jail_table_n = sizeof(jail_table) / sizeof(jail_table[0]);

/* The stack as deep as libcrypto goes: its numbers pass over it. */
bool
jail_lock_stack(void)
{
	uint8_t room[JAIL_STACK / 4 * 3];

	sec_wipe(room, sizeof(room)); /* so that it is there */

	return mlock(room, sizeof(room)) == 0;
}

enum rc
jail_memory(struct err *e)
{
	struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	bool may_lock, locked;
	enum rc rc;

	if ((rc = process_hide(e)) != RC_OK)
		return rc;
	/* A sanitizer needs more than the jail leaves: a tracer, files, calls. */
	if (PROCESS_SANITIZED)
		return RC_OK;
	may_lock = setrlimit(RLIMIT_MEMLOCK, &all) == 0;
	if ((rc = heap_start(
		 may_lock ? JAIL_HEAP : JAIL_HEAP_SMALL, &locked, e)) != RC_OK)
		return rc;
	/* Where not all may be locked: what keys lie in and pass over. */
	locked = jail_lock_stack() && locked;
	if (may_lock)
		locked = mlockall(MCL_CURRENT | MCL_FUTURE) == 0;
	if (!locked)
		log_event(LOG_WARN, "memory-not-locked", "errno=%d", errno);

	return RC_OK;
}

static enum rc
jail_landlock(struct err *e)
{
	/* All that the first version knows; later ones only add to it. */
	struct landlock_ruleset_attr rules = {
		.handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1
	};
	long fd =
	    syscall(SYS_landlock_create_ruleset, &rules, sizeof(rules), 0);
	long rc = -1;

	if (fd >= 0) {
		rc = syscall(SYS_landlock_restrict_self, fd, 0);
		(void)close((int)fd);
	}

	return rc == 0
	    ? RC_OK
	    : err_set(e, RC_POLICY, "jail", "this kernel has no Landlock");
}

/* How often a row stands in the filter, with which condition. */
static bool
jail_add(scmp_filter_ctx filter, const struct jail_row *row,
    const int journal[static 2])
{
	int call = seccomp_syscall_resolve_name(row->call);
	uint32_t allow = SCMP_ACT_ALLOW;

	if (call == __NR_SCMP_ERROR)
		return false;
	switch (row->rule) {
	case JAIL_ALWAYS:
		return seccomp_rule_add(filter, allow, call, 0) == 0;
	case JAIL_JOURNAL:
		return seccomp_rule_add(filter, allow, call, 1,
			   SCMP_A0_32(SCMP_CMP_EQ, (uint32_t)journal[0], 0)) ==
		    0 &&
		    seccomp_rule_add(filter, allow, call, 1,
			SCMP_A0_32(SCMP_CMP_EQ, (uint32_t)journal[1], 0)) == 0;
	case JAIL_OUTPUT:
		return seccomp_rule_add(filter, allow, call, 1,
			   SCMP_A0_32(SCMP_CMP_EQ, STDOUT_FILENO, 0)) == 0 &&
		    seccomp_rule_add(filter, allow, call, 1,
			SCMP_A0_32(SCMP_CMP_EQ, STDERR_FILENO, 0)) == 0;
	case JAIL_MEMORY:
		return seccomp_rule_add(filter, allow, call, 2,
			   SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
			   SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS,
			       MAP_ANONYMOUS)) == 0;
	case JAIL_REFUSED:
		break;
	}

	return seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), call, 0) == 0;
}

enum rc
jail_seccomp(const int journal[static 2], struct err *e)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	bool good = filter != NULL;

	for (size_t i = 0; good && i < jail_table_n; i++)
		good = jail_add(filter, &jail_table[i], journal);
	/* Every thread, or it does not load at all. */
	good = good &&
	    seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1) == 0 &&
	    seccomp_load(filter) == 0;
	if (filter != NULL)
		seccomp_release(filter);

	return good ? RC_OK
		    : err_set(e, RC_POLICY, "jail", "seccomp does not load");
}

/* What is missing is a failure, unless a weak jail will do. */
static enum rc
jail_missing(bool *weak, enum rc rc, struct err *e)
{
	if (weak == NULL || rc == RC_OK)
		return rc;
	log_event(LOG_WARN, "weak-sandbox", "why=%s", e->msg);
	err_clear(e);
	*weak = true;

	return RC_OK;
}

enum rc
jail_files(bool *weak, struct err *e)
{
	if (weak != NULL)
		*weak = false;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return err_set(e, RC_POLICY, "jail", "%s", strerror(errno));
	if (PROCESS_SANITIZED)
		return jail_missing(weak,
		    err_set(e, RC_POLICY, "jail", "a sanitizer needs more"), e);

	return jail_missing(weak, jail_landlock(e), e);
}

enum rc
jail_calls(const int journal[static 2], bool *weak, struct err *e)
{
	enum rc rc;
	int fd;

	if (PROCESS_SANITIZED)
		return RC_OK; /* jail_files() has said so */
	if ((rc = jail_missing(weak, jail_seccomp(journal, e), e)) != RC_OK)
		return rc;
	/* Believe it only after a try. */
	fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return RC_OK;
	(void)close(fd);

	return jail_missing(weak,
	    err_set(e, RC_POLICY, "jail", "files can still be opened"), e);
}
