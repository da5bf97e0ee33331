/*
 * relay.c - carries messages between a phone and a PC that know one number.
 *
 * Belongs here: whose turn it is, and that each turn comes once.
 * Not here: what the messages say: they are sealed end to end, and neither
 * the number nor the key is known here (pake).
 */
#include "domain/relay.h"

#include "base/address.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/rnd.h"
#include "base/sec.h"
#include "domain/guess.h"
#include "store/counter.h"

#define DRAWS       20
#define MINUTE_MS   60000
#define HOUR_MS     3600000
#define CLAIMS_NEAR 10 /* a minute, from one client */
#define OPENS       20 /* an hour, by one member: channels are few */

static const struct {
	enum relay_side side;
	int64_t from;
	enum transfer_state state;
} turns[] = {
	{ RELAY_PC, 1, TRANSFER_ASKED },
	{ RELAY_PHONE, 2, TRANSFER_ANSWERED },
	{ RELAY_PC, 3, TRANSFER_SENT },
};

static enum rc
relay_count(struct domain *d, const char *scope, struct span key,
    int64_t window_ms, int64_t limit, struct err *e)
{
	uint8_t hash[STORE_HASH];
	struct counter_answer a;
	enum rc rc;

	digest_sha256_labelled(hash, "INGAM-RELAY1", key);
	rc = counter_hit(
	    d->db, scope, hash, window_ms, limit, clock_wall_ms(), &a, e);
	if (rc == RC_OK && !a.allowed)
		return err_set(e, RC_RATE, NULL, "too many numbers");

	return rc;
}

enum rc
relay_open(struct domain *d, const struct domain_session *s,
    struct transfer *out, struct err *e)
{
	int64_t now = clock_wall_ms();
	struct transfer t = { .step = 1,
		.state = TRANSFER_WAITING,
		.created_ms = now,
		.expires_ms = now + d->limits.transfer_life_ms };
	enum rc rc =
	    relay_count(d, "open", SPAN(s->member_id), HOUR_MS, OPENS, e);

	if (rc != RC_OK)
		return rc;
	memcpy(t.member_id, s->member_id, STORE_ID);
	rc = RC_EXISTS;
	for (int i = 0; i < DRAWS && rc == RC_EXISTS; i++) {
		err_clear(e);
		store_new_id(t.id);
		rnd_digits(t.channel, TRANSFER_CHANNEL - 1);
		rc = transfer_create(d->db, &t, e);
	}
	if (rc == RC_EXISTS)
		return err_set(e, RC_BUSY, NULL, "all channels are in use");

	return rc == RC_OK ? transfer_load(d->db, t.id, out, e) : rc;
}

enum rc
relay_claim(struct domain *d, const char *channel,
    const uint8_t secret_hash[static STORE_HASH], const char *address,
    uint8_t id[static STORE_ID], struct err *e)
{
	char client[ADDRESS_TEXT];
	enum rc rc;

	address_client(address, client);
	rc = relay_count(
	    d, "claim", span_str(client), MINUTE_MS, CLAIMS_NEAR, e);
	if (rc != RC_OK ||
	    (rc = guess_check(d, GUESS_TRANSFER, span_str(client), e)) != RC_OK)
		return rc;
	rc = transfer_claim(
	    d->db, channel, secret_hash, clock_wall_ms(), id, NULL);
	/* Whoever met a phone has one guess, and only the phone knows of it. */
	if (rc == RC_OK)
		guess_count(d, GUESS_TRANSFER, span_str(client));
	if (rc != RC_ABSENT)
		return rc;

	return err_set(e, RC_SECRET, "channel", "nobody waits for this number");
}

static void
relay_lapse(struct domain *d, struct transfer *t)
{
	if ((t->state & TRANSFER_LIVING) == 0 ||
	    t->expires_ms > clock_wall_ms())
		return;
	if (transfer_end(d->db, t->id, TRANSFER_EXPIRED, NULL) == RC_OK)
		domain_changed(d, DOMAIN_TRANSFER, t->member_id, t->id);
	t->state = TRANSFER_EXPIRED;
}

enum rc
relay_load_phone(struct domain *d, const struct domain_session *s,
    const uint8_t id[static STORE_ID], struct transfer *out, struct err *e)
{
	enum rc rc = transfer_load(d->db, id, out, e);

	if (rc == RC_OK &&
	    memcmp(out->member_id, s->member_id, STORE_ID) != 0) {
		transfer_clear(out);
		return err_set(e, RC_ABSENT, NULL, "no such transfer");
	}
	if (rc == RC_OK)
		relay_lapse(d, out);

	return rc;
}

enum rc
relay_load_pc(struct domain *d, const uint8_t id[static STORE_ID],
    const uint8_t secret_hash[static STORE_HASH], struct transfer *out,
    struct err *e)
{
	enum rc rc = transfer_load(d->db, id, out, e);

	if (rc == RC_OK &&
	    !sec_equal(SPAN(out->secret_hash),
		(struct span){ secret_hash, STORE_HASH })) {
		transfer_clear(out);
		return err_set(e, RC_ABSENT, NULL, "no such transfer");
	}
	if (rc == RC_OK)
		relay_lapse(d, out);

	return rc;
}

static enum rc
relay_again(struct domain *d, struct transfer *t, struct err *e)
{
	uint8_t id[STORE_ID];

	memcpy(id, t->id, STORE_ID);
	domain_changed(d, DOMAIN_TRANSFER, t->member_id, id);
	transfer_clear(t);

	return transfer_load(d->db, id, t, e);
}

enum rc
relay_post(struct domain *d, struct transfer *t, enum relay_side side,
    struct span message, struct err *e)
{
	struct transfer_move move = { .from = t->step,
		.to = t->step + 1,
		.message = message,
		.now_ms = clock_wall_ms() };
	bool turn = false;
	enum rc rc;

	for (size_t i = 0; i < sizeof(turns) / sizeof(turns[0]); i++) {
		if (turns[i].side != side || turns[i].from != t->step)
			continue;
		move.state = turns[i].state;
		turn = true;
	}
	if (!turn)
		return err_set(e, RC_STATE, NULL, "it is the other's turn");
	memcpy(move.id, t->id, STORE_ID);
	if ((rc = transfer_advance(d->db, &move, e)) != RC_OK)
		return rc;

	return relay_again(d, t, e);
}

enum rc
relay_end(struct domain *d, struct transfer *t, enum transfer_state why,
    struct err *e)
{
	enum rc rc = transfer_end(d->db, t->id, why, e);

	return rc == RC_OK ? relay_again(d, t, e) : rc;
}

bool
relay_is_for(const struct transfer *t, enum relay_side side)
{
	for (size_t i = 0; i < sizeof(turns) / sizeof(turns[0]); i++)
		if (turns[i].from + 1 == t->step)
			return turns[i].side != side;

	return false;
}
