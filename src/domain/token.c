/*
 * token.c - a program on a PC uses a certificate that a phone approved.
 *
 * Belongs here: opening with the PIN, signing within what was approved,
 * giving up.
 * Not here: asking (asking.c); the phone's side (approving.c); checking PIN,
 * count and time: the vault does, this only tells what it said.
 */
#include "domain/token.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/sec.h"
#include "db/db.h"
#include "domain/approving.h"
#include "domain/guess.h"
#include "domain/home.h"
#include "store/history.h"

#define TRIES 3 /* of a number; the vault counts them */

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
	rc = cert_load_bare(
	    in, l->a->member_id, l->a->certificate_id, l->cert, e);
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

/*
 * Where the member never was, a wrong number is a stranger's guess. *home is
 * until when the member is at home there.
 */
static enum rc
token_is_strange(struct domain *d, const struct approval *a, int64_t *home,
    bool *strange, struct err *e)
{
	enum rc rc;

	*strange = false;
	if (a->mode != APPROVAL_NUMBER)
		return RC_OK;
	rc = home_find(
	    d->db, a->member_id, a->address, clock_wall_ms(), home, e);
	*strange = *home == 0;

	return rc == RC_OK && *strange
	    ? guess_check(d, GUESS_PIN, SPAN(a->member_id), e)
	    : rc;
}

/* The vault took the last try: the request is over, and the member is told. */
static enum rc
token_locked(struct domain *d, struct approval *a, struct err *e)
{
	struct approval_move move = { .from = APPROVAL_APPROVED,
		.to = APPROVAL_LOCKED };
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
	bool strange = false;
	int64_t home = 0;
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
	if ((rc = token_is_strange(d, a, &home, &strange, e)) != RC_OK)
		return rc;
	rc = token_open(d, a, pin, tries_left, e);
	if (strange && (rc == RC_SECRET || rc == RC_LOCKED))
		guess_count(d, GUESS_PIN, SPAN(a->member_id));
	if (rc == RC_LOCKED)
		return token_locked(d, a, e);
	if (rc != RC_OK)
		return rc;
	move.left = a->left;
	move.expires_ms = a->expires_ms;
	token_history(&h, a, HISTORY_TOKEN_LOGIN, cert, clock_wall_ms());
	if ((rc = approving_advance(d, a, &move, &h, e)) == RC_OK &&
	    a->mode == APPROVAL_NUMBER)
		home_set(d, a->member_id, a->address, home);
	/* Its bearer opened it twice at once. */
	if (rc == RC_STATE && approving_was(d, a, APPROVAL_OPEN)) {
		err_clear(e);
		rc = RC_OK;
	}

	return rc;
}

static enum rc
token_may_sign(const struct approval *a, const struct cert *cert,
    const uint8_t certificate_id[static STORE_ID], struct err *e)
{
	if (memcmp(cert->id, certificate_id, STORE_ID) != 0)
		return err_set(e, RC_ABSENT, "certificate",
		    "not the approved certificate");
	/* The last one, whose answer got lost, is asked for after the end. */
	if ((a->state & (APPROVAL_OPEN | APPROVAL_DONE)) == 0)
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

	approving_end_in_vault(d, a);

	return approving_advance(d, a, &move, NULL, e);
}
