/*
 * person.c - asking and telling the person at a terminal.
 *
 * Belongs here: prompts, passwords without echo, exit codes.
 * Not here: what is asked for (cli, phone); which language (base/language.c).
 */
#include "client/person.h"

#include "base/language.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define PASSWORD_MAX 256

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
	(void)fprintf(stderr, "  (%s%s%s)\n", e->field,
	    e->field[0] == '\0' ? "" : ": ",
	    e->msg[0] == '\0' ? err_text(rc) : e->msg);

	return code;
}

/* Reads a line of at most size bytes; its newline is left out. */
static enum rc
person_read_line(FILE *in, char *out, size_t size, size_t *n, struct err *e)
{
	int c;

	*n = 0;
	while ((c = fgetc(in)) != EOF && c != '\n') {
		if (c == '\r')
			continue;
		if (*n == size)
			return err_set(e, RC_LIMIT, NULL, "line too long");
		out[(*n)++] = (char)c;
	}

	/* A signal ends the question (person_catch()). */
	if (c == EOF && ferror(in))
		return err_set(e, RC_REFUSED, NULL, "stopped");

	return c == EOF && *n == 0
	    ? err_set(e, RC_ABSENT, NULL, "nothing was entered")
	    : RC_OK;
}

static const int person_signals[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP,
	SIGTSTP };
#define SIGNALS (sizeof(person_signals) / sizeof(person_signals[0]))

static void
person_ignore(int number)
{
	(void)number;
}

/* While echo is off, a signal only ends the read, so that echo comes back. */
static void
person_catch(struct sigaction was[static SIGNALS])
{
	struct sigaction quiet = { .sa_handler = person_ignore };

	for (size_t i = 0; i < SIGNALS; i++)
		(void)sigaction(person_signals[i], &quiet, &was[i]);
}

static void
person_release(const struct sigaction was[static SIGNALS])
{
	for (size_t i = 0; i < SIGNALS; i++)
		(void)sigaction(person_signals[i], &was[i], NULL);
}

/* Echo off, and how it was; false where there is no terminal. */
static bool
person_quiet(FILE *in, struct termios *was)
{
	struct termios quiet;

	if (tcgetattr(fileno(in), was) != 0)
		return false;
	quiet = *was;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	(void)tcsetattr(fileno(in), TCSAFLUSH, &quiet);

	return true;
}

enum rc
person_password(
    const char *file, struct person_text prompt, struct sec *out, struct err *e)
{
	FILE *in = fopen(file == NULL ? "/dev/tty" : file, "re");
	struct sec line SEC_WIPED = { 0 };
	struct sigaction actions[SIGNALS];
	struct termios was;
	bool terminal;
	size_t n = 0;
	enum rc rc;

	if (in == NULL && file != NULL)
		return err_set(
		    e, RC_ABSENT, "--password-file", "%s", strerror(errno));
	if (in == NULL)
		return err_set(e, RC_ABSENT, NULL,
		    "no terminal to ask for the password: use "
		    "--password-file");
	/* stdio must not keep a copy of the password. */
	(void)setvbuf(in, NULL, _IONBF, 0);
	person_catch(actions);
	terminal = file == NULL && person_quiet(in, &was);
	/* Echo is off by now: what answers the question is not thrown away. */
	if (file == NULL)
		(void)fprintf(stderr, "%s: ", person_sentence(prompt));
	rc = sec_new(&line, PASSWORD_MAX, e);
	if (rc == RC_OK)
		rc = person_read_line(in, (char *)line.p, PASSWORD_MAX, &n, e);
	if (terminal) {
		(void)tcsetattr(fileno(in), TCSAFLUSH, &was);
		(void)fputc('\n', stderr);
	}
	person_release(actions);
	(void)fclose(in);

	return rc == RC_OK ? sec_copy(out, (struct span){ line.p, n }, e) : rc;
}

enum rc
person_line(struct person_text prompt, char *out, size_t size, struct err *e)
{
	size_t n = 0;
	enum rc rc;

	if (isatty(STDIN_FILENO) == 1)
		(void)fprintf(stderr, "%s: ", person_sentence(prompt));
	rc = person_read_line(stdin, out, size - 1, &n, e);
	out[rc == RC_OK ? n : 0] = '\0';

	return rc;
}
