/*
 * guess.c - how many wrong short numbers the service bears, from all strangers
 * together.
 *
 * Belongs here: budgets that hold however many addresses and accounts a
 * guesser has; docs/attacks.md computes what they leave him.
 * Not here: tries of one number: the vault's (token PINs), joining.c's (codes),
 * relay.c's (one each).
 *
 * What is counted is wrong already, so a right number costs nobody anything.
 * Numbers that are being looked at when a budget runs out are at most as many
 * as there are workers.
 */
#include "domain/guess.h"

#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "store/block.h"
#include "store/counter.h"

#define HOUR_MS  INT64_C(3600000)
#define DAY_MS   INT64_C(86400000)
#define CODES    20 /* wrong ones an hour from one network */
#define PINS     9  /* wrong ones a day for one member */
#define NO_LIMIT INT64_MAX

static const struct {
	const char *near, *all; /* scopes of counters and blocks */
	int64_t near_ms, near_limit;
} kinds[] = {
	[GUESS_CODE] = { "code-near", "code-all", HOUR_MS, CODES },
	[GUESS_PIN] = { "pin-near", "pin-all", DAY_MS, PINS },
	/* A client's claims are counted by the minute (relay.c). */
	[GUESS_TRANSFER] = { "transfer-near", "transfer-all", HOUR_MS,
	    NO_LIMIT },
};

static const uint8_t everybody[STORE_HASH];

static int64_t
guess_limit(const struct domain *d, enum guess_kind kind)
{
	switch (kind) {
	case GUESS_CODE:
		return d->limits.wrong_codes_hour;
	case GUESS_PIN:
		return d->limits.wrong_pins_hour;
	case GUESS_TRANSFER:
		return d->limits.transfers_hour;
	}

	return 0;
}

static void
guess_key(struct span near, uint8_t key[static STORE_HASH])
{
	digest_sha256_labelled(key, "INGAM-GUESS1", near);
}

enum rc
guess_check(
    struct domain *d, enum guess_kind kind, struct span near, struct err *e)
{
	int64_t now = clock_wall_ms(), one = 0, all = 0;
	uint8_t key[STORE_HASH];
	enum rc rc;

	guess_key(near, key);
	if ((rc = block_find(d->db, kinds[kind].near, key, now, &one, e)) !=
		RC_OK ||
	    (rc = block_find(
		 d->db, kinds[kind].all, everybody, now, &all, e)) != RC_OK)
		return rc;
	if (one > now || all > now)
		return err_set(
		    e, RC_RATE, NULL, "too many wrong numbers: wait");

	return RC_OK;
}

/* Counts one, and closes at the last that is allowed. */
static void
guess_hit(struct domain *d, const char *scope,
    const uint8_t key[static STORE_HASH], int64_t window_ms, int64_t limit)
{
	int64_t now = clock_wall_ms();
	struct counter_answer a;
	struct err e = { 0 };
	/* One too many of one less is the last. */
	enum rc rc =
	    counter_hit(d->db, scope, key, window_ms, limit - 1, now, &a, &e);

	if (rc == RC_OK && !a.allowed)
		rc = block_set(d->db, scope, key, now + a.retry_after_ms, &e);
	if (rc != RC_OK)
		log_event(LOG_ERROR, "guess-not-counted", "of=%s why=%s", scope,
		    e.msg);
	else if (!a.allowed && key == everybody)
		log_event(LOG_WARN, "guessing", "closed=%s for_ms=%lld", scope,
		    (long long)a.retry_after_ms);
}

void
guess_count(struct domain *d, enum guess_kind kind, struct span near)
{
	uint8_t key[STORE_HASH];

	guess_key(near, key);
	if (kinds[kind].near_limit != NO_LIMIT)
		guess_hit(d, kinds[kind].near, key, kinds[kind].near_ms,
		    kinds[kind].near_limit);
	guess_hit(d, kinds[kind].all, everybody, HOUR_MS, guess_limit(d, kind));
}
