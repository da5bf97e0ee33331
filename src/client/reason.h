/*
 * reason.h - see reason.c.
 */
#pragma once

#include "base/err.h"

#include <stdio.h>

/*
 * Is rc, and makes err's field the file or folder that it is about (of a long
 * path the end, fit for display); what the field was stands before the sentence
 * then. Standard input ("-" and NULL) has no name. For what nothing has named
 * yet, and for records that stay in this program: err.h wants no paths in those
 * that leave it.
 */
enum rc reason_named(const char *path, enum rc rc, struct err *e);

/*
 * Prints why something failed, in the person's language: "field: reason", or
 * the reason alone. English is what err says, else the sentence of rc; Korean
 * that of the same, else what rc means, which says less.
 */
void reason_print(FILE *out, enum rc rc, const struct err *e);
