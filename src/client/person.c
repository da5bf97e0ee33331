/*
 * person.c - asking and telling the person at a terminal.
 *
 * Belongs here: prompts, passwords without echo, exit codes.
 * Not here: what is asked for (cli, phone); which language (base/language.c).
 */
#include "client/person.h"

#include "base/language.h"
#include "client/reason.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#define PASSWORD_MAX 256
#define CHOICE_MAX   128 /* bytes of what names one of a list */

static const struct person_text text_not_there = {
	"목록에 없는 번호예요. 목록의 번호를 적어 주세요.",
	"The list has no such number. Type one of the list."
};

const char *
person_sentence(struct person_text text)
{
	return language_korean() ? text.ko : text.en;
}

void
person_say(struct person_text text)
{
	(void)fprintf(stderr, "%s\n", person_sentence(text));
}

enum person_exit
person_exit_of(enum rc rc)
{
	switch (rc) { /* no default: a new code must not compile here */
	case RC_OK:
		return PERSON_YES;
	case RC_SECRET:
	case RC_DENIED:
		return PERSON_NO;
	case RC_FORMAT:
	case RC_LIMIT:
	case RC_UNKNOWN:
	case RC_ABSENT:
		return PERSON_INPUT;
	case RC_POLICY:
	case RC_LOCKED:
	case RC_REFUSED:
	case RC_EXPIRED:
	case RC_EXISTS:
	case RC_STATE:
		return PERSON_REFUSED;
	case RC_RATE:
	case RC_BUSY:
	case RC_IO:
	case RC_MEMORY:
	case RC_CRYPTO:
	case RC_BUG:
		return PERSON_SERVICE;
	}

	return PERSON_SERVICE;
}

/* What happened and what to do, by what kind of failure it is. */
static struct person_text
person_of(enum person_exit code, enum rc rc)
{
	if (rc == RC_RATE || rc == RC_BUSY)
		return (struct person_text){
			"서버가 바빠요. 잠시 뒤에 다시 해 주세요.",
			"The service is busy. Please try again shortly."
		};
	if (rc == RC_EXPIRED)
		return (
		    struct person_text){ "시간이 지나 끝났어요. 처음부터 다시 "
					 "해 주세요.",
			"Time is over. Please start again." };
	switch (code) {
	case PERSON_YES:
	case PERSON_USAGE:
		break;
	case PERSON_NO:
		return (struct person_text){ "맞지 않아요.", "That is wrong." };
	case PERSON_INPUT:
		return (struct person_text){ "파일이나 입력을 읽지 못했어요.",
			"A file or an entry cannot be read." };
	case PERSON_SERVICE:
		return (struct person_text){
			"서버와 이야기하지 못했어요. 주소와 연결을 확인해 주세요.",
			"Cannot talk to the service. Check its address and the "
			"network."
		};
	case PERSON_REFUSED:
		return (struct person_text){ "받아들여지지 않았어요.",
			"It was not accepted." };
	}

	return (struct person_text){ "", "" };
}

enum person_exit
person_fail(enum rc rc, const struct rest_problem *problem, const struct err *e)
{
	enum person_exit code = person_exit_of(rc);

	if (problem != NULL && problem->title[0] != '\0') {
		(void)fprintf(stderr, "%s\n", problem->title);
		if (problem->next[0] != '\0')
			(void)fprintf(stderr, "%s\n", problem->next);
		if (problem->tries_left >= 0)
			(void)fprintf(stderr, "%s: %ld\n",
			    person_sentence((struct person_text){
				"남은 횟수", "tries left" }),
			    problem->tries_left);
		if (problem->status >= 500 || problem->status == 429)
			return PERSON_SERVICE;
		return strncmp(problem->slug, "wrong-", 6) == 0 ? PERSON_NO
								: code;
	}
	person_say(person_of(code, rc));
	(void)fputs("  (", stderr);
	reason_print(stderr, rc, e);
	(void)fputs(")\n", stderr);

	return code;
}

/* Why reading ended; a folder can be opened, and not be read. */
static enum rc
person_unread(int fd, struct err *e)
{
	struct stat st;

	if (errno == EINTR)
		return err_set(e, RC_REFUSED, NULL, "stopped");
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
		return err_set(e, RC_IO, NULL, "this is a folder");

	return err_set(e, RC_ABSENT, NULL, "%s", strerror(errno));
}

/* Windows' editor begins a file with this mark: no part of a password. */
static size_t
person_unmark(char *line, size_t n)
{
	static const char mark[] = { '\xef', '\xbb', '\xbf' };

	if (n < sizeof(mark) || memcmp(line, mark, sizeof(mark)) != 0)
		return n;
	memmove(line, line + sizeof(mark), n - sizeof(mark));

	return n - sizeof(mark);
}

/*
 * Reads a line of at most size bytes, byte by byte: nobody else's are taken,
 * and no copy is kept. Its end ("\n", "\r\n") and a mark at the beginning are
 * left out. A person who ends a terminal's input wants to stop. mask: the
 * signals that may end the wait; NULL: as it is.
 */
static enum rc
person_read_line(int fd, const sigset_t *mask, char *out, size_t size,
    size_t *n, struct err *e)
{
	struct pollfd there = { .fd = fd, .events = POLLIN };
	ssize_t got;
	char c = '\0';

	*n = 0;
	while ((got = ppoll(&there, 1, NULL, mask)) > 0 &&
	    (got = read(fd, &c, 1)) > 0 && c != '\n') {
		if (c == '\r')
			continue;
		if (*n == size)
			return err_set(e, RC_LIMIT, NULL, "line too long");
		out[(*n)++] = c;
	}
	if (got < 0)
		return person_unread(fd, e);
	*n = person_unmark(out, *n);

	if (got > 0 || *n > 0)
		return RC_OK;

	return isatty(fd) == 1
	    ? err_set(e, RC_REFUSED, NULL, "stopped")
	    : err_set(e, RC_ABSENT, NULL,
		  fd == STDIN_FILENO ? "nothing was entered" : "nothing in it");
}

static const int person_signals[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP,
	SIGTSTP };
#define SIGNALS (sizeof(person_signals) / sizeof(person_signals[0]))

/* How signals were dealt with before a question. */
struct person_before {
	struct sigaction actions[SIGNALS];
	sigset_t mask;
};

/* The signal that came while echo was off, 0: none. */
static volatile sig_atomic_t person_came;

static void
person_note(int number)
{
	person_came = number;
}

/*
 * While echo is off, a signal only ends the wait for a key (they come through
 * nowhere else), so that echo comes back.
 */
static void
person_catch(struct person_before *was)
{
	struct sigaction note = { .sa_handler = person_note };
	sigset_t held;

	person_came = 0;
	(void)sigemptyset(&held);
	for (size_t i = 0; i < SIGNALS; i++)
		(void)sigaddset(&held, person_signals[i]);
	(void)sigprocmask(SIG_BLOCK, &held, &was->mask);
	for (size_t i = 0; i < SIGNALS; i++) {
		(void)sigaction(person_signals[i], &note, &was->actions[i]);
		/* What nohup(1) and shells ignore stays ignored. */
		if (was->actions[i].sa_handler == SIG_IGN)
			(void)sigaction(
			    person_signals[i], &was->actions[i], NULL);
	}
}

/* Then it does what it always does: it ends us, or stops us for a while. */
static void
person_release(const struct person_before *was)
{
	for (size_t i = 0; i < SIGNALS; i++)
		(void)sigaction(person_signals[i], &was->actions[i], NULL);
	if (person_came != 0)
		(void)raise(person_came);
	(void)sigprocmask(SIG_SETMASK, &was->mask, NULL);
}

/* Echo off, and how it was; false where there is no terminal. */
static bool
person_quiet(int fd, struct termios *was)
{
	struct termios quiet;

	if (tcgetattr(fd, was) != 0)
		return false;
	quiet = *was;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	(void)tcsetattr(fd, TCSAFLUSH, &quiet);

	return true;
}

/* One question; whoever was stopped (Ctrl-Z) and goes on is asked again. */
static enum rc
person_ask(int fd, struct person_text prompt, struct sec *line, size_t *n,
    struct err *e)
{
	struct person_before before;
	struct termios was;
	bool terminal;
	enum rc rc;

	do {
		err_clear(e);
		person_catch(&before);
		terminal = person_quiet(fd, &was);
		/* Echo is off by now: what answers is not thrown away. */
		if (terminal)
			(void)fprintf(stderr, "%s: ", person_sentence(prompt));
		rc = person_read_line(
		    fd, &before.mask, (char *)line->p, PASSWORD_MAX, n, e);
		if (terminal) {
			(void)tcsetattr(fd, TCSAFLUSH, &was);
			(void)fputc('\n', stderr);
		}
		/* Not all signals come back from here. */
		if (rc != RC_OK)
			sec_wipe(line->p, PASSWORD_MAX);
		person_release(&before);
	} while (person_came == SIGTSTP && rc == RC_REFUSED);

	return rc;
}

/* Where a secret comes from; -1: nowhere. */
static int
person_open(const char *file)
{
	if (file != NULL && strcmp(file, "-") == 0)
		return STDIN_FILENO;

	return open(file == NULL ? "/dev/tty" : file,
	    file == NULL ? O_RDWR | O_CLOEXEC : O_RDONLY | O_CLOEXEC);
}

enum rc
person_password(
    const char *file, struct person_text prompt, struct sec *out, struct err *e)
{
	int fd = person_open(file);
	struct sec line SEC_WIPED = { 0 };
	size_t n = 0;
	enum rc rc;

	if (fd < 0 && file != NULL)
		return reason_named(file,
		    err_set(e, RC_ABSENT, NULL, "%s", strerror(errno)), e);
	if (fd < 0)
		return err_set(e, RC_ABSENT, NULL,
		    "no terminal to ask for the password: use "
		    "--password-file");
	rc = sec_new(&line, PASSWORD_MAX, e);
	if (rc == RC_OK)
		rc = person_ask(fd, prompt, &line, &n, e);
	if (fd != STDIN_FILENO)
		(void)close(fd);

	if (rc == RC_OK)
		rc = sec_copy(out, (struct span){ line.p, n }, e);

	return reason_named(file, rc, e);
}

/* The rest of a line that a person typed and that is too long is no answer. */
static void
person_skip_line(char *out, size_t size)
{
	size_t n;
	enum rc rc = RC_LIMIT;

	while (rc == RC_LIMIT)
		rc = person_read_line(STDIN_FILENO, NULL, out, size, &n, NULL);
}

enum rc
person_line(struct person_text prompt, char *out, size_t size, struct err *e)
{
	bool typed = isatty(STDIN_FILENO) == 1;
	size_t n = 0;
	enum rc rc;

	if (typed)
		(void)fprintf(stderr, "%s: ", person_sentence(prompt));
	rc = person_read_line(STDIN_FILENO, NULL, out, size - 1, &n, e);
	if (rc == RC_LIMIT && typed)
		person_skip_line(out, size);
	out[rc == RC_OK ? n : 0] = '\0';
	/* What is said next stands on a line of its own. */
	if (rc == RC_REFUSED)
		(void)fputc('\n', stderr);

	return rc;
}

enum rc
person_choose(
    struct person_text prompt, person_finder *find, void *arg, struct err *e)
{
	char line[CHOICE_MAX];

	for (int i = 0; i < PERSON_TRIES; i++) {
		enum rc rc;

		if (i > 0)
			person_say(text_not_there);
		rc = person_line(prompt, line, sizeof(line), e);
		if (rc == RC_OK && find(arg, line))
			return RC_OK;
		if (rc != RC_OK && rc != RC_LIMIT)
			return rc;
		err_clear(e);
	}

	return err_set(e, RC_UNKNOWN, NULL, "the list has no such number");
}
