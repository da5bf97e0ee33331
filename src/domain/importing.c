/*
 * importing.c - a certificate comes in.
 *
 * Belongs here: reading the certificate, the request for it, keeping it.
 * Not here: how it travelled (relay.c); opening its key (the vault).
 */
#include "domain/importing.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/digest.h"
#include "npki/certinfo.h"
#include "store/history.h"
#include "store/member.h"
#include "store/transfer.h"
#include "x509/certificate.h"

#include <stdio.h>

#define IMPORT_TTL_MS 300000

static enum rc
importing_check(
    struct span der, const char *field, struct certinfo *info, struct err *e)
{
	struct certificate *c = NULL;
	enum rc rc = certificate_parse(der, &c, NULL);

	if (rc == RC_OK)
		*info = *certificate_info(c);
	certificate_free(c);

	return rc == RC_OK ? RC_OK
			   : err_set(e, RC_FORMAT, field,
				 "not a certificate that can be used");
}

/* Is there room for one more? */
static enum rc
importing_room(
    struct domain *d, const uint8_t member_id[static STORE_ID], struct err *e)
{
	struct cert_list l = { 0 };
	enum rc rc = cert_load_all(d->db, member_id, &l, e);

	if (rc == RC_OK && (int64_t)l.n >= d->limits.certificates)
		rc = err_set(
		    e, RC_LIMIT, "certificates", "no room for one more");
	cert_list_clear(&l);

	return rc;
}

static enum rc
importing_is_new(struct domain *d, const uint8_t member_id[static STORE_ID],
    const uint8_t sha256[static STORE_HASH], struct err *e)
{
	struct cert there = { 0 };
	enum rc rc = cert_load_by_hash(d->db, member_id, sha256, &there, NULL);

	cert_clear(&there);
	if (rc == RC_OK)
		return err_set(
		    e, RC_EXISTS, "certificate", "is registered already");

	return rc == RC_ABSENT ? RC_OK : rc;
}

static enum rc
importing_ask(struct domain *d, struct approval *a, const struct certinfo *info,
    const uint8_t sha256[static STORE_HASH], struct buf *ar1, struct err *e)
{
	struct keys_request wish = { .op = KEYS_OP_IMPORT,
		.ttl_ms = IMPORT_TTL_MS,
		.label = span_str(info->name) };
	struct member m = { 0 };
	enum rc rc = member_load(d->db, a->member_id, &m, e);

	if (rc != RC_OK)
		return rc;
	memcpy(wish.account_id, a->member_id, STORE_ID);
	memcpy(wish.cert_sha256, sha256, STORE_HASH);
	wish.dl1_sealed = m.device_list;
	rc = keys_approval_new(
	    d->keys, &wish, a->vault_request_id, ar1, a->ar1_signature, e);
	a->ar1 = buf_span(ar1);
	member_clear(&m);

	return rc;
}

enum rc
importing_request(struct domain *d, const struct domain_session *s,
    const struct importing_ask *in, struct approval *out, struct err *e)
{
	int64_t now = clock_wall_ms();
	struct approval a = { .kind = APPROVAL_IMPORT,
		.state = APPROVAL_OPENED,
		.created_ms = now,
		.expires_ms = now + IMPORT_TTL_MS };
	struct certinfo info = { 0 }, km = { 0 };
	struct buf ar1 = buf_init(4096);
	uint8_t sha256[STORE_HASH];
	enum rc rc;

	memcpy(a.member_id, s->member_id, STORE_ID);
	store_timed_id(a.id, now);
	if ((rc = importing_check(in->certificate, "certificate", &info, e)) !=
		RC_OK ||
	    (in->km_certificate.n > 0 &&
		(rc = importing_check(
		     in->km_certificate, "km_certificate", &km, e)) != RC_OK))
		goto out;
	digest_sha256(sha256, &in->certificate, 1);
	if (info.not_after_ms < now) {
		rc = err_set(e, RC_EXPIRED, "certificate", "has expired");
		goto out;
	}
	if ((rc = importing_is_new(d, s->member_id, sha256, e)) != RC_OK ||
	    (rc = importing_room(d, s->member_id, e)) != RC_OK ||
	    (rc = importing_ask(d, &a, &info, sha256, &ar1, e)) != RC_OK)
		goto out;
	if (in->transfer_id != NULL)
		memcpy(a.transfer_id, in->transfer_id, STORE_ID);
	if ((rc = approval_create(d->db, &a, e)) == RC_OK)
		rc = approval_load(d->db, a.id, out, e);
out:
	buf_clear(&ar1);

	return rc;
}

static void
importing_fill(struct cert *c, const struct approval *a,
    const struct approving_proof *proof, const struct keys_approved *sealed,
    const struct certinfo *info, int64_t now)
{
	store_new_id(c->id);
	memcpy(c->member_id, a->member_id, STORE_ID);
	/* A missing key id would have failed in the vault: AR1 is its own. */
	(void)keys_ar1_key_id(a->ar1, c->key_id);
	digest_sha256(c->sha256, &proof->certificate, 1);
	c->der = proof->certificate;
	(void)snprintf(c->owner, sizeof(c->owner), "%s", info->owner);
	(void)snprintf(c->issuer, sizeof(c->issuer), "%s", info->issuer);
	(void)snprintf(c->issuer_organisation, sizeof(c->issuer_organisation),
	    "%s", info->issuer_org);
	(void)snprintf(
	    c->policy_oid, sizeof(c->policy_oid), "%s", info->policy_oid);
	(void)snprintf(c->serial, sizeof(c->serial), "%s", info->serial);
	c->not_before_ms = info->not_before_ms;
	c->not_after_ms = info->not_after_ms;
	c->kb1 = buf_span(&sealed->kb1);
	c->km_kb1 = buf_span(&sealed->km_kb1);
	if (sealed->km_kb1.n > 0)
		c->km_der = proof->km_certificate;
	c->created_ms = now;
}

/* The transfer that it came by is done: the PC is waiting to be told. */
static enum rc
importing_transfer(struct domain *d, const struct approval *a,
    struct transfer_move *move, bool *has, int64_t now, struct err *e)
{
	struct transfer t = { 0 };
	enum rc rc;

	*has = store_has_id(a->transfer_id);
	if (!*has)
		return RC_OK;
	rc = transfer_load(d->db, a->transfer_id, &t, e);
	/* A transfer that lapsed meanwhile does not undo the registration. */
	*has = rc == RC_OK && t.state == TRANSFER_SENT && t.expires_ms > now;
	memcpy(move->id, a->transfer_id, STORE_ID);
	move->from = t.step;
	move->to = t.step + 1;
	move->state = TRANSFER_DONE;
	move->now_ms = now;
	transfer_clear(&t);

	return rc == RC_ABSENT ? RC_OK : rc;
}

static enum rc
importing_add(struct domain *d, struct approval *a,
    const struct approving_proof *proof, const struct keys_approved *sealed,
    struct err *e)
{
	int64_t now = clock_wall_ms();
	struct approval_move move = { .from = APPROVAL_OPENED,
		.to = APPROVAL_DONE };
	struct transfer_move sent = { 0 };
	struct history h = { .kind = HISTORY_IMPORT, .at_ms = now };
	struct certinfo info = { 0 };
	struct cert c = { 0 };
	bool has = false;
	enum rc rc;

	if ((rc = importing_check(
		 proof->certificate, "certificate", &info, e)) != RC_OK ||
	    (rc = importing_transfer(d, a, &sent, &has, now, e)) != RC_OK)
		return rc;
	importing_fill(&c, a, proof, sealed, &info, now);
	memcpy(move.id, a->id, STORE_ID);
	store_timed_id(h.id, now);
	approving_history(&h, a, &c);
	rc = cert_add(d->db, &c, &move, has ? &sent : NULL, &h, e);
	if (rc != RC_OK)
		return rc;
	approval_moved(a, &move);
	domain_request(d, a, false);
	domain_changed(d, DOMAIN_CERTIFICATES, a->member_id, c.id);
	domain_changed(d, DOMAIN_HISTORY, a->member_id, h.id);
	if (has)
		domain_changed(d, DOMAIN_TRANSFER, a->member_id, sent.id);

	return RC_OK;
}

enum rc
importing_store(struct domain *d, struct approval *a,
    const struct approving_proof *proof, const struct keys_approved *sealed,
    struct cert *out, struct err *e)
{
	uint8_t sha256[STORE_HASH], key_id[STORE_ID] = { 0 };
	enum rc rc = importing_add(d, a, proof, sealed, e);

	/* Stored before with the same proof, whose answer got lost. */
	if ((rc == RC_STATE || rc == RC_EXISTS) &&
	    approving_was(d, a, APPROVAL_DONE)) {
		err_clear(e);
		rc = RC_OK;
	}
	if (rc != RC_OK)
		return rc;
	digest_sha256(sha256, &proof->certificate, 1);
	rc = cert_load_by_hash(d->db, a->member_id, sha256, out, e);
	/* It may have been deleted since, and have come in by another request. */
	(void)keys_ar1_key_id(a->ar1, key_id);
	if (rc == RC_OK && memcmp(out->key_id, key_id, STORE_ID) != 0) {
		cert_clear(out);
		rc = err_set(e, RC_ABSENT, NULL, "is not there any more");
	}

	return rc;
}
