/*
 * noopen.h - runs something in a child that is killed when it opens a file or
 * a socket, as a locked-up vault is.
 *
 * Belongs here: the filter and the child.
 * Not here: the vault's own policy (vault).
 */
#pragma once

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static inline bool
noopen_lock(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(code) / sizeof(code[0]), code };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/* Did work() answer true behind the lock? before() runs first; may be NULL. */
static inline bool
noopen_runs(bool (*before)(void), bool (*work)(void))
{
	pid_t child = fork();
	int status = -1;

	if (child == 0) {
		if ((before != NULL && !before()) || !noopen_lock())
			_exit(2);
		_exit(work() ? 0 : 1);
	}

	return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}
