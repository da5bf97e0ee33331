/*
 * password.h - see password.c.
 */
#pragma once

#include "base/span.h"

/* One row of password.def. */
struct password_rule {
	const char *word; /* names the rule in JSON: "length" */
	const char *ko;   /* what to do, as one sentence */
	const char *en;
};

/*
 * Which rules for a new password of a certificate this one breaks: bit n is
 * row n of password.def, 0 is a good password. Asked where a password is set,
 * and never where something is opened: old files have old passwords.
 */
unsigned int password_broken(struct span password);

/* Row n of password.def; NULL after the last. */
const struct password_rule *password_rule(size_t n);
