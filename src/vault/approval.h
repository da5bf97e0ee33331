/*
 * approval.h - see approval.c.
 */
#pragma once

#include "vault/ar1.h"
#include "vault/call.h"

/* As in docs/vault-protocol.md. Which of them is journaled: not the last. */
enum approval_state {
	APPROVAL_WAITING = 1,
	APPROVAL_APPROVED = 2,
	APPROVAL_OPEN = 3,
	APPROVAL_USED_UP = 4,
	APPROVAL_ENDED = 5,
	APPROVAL_EXPIRED = 6,
};

struct approval {
	struct table_item item; /* its request_id */
	struct buf ar1_bytes;
	struct ar1 ar1; /* borrows ar1_bytes */
	uint8_t ar1_sha256[32];
	enum approval_state state; /* ask approval_state() */
	int64_t until_ms;          /* when the state ends, by the wall */
	int64_t until_mono_ms;
	uint8_t pin_tries, import_tries; /* made so far */
	uint16_t used;                   /* signatures */
	uint8_t device_id[VAULT_ID];     /* that approved */
	uint8_t flags;                   /* of SR1 */
	uint8_t evidence[32];            /* hash of what was accepted */
	struct buf answer;               /* of an import, to be repeated */
};

struct approval *approval_find(
    struct vault *v, const uint8_t request_id[static VAULT_ID]);

/* The state now: time and count are looked at. */
enum approval_state approval_state(const struct approval *a);

/* Could anything still happen with it? */
bool approval_is_live(const struct approval *a);

/* Goes to a state for ms, and journals it. */
void approval_set(
    struct vault *v, struct approval *a, enum approval_state state, int64_t ms);

/* Journals tries. */
void approval_write_progress(
    struct vault *v, const struct approval *a, bool durable);

/* RC_OK while a is in state; else the code and sentence for what it is. */
IG_CHECK enum rc approval_expect(
    const struct approval *a, enum approval_state state, struct err *e);

/* The one-time PIN of an approved token request. */
void approval_pin(
    const struct vault *v, const struct approval *a, char out[static 7]);

/* Verbs. */
enum rc approval_verb_new(struct call *c);
enum rc approval_verb_refuse(struct call *c);
enum rc approval_verb_open(struct call *c);
enum rc approval_verb_status(struct call *c);

/* record.c's. */
IG_CHECK enum rc approval_replay_request(struct vault *v, struct rd r,
    int64_t time_ms, uint64_t index, struct err *e);
IG_CHECK enum rc approval_replay_progress(struct vault *v, struct rd r,
    int64_t time_ms, uint64_t index, struct err *e);
void approval_write_all(struct vault *v);

/*
 * Turns the wall times of the journal into lifetimes of this process, and
 * gives those that live their places at their accounts; once, after the
 * replay. RC_MEMORY.
 */
IG_CHECK enum rc approval_wake(struct vault *v, struct err *e);
void approval_tick(struct vault *v);
void approval_clear(struct vault *v);
