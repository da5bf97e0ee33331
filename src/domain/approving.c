/*
 * approving.c - what the phone does with a request: look, approve, refuse.
 *
 * Belongs here: requests of all kinds as their member sees them; carrying out
 * what the vault said was approved.
 * Not here: how a request came to be (token.c, importing.c); judging a proof
 * (the vault).
 */
#include "domain/approving.h"

#include "base/address.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "db/db.h"
#include "domain/importing.h"
#include "npki/nametext.h"
#include "store/block.h"
#include "store/device.h"
#include "store/history.h"
#include "store/member.h"

#include <stdio.h>

#define DAY_MS        86400000
#define NOT_ME_MOST   2
#define DELETE_TTL_MS 180000

void
approving_machine_key(const uint8_t member_id[static STORE_ID],
    const struct approval *a, uint8_t key[static STORE_HASH])
{
	char client[ADDRESS_TEXT];
	struct span parts[4] = { { member_id, STORE_ID }, span_str(a->machine),
		SPAN_LIT("\n"), { NULL, 0 } };

	address_client(a->address, client);
	parts[3] = span_str(client);
	digest_sha256(key, parts, 4);
}

void
approving_history(
    struct history *h, const struct approval *a, const struct cert *cert)
{
	memcpy(h->member_id, a->member_id, STORE_ID);
	memcpy(h->certificate_id, cert == NULL ? a->certificate_id : cert->id,
	    STORE_ID);
	memcpy(h->request_id, a->id, STORE_ID);
	(void)snprintf(
	    h->owner, sizeof(h->owner), "%s", cert == NULL ? "" : cert->owner);
	(void)snprintf(h->program, sizeof(h->program), "%s", a->program);
	(void)snprintf(h->machine, sizeof(h->machine), "%s", a->machine);
}

/* Its row has moved: so does a, and all who follow it are told. */
static void
approving_told(struct domain *d, struct approval *a,
    const struct approval_move *m, const struct history *h)
{
	approval_moved(a, m);
	domain_request(d, a, false);
	if (h != NULL)
		domain_changed(d, DOMAIN_HISTORY, a->member_id, h->id);
}

enum rc
approving_advance(struct domain *d, struct approval *a, struct approval_move *m,
    const struct history *h, struct err *e)
{
	enum rc rc;

	memcpy(m->id, a->id, STORE_ID);
	if ((rc = approval_advance(d->db, m, h, e)) == RC_OK)
		approving_told(d, a, m, h);

	return rc;
}

bool
approving_was(struct domain *d, struct approval *a, enum approval_state state)
{
	struct approval now = { 0 };
	bool is = approval_load(d->db, a->id, &now, NULL) == RC_OK &&
	    now.state == state;

	if (is) {
		a->state = now.state;
		a->left = now.left;
		a->expires_ms = now.expires_ms;
	}
	approval_clear(&now);

	return is;
}

/* What a step on a request needs, of one moment of the database. */
struct approving_look {
	const struct domain_session *s;
	const uint8_t *id;
	const uint8_t *certificate_id; /* NULL: the request's own */
	struct approval *a;
	struct member *member;       /* NULL: not asked for */
	struct cert *cert;           /* likewise; empty where there is none */
	struct device_list *devices; /* likewise */
};

static enum rc
approving_look_cert(
    struct db *in, const struct approving_look *l, struct err *e)
{
	const uint8_t *id = l->certificate_id != NULL ? l->certificate_id
						      : l->a->certificate_id;
	enum rc rc = RC_OK;

	/* An import brings its own. */
	if (l->cert != NULL && l->a->kind != APPROVAL_IMPORT &&
	    store_has_id(id))
		rc = cert_load_bare(in, l->s->member_id, id, l->cert, e);
	if (rc != RC_ABSENT)
		return rc;
	err_clear(e);

	return RC_OK;
}

static enum rc
approving_look(struct db *in, void *arg, struct err *e)
{
	const struct approving_look *l = arg;
	enum rc rc = approval_load(in, l->id, l->a, e);

	if (rc != RC_OK)
		return rc;
	if (memcmp(l->a->member_id, l->s->member_id, STORE_ID) != 0) {
		approval_clear(l->a);
		return err_set(e, RC_ABSENT, NULL, "no such request");
	}
	if (l->member != NULL &&
	    (rc = member_load(in, l->s->member_id, l->member, e)) != RC_OK)
		return rc;
	if (l->devices != NULL &&
	    (rc = device_load_all(in, l->s->member_id, l->devices, e)) != RC_OK)
		return rc;

	return approving_look_cert(in, l, e);
}

static enum rc
approving_find(struct domain *d, struct approving_look *l, struct err *e)
{
	enum rc rc = db_view(d->db, approving_look, l, e);

	if (rc == RC_OK)
		approving_lapse(d, l->a);

	return rc;
}

enum rc
approving_load(struct domain *d, const struct domain_session *s,
    const uint8_t id[static STORE_ID], struct approval *out, struct err *e)
{
	struct approving_look look = { .s = s, .id = id, .a = out };

	return approving_find(d, &look, e);
}

enum rc
approving_list(struct domain *d, const struct domain_session *s,
    struct approval_list *out, struct err *e)
{
	return approval_load_all(d->db, s->member_id,
	    APPROVAL_WAITING | APPROVAL_OPENED, clock_wall_ms(), out, e);
}

enum rc
approving_deletion(struct domain *d, const struct domain_session *s,
    const uint8_t certificate_id[static STORE_ID], struct approval *out,
    struct err *e)
{
	int64_t now = clock_wall_ms();
	struct approval a = { .kind = APPROVAL_DELETE,
		.state = APPROVAL_WAITING,
		.created_ms = now,
		.expires_ms = now + DELETE_TTL_MS };
	struct cert cert = { 0 };
	enum rc rc =
	    cert_load_bare(d->db, s->member_id, certificate_id, &cert, e);

	cert_clear(&cert);
	if (rc != RC_OK)
		return rc;
	store_timed_id(a.id, now);
	memcpy(a.member_id, s->member_id, STORE_ID);
	memcpy(a.certificate_id, certificate_id, STORE_ID);
	if ((rc = approval_create(d->db, &a, e)) != RC_OK)
		return rc;

	return approval_load(d->db, a.id, out, e);
}

static enum rc
approving_is_living(
    const struct approval *a, unsigned int states, struct err *e)
{
	if (a->state == APPROVAL_EXPIRED)
		return err_set(e, RC_EXPIRED, NULL, "time is over");
	if ((a->state & states) == 0)
		return err_set(e, RC_STATE, NULL, "the request has ended");

	return RC_OK;
}

/* What the vault is asked to make an approval request of. label is borrowed. */
static void
approving_wish(struct keys_request *w, const struct approval *a,
    const struct cert *cert, const char *label, const struct member *m,
    int64_t now)
{
	w->op = a->kind == APPROVAL_TOKEN ? KEYS_OP_TOKEN : KEYS_OP_DELETE;
	w->ttl_ms = (uint32_t)(a->expires_ms - now);
	memcpy(w->account_id, a->member_id, STORE_ID);
	memcpy(w->key_id, cert->key_id, STORE_ID);
	memcpy(w->cert_sha256, cert->sha256, STORE_HASH);
	w->dl1_sealed = m->device_list;
	w->label = span_str(label);
	if (a->kind != APPROVAL_TOKEN)
		return;
	w->mode =
	    a->mode == APPROVAL_NUMBER ? KEYS_MODE_NUMBER : KEYS_MODE_PUSH;
	w->token.count = (uint16_t)a->count;
	w->token.seconds = (uint32_t)a->seconds;
	w->token.program = span_str(a->program);
	w->token.machine = span_str(a->machine);
	w->token.user = span_str(a->user);
}

static enum rc
approving_make(struct domain *d, struct approval *a, const struct cert *cert,
    const struct member *m, struct err *e)
{
	int64_t now = clock_wall_ms();
	struct approval_made made = { .expires_ms = a->expires_ms };
	struct buf ar1 = buf_init(4096);
	struct keys_request wish = { 0 };
	char name[STORE_TEXT];
	enum rc rc;

	if (a->kind == APPROVAL_TOKEN && cert->not_after_ms < now)
		return err_set(e, RC_POLICY, "certificate", "has expired");
	nametext_person(cert->owner, name, sizeof(name));
	approving_wish(&wish, a, cert, name, m, now);
	rc = keys_approval_new(
	    d->keys, &wish, made.vault_request_id, &ar1, made.ar1_signature, e);
	if (rc != RC_OK)
		goto out;
	memcpy(made.id, a->id, STORE_ID);
	memcpy(made.certificate_id, cert->id, STORE_ID);
	made.ar1 = buf_span(&ar1);
	if ((rc = approval_set_made(d->db, &made, e)) == RC_OK &&
	    (rc = approval_was_made(a, &made, e)) == RC_OK)
		domain_request(d, a, false);
out:
	buf_clear(&ar1);

	return rc;
}

enum rc
approving_prepare(struct domain *d, const struct domain_session *s,
    const uint8_t id[static STORE_ID], const uint8_t *certificate_id,
    struct approval *out, struct device_list *devices, struct err *e)
{
	struct member m = { 0 };
	struct cert cert = { 0 };
	struct approving_look look = { .s = s,
		.id = id,
		.certificate_id = certificate_id,
		.a = out,
		.member = &m,
		.cert = &cert,
		.devices = devices };
	enum rc rc;

	if ((rc = approving_find(d, &look, e)) != RC_OK ||
	    (rc = approving_is_living(
		 out, APPROVAL_WAITING | APPROVAL_OPENED, e)) != RC_OK)
		goto out;
	/* An import's AR1 was made with it, and fits that certificate only. */
	if (out->kind == APPROVAL_IMPORT)
		goto out;
	if (out->kind == APPROVAL_TOKEN && certificate_id == NULL)
		rc = err_set(e, RC_FORMAT, "certificate", "which certificate?");
	else if (!store_has_id(cert.id) ||
	    (out->kind == APPROVAL_DELETE &&
		memcmp(cert.id, out->certificate_id, STORE_ID) != 0))
		rc = err_set(e, RC_ABSENT, NULL, "no such certificate");
	else
		rc = approving_make(d, out, &cert, &m, e);
out:
	cert_clear(&cert);
	member_clear(&m);

	return rc;
}

static enum rc
approving_done_token(struct domain *d, struct approval *a, struct err *e)
{
	/* The PIN lives as long as a request does, from now on. */
	struct approval_move move = { .from = APPROVAL_OPENED,
		.to = APPROVAL_APPROVED,
		.expires_ms = clock_wall_ms() + d->limits.request_life_ms };
	enum rc rc = approving_advance(d, a, &move, NULL, e);

	/* The same proof once more, because the first answer got lost. */
	if (rc == RC_STATE && approving_was(d, a, APPROVAL_APPROVED)) {
		err_clear(e);
		rc = RC_OK;
	}

	return rc;
}

static enum rc
approving_delete(struct domain *d, struct approval *a, struct err *e)
{
	int64_t now = clock_wall_ms();
	struct approval_move move = { .from = APPROVAL_OPENED,
		.to = APPROVAL_DONE };
	struct history h = { .kind = HISTORY_DELETE, .at_ms = now };
	struct cert cert = { 0 };
	enum rc rc;

	if ((rc = cert_load_bare(
		 d->db, a->member_id, a->certificate_id, &cert, e)) != RC_OK)
		return rc;
	memcpy(move.id, a->id, STORE_ID);
	store_timed_id(h.id, now);
	approving_history(&h, a, &cert);
	cert_clear(&cert);
	rc = cert_delete(
	    d->db, a->member_id, a->certificate_id, now, &move, &h, e);
	if (rc == RC_OK) {
		approval_moved(a, &move);
		domain_request(d, a, false);
		domain_changed(
		    d, DOMAIN_CERTIFICATES, a->member_id, a->certificate_id);
		domain_changed(d, DOMAIN_HISTORY, a->member_id, h.id);
	}

	return rc;
}

/* Deleted before with the same proof, whose answer got lost: it is as asked. */
static enum rc
approving_done_delete(struct domain *d, struct approval *a, struct err *e)
{
	enum rc rc = approving_delete(d, a, e);

	if ((rc == RC_STATE || rc == RC_ABSENT) &&
	    approving_was(d, a, APPROVAL_DONE)) {
		err_clear(e);
		rc = RC_OK;
	}

	return rc;
}

static enum rc
approving_ask_vault(struct domain *d, const struct approval *a,
    const struct member *m, const struct approving_proof *proof,
    struct keys_approved *out, uint8_t *tries_left, struct err *e)
{
	struct keys_approve in = { .evidence = proof->evidence };

	memcpy(in.request_id, a->vault_request_id, STORE_ID);
	in.dl1_sealed = m->device_list;
	switch (a->kind) {
	case APPROVAL_TOKEN:
		in.op = KEYS_OP_TOKEN;
		break;
	case APPROVAL_DELETE:
		in.op = KEYS_OP_DELETE;
		break;
	case APPROVAL_IMPORT:
		in.op = KEYS_OP_IMPORT;
		in.sealed = proof->sealed;
		in.certificate = proof->certificate;
		in.km_certificate = proof->km_certificate;
		break;
	}

	return keys_approve(d->keys, &in, out, tries_left, e);
}

/*
 * The wrong app PIN that locks the device stands in the history. That it is
 * missing there is no reason to answer anything else.
 */
static void
approving_locked(struct domain *d, const struct approval *a)
{
	int64_t now = clock_wall_ms();
	struct history h = { .at_ms = now, .kind = HISTORY_LOCKED };

	history_id(h.id, now, (struct span){ NULL, 0 });
	approving_history(&h, a, NULL);
	if (history_append(d->db, &h, NULL) == RC_OK)
		domain_changed(d, DOMAIN_HISTORY, a->member_id, h.id);
}

/* What the vault said is approved comes about. */
static enum rc
approving_carry_out(struct domain *d, struct approval *a,
    const struct approving_proof *proof, struct keys_approved *approved,
    struct cert *cert, struct err *e)
{
	switch (a->kind) {
	case APPROVAL_TOKEN:
		return approving_done_token(d, a, e);
	case APPROVAL_DELETE:
		return approving_done_delete(d, a, e);
	case APPROVAL_IMPORT:
		return importing_store(d, a, proof, approved, cert, e);
	}

	return err_set(e, RC_BUG, NULL, "no such kind of request");
}

enum rc
approving_approve(struct domain *d, const struct domain_session *s,
    const uint8_t id[static STORE_ID], const struct approving_proof *proof,
    struct approval *a, char pin[static KEYS_PIN], struct cert *cert,
    uint8_t *tries_left, struct err *e)
{
	struct keys_approved approved = { 0 };
	struct member m = { 0 };
	struct approving_look look = { .s = s, .id = id, .a = a, .member = &m };
	unsigned int done;
	enum rc rc;

	pin[0] = '\0';
	if ((rc = approving_find(d, &look, e)) != RC_OK)
		goto out;
	/* What is done may be asked again: the vault knows the same proof. */
	done = a->kind == APPROVAL_TOKEN ? APPROVAL_APPROVED : APPROVAL_DONE;
	if ((rc = approving_is_living(a, APPROVAL_OPENED | done, e)) != RC_OK)
		goto out;
	rc = approving_ask_vault(d, a, &m, proof, &approved, tries_left, e);
	if (rc == RC_SECRET && *tries_left == 0 && strcmp(e->field, "pin") == 0)
		approving_locked(d, a);
	if (rc != RC_OK)
		goto out;
	rc = approving_carry_out(d, a, proof, &approved, cert, e);
	(void)snprintf(pin, KEYS_PIN, "%s", approved.pin);
out:
	member_clear(&m);
	keys_approved_clear(&approved);

	return rc;
}

struct approving_refusal {
	const struct approval *a;
	const struct approval_move *move;
	const struct history *h;
	int64_t now;
};

/* After "not me": that machine for a day, and the number way after two. */
static enum rc
approving_not_me(
    struct db *in, const struct approving_refusal *r, struct err *e)
{
	int64_t refusals = 0;
	uint8_t key[STORE_HASH];
	enum rc rc;

	approving_machine_key(r->a->member_id, r->a, key);
	if ((rc = block_set(in, "machine", key, r->now + DAY_MS, e)) != RC_OK ||
	    (rc = member_add_refusal(in, r->a->member_id, &refusals, e)) !=
		RC_OK)
		return rc;

	return refusals >= NOT_ME_MOST
	    ? member_set_blocked(in, r->a->member_id, r->now + DAY_MS, e)
	    : RC_OK;
}

/* All at once: a block that a crash leaves out would never be made up for. */
static enum rc
approving_refuse_unit(struct db *in, void *arg, struct err *e)
{
	const struct approving_refusal *r = arg;
	enum rc rc = approval_advance(in, r->move, r->h, e);

	return rc == RC_OK && r->move->to == APPROVAL_NOT_ME &&
		r->a->kind == APPROVAL_TOKEN
	    ? approving_not_me(in, r, e)
	    : rc;
}

enum rc
approving_refuse(
    struct domain *d, struct approval *a, bool not_me, struct err *e)
{
	int64_t now = clock_wall_ms();
	struct approval_move move = { .from = APPROVAL_LIVING,
		.to = not_me ? APPROVAL_NOT_ME : APPROVAL_REFUSED };
	struct history h = { .at_ms = now,
		.kind = not_me ? HISTORY_NOT_ME : HISTORY_REFUSED };
	struct approving_refusal r = { a, &move, &h, now };
	enum rc rc;

	/* The vault first: what it was told to refuse it will not sign. */
	if (store_has_id(a->vault_request_id) &&
	    (rc = keys_refuse(d->keys, a->vault_request_id, e)) != RC_OK &&
	    rc != RC_ABSENT && rc != RC_STATE && rc != RC_EXPIRED)
		return rc;
	err_clear(e);
	memcpy(move.id, a->id, STORE_ID);
	store_timed_id(h.id, now);
	approving_history(&h, a, NULL);
	rc = db_unit(d->db, approving_refuse_unit, &r, e);
	/* Refused before, and the answer got lost: it is as asked. */
	if (rc == RC_STATE &&
	    approving_was(d, a, (enum approval_state)move.to)) {
		err_clear(e);
		return RC_OK;
	}
	if (rc == RC_OK)
		approving_told(d, a, &move, &h);

	return rc;
}

enum rc
approving_unblock(
    struct domain *d, const struct domain_session *s, struct err *e)
{
	return member_set_blocked(d->db, s->member_id, 0, e);
}

void
approving_end_in_vault(const struct domain *d, const struct approval *a)
{
	if (store_has_id(a->vault_request_id) &&
	    keys_refuse(d->keys, a->vault_request_id, NULL) == RC_BUSY)
		log_event(LOG_WARN, "withdraw", "vault unavailable");
}

void
approving_lapse(struct domain *d, struct approval *a)
{
	int64_t now = clock_wall_ms();
	struct approval_move move = { .from = (unsigned int)a->state };
	struct history h = { .at_ms = now, .kind = HISTORY_EXPIRED };
	bool tell = domain_is_member(a->member_id) &&
	    a->kind == APPROVAL_TOKEN && a->state != APPROVAL_OPEN;

	if ((a->state & APPROVAL_LIVING) == 0 || a->expires_ms > now)
		return;
	/* A window that closes did what it was for; the others lapsed. */
	move.to = a->state == APPROVAL_OPEN ? APPROVAL_DONE : APPROVAL_EXPIRED;
	store_timed_id(h.id, now);
	approving_history(&h, a, NULL);
	/* Whether it was written or not, its time is over. */
	if (approving_advance(d, a, &move, tell ? &h : NULL, NULL) != RC_OK)
		a->state = move.to;
}

void
approving_lapse_all(struct domain *d)
{
	struct approval_list l = { 0 };

	if (approval_load_lapsed(d->db, clock_wall_ms(), &l, NULL) == RC_OK)
		for (size_t i = 0; i < l.n; i++)
			approving_lapse(d, &l.at[i]);
	approval_list_clear(&l);
}
