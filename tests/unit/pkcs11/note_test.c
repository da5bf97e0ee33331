/* note_test.c - what a person can find on the host's standard error. */
#include "module.h"
#include "tap.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>

#define MISSING                                                   \
	"ingam-pkcs11: the helper ingam-token cannot be started " \
	"(/nonexistent/ingam-token: No such file or directory). " \
	"Install it there, or name it in INGAM_TOKEN_HELPER: "    \
	"ingam-pkcs11.so(7)\n"

/* What the host does: initialize, log in as often as it says, finalize. */
static void
host(int logins)
{
	(void)p11->C_Initialize(NULL);
	for (int i = 0; i < logins; i++)
		(void)module_login(module_session(), "123456");
	(void)p11->C_Finalize(NULL);
}

/* Runs it with fd as standard error, which comes back afterwards. */
static void
host_with(int fd, int logins)
{
	int kept = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 10);

	if (kept < 0 ||
	    (fd < 0 ? close(STDERR_FILENO) : dup2(fd, STDERR_FILENO)) < 0)
		abort();
	host(logins);
	if (dup2(kept, STDERR_FILENO) < 0)
		abort();
	(void)close(kept);
}

/* What it wrote into a pipe; static. */
static const char *
host_says(int logins)
{
	static char text[4096];
	ssize_t got;
	int p[2];

	if (pipe(p) != 0)
		abort();
	(void)fcntl(p[0], F_SETFL, O_NONBLOCK);
	host_with(p[1], logins);
	(void)close(p[1]);
	got = read(p[0], text, sizeof(text) - 1);
	text[got > 0 ? got : 0] = '\0';
	(void)close(p[0]);

	return text;
}

static bool
is(const char *got, const char *want)
{
	bool same = strcmp(got, want) == 0;

	if (!same)
		diag("%s", got);

	return same;
}

static void
test_missing(void)
{
	(void)setenv("INGAM_TOKEN_HELPER", "/nonexistent/ingam-token", 1);
	ok(is(host_says(1), MISSING), "no helper: one line says which");
	ok(is(host_says(3), MISSING),
	    "no helper: once, however often it is tried");
	ok(is(host_says(0), ""), "nothing is asked: nothing is said");
	(void)setenv("LC_ALL", "ko_KR.UTF-8", 1);
	ok(strstr(host_says(1), "ingam-token을 시작하지 못했어요") != NULL,
	    "no helper: in the person's language");
	(void)setenv("LC_ALL", "C", 1);
	(void)setenv("INGAM_TOKEN_HELPER", "/etc/passwd", 1);
	ok(strstr(host_says(1), "(/etc/passwd: Permission denied)") != NULL,
	    "a helper that is no program");
	(void)setenv("INGAM_TOKEN_HELPER", "/nonexistent/a\nb\x1b[2J", 1);
	ok(strstr(host_says(1), "(/nonexistent/a?b?[2J: No") != NULL,
	    "nobody draws on the terminal with a path");
}

static void
test_settings(void)
{
	const char *said;

	module_home("[default]\nlogin = shout\n");
	said = host_says(0);
	ok(strstr(said, "(login: not number or push)") != NULL,
	    "settings that are wrong: one line says which");
	module_home("[default]\nstderr = no\nlogin = shout\n");
	ok(is(host_says(0), ""), "stderr = no: not a word of settings");
	module_home("[default]\nstderr = no\n");
	(void)setenv("INGAM_TOKEN_HELPER", "/nonexistent/ingam-token", 1);
	ok(is(host_says(1), ""), "stderr = no: not a word of the helper");
	module_home("[default]\n");
	(void)setenv("INGAM_TOKEN_HELPER", "/nonexistent/ingam-token", 1);
}

/* Opens what stands at descriptor 2 in hosts that have closed it. */
static void
test_harm(void)
{
	char path[] = "/tmp/ingam-note-XXXXXX";
	int pair[2], p[2], file = mkstemp(path), n = 0;
	char byte;
	struct stat st;

	if (file < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0 ||
	    pipe2(p, O_NONBLOCK) != 0)
		abort();
	host_with(pair[0], 1);
	ok(recv(pair[1], &byte, 1, MSG_DONTWAIT) < 0,
	    "a connection of the host's own: nothing is written into it");
	host_with(file, 1);
	(void)fstat(file, &st);
	ok(st.st_size == 0, "a file to read and write: nothing is written");
	(void)close(file);
	file = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	host_with(file, 1);
	(void)fstat(file, &st);
	ok(st.st_size == (off_t)strlen(MISSING), "a log file: it is written");
	while (write(p[1], "x", 1) == 1)
		n++;
	(void)fcntl(p[1], F_SETFL, 0);
	host_with(p[1], 1);
	ok(n > 0, "a pipe that is full: the host does not wait");
	(void)close(p[0]);
	(void)close(p[1]);
	if (pipe(p) != 0)
		abort();
	(void)close(p[0]);
	(void)signal(SIGPIPE, SIG_DFL);
	host_with(p[1], 1);
	ok(true, "a pipe that nobody reads: the host lives");
	host_with(-1, 1);
	ok(true, "no standard error at all: nothing happens");
	(void)close(file);
	(void)close(p[1]);
	(void)close(pair[0]);
	(void)close(pair[1]);
	(void)unlink(path);
}

/* As systemd starts services. */
static void
test_journal(void)
{
	char stream[64], text[1024];
	struct stat st;
	int pair[2];
	ssize_t got;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0 ||
	    fstat(pair[0], &st) != 0)
		abort();
	(void)snprintf(stream, sizeof(stream), "%llu:%llu",
	    (unsigned long long)st.st_dev, (unsigned long long)st.st_ino);
	(void)setenv("JOURNAL_STREAM", stream, 1);
	host_with(pair[0], 1);
	got = recv(pair[1], text, sizeof(text) - 1, MSG_DONTWAIT);
	text[got > 0 ? got : 0] = '\0';
	ok(is(text, MISSING), "the journal of systemd: it is written");
	(void)unsetenv("JOURNAL_STREAM");
	(void)close(pair[0]);
	(void)close(pair[1]);
}

int
main(void)
{
	(void)setenv("LC_ALL", "C", 1);
	module_home("[default]\n");
	module_load();
	test_missing();
	test_settings();
	test_harm();
	test_journal();

	return tap_done();
}
