/*
 * reason.h - see reason.c.
 */
#pragma once

#include "base/err.h"

#include <stdio.h>

/*
 * Prints why something failed, in the person's language: "field: reason", or
 * the reason alone. English is what err says, else the sentence of rc; Korean
 * that of the same, else what rc means, which says less.
 */
void reason_print(FILE *out, enum rc rc, const struct err *e);
