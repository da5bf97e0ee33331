/*
 * approve.c - evidence is shown, and what was asked for comes about.
 *
 * Belongs here: the verb APPROVE: once, and the same answer again.
 * Not here: judging evidence (evidence.c); key files (import.c).
 */
#include "vault/approve.h"

#include "base/digest.h"
#include "base/failpoint.h"
#include "base/log.h"
#include "base/sec.h"
#include "vault/account.h"
#include "vault/approval.h"
#include "vault/evidence.h"
#include "vault/import.h"
#include "vault/keyring.h"
#include "vault/limits.h"

struct approve_request {
	uint8_t request_id[VAULT_ID];
	struct span list;
	struct span evidence;
	struct import_request import;
	uint8_t digest[32]; /* of everything after the list */
};

static enum rc
approve_read(struct call *c, struct approve_request *out)
{
	struct span rest;

	rd_copy(&c->r, out->request_id, sizeof(out->request_id));
	out->list = rd_lp16(&c->r, MESSAGE_DL1_MAX);
	rest = (struct span){ c->r.p, rd_left(&c->r) };
	out->evidence = rd_lp32(&c->r, MESSAGE_EVIDENCE_MAX);
	out->import.sealed = rd_lp32(&c->r, MESSAGE_SEALED_MAX);
	out->import.certificate = rd_lp32(&c->r, MESSAGE_CERTIFICATE_MAX);
	out->import.km_certificate = rd_lp32(&c->r, MESSAGE_CERTIFICATE_MAX);
	digest_sha256_labelled(out->digest, "INGAM-EV1", rest);

	return call_fields(c);
}

/* The answer, from what is remembered: now, and whenever it is asked again. */
static enum rc
approve_answer(struct call *c, const struct approval *a)
{
	char pin[7] = { 0 };

	switch (a->ar1.op) {
	case AR1_TOKEN:
		if (a->ar1.mode == AR1_NUMBER)
			approval_pin(c->vault, a, pin);
		/* The one secret that an answer holds; serve.c wipes it. */
		buf_lp16(&c->answer, span_str(pin));
		sec_wipe(pin, sizeof(pin));
		break;
	case AR1_IMPORT:
		buf_bytes(&c->answer, buf_span(&a->answer));
		break;
	case AR1_DELETE:
		break;
	}
	buf_bytes(&c->answer, SPAN(a->device_id));

	return RC_OK;
}

/* A newer PIN on the phone makes the older one worthless. */
static void
approve_end_others(struct vault *v, const struct approval *a)
{
	const struct account *account = account_find(v, a->ar1.account_id);

	for (size_t i = 0; account->requests != NULL && i < ACCOUNT_REQUESTS;
	     i++) {
		struct approval *other = approval_find(v, account->requests[i]);

		if (other != NULL && other != a && other->ar1.op == AR1_TOKEN &&
		    other->ar1.mode == AR1_NUMBER &&
		    approval_state(other) == APPROVAL_APPROVED)
			approval_set(v, other, APPROVAL_ENDED, 0);
	}
}

/* A signature in the encryption key's name needs that key to be there too. */
static enum rc
approve_delete(struct vault *v, const struct approval *a, struct err *e)
{
	uint8_t km[DIGEST_SHA256];
	enum rc rc;

	/* None that goes stays open; the others open again. */
	keyring_clear(v);
	digest_sha256_labelled(km, "INGAM-KM", SPAN(a->ar1.key_id));
	rc = limits_key_delete(v, a->ar1.account_id, a->ar1.key_id, e);

	return rc == RC_OK ? limits_key_delete(v, a->ar1.account_id, km, e)
			   : rc;
}

/* What the approved request sets off. */
static enum rc
approve_do(struct call *c, struct approval *a, const struct approve_request *in)
{
	switch (a->ar1.op) {
	case AR1_TOKEN:
		approve_end_others(c->vault, a);
		return RC_OK;
	case AR1_IMPORT:
		return import_open(c->vault, a, &in->import, &a->answer,
		    &c->tries_left, &c->err);
	case AR1_DELETE:
		return approve_delete(c->vault, a, &c->err);
	}

	return err_set(&c->err, RC_BUG, "op", "no such operation");
}

/* Is it the member, with a device of the list that the request was made for? */
static enum rc
approve_check(struct call *c, struct approval *a,
    const struct approve_request *in, struct evidence_verdict *verdict)
{
	struct dl1 list;
	uint8_t challenge[DIGEST_SHA256];
	bool import = a->ar1.op == AR1_IMPORT;
	enum rc rc;

	if ((rc = approval_expect(a, APPROVAL_WAITING, &c->err)) != RC_OK ||
	    (rc = vault_check_clock(c->vault, &c->err)) != RC_OK)
		return rc;
	if (!import &&
	    (in->import.sealed.n > 0 || in->import.certificate.n > 0 ||
		in->import.km_certificate.n > 0))
		return err_set(
		    &c->err, RC_FORMAT, "sealed", "only an import has one");
	if ((rc = account_open_list(c->vault, a->ar1.account_id, in->list,
		 &list, &c->err)) != RC_OK)
		return rc;
	if (list.version != a->ar1.list_version ||
	    !span_equal(SPAN(account_find(c->vault, a->ar1.account_id)->head),
		SPAN(a->ar1.list_head)))
		return err_set(&c->err, RC_DENIED, "device list",
		    "changed since the request");
	/* docs/vault-protocol.md: what the phone answered is all of AR1. */
	digest_sha256_labelled(challenge, "INGAM-WA1", SPAN(a->ar1_sha256));

	return evidence_check(c->vault, &list, challenge, in->evidence, verdict,
	    &c->tries_left, &c->err);
}

enum rc
approve_verb(struct call *c)
{
	struct evidence_verdict verdict = { 0 };
	struct approve_request in;
	struct approval *a;
	enum rc rc;

	if ((rc = approve_read(c, &in)) != RC_OK)
		return rc;
	if ((a = approval_find(c->vault, in.request_id)) == NULL)
		return err_set(
		    &c->err, RC_ABSENT, "request", "no such request");
	if ((a->state == APPROVAL_APPROVED || a->state == APPROVAL_OPEN) &&
	    sec_equal(SPAN(a->evidence), SPAN(in.digest)))
		return approve_answer(c, a);
	if ((rc = approve_check(c, a, &in, &verdict)) != RC_OK)
		return rc;
	FAILPOINT("approve-checked");
	if ((rc = approve_do(c, a, &in)) != RC_OK)
		return rc;
	memcpy(a->device_id, verdict.device_id, VAULT_ID);
	memcpy(a->evidence, in.digest, sizeof(a->evidence));
	a->flags = verdict.flags;
	approval_set(c->vault, a, APPROVAL_APPROVED,
	    a->ar1.op == AR1_TOKEN ? c->vault->limits.token_pin_ms : 0);
	FAILPOINT("approve-recorded");
	log_event(LOG_INFO, "approved", "request=%s op=%u",
	    log_id(SPAN(a->item.id)), (unsigned int)a->ar1.op);

	return approve_answer(c, a);
}
