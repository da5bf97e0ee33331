/*
 * jail.c - what the vault may still ask of the kernel while it serves.
 *
 * Belongs here: the table of system calls, Landlock, dumps.
 * Not here: when it is locked (command.c).
 */
#include "vault/jail.h"

#include "base/span.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CALL(call, rule)                 \
	{                                \
		__NR_##call, #call, rule \
	}

/* clang-format off */
const struct jail_call jail_calls[] = {
	/* connections */
	CALL(accept4, JAIL_ALLOW),
	CALL(close, JAIL_ALLOW),
	CALL(epoll_ctl, JAIL_ALLOW),
	CALL(epoll_pwait, JAIL_ALLOW),
	CALL(epoll_wait, JAIL_ALLOW),
	CALL(getsockopt, JAIL_ALLOW),
	CALL(poll, JAIL_ALLOW),
	CALL(recvfrom, JAIL_ALLOW),
	CALL(recvmsg, JAIL_ALLOW),
	CALL(sendmsg, JAIL_ALLOW),
	CALL(sendto, JAIL_ALLOW),
	/* the journal, and the log on standard error */
	CALL(fdatasync, JAIL_ALLOW),
	CALL(ftruncate, JAIL_WRITE),
	CALL(lseek, JAIL_ALLOW),
	CALL(pwrite64, JAIL_WRITE),
	CALL(write, JAIL_WRITE),
	/* memory */
	CALL(brk, JAIL_ALLOW),
	CALL(madvise, JAIL_ALLOW),
	CALL(mlock, JAIL_ALLOW),
	CALL(mmap, JAIL_NO_EXEC),
	CALL(mprotect, JAIL_NO_EXEC),
	CALL(mremap, JAIL_ALLOW),
	CALL(munlock, JAIL_ALLOW),
	CALL(munmap, JAIL_ALLOW),
	/* time, randomness, itself */
	CALL(clock_gettime, JAIL_ALLOW),
	CALL(exit, JAIL_ALLOW),
	CALL(exit_group, JAIL_ALLOW),
	CALL(futex, JAIL_ALLOW),
	CALL(getpid, JAIL_ALLOW),
	CALL(getrandom, JAIL_ALLOW),
	CALL(gettid, JAIL_ALLOW),
	CALL(restart_syscall, JAIL_ALLOW),
	CALL(rt_sigprocmask, JAIL_ALLOW),
	CALL(rt_sigreturn, JAIL_ALLOW),
	CALL(sched_yield, JAIL_ALLOW),
	/* tried by libraries, which carry on without */
	CALL(newfstatat, JAIL_REFUSE),
	CALL(openat, JAIL_REFUSE),
	CALL(readlink, JAIL_REFUSE),
};
/* clang-format on */
const size_t jail_calls_n = sizeof(jail_calls) / sizeof(jail_calls[0]);

enum rc
jail_prepare(struct err *e)
{
	const struct rlimit none = { 0, 0 };

	if (setrlimit(RLIMIT_CORE, &none) != 0 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return err_set(e, RC_IO, NULL, "cannot forbid dumps");

	return RC_OK;
}

/* All rights over files that the kernel knows of, and no rule that gives one. */
static bool
jail_landlock(void)
{
	struct landlock_ruleset_attr rules = {
		.handled_access_fs = LANDLOCK_ACCESS_FS_EXECUTE |
		    LANDLOCK_ACCESS_FS_WRITE_FILE |
		    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR |
		    LANDLOCK_ACCESS_FS_REMOVE_DIR |
		    LANDLOCK_ACCESS_FS_REMOVE_FILE |
		    LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |
		    LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |
		    LANDLOCK_ACCESS_FS_MAKE_FIFO |
		    LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM,
	};
	int fd =
	    (int)syscall(SYS_landlock_create_ruleset, &rules, sizeof(rules), 0);
	bool done;

	if (fd < 0)
		return false;
	done = syscall(SYS_landlock_restrict_self, fd, 0) == 0;
	(void)close(fd);

	return done;
}

static int
jail_rule(scmp_filter_ctx ctx, const struct jail_call *c, const int *fds)
{
	const int writable[] = { fds[0], fds[1], STDERR_FILENO };
	int failed = 0;

	switch (c->rule) {
	case JAIL_ALLOW:
		return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, c->number, 0);
	case JAIL_REFUSE:
		return seccomp_rule_add(
		    ctx, SCMP_ACT_ERRNO(EACCES), c->number, 0);
	case JAIL_NO_EXEC:
		if (c->number == __NR_mmap)
			return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, c->number,
			    2, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
			    SCMP_A4(
				SCMP_CMP_MASKED_EQ, 0xffffffff, 0xffffffff));
		return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, c->number, 1,
		    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	case JAIL_WRITE:
		for (size_t i = 0; i < 3 && failed == 0; i++)
			failed = seccomp_rule_add(ctx, SCMP_ACT_ALLOW,
			    c->number, 1,
			    SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)writable[i]));
		return failed;
	}

	return -EINVAL;
}

static bool
jail_seccomp(const int fds[static 2])
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
	bool done = ctx != NULL;

	for (size_t i = 0; done && i < jail_calls_n; i++)
		done = jail_rule(ctx, &jail_calls[i], fds) == 0;
	done = done && seccomp_load(ctx) == 0;
	if (ctx != NULL)
		seccomp_release(ctx);

	return done;
}

enum rc
jail_lock(
    const int fds[static 2], bool allow_weak, bool *is_weak, struct err *e)
{
	bool files = jail_landlock();
	bool calls = jail_seccomp(fds);

	*is_weak = !files || !calls;
	if (*is_weak && !allow_weak)
		return err_set(e, RC_UNKNOWN, "sandbox",
		    "this kernel lacks %s: see --allow-weak-sandbox",
		    files ? "seccomp" : "Landlock");
	if (!*is_weak && open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0)
		return err_set(
		    e, RC_BUG, "sandbox", "the sandbox does not hold");

	return RC_OK;
}
