/*
 * sign.h - see sign.c.
 */
#pragma once

#include "vault/call.h"
#include "vault/sign_key.h"

/*
 * SIGN: everything is checked, and the intent is in the journal. When that is
 * durable, sign_prepare() looks whether it still may be and says in
 * c->signature what is to be made; sign_make() makes it and touches nothing
 * else, so that other requests are served meanwhile; sign_finish() writes it
 * down and appends the answer, unless the approval ended in between. Where
 * sign_prepare() was content the other two have to follow.
 */
enum rc sign_verb(struct call *c);
enum rc sign_prepare(struct call *c);
enum rc sign_make(struct call *c);
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
