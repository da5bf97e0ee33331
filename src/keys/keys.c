/*
 * keys.c - the client of the vault: one function a verb.
 *
 * Belongs here: writing a verb's fields, reading its answer.
 * Not here: connections and time-outs (link.c); deciding anything (vault).
 */
#include "keys/keys.h"

#include "base/digest.h"
#include "base/rd.h"
#include "base/sec.h"
#include "keys/link.h"

#include <stdlib.h>

struct keys {
	struct link_pool *pool;
};

enum rc
keys_new(const char *path, unsigned int connections, int64_t timeout_ms,
    struct keys **out, struct err *e)
{
	struct keys *k = calloc(1, sizeof(*k));
	enum rc rc;

	*out = NULL;
	if (k == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	rc = link_new(path, connections, timeout_ms, &k->pool, e);
	if (rc != RC_OK)
		free(k);
	else
		*out = k;

	return rc;
}

void
keys_free(struct keys *k)
{
	if (k == NULL)
		return;
	link_free(k->pool);
	free(k);
}

/* A call on its way: its bytes, which may hold a PIN, go with keys_end(). */
struct keys_call {
	struct buf frame;
	struct frame_answer answer;
	struct rd *r; /* the answer's fields */
};

static void
keys_begin(struct keys_call *c, enum message_verb verb)
{
	*c = (struct keys_call){ .frame = buf_init(MESSAGE_MAX) };
	frame_request(&c->frame, verb, 0);
	c->r = &c->answer.fields;
}

static enum rc
keys_call(struct keys *k, struct keys_call *c, struct err *e)
{
	return link_call(k->pool, &c->frame, &c->answer, e);
}

/* Wipes the call and says how it went; an answer must have been read whole. */
static enum rc
keys_end(struct keys_call *c, enum rc rc, struct err *e)
{
	if (rc == RC_OK && !rd_done(c->r))
		rc = err_set(e, RC_IO, "vault", "answer is malformed");
	if (c->frame.p != NULL)
		sec_wipe(c->frame.p, c->frame.size);
	buf_clear(&c->frame);

	return rc;
}

static void
keys_id(struct keys_call *c, const uint8_t id[static KEYS_ID])
{
	buf_bytes(&c->frame, (struct span){ id, KEYS_ID });
}

/* Reads a field of the answer into the caller's buffer. */
static void
keys_field(struct keys_call *c, struct buf *out, size_t max)
{
	struct span s = rd_lp16(c->r, max);

	buf_reset(out);
	if (out->max < max)
		out->max = max;
	buf_bytes(out, s);
	if (!buf_ok(out))
		rd_fail(c->r);
}

static bool
keys_bool(struct keys_call *c)
{
	uint8_t v = rd_u8(c->r);

	if (v > 1)
		rd_fail(c->r);

	return v == 1;
}

enum rc
keys_hello(struct keys *k, struct keys_hello *out, struct err *e)
{
	struct keys_call c;
	enum rc rc;

	*out = (struct keys_hello){ 0 };
	keys_begin(&c, MESSAGE_HELLO);
	if ((rc = keys_call(k, &c, e)) == RC_OK) {
		out->epoch = rd_u32(c.r);
		rd_copy(c.r, out->display_key, sizeof(out->display_key));
		rd_copy(c.r, out->hpke_key, sizeof(out->hpke_key));
		out->open = keys_bool(&c);
		out->weak_sandbox = keys_bool(&c);
	}

	return keys_end(&c, rc, e);
}

enum rc
keys_pseudonym(struct keys *k, struct span label, struct span value,
    uint8_t out[static KEYS_DIGEST], struct err *e)
{
	struct keys_call c;
	enum rc rc;

	memset(out, 0, KEYS_DIGEST);
	keys_begin(&c, MESSAGE_PSEUDONYM);
	buf_lp16(&c.frame, label);
	buf_lp16(&c.frame, value);
	if ((rc = keys_call(k, &c, e)) == RC_OK)
		rd_copy(c.r, out, KEYS_DIGEST);

	return keys_end(&c, rc, e);
}

enum rc
keys_enrol_begin(struct keys *k, const uint8_t account_id[static KEYS_ID],
    uint8_t challenge[static KEYS_DIGEST], struct err *e)
{
	struct keys_call c;
	enum rc rc;

	memset(challenge, 0, KEYS_DIGEST);
	keys_begin(&c, MESSAGE_ENROL_BEGIN);
	keys_id(&c, account_id);
	if ((rc = keys_call(k, &c, e)) == RC_OK)
		rd_copy(c.r, challenge, KEYS_DIGEST);

	return keys_end(&c, rc, e);
}

enum rc
keys_enrol(struct keys *k, const struct keys_enrol *in, struct buf *dl1_sealed,
    struct buf *credential_id, struct err *e)
{
	struct keys_call c;
	enum rc rc;

	buf_reset(dl1_sealed);
	buf_reset(credential_id);
	keys_begin(&c, MESSAGE_ENROL);
	keys_id(&c, in->account_id);
	keys_id(&c, in->device_id);
	buf_u8(&c.frame, (uint8_t)in->kind);
	buf_lp16(&c.frame, in->client_data);
	buf_lp16(&c.frame, in->attestation);
	buf_lp16(&c.frame, in->public_key);
	buf_lp16(&c.frame, in->signature);
	buf_lp16(&c.frame, in->sealed_pin);
	if ((rc = keys_call(k, &c, e)) == RC_OK) {
		keys_field(&c, dl1_sealed, MESSAGE_DL1_MAX);
		keys_field(&c, credential_id, MESSAGE_CREDENTIAL_MAX);
	}
	if ((rc = keys_end(&c, rc, e)) != RC_OK) {
		buf_reset(dl1_sealed);
		buf_reset(credential_id);
	}

	return rc;
}

/* The op's params as AR1 holds them. */
static void
keys_params(struct buf *out, const struct keys_request *in)
{
	switch (in->op) {
	case KEYS_OP_TOKEN:
		buf_u16(out, in->token.count);
		buf_u32(out, in->token.seconds);
		buf_lp16(out, in->token.program);
		buf_lp16(out, in->token.machine);
		buf_lp16(out, in->token.user);
		break;
	case KEYS_OP_IMPORT:
	case KEYS_OP_DELETE:
		buf_lp16(out, in->label);
		break;
	}
}

enum rc
keys_approval_new(struct keys *k, const struct keys_request *in,
    uint8_t request_id[static KEYS_ID], struct buf *ar1,
    uint8_t signature[static KEYS_ED25519], struct err *e)
{
	struct buf params = buf_init(MESSAGE_PARAMS_MAX);
	struct keys_call c;
	enum rc rc;

	memset(request_id, 0, KEYS_ID);
	memset(signature, 0, KEYS_ED25519);
	buf_reset(ar1);
	keys_params(&params, in);
	keys_begin(&c, MESSAGE_APPROVAL_NEW);
	buf_u8(&c.frame, (uint8_t)in->op);
	buf_u32(&c.frame, in->ttl_ms);
	keys_id(&c, in->account_id);
	keys_id(&c, in->key_id);
	buf_bytes(&c.frame, SPAN(in->cert_sha256));
	buf_u8(&c.frame, (uint8_t)in->mode);
	buf_lp16(&c.frame, buf_span(&params));
	buf_lp16(&c.frame, in->dl1_sealed);
	if (!buf_ok(&params))
		c.frame.failed = true;
	buf_clear(&params);
	if ((rc = keys_call(k, &c, e)) == RC_OK) {
		rd_copy(c.r, request_id, KEYS_ID);
		keys_field(&c, ar1, MESSAGE_AR1_MAX);
		rd_copy(c.r, signature, KEYS_ED25519);
	}
	if ((rc = keys_end(&c, rc, e)) != RC_OK)
		buf_reset(ar1);

	return rc;
}

/* The places in the fixed parts of AR1 and SR1; docs/vault-protocol.md. */
enum {
	AR1_EXPIRES = 9 + 1 + 16 + 4 + 8,
	AR1_KEY_ID = AR1_EXPIRES + 8 + 16,
	SR1_TIME = 9 + 16 + 16 + 32 + 32 + 16 + 1,
};

/* A reader of a record at a place of its fixed part. */
static bool
keys_at(struct span record, const char *magic, size_t at, struct rd *out)
{
	struct span head = span_str(magic);

	*out = rd_init(record);
	if (!span_equal(rd_bytes(out, head.n), head))
		return false;
	(void)rd_bytes(out, at - head.n);

	return !out->failed;
}

bool
keys_ar1_key_id(struct span ar1, uint8_t key_id[static KEYS_ID])
{
	struct rd r;

	memset(key_id, 0, KEYS_ID);
	if (!keys_at(ar1, "INGAM-AR1", AR1_KEY_ID, &r))
		return false;
	rd_copy(&r, key_id, KEYS_ID);

	return !r.failed;
}

void
keys_ar1_challenge(struct span ar1, uint8_t challenge[static KEYS_DIGEST])
{
	uint8_t inner[KEYS_DIGEST];

	digest_sha256(inner, &ar1, 1);
	digest_sha256_labelled(challenge, "INGAM-WA1", SPAN(inner));
}

static void
keys_write_evidence(struct buf *out, const struct keys_evidence *in)
{
	buf_u8(out, (uint8_t)in->kind);
	switch (in->kind) {
	case KEYS_DEVICE_PASSKEY:
		buf_lp16(out, in->credential_id);
		buf_lp16(out, in->client_data);
		buf_lp16(out, in->authenticator_data);
		buf_lp16(out, in->signature);
		break;
	case KEYS_DEVICE_PIN:
		buf_bytes(out, SPAN(in->device_id));
		buf_lp16(out, in->signature);
		buf_lp16(out, in->sealed_pin);
		break;
	}
}

void
keys_approved_clear(struct keys_approved *a)
{
	buf_clear(&a->kb1);
	buf_clear(&a->km_kb1);
	sec_wipe(a, sizeof(*a));
}

static void
keys_read_approved(
    struct keys_call *c, enum keys_op op, struct keys_approved *out)
{
	struct span pin;

	switch (op) {
	case KEYS_OP_TOKEN:
		pin = rd_lp16(c->r, KEYS_PIN - 1);
		if (pin.n != 0 && pin.n != KEYS_PIN - 1)
			rd_fail(c->r);
		else if (pin.n > 0)
			memcpy(out->pin, pin.p, pin.n);
		break;
	case KEYS_OP_IMPORT:
		keys_field(c, &out->kb1, MESSAGE_KB1_MAX);
		keys_field(c, &out->km_kb1, MESSAGE_KB1_MAX);
		out->has_r = keys_bool(c);
		break;
	case KEYS_OP_DELETE:
		break;
	}
	rd_copy(c->r, out->device_id, KEYS_ID);
}

enum rc
keys_approve(struct keys *k, const struct keys_approve *in,
    struct keys_approved *out, uint8_t *tries_left, struct err *e)
{
	struct buf evidence = buf_init(MESSAGE_EVIDENCE_MAX);
	struct keys_call c;
	enum rc rc;

	keys_approved_clear(out);
	keys_write_evidence(&evidence, &in->evidence);
	keys_begin(&c, MESSAGE_APPROVE);
	keys_id(&c, in->request_id);
	buf_lp16(&c.frame, in->dl1_sealed);
	buf_lp32(&c.frame, buf_span(&evidence));
	buf_lp32(&c.frame, in->sealed);
	buf_lp32(&c.frame, in->certificate);
	buf_lp32(&c.frame, in->km_certificate);
	if (!buf_ok(&evidence))
		c.frame.failed = true;
	buf_clear(&evidence);
	if ((rc = keys_call(k, &c, e)) == RC_OK)
		keys_read_approved(&c, in->op, out);
	*tries_left = c.answer.tries_left;
	if ((rc = keys_end(&c, rc, e)) != RC_OK)
		keys_approved_clear(out);

	return rc;
}

enum rc
keys_refuse(
    struct keys *k, const uint8_t request_id[static KEYS_ID], struct err *e)
{
	struct keys_call c;

	keys_begin(&c, MESSAGE_REFUSE);
	keys_id(&c, request_id);

	return keys_end(&c, keys_call(k, &c, e), e);
}

enum rc
keys_token_open(struct keys *k, const uint8_t request_id[static KEYS_ID],
    struct span pin, uint16_t *left, int64_t *expires_ms, uint8_t *tries_left,
    struct err *e)
{
	struct keys_call c;
	enum rc rc;

	*left = 0;
	*expires_ms = 0;
	keys_begin(&c, MESSAGE_TOKEN_OPEN);
	keys_id(&c, request_id);
	buf_lp16(&c.frame, pin);
	if ((rc = keys_call(k, &c, e)) == RC_OK) {
		*left = rd_u16(c.r);
		*expires_ms = (int64_t)rd_u64(c.r);
	}
	*tries_left = c.answer.tries_left;

	return keys_end(&c, rc, e);
}

void
keys_signed_clear(struct keys_signed *s)
{
	buf_clear(&s->signature);
	buf_clear(&s->sr1);
	memset(s, 0, sizeof(*s));
}

enum rc
keys_sign(struct keys *k, const struct keys_sign *in, struct keys_signed *out,
    struct err *e)
{
	struct keys_call c;
	enum rc rc;

	struct rd receipt;

	keys_signed_clear(out);
	keys_begin(&c, MESSAGE_SIGN);
	keys_id(&c, in->request_id);
	keys_id(&c, in->sign_id);
	buf_u16(&c.frame, (uint16_t)in->mechanism);
	buf_u8(&c.frame, (uint8_t)in->hash);
	buf_u16(&c.frame, in->salt_length);
	buf_lp16(&c.frame, in->digest);
	buf_lp16(&c.frame, in->kb1);
	buf_lp32(&c.frame, in->certificate);
	if ((rc = keys_call(k, &c, e)) == RC_OK) {
		keys_field(&c, &out->signature, MESSAGE_SIGNATURE_MAX);
		out->left = rd_u16(c.r);
		out->expires_ms = (int64_t)rd_u64(c.r);
		keys_field(&c, &out->sr1, MESSAGE_RECEIPT_MAX);
		rd_copy(c.r, out->sr1_signature, KEYS_ED25519);
		if (!keys_at(
			buf_span(&out->sr1), "INGAM-SR1", SR1_TIME, &receipt))
			rd_fail(c.r);
		out->time_ms = (int64_t)rd_u64(&receipt);
	}
	if ((rc = keys_end(&c, rc, e)) != RC_OK)
		keys_signed_clear(out);

	return rc;
}

enum rc
keys_status(struct keys *k, const uint8_t request_id[static KEYS_ID],
    struct keys_status *out, struct err *e)
{
	struct keys_call c;
	enum rc rc;

	*out = (struct keys_status){ 0 };
	keys_begin(&c, MESSAGE_STATUS);
	keys_id(&c, request_id);
	if ((rc = keys_call(k, &c, e)) == RC_OK) {
		uint8_t state = rd_u8(c.r);

		if (state < KEYS_WAITING || state > KEYS_EXPIRED)
			rd_fail(c.r);
		out->state = (enum keys_state)state;
		out->left = rd_u16(c.r);
		out->expires_ms = (int64_t)rd_u64(c.r);
	}

	return keys_end(&c, rc, e);
}
