/*
 * person.h - see person.c.
 */
#pragma once

#include "base/err.h"
#include "base/sec.h"
#include "client/rest.h"

/* The exit codes that scripts rely on (ingam(1), ingam-phone(1)). */
enum person_exit {
	PERSON_YES = 0,     /* yes, done */
	PERSON_NO = 1,      /* wrong password, bad signature, mismatch */
	PERSON_USAGE = 2,   /* the command line */
	PERSON_INPUT = 3,   /* unreadable or malformed input */
	PERSON_SERVICE = 4, /* server or network */
	PERSON_REFUSED = 5, /* refused by a person or by policy */
};

/* A sentence in both languages. */
struct person_text {
	const char *ko;
	const char *en;
};

/* The sentence in the person's language; borrowed. */
const char *person_sentence(struct person_text text);

/* It on standard error, then a newline. */
void person_say(struct person_text text);

/*
 * What happened, on standard error: what the service said in problem (may be
 * NULL or empty), else the sentence for rc with e's detail. Gives the exit code.
 */
enum person_exit person_fail(
    enum rc rc, const struct rest_problem *problem, const struct err *e);

/* The exit code that a failure means. */
enum person_exit person_exit_of(enum rc rc);

#define PERSON_TRIES 3 /* of what was mistyped */

/*
 * A secret: the first line of a file ("-": the next one of standard input), or
 * (file NULL) asked on the terminal without echo. A byte order mark before it
 * and a carriage return after it do not belong to it. A signal that would end
 * the program ends it, with echo on again; after Ctrl-Z it is asked once more.
 * RC_ABSENT where there is neither; RC_IO: a folder; RC_LIMIT: over 256
 * bytes; RC_REFUSED: the person ended it (Ctrl-D), or a signal that is not
 * deadly did.
 */
IG_CHECK enum rc person_password(const char *file, struct person_text prompt,
    struct sec *out, struct err *e);

/*
 * A line from standard input, asked for with prompt where that is a terminal;
 * out has size bytes.
 * RC_ABSENT where there is none, RC_REFUSED where a person ended it instead
 * (Ctrl-D), RC_LIMIT where it is longer: what was typed of it is gone.
 */
IG_CHECK enum rc person_line(
    struct person_text prompt, char *out, size_t size, struct err *e);

/* Does the list have what a person typed? arg is whose list it is. */
typedef bool person_finder(void *arg, const char *line);

/*
 * Asks for one of a list that was shown, up to PERSON_TRIES times until it has
 * it. RC_UNKNOWN: it never had. Else as person_line().
 */
IG_CHECK enum rc person_choose(
    struct person_text prompt, person_finder *find, void *arg, struct err *e);
