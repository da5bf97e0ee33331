/*
 * token.c - a program on a PC uses a certificate through the token.
 *
 * Belongs here: asking by phone number, opening with the PIN, signing within
 * what was approved, asking again.
 * Not here: the phone's side (approving.c); checking PIN, count and time: the
 * vault does, this only tells what it said.
 */
#include "domain/token.h"

#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/sec.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/approving.h"
#include "domain/joining.h"
#include "store/block.h"
#include "store/counter.h"
#include "store/history.h"
#include "store/member.h"

#define HOUR_MS     3600000
#define DAY_MS      86400000
#define AGAIN_HOUR  60 /* further approvals for one program, an hour */
#define LIVING_MOST 3  /* requests that wait for one member at once */
#define TRIES       3  /* of a number; the vault counts them */
#define ALL_TIMES   3  /* all addresses together may ask so much more */

static void
token_text(char *out, size_t size, struct span in)
{
	text_sanitise(out, size, in);
}

static void
token_fill(const struct domain *d, struct approval *a,
    const struct token_ask *in, int64_t now)
{
	store_timed_id(a->id, now);
	a->kind = APPROVAL_TOKEN;
	a->state = APPROVAL_WAITING;
	a->mode = in->push ? APPROVAL_PUSH : APPROVAL_NUMBER;
	token_text(a->program, sizeof(a->program), in->program);
	token_text(a->machine, sizeof(a->machine), in->machine);
	token_text(a->user, sizeof(a->user), in->user);
	token_text(a->address, sizeof(a->address), span_str(in->address));
	memcpy(a->secret_hash, in->secret_hash, STORE_HASH);
	a->count = a->left = d->limits.token_count;
	a->seconds = d->limits.token_life_ms / 1000;
	a->created_ms = now;
	a->expires_ms = now + d->limits.request_life_ms;
}

/*
 * A request on its way in: counted, its member found, room made for it and
 * written, all in one unit.
 */
struct token_placing {
	struct approval *a; /* its member is filled in, if one is to be asked */
	const struct counter_rule *rules;
	size_t n_rules;
	const uint8_t *phone_hash; /* the member by number, or … */
	const uint8_t *member_id;  /* … by the request before */
	int64_t now;
	bool allowed;
	struct approval_list old; /* that gave way to it are marked as ended */
};

/* Is this member to be left alone, by everybody or by this machine? */
static enum rc
token_is_blocked(struct db *in, const struct member *m,
    const struct token_placing *p, bool *blocked, struct err *e)
{
	uint8_t key[STORE_HASH];
	int64_t until = 0;
	enum rc rc;

	approving_machine_key(m->id, p->a, key);
	rc = block_find(in, "machine", key, p->now, &until, e);
	*blocked = m->blocked_until_ms > p->now || until > p->now;

	return rc;
}

static bool
token_is_same(const struct approval *a, const struct approval *b)
{
	return strcmp(a->program, b->program) == 0 &&
	    strcmp(a->machine, b->machine) == 0 &&
	    strcmp(a->user, b->user) == 0;
}

/*
 * What waits already: the same program on the same machine gives way to the
 * new request; others make it wait in silence when there are too many.
 */
static enum rc
token_make_room(struct db *in, const struct member *m, struct token_placing *p,
    bool *full, struct err *e)
{
	size_t waiting = 0;
	enum rc rc = approval_load_all(
	    in, m->id, APPROVAL_WAITING | APPROVAL_OPENED, p->now, &p->old, e);

	for (size_t i = 0; rc == RC_OK && i < p->old.n; i++) {
		struct approval *o = &p->old.at[i];
		struct approval_move move = { .from = APPROVAL_LIVING,
			.to = APPROVAL_ENDED };

		if (o->kind != APPROVAL_TOKEN)
			continue;
		if (!token_is_same(o, p->a)) {
			waiting++;
			continue;
		}
		memcpy(move.id, o->id, STORE_ID);
		if ((rc = approval_advance(in, &move, NULL, e)) == RC_OK)
			approval_moved(o, &move);
	}
	*full = waiting >= LIVING_MOST;

	return rc;
}

/* Finds who is to be asked; nobody is no failure. */
static enum rc
token_find_member(
    struct db *in, struct token_placing *p, struct member *m, struct err *e)
{
	bool blocked = false, full = false;
	enum rc rc = p->phone_hash != NULL
	    ? member_load_by_phone(in, p->phone_hash, m, e)
	    : member_load(in, p->member_id, m, e);

	if (rc == RC_ABSENT) {
		err_clear(e);
		return RC_OK;
	}
	if (rc != RC_OK ||
	    (rc = token_is_blocked(in, m, p, &blocked, e)) != RC_OK)
		return rc;
	if (!blocked && p->phone_hash != NULL)
		rc = token_make_room(in, m, p, &full, e);
	if (rc == RC_OK && !blocked && !full)
		memcpy(p->a->member_id, m->id, STORE_ID);

	return rc;
}

static enum rc
token_place_unit(struct db *in, void *arg, struct err *e)
{
	struct token_placing *p = arg;
	struct counter_answer counted;
	struct member m = { 0 };
	enum rc rc;

	/* It may run more than once. */
	approval_list_clear(&p->old);
	memset(p->a->member_id, 0, STORE_ID);
	rc = counter_hit_all(in, p->rules, p->n_rules, p->now, &counted, e);
	p->allowed = rc == RC_OK && counted.allowed;
	/* One too many is counted, too. */
	if (!p->allowed)
		return rc;
	rc = token_find_member(in, p, &m, e);
	member_clear(&m);

	/* An unknown number, too, gets a request: it will lapse like any. */
	return rc == RC_OK ? approval_create(in, p->a, e) : rc;
}

/* A request that is over in the database is so in the vault, too. */
static void
token_end_in_vault(const struct domain *d, const struct approval *a)
{
	if (store_has_id(a->vault_request_id) &&
	    keys_refuse(d->keys, a->vault_request_id, NULL) == RC_BUSY)
		log_event(LOG_WARN, "withdraw", "vault unavailable");
}

static enum rc
token_place(struct domain *d, struct token_placing *p, struct err *e)
{
	enum rc rc = db_unit(d->db, token_place_unit, p, e);

	if (rc == RC_OK && !p->allowed)
		rc = err_set(
		    e, RC_RATE, "phone", "too many requests for this number");
	for (size_t i = 0; rc == RC_OK && i < p->old.n; i++) {
		if (p->old.at[i].state != APPROVAL_ENDED)
			continue;
		token_end_in_vault(d, &p->old.at[i]);
		domain_request(d, &p->old.at[i], false);
	}
	if (rc == RC_OK && store_has_id(p->a->member_id))
		domain_request(d, p->a, true);
	approval_list_clear(&p->old);

	return rc;
}

/*
 * Counted by number and address first, so that a stranger elsewhere does not
 * use up what the owner may ask; and by number alone against many strangers.
 */
enum rc
token_request(struct domain *d, const struct token_ask *in,
    uint8_t id[static STORE_ID], int64_t *expires_ms, struct err *e)
{
	uint8_t phone_hash[STORE_HASH], near[STORE_HASH];
	struct span parts[2] = { SPAN(phone_hash), span_str(in->address) };
	const struct counter_rule rules[] = {
		{ "ask-near-hour", near, HOUR_MS, d->limits.request_hour },
		{ "ask-near-day", near, DAY_MS, d->limits.request_day },
		{ "ask-hour", phone_hash, HOUR_MS,
		    d->limits.request_hour * ALL_TIMES },
		{ "ask-day", phone_hash, DAY_MS,
		    d->limits.request_day * ALL_TIMES },
	};
	struct approval a = { 0 };
	struct token_placing p = { .a = &a,
		.rules = rules,
		.n_rules = sizeof(rules) / sizeof(rules[0]),
		.phone_hash = phone_hash,
		.now = clock_wall_ms() };
	char phone[12];
	enum rc rc;

	token_fill(d, &a, in, p.now);
	if ((rc = joining_phone(in->phone, phone, e)) != RC_OK ||
	    (rc = joining_phone_hash(d, phone, phone_hash, e)) != RC_OK)
		return rc;
	digest_sha256(near, parts, 2);
	if ((rc = token_place(d, &p, e)) != RC_OK)
		return rc;
	memcpy(id, a.id, STORE_ID);
	*expires_ms = a.expires_ms;

	return RC_OK;
}

enum rc
token_continue(struct domain *d, const uint8_t before_id[static STORE_ID],
    const uint8_t before_secret_hash[static STORE_HASH],
    const struct token_ask *in, uint8_t id[static STORE_ID],
    int64_t *expires_ms, struct err *e)
{
	uint8_t key[STORE_HASH];
	const struct counter_rule rule = { "ask-again", key, HOUR_MS,
		AGAIN_HOUR };
	struct approval before = { 0 }, a = { 0 };
	struct token_placing p = { .a = &a,
		.rules = &rule,
		.n_rules = 1,
		.member_id = before.member_id,
		.now = clock_wall_ms() };
	struct token_ask ask = *in;
	enum rc rc =
	    token_load(d, before_id, before_secret_hash, &before, NULL, e);

	if (rc != RC_OK)
		return rc;
	/* Who asks is what the member approved, not what is said now. */
	ask.program = span_str(before.program);
	ask.machine = span_str(before.machine);
	ask.user = span_str(before.user);
	token_fill(d, &a, &ask, p.now);
	memcpy(a.continues_id, before.id, STORE_ID);
	approving_machine_key(before.member_id, &before, key);
	rc = (before.state & (APPROVAL_OPEN | APPROVAL_DONE)) == 0
	    ? err_set(e, RC_STATE, NULL, "nothing to continue")
	    : token_place(d, &p, e);
	if (rc == RC_OK) {
		memcpy(id, a.id, STORE_ID);
		*expires_ms = a.expires_ms;
	}
	approval_clear(&before);

	return rc;
}

struct token_look {
	const uint8_t *id, *secret_hash;
	struct approval *a;
	struct cert *cert; /* NULL: not asked for */
};

static enum rc
token_look(struct db *in, void *arg, struct err *e)
{
	const struct token_look *l = arg;
	enum rc rc = approval_load(in, l->id, l->a, e);

	if (rc != RC_OK)
		return rc;
	if (l->a->kind != APPROVAL_TOKEN ||
	    !sec_equal(SPAN(l->a->secret_hash),
		(struct span){ l->secret_hash, STORE_HASH })) {
		approval_clear(l->a);
		return err_set(e, RC_ABSENT, NULL, "no such request");
	}
	if (l->cert == NULL || !store_has_id(l->a->certificate_id))
		return RC_OK;
	rc = cert_load(in, l->a->member_id, l->a->certificate_id, l->cert, e);
	if (rc != RC_ABSENT)
		return rc;
	err_clear(e);

	return RC_OK;
}

enum rc
token_load(struct domain *d, const uint8_t id[static STORE_ID],
    const uint8_t secret_hash[static STORE_HASH], struct approval *out,
    struct cert *cert, struct err *e)
{
	struct token_look look = { id, secret_hash, out, cert };
	enum rc rc = db_view(d->db, token_look, &look, e);

	if (rc == RC_OK)
		approving_lapse(d, out);

	return rc;
}

/* What a state that is not "approved" or "open" says to a login. */
static enum rc
token_not_open(const struct approval *a, struct err *e)
{
	if ((a->state & (APPROVAL_REFUSED | APPROVAL_NOT_ME)) != 0)
		return err_set(e, RC_REFUSED, NULL, "refused on the phone");
	if ((a->state & (APPROVAL_WAITING | APPROVAL_OPENED)) != 0)
		return err_set(e, RC_STATE, NULL, "not approved yet");

	return err_set(e, RC_EXPIRED, NULL, "the request is over");
}

static void
token_history(struct history *h, const struct approval *a,
    enum history_kind kind, const struct cert *cert, int64_t now)
{
	store_timed_id(h->id, now);
	h->kind = kind;
	h->at_ms = now;
	approving_history(h, a, cert);
}

/* The vault took the last try: the request is over, and the member is told. */
static enum rc
token_locked(struct domain *d, struct approval *a, struct err *e)
{
	struct approval_move move = { .from = APPROVAL_APPROVED,
		.to = APPROVAL_ENDED };
	struct history h = { 0 };

	token_history(&h, a, HISTORY_LOCKED, NULL, clock_wall_ms());
	if (approving_advance(d, a, &move, &h, NULL) == RC_OK)
		log_event(
		    LOG_INFO, "locked", "request=%s", log_id(SPAN(a->id)));
	err_clear(e);

	return err_set(e, RC_LOCKED, "pin", "wrong PIN three times");
}

/* Opens it in the vault; an opening whose answer got lost is found again. */
static enum rc
token_open(struct domain *d, struct approval *a, struct span pin,
    uint8_t *tries_left, struct err *e)
{
	uint16_t left = 0;
	enum rc rc = keys_token_open(d->keys, a->vault_request_id, pin, &left,
	    &a->expires_ms, tries_left, e);

	if (rc == RC_STATE) {
		struct keys_status s;

		if (keys_status(d->keys, a->vault_request_id, &s, NULL) !=
			RC_OK ||
		    s.state != KEYS_OPEN)
			return rc;
		err_clear(e);
		left = s.left;
		a->expires_ms = s.expires_ms;
		rc = RC_OK;
	}
	a->left = left;

	return rc;
}

enum rc
token_login(struct domain *d, struct approval *a, struct span pin,
    const struct cert *cert, uint8_t *tries_left, struct err *e)
{
	struct approval_move move = { .from = APPROVAL_APPROVED,
		.to = APPROVAL_OPEN,
		.sets_left = true };
	struct history h = { 0 };
	enum rc rc;

	/*
	 * A number before the phone showed one cannot be right. It costs no
	 * try: there is nothing yet that could be guessed.
	 */
	if ((a->state & (APPROVAL_WAITING | APPROVAL_OPENED)) != 0 &&
	    a->mode == APPROVAL_NUMBER) {
		*tries_left = TRIES;
		return err_set(e, RC_SECRET, "pin", "no number was shown yet");
	}
	if ((a->state & (APPROVAL_APPROVED | APPROVAL_OPEN)) == 0)
		return token_not_open(a, e);
	if (!store_has_id(cert->id))
		return err_set(
		    e, RC_ABSENT, "certificate", "is not there any more");
	if (a->state == APPROVAL_OPEN)
		return RC_OK;
	if ((rc = token_open(d, a, pin, tries_left, e)) == RC_LOCKED)
		return token_locked(d, a, e);
	if (rc != RC_OK)
		return rc;
	move.left = a->left;
	move.expires_ms = a->expires_ms;
	token_history(&h, a, HISTORY_TOKEN_LOGIN, cert, clock_wall_ms());

	return approving_advance(d, a, &move, &h, e);
}

static enum rc
token_may_sign(const struct approval *a, const struct cert *cert,
    const uint8_t certificate_id[static STORE_ID], struct err *e)
{
	if (memcmp(cert->id, certificate_id, STORE_ID) != 0)
		return err_set(e, RC_ABSENT, "certificate",
		    "not the approved certificate");
	if (a->state != APPROVAL_OPEN)
		return err_set(e, RC_STATE, NULL, "no approval is open");
	if (cert->not_after_ms < clock_wall_ms())
		return err_set(e, RC_EXPIRED, "certificate", "has expired");

	return RC_OK;
}

/* The vault's receipt, the count and the certificate's use, at once. */
static enum rc
token_record(struct domain *d, const struct approval *a,
    const struct cert *cert, const struct keys_signed *s, struct err *e)
{
	struct approval_signature sig = { .left = s->left,
		.now_ms = s->time_ms };
	struct history h = { .count = 1 };
	enum rc rc;

	/* Given once more, it is the same line: made of the same receipt. */
	token_history(&h, a, HISTORY_TOKEN_SIGN, cert, s->time_ms);
	history_id(h.id, s->time_ms, buf_span(&s->sr1));
	h.receipt = buf_span(&s->sr1);
	memcpy(h.receipt_signature, s->sr1_signature, STORE_SIGN);
	memcpy(sig.approval_id, a->id, STORE_ID);
	memcpy(sig.certificate_id, cert->id, STORE_ID);
	rc = approval_record_signature(d->db, &sig, &h, e);
	if (rc == RC_OK)
		domain_changed(d, DOMAIN_HISTORY, a->member_id, h.id);

	return rc;
}

enum rc
token_sign(struct domain *d, const struct approval *a, const struct cert *cert,
    const uint8_t certificate_id[static STORE_ID], struct keys_sign *in,
    struct keys_signed *out, struct err *e)
{
	enum rc rc = token_may_sign(a, cert, certificate_id, e);

	if (rc != RC_OK)
		return rc;
	memcpy(in->request_id, a->vault_request_id, STORE_ID);
	in->kb1 = cert->kb1;
	in->certificate = cert->der;
	rc = keys_sign(d->keys, in, out, e);
	/* The certificate is good: it is the window that is over. */
	if (rc == RC_EXPIRED)
		return RC_STATE;

	return rc == RC_OK ? token_record(d, a, cert, out, e) : rc;
}

enum rc
token_withdraw(struct domain *d, struct approval *a, struct err *e)
{
	struct approval_move move = { .from = APPROVAL_LIVING,
		.to = APPROVAL_ENDED };

	token_end_in_vault(d, a);

	return approving_advance(d, a, &move, NULL, e);
}
