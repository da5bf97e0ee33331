/*
 * sign.h - see sign.c.
 */
#pragma once

#include "vault/call.h"
#include "vault/sign_key.h"

/*
 * SIGN, first half: everything is checked and the intent is in the journal.
 * The second half comes when that is durable, and appends the answer.
 */
enum rc sign_verb(struct call *c);
enum rc sign_finish(struct call *c);

/* record.c's. */
IG_CHECK enum rc sign_replay_intent(struct vault *v, struct rd r,
    int64_t time_ms, uint64_t index, struct err *e);
IG_CHECK enum rc sign_replay_result(struct vault *v, struct rd r,
    int64_t time_ms, uint64_t index, struct err *e);
void sign_write_all(struct vault *v);

/* Forgets signatures whose request was forgotten. */
void sign_tick(struct vault *v);
void sign_clear(struct vault *v);
