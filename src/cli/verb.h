/*
 * verb.h - see verb.c.
 */
#pragma once

#include "client/person.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>

/*
 * One argument of a group's verbs: an option by its letter, or a sign for what
 * is no option. Which of them a verb takes is a string of such letters.
 */
struct verb_help {
	char letter;
	const char *shown;
	struct person_text text;
};

/* Where an option's value goes, or that it was given; one of them is NULL. */
struct verb_slot {
	int letter;
	const char **text;
	bool *flag;
};

/* One line of a list: what is typed, and what it does. */
struct verb_line {
	const char *shown;
	struct person_text text;
};

/*
 * A list of n lines (at most VERB_LINES) after an empty one: texts beside each
 * other, broken between words so that nothing is wider than 80 cells.
 */
#define VERB_LINES 32
void verb_lines(FILE *out, const struct verb_line *lines, size_t n);

/* The same of those n arguments that are among takes. */
void verb_explain(
    FILE *out, const struct verb_help *helps, size_t n, const char *takes);

/* The options among takes, ended as getopt_long() wants; out has room for n + 1. */
void verb_options(const struct option *options, size_t n, const char *takes,
    struct option *out);

/* Puts an option where it belongs; value is borrowed. False: none of these. */
bool verb_set(
    const struct verb_slot *slots, size_t n, int letter, const char *value);
