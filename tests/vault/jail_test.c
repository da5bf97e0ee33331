/*
 * jail_test.c - tries every system call under the vault's filter: what gets
 * through is exactly what the table in vault/jail.c says.
 *
 * Belongs here: numbers of calls, and their arguments where they count.
 * Not here: what each process may do (docs/sandbox.md).
 */
#include "tap.h"
#include "vault/jail.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <seccomp.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CALLS 600

enum outcome { KILLED, REFUSED, PASSED };

static int journal[2];

/* What becomes of one call in a child of its own. */
static enum outcome
try(long number, const long a[static 6])
{
	const struct rlimit none = { 0, 0 };
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		long r;

		(void)setrlimit(RLIMIT_CORE, &none);
		if (jail_seccomp(journal, NULL) != RC_OK)
			_exit(9);
		errno = 0;
		r = syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
		_exit(r == -1 && errno == EACCES ? 1 : 0);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
		return KILLED;

	return WIFEXITED(status) && WEXITSTATUS(status) == 1 ? REFUSED : PASSED;
}

static const struct jail_row *
row_of(int number)
{
	for (size_t i = 0; i < jail_table_n; i++) {
		if (seccomp_syscall_resolve_name(jail_table[i].call) == number)
			return &jail_table[i];
	}

	return NULL;
}

/* With all arguments zero, only what is always allowed gets through. */
static void
test_all(void)
{
	static const long zeros[6];
	int wrong = 0, passed = 0;

	for (int number = 0; number < CALLS; number++) {
		const struct jail_row *row = row_of(number);
		enum outcome want = row == NULL ? KILLED
		    : row->rule == JAIL_ALWAYS  ? PASSED
		    : row->rule == JAIL_REFUSED ? REFUSED
						: KILLED;
		enum outcome is;

		/*
		 * The kernel's own user probes, which no filter sees (6.14) and
		 * which do nothing for whoever is no probe.
		 */
		if (number == 335 || number == 336)
			continue;
		is = try(number, zeros);
		passed += is == PASSED;
		if (is == want)
			continue;
		wrong++;
		diag("call %d (%s): %d, not %d", number,
		    row == NULL ? "not in the table" : row->call, (int)is,
		    (int)want);
	}
	ok(wrong == 0, "%d numbers tried, %d get through: as the table says",
	    CALLS, passed);
}

static void
test_conditions(void)
{
	const long prot = PROT_READ | PROT_WRITE;
	const long anonymous = MAP_PRIVATE | MAP_ANONYMOUS;
	const struct {
		const char *name;
		long number, a[6];
		enum outcome want;
	} rows[] = {
		{ "write to standard error", SYS_write, { 2 }, PASSED },
		{ "write to standard output", SYS_write, { 1 }, PASSED },
		{ "write to the journal", SYS_write, { journal[0] }, KILLED },
		{ "write to another descriptor", SYS_write, { 9 }, KILLED },
		{ "pwrite to one journal", SYS_pwrite64, { journal[0] },
		    PASSED },
		{ "pwrite to the other journal", SYS_pwrite64, { journal[1] },
		    PASSED },
		{ "pwrite to standard error", SYS_pwrite64, { 2 }, KILLED },
		{ "fdatasync of a journal", SYS_fdatasync, { journal[1] },
		    PASSED },
		{ "fdatasync of another", SYS_fdatasync, { 2 }, KILLED },
		{ "ftruncate of a journal", SYS_ftruncate, { journal[1] },
		    PASSED },
		{ "ftruncate of another", SYS_ftruncate, { 9 }, KILLED },
		{ "memory", SYS_mmap, { 0, 4096, prot, anonymous, -1, 0 },
		    PASSED },
		{ "memory that can be run", SYS_mmap,
		    { 0, 4096, prot | PROT_EXEC, anonymous, -1, 0 }, KILLED },
		{ "a file in memory", SYS_mmap,
		    { 0, 4096, PROT_READ, MAP_PRIVATE, journal[0], 0 },
		    KILLED },
		{ "socket", SYS_socket, { 1, 1, 0 }, KILLED },
		{ "connect", SYS_connect, { 9 }, KILLED },
		{ "execve", SYS_execve, { 0 }, KILLED },
		{ "clone", SYS_clone, { SIGCHLD }, KILLED },
		{ "ptrace", SYS_ptrace, { 0 }, KILLED },
		{ "mprotect", SYS_mprotect, { 0, 4096, prot | PROT_EXEC },
		    KILLED },
		{ "openat", SYS_openat, { AT_FDCWD, 0, O_RDONLY }, REFUSED },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum outcome is = try(rows[i].number, rows[i].a);

		if (!ok(is == rows[i].want, "%s %s", rows[i].name,
			rows[i].want == PASSED       ? "gets through"
			    : rows[i].want == KILLED ? "kills"
						     : "is refused"))
			diag("outcome %d", (int)is);
	}
}

/* What a thread meets that was started before the calls were taken away. */
static atomic_int step;

static void *
thread(void *arg)
{
	const long *number = arg;

	if (open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0)
		_exit(2);
	step = 1;
	while (step != 2)
		;
	(void)syscall(number[0], 0, 0, 0, 0, 0, 0);
	_exit(3);
}

/* How a child ends that is locked up with a thread which makes this call. */
static int
end_of(long number)
{
	const struct rlimit none = { 0, 0 };
	pthread_t id;
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		(void)setrlimit(RLIMIT_CORE, &none);
		if (jail_files(NULL, NULL) != RC_OK ||
		    open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0 ||
		    pthread_create(&id, NULL, thread, &number) != 0)
			_exit(1);
		while (step != 1)
			;
		if (jail_calls(journal, NULL, NULL) != RC_OK)
			_exit(1);
		step = 2;
		for (;;)
			;
	}
	(void)waitpid(pid, &status, 0);

	return status;
}

/* Where anything at all can still be opened, the lock says no. */
static void
test_lock(void)
{
	int status = end_of(SYS_getpid);

	ok(WIFEXITED(status) && WEXITSTATUS(status) == 3,
	    "locked, and no file opens, for threads neither");
	status = end_of(SYS_socket);
	ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS,
	    "a call of another thread kills as well");
}

int
main(void)
{
	if (getenv("INGAM_WEAK") != NULL) {
		skip("the jail", "a sanitizer needs more calls");
		return tap_done();
	}
	journal[0] = open("/dev/null", O_WRONLY | O_CLOEXEC);
	journal[1] = open("/dev/null", O_WRONLY | O_CLOEXEC);
	test_all();
	test_conditions();
	test_lock();

	return tap_done();
}
