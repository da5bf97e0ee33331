/*
 * usage.h - see usage.c.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

struct option; /* of <getopt.h> */

/* What a program, or one of its subcommands, says of its command line. */
struct usage {
	const char *program;        /* as it is called: "ingam cloud import" */
	const char *synopsis;       /* what follows it, in one line or more */
	void (*explain)(FILE *out); /* the lines below; may be NULL */
	bool (*korean)(void); /* the person's language; NULL: English only */
};

/* What can be wrong with a command line. */
enum usage_fault {
	USAGE_NOTHING,  /* no command at all */
	USAGE_COMMAND,  /* no such command */
	USAGE_OPTION,   /* no such option */
	USAGE_NEEDS,    /* an option without its value */
	USAGE_ALONE,    /* a value for an option that takes none */
	USAGE_VALUE,    /* an option's value that is not right */
	USAGE_EXTRA,    /* an argument that has no place here */
	USAGE_TERMINAL, /* what is no text, for a terminal; what: where else */
	USAGE_SHARED, /* standard input would be two things; what: where else */
	USAGE_MISSING, /* an option or argument that must be there */
};

/*
 * Do the arguments after the program's name hold --help, -h or --version, before
 * any "--"? Then it is answered on standard output: exit with 0.
 */
bool usage_asked(const struct usage *u, int argc, char *const *argv);

/* Is it --help that they hold first, which usage_asked() will answer? */
bool usage_is_help(int argc, char *const *argv);

/*
 * One sentence, the forms of the command and where its options are told, on
 * standard error; for USAGE_NOTHING all of it. what is the argument that is
 * meant (up to a '=', so that no value is repeated), or NULL. Gives the exit
 * code, 2.
 */
int usage_wrong(
    const struct usage *u, enum usage_fault fault, const char *what);

/* The words that an option takes: each by its number; NULL after the last. */
typedef const char *usage_words(size_t i);

/*
 * 0 where value is one of the option's words; else as usage_wrong(), with all of
 * them.
 */
int usage_word(const struct usage *u, const char *option, usage_words *words,
    const char *value);

/*
 * As usage_wrong(), for what getopt_long(3) has just given: '?' or ':'. Its
 * short options begin with ':', so that it says nothing itself.
 */
int usage_getopt(const struct usage *u, const struct option *options,
    char *const *argv, int letter);

/* The version of all our programs, "0.1.0". */
extern const char usage_version[];
