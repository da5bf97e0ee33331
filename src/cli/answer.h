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
