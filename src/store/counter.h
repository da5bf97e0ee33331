/*
 * counter.h - see counter.c.
 */
#pragma once

#include "store/store.h"

struct counter_answer {
	bool allowed;
	int64_t left;           /* further hits in this window */
	int64_t retry_after_ms; /* 0 where allowed */
};

/*
 * Counts one hit of key in scope, durably, before the caller looks at
 * anything: at most limit in any window of window_ms that begins with a hit.
 * RC_OK also when it is not allowed: ask the answer.
 */
IG_CHECK enum rc counter_hit(struct db *db, const char *scope,
    const uint8_t key[static STORE_HASH], int64_t window_ms, int64_t limit,
    int64_t now_ms, struct counter_answer *out, struct err *e);

/* The same for several at once, in one write; each is counted in any case. */
#define COUNTER_RULES_MAX 8
struct counter_rule {
	const char *scope;
	const uint8_t *key; /* STORE_HASH bytes */
	int64_t window_ms, limit;
};
IG_CHECK enum rc counter_hit_all(struct db *db,
    const struct counter_rule *rules, size_t n, int64_t now_ms,
    struct counter_answer *out, struct err *e);

/* Removes up to 500 whose window began before; *n (may be NULL) is how many. */
IG_CHECK enum rc counter_purge(
    struct db *db, int64_t before_ms, size_t *n, struct err *e);
