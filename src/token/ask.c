/*
 * ask.c - the dialog for the phone number, by pinentry(1).
 *
 * Belongs here: starting pinentry, the little of its protocol that we need.
 * Not here: when it is asked (approval.c). The token's PIN is never asked
 * here: programs ask it themselves.
 */
#include "token/ask.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define ASK_LINE  1024
#define ASK_TRIES 3

static enum rc
ask_start(int *fd, pid_t *pid, struct err *e)
{
	char name[] = "pinentry";
	char *argv[] = { name, NULL };
	posix_spawn_file_actions_t actions;
	int pair[2], bad;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return err_set(e, RC_IO, "pinentry", "no socket");
	if (posix_spawn_file_actions_init(&actions) != 0) {
		(void)close(pair[0]);
		(void)close(pair[1]);
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	}
	bad = posix_spawn_file_actions_adddup2(&actions, pair[1], 0);
	if (bad == 0)
		bad = posix_spawn_file_actions_adddup2(&actions, pair[1], 1);
	if (bad == 0)
		bad = posix_spawnp(pid, name, &actions, NULL, argv, environ);
	(void)posix_spawn_file_actions_destroy(&actions);
	(void)close(pair[1]);
	if (bad != 0) {
		(void)close(pair[0]);
		return err_set(e, RC_ABSENT, "pinentry", "no dialog program");
	}
	*fd = pair[0];

	return RC_OK;
}

/* A line of the answer without its end. */
static enum rc
ask_line(FILE *f, char line[static ASK_LINE], struct err *e)
{
	size_t n;

	if (fgets(line, ASK_LINE, f) == NULL)
		return err_set(e, RC_IO, "pinentry", "dialog is gone");
	n = strlen(line);
	if (n == 0 || line[n - 1] != '\n')
		return err_set(e, RC_LIMIT, "pinentry", "answer too long");
	line[n - 1] = '\0';

	return RC_OK;
}

/* "ERR CODE text": the lower half of libgpg-error's CODE says what it was. */
static bool
ask_is_no(const char *line)
{
	enum { TIMEOUT = 62, CANCELED = 99, FULLY_CANCELED = 198 };
	unsigned long code = strtoul(line + 3, NULL, 10) & 0xffff;

	return code == TIMEOUT || code == CANCELED || code == FULLY_CANCELED;
}

/*
 * Sends a command and reads up to OK or ERR; the last data line goes to data,
 * which may be NULL. RC_REFUSED: the person pressed Cancel, or let the time go
 * by; RC_IO: any other ERR, no terminal and no screen above all.
 */
static enum rc
ask_command(
    FILE *f, const char *command, char *data, size_t size, struct err *e)
{
	char line[ASK_LINE];
	enum rc rc;

	if (command != NULL && dprintf(fileno(f), "%s\n", command) < 0)
		return err_set(e, RC_IO, "pinentry", "dialog is gone");
	while ((rc = ask_line(f, line, e)) == RC_OK) {
		if (strncmp(line, "OK", 2) == 0)
			return RC_OK;
		if (strncmp(line, "ERR", 3) == 0)
			return ask_is_no(line)
			    ? err_set(e, RC_REFUSED, "pinentry", "cancelled")
			    : err_set(e, RC_IO, "pinentry", "cannot ask");
		if (data != NULL && strncmp(line, "D ", 2) == 0)
			(void)snprintf(data, size, "%s", line + 2);
	}

	return rc;
}

/* Is a phone number what was typed? */
static bool
ask_is_phone(const char *typed, char *out, size_t size)
{
	return text_digits(span_str(typed), out, size) && strlen(out) >= 8 &&
	    strlen(out) <= 15;
}

static enum rc
ask_talk(FILE *f, const char *program, char *out, size_t size, struct err *e)
{
	const char *tty = getenv("GPG_TTY");
	char command[ASK_LINE], data[ASK_LINE];
	enum rc rc = ask_command(f, NULL, NULL, 0, e);

	if (rc == RC_OK && tty != NULL) {
		(void)snprintf(
		    command, sizeof(command), "OPTION ttyname=%s", tty);
		rc = ask_command(f, command, NULL, 0, e);
	}
	if (rc == RC_OK)
		rc = ask_command(f, "SETTITLE Ingam", NULL, 0, e);
	(void)snprintf(command, sizeof(command),
	    "SETDESC %s 에서 인감 인증서를 쓰려고 해요.%%0A휴대폰 번호를 "
	    "입력하세요.%%0A%%0A%s wants to use your Ingam certificate. "
	    "Your phone number, please.",
	    program, program);
	if (rc == RC_OK)
		rc = ask_command(f, command, NULL, 0, e);
	if (rc == RC_OK)
		rc = ask_command(f, "SETPROMPT 휴대폰 번호:", NULL, 0, e);
	for (int i = 0; rc == RC_OK && i < ASK_TRIES; i++) {
		data[0] = '\0';
		rc = ask_command(f, "GETPIN", data, sizeof(data), e);
		if (rc == RC_OK && ask_is_phone(data, out, size))
			return RC_OK;
		if (rc == RC_OK)
			rc = ask_command(f,
			    "SETERROR 휴대폰 번호를 숫자로 입력해 주세요.",
			    NULL, 0, e);
	}

	return rc == RC_OK
	    ? err_set(e, RC_FORMAT, "phone", "not a phone number")
	    : rc;
}

enum rc
ask_phone(const char *program, char *out, size_t size, struct err *e)
{
	char name[64];
	FILE *f;
	pid_t pid;
	enum rc rc;
	int fd;

	/* A percent sign begins an escape in this protocol. */
	text_sanitise(name, sizeof(name), span_str(program));
	for (char *p = name; *p != '\0'; p++)
		if (*p == '%')
			*p = '_';
	if ((rc = ask_start(&fd, &pid, e)) != RC_OK)
		return rc;
	if ((f = fdopen(fd, "r")) == NULL) {
		(void)close(fd);
		rc = err_set(e, RC_MEMORY, NULL, "out of memory");
	} else {
		rc = ask_talk(f, name, out, size, e);
		(void)fclose(f);
	}
	(void)kill(pid, SIGTERM);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	if (rc != RC_OK)
		out[0] = '\0';

	return rc;
}
