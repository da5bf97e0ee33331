/* file_test.c - whole files, in a folder of the test's own. */
#include "base/file.h"
#include "tap.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* A process that has the file until it is killed; pipe: when it has it. */
static pid_t
lock_elsewhere(const char *path)
{
	int ready[2], fd;
	pid_t pid, nobody;
	char c;

	if (pipe(ready) != 0 || (pid = fork()) < 0)
		abort();
	if (pid == 0) {
		if (file_lock(path, &fd, &nobody, NULL) != RC_OK)
			_exit(1);
		(void)!write(ready[1], "", 1);
		(void)pause();
	}
	(void)close(ready[1]);
	if (read(ready[0], &c, 1) != 1)
		abort();
	(void)close(ready[0]);

	return pid;
}

static void
test_lock(const char *folder)
{
	char path[128], nowhere[128];
	pid_t other, holder;
	int fd;

	(void)snprintf(path, sizeof(path), "%s/lock", folder);
	(void)snprintf(nowhere, sizeof(nowhere), "%s/not/lock", folder);
	other = lock_elsewhere(path);
	ok(file_lock(path, &fd, &holder, NULL) == RC_BUSY && fd == -1 &&
		holder == other,
	    "another process has it, and is named");
	(void)kill(other, SIGKILL);
	(void)waitpid(other, NULL, 0);
	ok(file_lock(path, &fd, &holder, NULL) == RC_OK && fd >= 0,
	    "it was killed: the file is free");
	(void)close(fd);
	other = lock_elsewhere(path);
	ok(other > 0, "closed: the next one has it");
	(void)kill(other, SIGKILL);
	(void)waitpid(other, NULL, 0);
	ok(file_lock(nowhere, &fd, &holder, NULL) == RC_ABSENT, "no folder");
	(void)unlink(path);
}

/* Nobody writes into it: who waited would wait for ever. */
static void
test_pipe(const char *folder)
{
	struct buf b = buf_init(8);
	struct err e = { 0 };
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/pipe", folder);
	if (mkfifo(path, 0600) != 0)
		abort();
	(void)alarm(20);
	ok(file_read(path, &b, &e) == RC_IO &&
		strcmp(e.msg, "not a regular file") == 0,
	    "a pipe is not a file");
	(void)alarm(0);
	(void)unlink(path);
	buf_clear(&b);
}

int
main(void)
{
	char folder[] = "/tmp/ingam-file-XXXXXX", path[128], deep[128];
	struct buf b = buf_init(8);
	struct sec s = { 0 };
	struct err e = { 0 };
	struct stat st;

	if (mkdtemp(folder) == NULL)
		return EXIT_FAILURE;
	(void)snprintf(path, sizeof(path), "%s/f", folder);
	(void)snprintf(deep, sizeof(deep), "%s/a/b", folder);
	ok(file_read(path, &b, NULL) == RC_ABSENT, "no file");
	ok(file_replace(path, SPAN_LIT("one"), 0600, NULL) == RC_OK &&
		file_replace(path, SPAN_LIT("second"), 0400, NULL) == RC_OK,
	    "written, and replaced");
	ok(stat(path, &st) == 0 && (st.st_mode & 0777) == 0400,
	    "with its mode");
	ok(file_read(path, &b, NULL) == RC_OK &&
		span_equal(buf_span(&b), SPAN_LIT("second")),
	    "read back");
	ok(file_read(path, &b, NULL) == RC_LIMIT && b.n == 6,
	    "over the ceiling");
	ok(file_read_secret(path, 5, &s, &e) == RC_LIMIT && s.n == 0 &&
		strcmp(e.msg, "larger than 5 bytes") == 0,
	    "the ceiling is said");
	err_clear(&e);
	ok(err_larger(&e, "file", 3U << 20) == RC_LIMIT &&
		strcmp(e.msg, "larger than 3 MiB") == 0,
	    "in MiB where it is so many");
	err_clear(&e);
	ok(err_larger(&e, NULL, 1088U << 10) == RC_LIMIT &&
		strcmp(e.msg, "larger than 1088 KiB") == 0,
	    "and else in KiB");
	ok(file_read_secret(path, 6, &s, NULL) == RC_OK && s.n == 6,
	    "read as a secret");
	ok(file_read(folder, &b, NULL) == RC_IO, "a folder is not a file");
	ok(file_make_folder(deep, NULL) == RC_OK &&
		file_make_folder(deep, NULL) == RC_OK,
	    "folders are made, once");
	test_lock(folder);
	test_pipe(folder);
	sec_free(&s);
	buf_clear(&b);
	(void)unlink(path);
	(void)rmdir(deep);
	deep[strlen(deep) - 2] = '\0';
	(void)rmdir(deep);
	(void)rmdir(folder);

	return tap_done();
}
