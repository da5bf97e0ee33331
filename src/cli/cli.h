/*
 * cli.h - see cli.c.
 */
#pragma once

#include "base/err.h"
#include "base/sec.h"

/* The exit codes that scripts rely on (ingam(1)). */
enum cli_exit {
	CLI_YES = 0,     /* yes, done */
	CLI_NO = 1,      /* wrong password, bad signature, mismatch */
	CLI_USAGE = 2,   /* the command line */
	CLI_INPUT = 3,   /* unreadable or malformed input */
	CLI_SERVICE = 4, /* server or network */
	CLI_REFUSED = 5, /* refused by a person or by policy */
};

/* A sentence in both languages; cli_say() picks one by the locale. */
struct cli_text {
	const char *ko;
	const char *en;
};

/* Runs a command line; argv[0] is the program. Gives the exit code. */
int cli_main(int argc, char **argv);

/* Is the person's language Korean (LC_ALL, LC_MESSAGES, LANG)? */
bool cli_korean(void);

/* A sentence on standard error, then a newline. */
void cli_say(struct cli_text text);

/* "ingam: what: why" on standard error; gives the exit code of rc. */
int cli_fail(enum rc rc, const struct err *e);

/* The exit code that a failure means. */
enum cli_exit cli_exit_of(enum rc rc);

/*
 * A secret from a file (one line; NULL: asked on the terminal without echo).
 * RC_IO where there is neither. RC_LIMIT: over 256 bytes.
 */
IG_CHECK enum rc cli_password(
    const char *file, struct cli_text prompt, struct sec *out, struct err *e);

/* A line from the terminal; out has size bytes. RC_IO where there is none. */
IG_CHECK enum rc cli_line(
    struct cli_text prompt, char *out, size_t size, struct err *e);
