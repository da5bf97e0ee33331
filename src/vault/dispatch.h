/*
 * dispatch.h - see dispatch.c.
 */
#pragma once

#include "vault/call.h"

/*
 * Takes one frame: whatever it changes is in the journal, not yet durable.
 * RC_FORMAT: not a request as the table has it; the connection is to be
 * closed, and nothing was changed. Otherwise commit the journal, then go on
 * with c: dispatch_prepare(), dispatch_make() where that says so, and
 * dispatch_finish().
 */
IG_CHECK enum rc dispatch_begin(
    struct vault *v, struct span frame, struct call *c, struct err *e);

/* Had something to wait for the journal, and is it to be made now? */
bool dispatch_prepare(struct call *c);

/* Makes it. Needs nothing of the vault but c: the one part that takes long. */
void dispatch_make(struct call *c);

/* c->answer is a whole frame then. */
void dispatch_finish(struct call *c);

void dispatch_clear(struct call *c);
