/*
 * asking.c - a program on a PC asks a phone, by its number or once more.
 *
 * Belongs here: who is asked, how often, and what gives way to it.
 * Not here: what the program does with the answer (token.c); the phone's side
 * (approving.c).
 *
 * A number that nobody has joined is asked like any other, on nobody's
 * behalf: the same rows are read and written, so that neither an answer, nor
 * the time that it takes, nor what becomes of earlier requests tells numbers
 * apart. Likewise for a member who is not to be asked.
 */
#include "domain/asking.h"

#include "base/address.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/approving.h"
#include "domain/home.h"
#include "domain/joining.h"
#include "domain/token.h"
#include "store/block.h"
#include "store/counter.h"
#include "store/member.h"

#define HOUR_MS     3600000
#define DAY_MS      86400000
#define AGAIN_HOUR  60 /* further approvals for one program, an hour */
#define LIVING_MOST 3  /* requests that wait for one member at once */
#define ALL_TIMES   3  /* all addresses together may ask so much more */

static enum rc
asking_fill(const struct domain *d, struct approval *a, const struct asking *in,
    int64_t now, struct err *e)
{
	store_timed_id(a->id, now);
	a->kind = APPROVAL_TOKEN;
	a->state = APPROVAL_WAITING;
	a->mode = in->push ? APPROVAL_PUSH : APPROVAL_NUMBER;
	text_sanitise(a->program, sizeof(a->program), in->program);
	text_sanitise(a->machine, sizeof(a->machine), in->machine);
	text_sanitise(a->user, sizeof(a->user), in->user);
	text_sanitise(a->address, sizeof(a->address), span_str(in->address));
	memcpy(a->secret_hash, in->secret_hash, STORE_HASH);
	a->count = a->left = d->limits.token_count;
	a->seconds = d->limits.token_life_ms / 1000;
	a->created_ms = now;
	a->expires_ms = now + d->limits.request_life_ms;
	/* Nobody may be asked by a name that cannot be seen. */
	if (!text_is_visible(span_str(a->program)))
		return err_set(
		    e, RC_FORMAT, "program", "has nothing that can be shown");
	if (!text_is_visible(span_str(a->machine)))
		return err_set(
		    e, RC_FORMAT, "machine", "has nothing that can be shown");

	return RC_OK;
}

/*
 * A request on its way in: counted, its member found, room made for it and
 * written, all in one unit.
 */
struct asking_placing {
	struct approval *a;              /* whom it is for is filled in */
	const struct counter_rule *near; /* from there; … */
	size_t n_near;
	const struct counter_rule *all; /* … from anywhere but home */
	size_t n_all;
	const uint8_t *phone_hash; /* the member by number, or … */
	const uint8_t *member_id;  /* … by the request before */
	uint8_t nobody[STORE_ID];  /* whom it is for where there is no member */
	int64_t now;
	bool allowed;
	struct approval_list old[2]; /* what gave way to it: marked as ended */
};

/* Whom a number belongs to that nobody has joined: always the same one. */
static void
asking_nobody(struct span seed, uint8_t out[static STORE_ID])
{
	uint8_t hash[DIGEST_SHA256];

	digest_sha256_labelled(hash, "INGAM-NOBODY1", seed);
	memset(out, 0, DOMAIN_NOBODY);
	memcpy(out + DOMAIN_NOBODY, hash, STORE_ID - DOMAIN_NOBODY);
}

/* A stranger who gives the owner's names is another, because he sits elsewhere. */
static bool
asking_is_same(const struct approval *a, const struct approval *b)
{
	char x[ADDRESS_TEXT], y[ADDRESS_TEXT];

	address_client(a->address, x);
	address_client(b->address, y);

	return strcmp(x, y) == 0 && strcmp(a->program, b->program) == 0 &&
	    strcmp(a->machine, b->machine) == 0 &&
	    strcmp(a->user, b->user) == 0;
}

/*
 * What waits already for `who`: the same program on the same machine gives
 * way to the new request; *waiting counts the others.
 */
static enum rc
asking_make_room(struct db *in, const uint8_t who[static STORE_ID],
    const struct asking_placing *p, struct approval_list *old, size_t *waiting,
    struct err *e)
{
	enum rc rc = approval_load_all(
	    in, who, APPROVAL_WAITING | APPROVAL_OPENED, p->now, old, e);

	*waiting = 0;
	for (size_t i = 0; rc == RC_OK && i < old->n; i++) {
		struct approval *o = &old->at[i];
		struct approval_move move = { .from = APPROVAL_LIVING,
			.to = APPROVAL_ENDED };

		if (o->kind != APPROVAL_TOKEN)
			continue;
		if (!asking_is_same(o, p->a)) {
			++*waiting;
			continue;
		}
		memcpy(move.id, o->id, STORE_ID);
		if ((rc = approval_advance(in, &move, NULL, e)) == RC_OK)
			approval_moved(o, &move);
	}

	return rc;
}

/* The member behind the number or the request before; nobody is no failure. */
static enum rc
asking_find(struct db *in, const struct asking_placing *p,
    uint8_t who[static STORE_ID], bool *found, int64_t *blocked_until,
    struct err *e)
{
	struct member m = { 0 };
	enum rc rc = p->phone_hash != NULL
	    ? member_load_by_phone(in, p->phone_hash, &m, e)
	    : member_load(in, p->member_id, &m, e);

	memcpy(who, rc == RC_OK ? m.id : p->nobody, STORE_ID);
	*found = rc == RC_OK;
	*blocked_until = m.blocked_until_ms;
	member_clear(&m);
	if (rc != RC_ABSENT)
		return rc;
	err_clear(e);

	return RC_OK;
}

/* Is this member to be left alone, by everybody or by this machine? */
static enum rc
asking_is_blocked(struct db *in, const uint8_t who[static STORE_ID],
    int64_t blocked_until, const struct asking_placing *p, bool *blocked,
    struct err *e)
{
	uint8_t key[STORE_HASH];
	int64_t until = 0;
	enum rc rc;

	approving_machine_key(who, p->a, key);
	rc = block_find(in, "machine", key, p->now, &until, e);
	*blocked = blocked_until > p->now || until > p->now;

	return rc;
}

static enum rc
asking_count(struct db *in, const struct counter_rule *rules, size_t n,
    int64_t now, bool *allowed, struct err *e)
{
	struct counter_answer counted;
	enum rc rc;

	*allowed = true;
	if (n == 0)
		return RC_OK;
	rc = counter_hit_all(in, rules, n, now, &counted, e);
	*allowed = rc == RC_OK && counted.allowed;

	return rc;
}

/*
 * Whom the request is for. What a stranger asks beyond his own limit was not
 * counted against all; and where the member has used the token before, the
 * owner sits, whom strangers elsewhere must not keep from asking.
 */
static enum rc
asking_choose(struct db *in, struct asking_placing *p, struct err *e)
{
	static const uint8_t none[STORE_ID];
	bool found = false, blocked = false;
	size_t waiting = 0, ignored;
	uint8_t who[STORE_ID];
	int64_t until = 0, home = 0;
	enum rc rc;

	if ((rc = asking_find(in, p, who, &found, &until, e)) != RC_OK ||
	    (rc = home_find(in, who, p->a->address, p->now, &home, e)) != RC_OK)
		return rc;
	if (home == 0)
		rc = asking_count(in, p->all, p->n_all, p->now, &p->allowed, e);
	if (rc != RC_OK || !p->allowed ||
	    (rc = asking_is_blocked(in, who, until, p, &blocked, e)) != RC_OK)
		return rc;
	if (p->phone_hash != NULL &&
	    ((rc = asking_make_room(
		  in, p->nobody, p, &p->old[0], &ignored, e)) != RC_OK ||
		(rc = asking_make_room(in, found ? who : none, p, &p->old[1],
		     &waiting, e)) != RC_OK))
		return rc;
	memcpy(p->a->member_id,
	    blocked || (waiting >= LIVING_MOST && home == 0) ? p->nobody : who,
	    STORE_ID);

	return RC_OK;
}

static enum rc
asking_place_unit(struct db *in, void *arg, struct err *e)
{
	struct asking_placing *p = arg;
	enum rc rc;

	/* It may run more than once. */
	approval_list_clear(&p->old[0]);
	approval_list_clear(&p->old[1]);
	rc = asking_count(in, p->near, p->n_near, p->now, &p->allowed, e);
	/* One too many is counted, too. */
	if (rc != RC_OK || !p->allowed)
		return rc;
	rc = asking_choose(in, p, e);

	return rc == RC_OK && p->allowed ? approval_create(in, p->a, e) : rc;
}

static void
asking_tell_ended(struct domain *d, struct approval_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		if (l->at[i].state != APPROVAL_ENDED)
			continue;
		approving_end_in_vault(d, &l->at[i]);
		domain_request(d, &l->at[i], false);
	}
}

static enum rc
asking_place(struct domain *d, struct asking_placing *p, struct err *e)
{
	enum rc rc = db_unit(d->db, asking_place_unit, p, e);

	if (rc == RC_OK && !p->allowed)
		rc = err_set(
		    e, RC_RATE, "phone", "too many requests for this number");
	if (rc == RC_OK) {
		asking_tell_ended(d, &p->old[0]);
		asking_tell_ended(d, &p->old[1]);
		domain_request(d, p->a, true);
	}
	approval_list_clear(&p->old[0]);
	approval_list_clear(&p->old[1]);

	return rc;
}

/*
 * Counted by number and client first, so that a stranger elsewhere does not
 * use up what the owner may ask; and by number alone against many strangers.
 */
enum rc
asking_number(struct domain *d, const struct asking *in,
    uint8_t id[static STORE_ID], int64_t *expires_ms, struct err *e)
{
	uint8_t phone_hash[STORE_HASH], there[STORE_HASH];
	char phone[12], client[ADDRESS_TEXT];
	struct span parts[2] = { SPAN(phone_hash), { NULL, 0 } };
	const struct counter_rule near[] = {
		{ "ask-near-hour", there, HOUR_MS, d->limits.request_hour },
		{ "ask-near-day", there, DAY_MS, d->limits.request_day },
	};
	const struct counter_rule all[] = {
		{ "ask-hour", phone_hash, HOUR_MS,
		    d->limits.request_hour * ALL_TIMES },
		{ "ask-day", phone_hash, DAY_MS,
		    d->limits.request_day * ALL_TIMES },
	};
	struct approval a = { 0 };
	struct asking_placing p = { .a = &a,
		.near = near,
		.n_near = sizeof(near) / sizeof(near[0]),
		.all = all,
		.n_all = sizeof(all) / sizeof(all[0]),
		.phone_hash = phone_hash,
		.now = clock_wall_ms() };
	enum rc rc;

	if ((rc = asking_fill(d, &a, in, p.now, e)) != RC_OK ||
	    (rc = joining_phone(in->phone, phone, e)) != RC_OK ||
	    (rc = joining_phone_hash(d, phone, phone_hash, e)) != RC_OK)
		return rc;
	address_client(in->address, client);
	parts[1] = span_str(client);
	digest_sha256(there, parts, 2);
	asking_nobody(SPAN(phone_hash), p.nobody);
	if ((rc = asking_place(d, &p, e)) != RC_OK)
		return rc;
	memcpy(id, a.id, STORE_ID);
	*expires_ms = a.expires_ms;

	return RC_OK;
}

enum rc
asking_again(struct domain *d, const uint8_t before_id[static STORE_ID],
    const uint8_t before_secret_hash[static STORE_HASH],
    const struct asking *in, uint8_t id[static STORE_ID], int64_t *expires_ms,
    struct err *e)
{
	uint8_t key[STORE_HASH];
	const struct counter_rule rule = { "ask-again", key, HOUR_MS,
		AGAIN_HOUR };
	struct approval before = { 0 }, a = { 0 };
	struct asking_placing p = { .a = &a,
		.near = &rule,
		.n_near = 1,
		.member_id = before.member_id,
		.now = clock_wall_ms() };
	struct asking ask = *in;
	enum rc rc =
	    token_load(d, before_id, before_secret_hash, &before, NULL, e);

	if (rc != RC_OK)
		return rc;
	/* Who asks is what the member approved, not what is said now. */
	ask.program = span_str(before.program);
	ask.machine = span_str(before.machine);
	ask.user = span_str(before.user);
	memcpy(a.continues_id, before.id, STORE_ID);
	approving_machine_key(before.member_id, &before, key);
	asking_nobody(SPAN(before.member_id), p.nobody);
	if ((before.state & (APPROVAL_OPEN | APPROVAL_DONE)) == 0)
		rc = err_set(e, RC_STATE, NULL, "nothing to continue");
	if (rc == RC_OK && (rc = asking_fill(d, &a, &ask, p.now, e)) == RC_OK &&
	    (rc = asking_place(d, &p, e)) == RC_OK) {
		memcpy(id, a.id, STORE_ID);
		*expires_ms = a.expires_ms;
	}
	approval_clear(&before);

	return rc;
}
