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

/* Prints a line for each of n arguments that are among takes. */
void verb_explain(FILE *out, const struct verb_help *helps, size_t n,
    const char *takes, int width);

/* The options among takes, ended as getopt_long() wants; out has room for n + 1. */
void verb_options(const struct option *options, size_t n, const char *takes,
    struct option *out);

/* Puts an option where it belongs; value is borrowed. False: none of these. */
bool verb_set(
    const struct verb_slot *slots, size_t n, int letter, const char *value);
