/*
 * sign.c - a signature, within what was approved, and its receipt.
 *
 * Belongs here: the verb SIGN, one answer for each sign_id, SR1.
 * Not here: windows (approval.c); the key itself (sign_key.c); how often a
 * key may sign (limits.c).
 */
#include "vault/sign.h"

#include "base/digest.h"
#include "base/failpoint.h"
#include "base/log.h"
#include "vault/account.h"
#include "vault/approval.h"
#include "vault/keyring.h"
#include "vault/limits.h"
#include "vault/record.h"

#include <stdlib.h>

/* docs/vault-protocol.md, mechanism. */
enum { SIGN_RSA_PKCS1 = 1, SIGN_RSA_PSS, SIGN_ECDSA };

/* What a signature is asked for. */
struct sign_request {
	uint8_t request_id[VAULT_ID];
	uint8_t sign_id[VAULT_ID];
	uint16_t mechanism;
	uint8_t hash;
	uint16_t salt;
	uint8_t digest[MESSAGE_DIGEST_MAX];
	size_t digest_n;
};

/* One signature, asked for and perhaps made. */
struct sign_entry {
	struct table_item item; /* hash of request_id and sign_id */
	struct sign_request request;
	uint16_t left;
	uint64_t index;  /* of the intent in the journal, the first time … */
	int64_t time_ms; /* … and when */
	uint8_t key[KEYRING_NAME];
	struct buf answer;
};

static void
sign_name(const struct sign_request *in, uint8_t out[static TABLE_ID])
{
	uint8_t hash[DIGEST_SHA256];
	struct span parts[2] = { SPAN(in->request_id), SPAN(in->sign_id) };

	digest_sha256(hash, parts, 2);
	memcpy(out, hash, TABLE_ID);
}

static struct sign_entry *
sign_find(struct vault *v, const uint8_t id[static TABLE_ID])
{
	return (struct sign_entry *)(void *)table_find(&v->signs, id);
}

/* The part of a request that the journal holds too. */
static void
sign_read_request(struct rd *r, struct sign_request *out)
{
	struct span digest;

	*out = (struct sign_request){ 0 };
	rd_copy(r, out->request_id, sizeof(out->request_id));
	rd_copy(r, out->sign_id, sizeof(out->sign_id));
	out->mechanism = rd_u16(r);
	out->hash = rd_u8(r);
	out->salt = rd_u16(r);
	digest = rd_lp16(r, MESSAGE_DIGEST_MAX);
	if (digest.n > 0)
		memcpy(out->digest, digest.p, digest.n);
	out->digest_n = digest.n;
}

static void
sign_write_intent(struct vault *v, struct sign_entry *s)
{
	const struct sign_request *q = &s->request;
	struct buf *b = record_begin(v);
	uint64_t index;

	buf_bytes(b, SPAN(q->request_id));
	buf_bytes(b, SPAN(q->sign_id));
	buf_u16(b, q->mechanism);
	buf_u8(b, q->hash);
	buf_u16(b, q->salt);
	buf_lp16(b, (struct span){ q->digest, q->digest_n });
	buf_u16(b, s->left);
	buf_u64(b, s->index);
	buf_u64(b, (uint64_t)s->time_ms);
	index = record_write(v, RECORD_SIGN, b, true);
	if (s->index == 0)
		s->index = index;
}

/*
 * Made again after a loss of power, a PKCS #1 signature and its receipt are
 * the same bytes. The others hold chance: what was given must be kept.
 */
static void
sign_write_result(struct vault *v, const struct sign_entry *s)
{
	struct buf *b = record_begin(v);
	bool by_chance = s->request.mechanism != SIGN_RSA_PKCS1;

	buf_bytes(b, SPAN(s->item.id));
	buf_bytes(b, buf_span(&s->answer));
	(void)record_write(v, RECORD_RESULT, b, by_chance);
}

static enum rc
sign_put(struct vault *v, struct approval *a, const struct sign_request *in,
    struct sign_entry **out, struct err *e)
{
	struct sign_entry *s = calloc(1, sizeof(*s));
	enum rc rc;

	*out = NULL;
	if (s == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	sign_name(in, s->item.id);
	s->request = *in;
	s->answer = buf_init(MESSAGE_MAX);
	if ((rc = table_put(&v->signs, &s->item, e)) != RC_OK) {
		free(s);
		return rc;
	}
	a->used++;
	s->left = (uint16_t)(a->ar1.count - a->used);
	*out = s;

	return RC_OK;
}

enum rc
sign_replay_intent(struct vault *v, struct rd r, int64_t time_ms,
    uint64_t index, struct err *e)
{
	struct sign_request q;
	uint8_t id[TABLE_ID];
	struct approval *a;
	struct sign_entry *s;
	uint64_t first = 0;
	uint16_t left;
	enum rc rc;

	sign_read_request(&r, &q);
	left = rd_u16(&r);
	/* Zero: it is the first. Older journals do not say. */
	if (rd_left(&r) > 0) {
		first = rd_u64(&r);
		time_ms = (int64_t)rd_u64(&r);
	}
	sign_name(&q, id);
	a = approval_find(v, q.request_id);
	if (!rd_done(&r) || a == NULL || sign_find(v, id) != NULL ||
	    a->used >= a->ar1.count)
		return err_set(e, RC_FORMAT, "journal", "sign record");
	if ((rc = sign_put(v, a, &q, &s, e)) != RC_OK || s == NULL)
		return rc;
	s->left = left;
	s->index = first != 0 ? first : index;
	s->time_ms = time_ms;

	return RC_OK;
}

enum rc
sign_replay_result(struct vault *v, struct rd r, int64_t time_ms,
    uint64_t index, struct err *e)
{
	uint8_t id[TABLE_ID];
	struct sign_entry *s;

	(void)time_ms;
	(void)index;
	rd_copy(&r, id, sizeof(id));
	s = r.failed ? NULL : sign_find(v, id);
	if (s == NULL || s->answer.n > 0)
		return err_set(e, RC_FORMAT, "journal", "result record");
	buf_bytes(&s->answer, rd_bytes(&r, rd_left(&r)));

	return buf_ok(&s->answer)
	    ? RC_OK
	    : err_set(e, RC_MEMORY, NULL, "out of memory");
}

static const enum signature_scheme schemes[] = {
	[SIGN_RSA_PKCS1] = SIGNATURE_RSA_PKCS1,
	[SIGN_RSA_PSS] = SIGNATURE_RSA_PSS,
	[SIGN_ECDSA] = SIGNATURE_ECDSA_DER,
};
static const enum signature_hash hash_of[] = {
	[1] = SIGNATURE_HASH_SHA256,
	[2] = SIGNATURE_HASH_SHA384,
	[3] = SIGNATURE_HASH_SHA512,
};

static enum rc
sign_algorithm(const struct sign_request *q, struct signature_algorithm *out,
    struct err *e)
{
	if (q->mechanism < SIGN_RSA_PKCS1 || q->mechanism > SIGN_ECDSA)
		return err_set(e, RC_UNKNOWN, "mechanism", "no such mechanism");
	if (q->hash < 1 || q->hash > 3)
		return err_set(e, RC_UNKNOWN, "hash", "no such hash");
	out->scheme = schemes[q->mechanism];
	out->hash = hash_of[q->hash];
	out->salt_bytes = q->salt;

	return RC_OK;
}

/* The approved key, opened where it is not yet; name is what it is called. */
static enum rc
sign_take_key(struct call *c, const struct approval *a, struct span kb1,
    struct span certificate, uint8_t name[static KEYRING_NAME],
    struct sign_key **key)
{
	struct keyblob blob;
	uint8_t hash[DIGEST_SHA256];
	enum rc rc;

	*key = NULL;
	digest_sha256(hash, &certificate, 1);
	if (!span_equal(SPAN(hash), SPAN(a->ar1.cert_sha256)))
		return err_set(
		    &c->err, RC_DENIED, "certificate", "not the approved one");
	if ((rc = keyblob_parse(kb1, &blob, &c->err)) != RC_OK)
		return rc;
	if (!span_equal(SPAN(blob.account_id), SPAN(a->ar1.account_id)) ||
	    !span_equal(SPAN(blob.key_id), SPAN(a->ar1.key_id)) ||
	    !span_equal(SPAN(blob.cert_sha256), SPAN(a->ar1.cert_sha256)))
		return err_set(
		    &c->err, RC_DENIED, "key blob", "not the approved key");
	digest_sha256(name, &kb1, 1);

	return keyring_open(c->vault, name, &blob, certificate, key, &c->err);
}

/* What must hold at the moment of signing, beside the approval itself. */
static enum rc
sign_check(struct call *c, const struct approval *a,
    const struct sign_request *q, const struct sign_key *key)
{
	struct signature_algorithm algorithm;
	enum rc rc;

	if ((rc = sign_algorithm(q, &algorithm, &c->err)) != RC_OK ||
	    (rc = sign_key_check(key, &algorithm,
		 (struct span){ q->digest, q->digest_n }, &c->err)) != RC_OK)
		return rc;
	if (!sign_key_is_valid_at(key, vault_now_ms(c->vault)))
		return err_set(&c->err, RC_EXPIRED, "certificate",
		    "the certificate is not valid now");
	if ((sign_key_flags(key) & KEYBLOB_EACH) != 0 && a->ar1.count > 1)
		return err_set(&c->err, RC_POLICY, "key",
		    "every signature of this key needs its own approval");

	return RC_OK;
}

/* A second question with the same sign_id. */
static enum rc
sign_again(struct call *c, const struct approval *a, const struct sign_entry *s,
    const struct sign_request *q)
{
	if (q->mechanism != s->request.mechanism ||
	    q->hash != s->request.hash || q->salt != s->request.salt ||
	    q->digest_n != s->request.digest_n ||
	    memcmp(q->digest, s->request.digest, q->digest_n) != 0)
		return err_set(&c->err, RC_STATE, "sign id",
		    "was used for something else");
	/* Counted but never answered: it may still be made while time is. */
	if (s->answer.n == 0 && approval_state(a) != APPROVAL_USED_UP)
		return approval_expect(a, APPROVAL_OPEN, &c->err);

	return RC_OK;
}

/* An approval whose window is open for its account as it was then. */
static enum rc
sign_check_approval(struct call *c, const struct approval *a)
{
	const struct account *account =
	    account_find(c->vault, a->ar1.account_id);
	enum rc rc;

	if ((rc = vault_check_clock(c->vault, &c->err)) != RC_OK ||
	    (rc = approval_expect(a, APPROVAL_OPEN, &c->err)) != RC_OK)
		return rc;
	if (account == NULL ||
	    !span_equal(SPAN(account->head), SPAN(a->ar1.list_head)))
		return err_set(&c->err, RC_STATE, "device list",
		    "changed since the approval");

	return limits_key_check(
	    c->vault, a->ar1.account_id, a->ar1.key_id, &c->err);
}

enum rc
sign_verb(struct call *c)
{
	uint8_t name[KEYRING_NAME] = { 0 };
	struct span kb1, certificate;
	struct sign_request q;
	struct sign_entry *s;
	struct sign_key *key;
	struct approval *a;
	enum rc rc;

	sign_read_request(&c->r, &q);
	kb1 = rd_lp16(&c->r, MESSAGE_KB1_MAX);
	certificate = rd_lp32(&c->r, MESSAGE_CERTIFICATE_MAX);
	if (call_fields(c) != RC_OK)
		return RC_FORMAT;
	sign_name(&q, c->sign);
	if ((a = approval_find(c->vault, q.request_id)) == NULL)
		return err_set(
		    &c->err, RC_ABSENT, "request", "no such request");
	s = sign_find(c->vault, c->sign);
	if (s != NULL && (rc = sign_again(c, a, s, &q)) != RC_OK)
		return rc;
	c->to_sign = true;
	if (s != NULL && s->answer.n > 0)
		return RC_OK;
	if ((s == NULL && (rc = sign_check_approval(c, a)) != RC_OK) ||
	    (rc = sign_take_key(c, a, kb1, certificate, name, &key)) != RC_OK ||
	    (rc = sign_check(c, a, &q, key)) != RC_OK)
		return rc;
	/* Counted already, before a restart or a failure: only made now. */
	if (s != NULL) {
		memcpy(s->key, name, sizeof(s->key));
		return RC_OK;
	}
	if ((rc = limits_key_sign(c->vault, a->ar1.account_id, a->ar1.key_id,
		 &c->err)) != RC_OK ||
	    (rc = sign_put(c->vault, a, &q, &s, &c->err)) != RC_OK || s == NULL)
		return rc;
	memcpy(s->key, name, sizeof(s->key));
	s->time_ms = vault_now_ms(c->vault);
	sign_write_intent(c->vault, s);
	FAILPOINT("sign-intent");

	return RC_OK;
}

static enum rc
sign_receipt(const struct vault *v, const struct approval *a,
    const struct sign_entry *s, struct span signature, struct buf *out,
    struct err *e)
{
	struct buf sr1 = buf_init(MESSAGE_RECEIPT_MAX);
	uint8_t hash[DIGEST_SHA256], proof[64];
	enum rc rc;

	digest_sha256(hash, &signature, 1);
	buf_str(&sr1, "INGAM-SR1");
	buf_bytes(&sr1, SPAN(s->request.request_id));
	buf_bytes(&sr1, SPAN(s->request.sign_id));
	buf_bytes(&sr1, SPAN(a->ar1_sha256));
	buf_bytes(&sr1, SPAN(hash));
	buf_bytes(&sr1, SPAN(a->device_id));
	buf_u8(&sr1, a->flags);
	buf_u64(&sr1, (uint64_t)s->time_ms);
	buf_u64(&sr1, s->index);
	rc = buf_ok(&sr1)
	    ? master_sign(&v->master, "INGAM-SRSIG1", buf_span(&sr1), proof, e)
	    : err_set(e, RC_MEMORY, NULL, "out of memory");
	if (rc == RC_OK) {
		buf_lp16(out, buf_span(&sr1));
		buf_bytes(out, SPAN(proof));
	}
	buf_clear(&sr1);

	return rc;
}

/* Its approval, which something since the intent may have ended. */
static enum rc
sign_approval(
    struct call *c, const struct sign_entry *s, const struct approval **a)
{
	*a = approval_find(c->vault, s->request.request_id);
	if (*a == NULL || (*a)->state != APPROVAL_OPEN)
		return err_set(
		    &c->err, RC_STATE, "request", "cannot be signed now");

	return RC_OK;
}

enum rc
sign_prepare(struct call *c)
{
	struct call_signature *w = &c->signature;
	const struct sign_entry *s = sign_find(c->vault, c->sign);
	const struct approval *a;
	struct sign_key *key;
	enum rc rc;

	*w = (struct call_signature){ .made = buf_init(MESSAGE_SIGNATURE_MAX) };
	if (s == NULL)
		return err_set(&c->err, RC_BUG, "sign id", "was forgotten");
	if (s->answer.n > 0)
		return RC_OK;
	if ((rc = sign_approval(c, s, &a)) != RC_OK ||
	    (rc = sign_algorithm(&s->request, &w->algorithm, &c->err)) != RC_OK)
		return rc;
	if ((key = keyring_find(c->vault, s->key)) == NULL)
		return err_set(&c->err, RC_BUSY, "key", "was closed again");
	memcpy(w->digest, s->request.digest, s->request.digest_n);
	w->digest_n = s->request.digest_n;
	w->key = sign_key_hold(key);

	return RC_OK;
}

enum rc
sign_make(struct call *c)
{
	struct call_signature *w = &c->signature;

	w->rc = w->key == NULL
	    ? RC_OK
	    : sign_key_sign(w->key, &w->algorithm,
		  (struct span){ w->digest, w->digest_n }, &w->made, &c->err);

	return w->rc;
}

/* The signature that was made becomes the answer to its sign_id. */
static enum rc
sign_keep(struct call *c, struct sign_entry *s)
{
	struct vault *v = c->vault;
	struct span signature = buf_span(&c->signature.made);
	const struct approval *a;
	enum rc rc;

	if ((rc = sign_approval(c, s, &a)) != RC_OK)
		return rc;
	buf_lp16(&s->answer, signature);
	buf_u16(&s->answer, s->left);
	buf_u64(&s->answer, (uint64_t)a->until_ms);
	rc = sign_receipt(v, a, s, signature, &s->answer, &c->err);
	if (rc == RC_OK && !buf_ok(&s->answer))
		rc = err_set(&c->err, RC_MEMORY, NULL, "out of memory");
	if (rc != RC_OK) {
		buf_clear(&s->answer);
		return rc;
	}
	keyring_used(v, s->key);
	sign_write_result(v, s);
	FAILPOINT("sign-result");
	log_event(LOG_INFO, "signed", "request=%s left=%u",
	    log_id(SPAN(a->item.id)), (unsigned int)s->left);

	return RC_OK;
}

enum rc
sign_finish(struct call *c)
{
	struct call_signature *w = &c->signature;
	struct sign_entry *s = sign_find(c->vault, c->sign);
	enum rc rc = w->rc;

	if (s == NULL)
		rc = err_set(&c->err, RC_STATE, "sign id", "was forgotten");
	else if (rc != RC_OK)
		keyring_failed(c->vault, s->key);
	else if (s->answer.n == 0) /* else: another call was faster */
		rc = sign_keep(c, s);
	if (rc == RC_OK && s != NULL)
		buf_bytes(&c->answer, buf_span(&s->answer));
	sign_key_free(w->key);
	w->key = NULL;
	buf_clear(&w->made);

	return rc;
}

static bool
sign_write_one(void *arg, struct table_item *item)
{
	struct sign_entry *s = (struct sign_entry *)(void *)item;

	sign_write_intent(arg, s);
	if (s->answer.n > 0)
		sign_write_result(arg, s);

	return true;
}

void
sign_write_all(struct vault *v)
{
	table_each(&v->signs, sign_write_one, v);
}

static void
sign_free(struct sign_entry *s)
{
	buf_clear(&s->answer);
	free(s);
}

static bool
sign_tick_one(void *arg, struct table_item *item)
{
	struct sign_entry *s = (struct sign_entry *)(void *)item;

	if (approval_find(arg, s->request.request_id) != NULL)
		return true;
	sign_free(s);

	return false;
}

void
sign_tick(struct vault *v)
{
	table_each(&v->signs, sign_tick_one, v);
}

static bool
sign_drop(void *arg, struct table_item *item)
{
	(void)arg;
	sign_free((struct sign_entry *)(void *)item);

	return false;
}

void
sign_clear(struct vault *v)
{
	table_each(&v->signs, sign_drop, NULL);
	table_clear(&v->signs);
}
