/*
 * language.h - see language.c.
 */
#pragma once

#include <stdbool.h>

/*
 * Is the person's language Korean (the first of LC_ALL, LC_MESSAGES and LANG
 * that says anything)? In a program with more rights than its user: no.
 */
bool language_korean(void);
