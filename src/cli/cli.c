/*
 * cli.c - the ingam command: subcommands, languages, exit codes.
 *
 * Belongs here: finding the subcommand; asking and telling a person.
 * Not here: what a subcommand does (cloud.c).
 */
#include "cli/cli.h"

#include "cli/cloud.h"

#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#define PASSWORD_MAX 256

static const struct {
	const char *group, *verb;
	int (*run)(int argc, char **argv);
	struct cli_text help;
} commands[] = {
	{ "cloud", "import", cloud_import,
	    { "PC의 인증서를 휴대폰의 승인번호로 클라우드에 등록해요.",
		"Registers a certificate of this PC in the cloud, by the "
		"number that the phone shows." } },
};
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

bool
cli_korean(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

	for (size_t i = 0; i < 3; i++) {
		const char *value = getenv(names[i]);

		if (value != NULL && value[0] != '\0')
			return strncmp(value, "ko", 2) == 0;
	}

	return false;
}

void
cli_say(struct cli_text text)
{
	(void)fprintf(stderr, "%s\n", cli_korean() ? text.ko : text.en);
}

enum cli_exit
cli_exit_of(enum rc rc)
{
	switch (rc) { /* no default: a new code must not compile here */
	case RC_OK:
		return CLI_YES;
	case RC_SECRET:
	case RC_DENIED:
		return CLI_NO;
	case RC_FORMAT:
	case RC_LIMIT:
	case RC_UNKNOWN:
	case RC_ABSENT:
		return CLI_INPUT;
	case RC_POLICY:
	case RC_LOCKED:
	case RC_REFUSED:
	case RC_EXPIRED:
	case RC_EXISTS:
	case RC_STATE:
		return CLI_REFUSED;
	case RC_RATE:
	case RC_BUSY:
	case RC_IO:
	case RC_MEMORY:
	case RC_CRYPTO:
	case RC_BUG:
		return CLI_SERVICE;
	}

	return CLI_SERVICE;
}

int
cli_fail(enum rc rc, const struct err *e)
{
	(void)fprintf(stderr, "ingam: %s%s%s\n", e->field,
	    e->field[0] == '\0' ? "" : ": ",
	    e->msg[0] == '\0' ? err_text(rc) : e->msg);

	return cli_exit_of(rc);
}

/* Reads a line of at most max bytes; its newline is left out. */
static enum rc
cli_read_line(FILE *in, char *out, size_t size, size_t *n, struct err *e)
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

	return c == EOF && *n == 0
	    ? err_set(e, RC_IO, NULL, "nobody to ask: no terminal")
	    : RC_OK;
}

enum rc
cli_password(
    const char *file, struct cli_text prompt, struct sec *out, struct err *e)
{
	FILE *in = fopen(file == NULL ? "/dev/tty" : file, "re");
	struct termios was, quiet;
	struct sec line SEC_WIPED = { 0 };
	size_t n = 0;
	bool terminal;
	enum rc rc;

	if (in == NULL)
		return err_set(e, RC_IO, NULL,
		    file == NULL ? "no terminal to ask for the password "
				   "(--password-file)"
				 : "cannot read the password file");
	/* stdio must not keep a copy of the password. */
	(void)setvbuf(in, NULL, _IONBF, 0);
	terminal = file == NULL && tcgetattr(fileno(in), &was) == 0;
	if (terminal) {
		quiet = was;
		quiet.c_lflag &= ~(tcflag_t)ECHO;
		(void)tcsetattr(fileno(in), TCSAFLUSH, &quiet);
		(void)fprintf(
		    stderr, "%s: ", cli_korean() ? prompt.ko : prompt.en);
	}
	rc = sec_new(&line, PASSWORD_MAX, e);
	if (rc == RC_OK)
		rc = cli_read_line(in, (char *)line.p, PASSWORD_MAX, &n, e);
	if (terminal) {
		(void)tcsetattr(fileno(in), TCSAFLUSH, &was);
		(void)fputc('\n', stderr);
	}
	(void)fclose(in);

	return rc == RC_OK ? sec_copy(out, (struct span){ line.p, n }, e) : rc;
}

enum rc
cli_line(struct cli_text prompt, char *out, size_t size, struct err *e)
{
	size_t n = 0;
	enum rc rc;

	(void)fprintf(stderr, "%s: ", cli_korean() ? prompt.ko : prompt.en);
	rc = cli_read_line(stdin, out, size - 1, &n, e);
	out[rc == RC_OK ? n : 0] = '\0';

	return rc;
}

static int
cli_usage(FILE *out, int code)
{
	(void)fprintf(out, "usage: ingam GROUP VERB …\n\n");
	for (size_t i = 0; i < COMMANDS; i++)
		(void)fprintf(out, "  ingam %s %s\n      %s\n",
		    commands[i].group, commands[i].verb,
		    cli_korean() ? commands[i].help.ko : commands[i].help.en);

	return code;
}

int
cli_main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return cli_usage(stdout, CLI_YES);
	for (size_t i = 0; argc > 2 && i < COMMANDS; i++)
		if (strcmp(argv[1], commands[i].group) == 0 &&
		    strcmp(argv[2], commands[i].verb) == 0)
			return commands[i].run(argc - 2, argv + 2);

	return cli_usage(stderr, CLI_USAGE);
}
