/*
 * dispatch.h - see dispatch.c.
 */
#pragma once

#include "vault/call.h"

/*
 * Takes one frame: whatever it changes is in the journal, not yet durable.
 * RC_FORMAT: not a request as the table has it; the connection is to be
 * closed, and nothing was changed. Otherwise commit the journal, then
 * dispatch_finish() c.
 */
IG_CHECK enum rc dispatch_begin(
    struct vault *v, struct span frame, struct call *c, struct err *e);

/* Makes what had to wait for the journal; c->answer is a whole frame then. */
void dispatch_finish(struct call *c);

void dispatch_clear(struct call *c);
