/*
 * enrol.c - the first device of an account.
 *
 * Belongs here: the challenge, the proof of a new device, its first list.
 * Not here: lists themselves (account.c); adding to one (needs an approval by
 * a device that is there already).
 */
#include "vault/enrol.h"

#include "base/clock.h"
#include "base/digest.h"
#include "base/failpoint.h"
#include "base/log.h"
#include "base/rnd.h"
#include "vault/account.h"
#include "vault/evidence.h"
#include "vault/limits.h"
#include "webauthn/registration.h"
#include "webauthn/webauthn.h"

#include <stdlib.h>

struct enrolment {
	struct table_item item; /* the account_id */
	uint8_t challenge[32];
	int64_t until_mono_ms;
};

/* The challenge that lives for an account, or NULL. */
static struct enrolment *
enrol_find(struct vault *v, const uint8_t account_id[static VAULT_ID])
{
	struct enrolment *n =
	    (struct enrolment *)(void *)table_find(&v->enrolments, account_id);

	return n != NULL && clock_mono_ms() < n->until_mono_ms ? n : NULL;
}

enum rc
enrol_verb_begin(struct call *c)
{
	struct vault *v = c->vault;
	uint8_t id[VAULT_ID];
	struct enrolment *n;
	enum rc rc;

	rd_copy(&c->r, id, sizeof(id));
	if (account_find(v, id) != NULL)
		return err_set(
		    &c->err, RC_EXISTS, "account", "has its devices already");
	n = (struct enrolment *)(void *)table_find(&v->enrolments, id);
	if (n == NULL) {
		if (v->enrolments.n >= v->limits.enrolments)
			return err_set(
			    &c->err, RC_BUSY, "account", "too many join");
		if ((n = calloc(1, sizeof(*n))) == NULL)
			return err_set(
			    &c->err, RC_MEMORY, NULL, "out of memory");
		memcpy(n->item.id, id, sizeof(id));
		rc = table_put(&v->enrolments, &n->item, &c->err);
		if (rc != RC_OK) {
			free(n);
			return rc;
		}
	}
	rnd_bytes(n->challenge, sizeof(n->challenge));
	n->until_mono_ms = clock_mono_ms() + v->limits.enrol_ms;
	buf_bytes(&c->answer, SPAN(n->challenge));

	return RC_OK;
}

/* ENROL's fields, and what the device's entry in the list is made of. */
struct enrol_request {
	uint8_t account_id[VAULT_ID];
	uint8_t device_id[VAULT_ID];
	uint8_t kind;
	struct span client_data, attestation;
	struct span public_key, signature, sealed_pin;
	struct registration passkey;
	uint8_t compact[1 + 64];
	uint8_t pin[DL1_PIN];
};

static enum rc
enrol_read(struct call *c, struct enrol_request *out)
{
	rd_copy(&c->r, out->account_id, sizeof(out->account_id));
	rd_copy(&c->r, out->device_id, sizeof(out->device_id));
	out->kind = rd_u8(&c->r);
	out->client_data = rd_lp16(&c->r, CLIENT_DATA_MAX);
	out->attestation = rd_lp16(&c->r, REGISTRATION_OBJECT_MAX);
	out->public_key = rd_lp16(&c->r, 65);
	out->signature = rd_lp16(&c->r, MESSAGE_SIGNATURE_MAX);
	out->sealed_pin = rd_lp16(&c->r, MESSAGE_TEXT_MAX);

	return call_fields(c);
}

static enum rc
enrol_passkey(const struct vault *v, const uint8_t challenge[static 32],
    struct enrol_request *in, struct dl1_device *out, struct err *e)
{
	struct client_expected want = evidence_expected(v, challenge);
	enum rc rc;

	if (in->public_key.n > 0 || in->signature.n > 0 || in->sealed_pin.n > 0)
		return err_set(e, RC_FORMAT, "enrol", "fields of another kind");
	if ((rc = registration_verify(&want, in->client_data, in->attestation,
		 &in->passkey, e)) != RC_OK)
		return rc;
	out->kind = DL1_PASSKEY;
	out->credential_id = (struct span){ in->passkey.credential_id,
		in->passkey.credential_id_n };
	out->public_key =
	    (struct span){ in->passkey.key.bytes, in->passkey.key.n };
	out->backup = (in->passkey.flags & AUTH_BE) != 0;

	return RC_OK;
}

static enum rc
enrol_pin_device(const struct vault *v, const uint8_t challenge[static 32],
    struct enrol_request *in, struct dl1_device *out, struct err *e)
{
	struct sec pin SEC_WIPED = { 0 };
	enum rc rc;

	if (in->client_data.n > 0 || in->attestation.n > 0)
		return err_set(e, RC_FORMAT, "enrol", "fields of another kind");
	if (in->public_key.n != 65 || in->public_key.p[0] != 4)
		return err_set(
		    e, RC_FORMAT, "public key", "not an uncompressed point");
	in->compact[0] = COSE_ES256;
	memcpy(in->compact + 1, in->public_key.p + 1, 64);
	if ((rc = webauthn_check_key(SPAN(in->compact), e)) != RC_OK ||
	    (rc = evidence_check_device(
		 SPAN(in->compact), challenge, in->signature, e)) != RC_OK ||
	    (rc = evidence_open_pin(v, challenge, in->sealed_pin, &pin, e)) !=
		RC_OK ||
	    (rc = evidence_check_new_pin(sec_span(&pin), e)) != RC_OK)
		return rc;
	rnd_bytes(in->pin, 16);
	if ((rc = evidence_hash_pin(
		 v, in->pin, sec_span(&pin), in->pin + 16, e)) != RC_OK)
		return rc;
	out->kind = DL1_PIN_DEVICE;
	out->public_key = SPAN(in->compact);
	out->pin = SPAN(in->pin);

	return RC_OK;
}

/* Makes the list and remembers it. */
static enum rc
enrol_finish(struct call *c, const struct enrol_request *in, struct dl1 *list,
    const uint8_t digest[static 32])
{
	struct buf after = buf_init(MESSAGE_CREDENTIAL_MAX + 2);
	struct device_use *use;
	enum rc rc;

	memcpy(list->account_id, in->account_id, VAULT_ID);
	list->version = 1;
	list->n = 1;
	memcpy(list->devices[0].id, in->device_id, VAULT_ID);
	list->devices[0].added_ms = vault_now_ms(c->vault);
	buf_lp16(&after, list->devices[0].credential_id);
	rc = buf_ok(&after)
	    ? limits_device(
		  c->vault, in->account_id, in->device_id, &use, &c->err)
	    : err_set(&c->err, RC_MEMORY, NULL, "out of memory");
	if (rc != RC_OK)
		goto out;
	use->sign_count = in->passkey.sign_count;
	if ((rc = limits_assertion_try(c->vault, use, &c->err)) != RC_OK)
		goto out;
	limits_assertion_right(c->vault, use, in->passkey.sign_count);
	rc = account_add(
	    c->vault, list, digest, buf_span(&after), &c->answer, &c->err);
out:
	buf_clear(&after);

	return rc;
}

enum rc
enrol_verb(struct call *c)
{
	struct vault *v = c->vault;
	struct span fields = { c->r.p, rd_left(&c->r) };
	struct enrol_request in = { 0 };
	struct dl1 list = { 0 };
	uint8_t digest[DIGEST_SHA256];
	const struct account *a;
	struct enrolment *n;
	enum rc rc;

	if ((rc = enrol_read(c, &in)) != RC_OK)
		return rc;
	digest_sha256(digest, &fields, 1);
	a = account_find(v, in.account_id);
	if (a != NULL && a->enrol_answer.n > 0 &&
	    memcmp(a->enrol_digest, digest, sizeof(digest)) == 0) {
		buf_bytes(&c->answer, buf_span(&a->enrol_answer));
		return RC_OK;
	}
	if (a != NULL)
		return err_set(
		    &c->err, RC_EXISTS, "account", "has its devices already");
	if ((n = enrol_find(v, in.account_id)) == NULL)
		return err_set(
		    &c->err, RC_DENIED, "challenge", "none lives: begin again");
	if (in.kind == DL1_PASSKEY)
		rc = enrol_passkey(
		    v, n->challenge, &in, &list.devices[0], &c->err);
	else if (in.kind == DL1_PIN_DEVICE)
		rc = enrol_pin_device(
		    v, n->challenge, &in, &list.devices[0], &c->err);
	else
		rc = err_set(&c->err, RC_UNKNOWN, "kind", "no such device");
	if (rc == RC_OK)
		rc = enrol_finish(c, &in, &list, digest);
	if (rc != RC_OK)
		return rc;
	FAILPOINT("enrol-recorded");
	n->until_mono_ms = clock_mono_ms();
	log_event(LOG_INFO, "account-enrolled", "account=%s kind=%u",
	    log_id(SPAN(in.account_id)), (unsigned int)in.kind);

	return RC_OK;
}

static bool
enrol_tick_one(void *arg, struct table_item *item)
{
	const struct enrolment *n = (struct enrolment *)(void *)item;

	(void)arg;
	if (clock_mono_ms() < n->until_mono_ms)
		return true;
	free(item);

	return false;
}

void
enrol_tick(struct vault *v)
{
	table_each(&v->enrolments, enrol_tick_one, NULL);
}

static bool
enrol_drop(void *arg, struct table_item *item)
{
	(void)arg;
	free(item);

	return false;
}

void
enrol_clear(struct vault *v)
{
	table_each(&v->enrolments, enrol_drop, NULL);
	table_clear(&v->enrolments);
}
