/*
 * slots.h - see slots.c.
 */
#pragma once

#include "base/err.h"
#include "cryptoki/module.h"

#include <stdbool.h>

#define SLOTS_MAX  16
#define SLOTS_TEXT 64 /* bytes of a text for display, with its zero */

/* A token that is in its slot (PKCS#11 2.40 section 3.2, CK_TOKEN_INFO). */
struct slot_info {
	unsigned long id;
	char label[SLOTS_TEXT]; /* all four: UTF-8 fit for display */
	char maker[SLOTS_TEXT];
	char model[SLOTS_TEXT];
	char serial[SLOTS_TEXT];
	bool initialised;    /* it has a label and somebody's PIN */
	bool protected_path; /* it asks for PIN or finger itself */
	bool login_required;
	bool write_protected;
	bool pin_low;   /* a wrong PIN was given since the last right one */
	bool pin_final; /* the next wrong one locks it */
	bool pin_locked;
};

/*
 * Lists the tokens that are there; out has max elements. RC_IO, RC_LIMIT: more
 * than max. A slot whose token goes while it is asked is left out.
 */
IG_CHECK enum rc slots_list(struct module *m, struct slot_info *out, size_t max,
    size_t *n, struct err *e);

/* What a token says of itself now. RC_ABSENT: it is gone. RC_IO. */
IG_CHECK enum rc slots_refresh(
    struct module *m, struct slot_info *slot, struct err *e);
