/*
 * filtered.c - runs a program under the system calls that systemd would leave
 * it: `filtered NAMES COMMAND…`; or tells which ones those are: `filtered NAMES`.
 *
 * Belongs here: the filter, and trying every number against it.
 * Not here: what a unit's lines come to (tests/system/install.test.mjs).
 */
#include <errno.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define CALLS  600
#define LISTED 199 /* an errno of nobody's */

/* One name a line; those that this processor does not have are left out. */
static bool
filter(const char *names, uint32_t action)
{
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_KILL_PROCESS);
	FILE *in = fopen(names, "r");
	bool good = f != NULL && in != NULL;
	char name[64];

	while (good && fscanf(in, "%63s", name) == 1) {
		int call = seccomp_syscall_resolve_name(name);

		if (call >= 0)
			good = seccomp_rule_add(f, action, call, 0) == 0;
	}

	return good && seccomp_load(f) == 0;
}

/* A call that is let through only gives an error here: nothing is done. */
static bool
is_listed(const char *names, long number)
{
	char *said = mmap(
	    NULL, 1, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid = fork();
	bool is;

	if (pid == 0) {
		if (!filter(names, SCMP_ACT_ERRNO(LISTED)))
			abort();
		errno = 0;
		(void)syscall(number, 0, 0, 0, 0, 0, 0);
		*said = errno == LISTED ? 'y' : 'n';
		__builtin_trap(); /* not even the exit is left */
	}
	(void)waitpid(pid, NULL, 0);
	is = *said == 'y';
	(void)munmap(said, 1);

	return is;
}

int
main(int argc, char **argv)
{
	if (argc > 2) {
		if (!filter(argv[1], SCMP_ACT_ALLOW))
			return 126;
		(void)execvp(argv[2], argv + 2);
		return 127;
	}
	for (int number = 0; argc == 2 && number < CALLS; number++) {
		char *name =
		    seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, number);

		if (is_listed(argv[1], number))
			(void)printf("%s\n", name == NULL ? "?" : name);
		free(name);
	}

	return argc == 2 ? EXIT_SUCCESS : 2;
}
