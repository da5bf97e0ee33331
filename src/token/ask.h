/*
 * ask.h - see ask.c.
 */
#pragma once

#include "base/err.h"

/*
 * Asks the person at this machine for a phone number, in a dialog of their
 * desktop or on their terminal. out gets 8 to 15 digits. RC_ABSENT: there is
 * no dialog program. RC_REFUSED: cancelled. RC_FORMAT: not a number, three
 * times. RC_IO.
 */
IG_CHECK enum rc ask_phone(
    const char *program, char *out, size_t size, struct err *e);
