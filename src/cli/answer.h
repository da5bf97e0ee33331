/*
 * answer.h - see answer.c.
 */
#pragma once

#include <jansson.h>

/*
 * Prints o on standard output as one line. It is escaped as far as JSON lets it
 * be where it holds what a terminal could take for an order; what it says is
 * the same.
 */
void answer_print(const json_t *o);

/*
 * Adds to a list of an answer, which is made where it is not there yet; takes o.
 * NULL: nothing but that it is there.
 */
void answer_append(json_t *answer, const char *list, json_t *o);
