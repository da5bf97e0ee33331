/*
 * approval.c - approval requests: made here, kept here, each used once.
 *
 * Belongs here: their states and lifetimes, the token PIN, the verbs
 * APPROVAL_NEW, REFUSE, TOKEN_OPEN, STATUS.
 * Not here: evidence and what it sets off (approve.c); signatures (sign.c).
 */
#include "vault/approval.h"

#include "base/clock.h"
#include "base/digest.h"
#include "base/failpoint.h"
#include "base/log.h"
#include "base/rnd.h"
#include "base/sec.h"
#include "vault/account.h"
#include "vault/limits.h"
#include "vault/record.h"
#include "vault/sign.h"

#include <stdlib.h>

struct approval *
approval_find(struct vault *v, const uint8_t request_id[static VAULT_ID])
{
	return (struct approval *)(void *)table_find(&v->approvals, request_id);
}

enum approval_state
approval_state(const struct approval *a)
{
	bool over = clock_mono_ms() >= a->until_mono_ms;

	switch (a->state) {
	case APPROVAL_OPEN:
		if (a->used >= a->ar1.count)
			return APPROVAL_USED_UP;
		return over ? APPROVAL_EXPIRED : APPROVAL_OPEN;
	case APPROVAL_WAITING:
		return over ? APPROVAL_EXPIRED : APPROVAL_WAITING;
	case APPROVAL_APPROVED:
		/* An import or a deletion is done once it is approved. */
		return over && a->ar1.op == AR1_TOKEN ? APPROVAL_EXPIRED
						      : APPROVAL_APPROVED;
	case APPROVAL_USED_UP:
	case APPROVAL_ENDED:
	case APPROVAL_EXPIRED:
		break;
	}

	return a->state;
}

bool
approval_is_live(const struct approval *a)
{
	enum approval_state state = approval_state(a);

	return state == APPROVAL_WAITING || state == APPROVAL_OPEN ||
	    (state == APPROVAL_APPROVED && a->ar1.op == AR1_TOKEN);
}

enum rc
approval_expect(
    const struct approval *a, enum approval_state state, struct err *e)
{
	enum approval_state is = approval_state(a);

	if (is == state)
		return RC_OK;
	switch (is) {
	case APPROVAL_WAITING:
		return err_set(e, RC_STATE, "request", "not approved yet");
	case APPROVAL_APPROVED:
		return err_set(e, RC_STATE, "request",
		    state == APPROVAL_WAITING ? "already approved"
					      : "no window is open");
	case APPROVAL_OPEN:
		return err_set(e, RC_STATE, "request", "already open");
	case APPROVAL_USED_UP:
		return err_set(e, RC_STATE, "request", "used up");
	case APPROVAL_ENDED:
		return err_set(e, RC_STATE, "request", "ended");
	case APPROVAL_EXPIRED:
		break;
	}

	return err_set(e, RC_EXPIRED, "request", "the request's time is over");
}

static void
approval_free(struct approval *a)
{
	buf_clear(&a->ar1_bytes);
	buf_clear(&a->answer);
	free(a);
}

/* Takes a's bytes in. RC_FORMAT: they are no AR1. RC_MEMORY. */
static enum rc
approval_put(
    struct vault *v, struct span ar1, struct approval **out, struct err *e)
{
	struct approval *a = calloc(1, sizeof(*a));
	enum rc rc;

	*out = NULL;
	if (a == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	a->ar1_bytes = buf_init(MESSAGE_AR1_MAX);
	a->answer = buf_init(MESSAGE_MAX);
	a->state = APPROVAL_WAITING;
	buf_bytes(&a->ar1_bytes, ar1);
	rc = buf_ok(&a->ar1_bytes)
	    ? ar1_parse(buf_span(&a->ar1_bytes), &a->ar1, e)
	    : ar1.n > MESSAGE_AR1_MAX
	    ? err_set(e, RC_LIMIT, "AR1", "too long")
	    : err_set(e, RC_MEMORY, NULL, "out of memory");
	if (rc == RC_OK) {
		memcpy(a->item.id, a->ar1.request_id, VAULT_ID);
		digest_sha256(a->ar1_sha256, &ar1, 1);
		rc = table_find(&v->approvals, a->item.id) == NULL
		    ? table_put(&v->approvals, &a->item, e)
		    : err_set(e, RC_EXISTS, "request", "is there already");
	}
	if (rc != RC_OK)
		approval_free(a);
	else
		*out = a;

	return rc;
}

static void
approval_write_request(struct vault *v, const struct approval *a, bool durable)
{
	struct buf *b = record_begin(v);

	buf_bytes(b, buf_span(&a->ar1_bytes));
	(void)record_write(v, RECORD_REQUEST, b, durable);
}

void
approval_write_progress(struct vault *v, const struct approval *a, bool durable)
{
	struct buf *b = record_begin(v);

	buf_bytes(b, SPAN(a->item.id));
	buf_u8(b, (uint8_t)a->state);
	buf_u64(b, (uint64_t)a->until_ms);
	buf_u8(b, a->pin_tries);
	buf_u8(b, a->import_tries);
	buf_bytes(b, SPAN(a->device_id));
	buf_u8(b, a->flags);
	buf_bytes(b, SPAN(a->evidence));
	buf_lp32(b, buf_span(&a->answer));
	(void)record_write(v, RECORD_PROGRESS, b, durable);
}

void
approval_set(
    struct vault *v, struct approval *a, enum approval_state state, int64_t ms)
{
	a->state = state;
	a->until_ms = vault_now_ms(v) + ms;
	a->until_mono_ms = clock_mono_ms() + ms;
	approval_write_progress(v, a, true);
}

enum rc
approval_replay_request(struct vault *v, struct rd r, int64_t time_ms,
    uint64_t index, struct err *e)
{
	struct approval *a;
	enum rc rc;

	(void)time_ms;
	(void)index;
	rc = approval_put(v, rd_bytes(&r, rd_left(&r)), &a, e);
	if (rc != RC_OK || a == NULL)
		return rc;
	a->until_ms = a->ar1.expires_ms;

	return account_find(v, a->ar1.account_id) != NULL
	    ? RC_OK
	    : err_set(e, RC_FORMAT, "journal", "unknown account");
}

enum rc
approval_replay_progress(struct vault *v, struct rd r, int64_t time_ms,
    uint64_t index, struct err *e)
{
	uint8_t id[VAULT_ID], state;
	struct approval *a;

	(void)time_ms;
	(void)index;
	rd_copy(&r, id, sizeof(id));
	if ((a = approval_find(v, id)) == NULL)
		return err_set(e, RC_FORMAT, "journal", "unknown request");
	state = rd_u8(&r);
	a->until_ms = (int64_t)rd_u64(&r);
	a->pin_tries = rd_u8(&r);
	a->import_tries = rd_u8(&r);
	rd_copy(&r, a->device_id, sizeof(a->device_id));
	a->flags = rd_u8(&r);
	rd_copy(&r, a->evidence, sizeof(a->evidence));
	buf_reset(&a->answer);
	buf_bytes(&a->answer, rd_lp32(&r, MESSAGE_MAX));
	if (!buf_ok(&a->answer))
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	if (!rd_done(&r) || state < APPROVAL_WAITING || state > APPROVAL_ENDED)
		return err_set(e, RC_FORMAT, "journal", "progress record");
	a->state = (enum approval_state)state;

	return RC_OK;
}

static bool
approval_write_one(void *arg, struct table_item *item)
{
	struct approval *a = (struct approval *)(void *)item;

	approval_write_request(arg, a, true);
	approval_write_progress(arg, a, true);

	return true;
}

void
approval_write_all(struct vault *v)
{
	table_each(&v->approvals, approval_write_one, v);
}

struct approval_waking {
	struct vault *v;
	bool failed;
};

/* Only now is known which of them live, and have a place at their account. */
static bool
approval_wake_one(void *arg, struct table_item *item)
{
	struct approval_waking *w = arg;
	struct approval *a = (struct approval *)(void *)item;
	int64_t left = a->until_ms - vault_now_ms(w->v);

	a->until_mono_ms = clock_mono_ms() + (left > 0 ? left : 0);
	if (approval_is_live(a) &&
	    account_add_request(w->v, account_find(w->v, a->ar1.account_id),
		a->item.id, NULL) == RC_MEMORY)
		w->failed = true;

	return true;
}

enum rc
approval_wake(struct vault *v, struct err *e)
{
	struct approval_waking w = { .v = v };

	table_each(&v->approvals, approval_wake_one, &w);

	return w.failed ? err_set(e, RC_MEMORY, NULL, "out of memory") : RC_OK;
}

static bool
approval_tick_one(void *arg, struct table_item *item)
{
	const struct vault *v = arg;
	struct approval *a = (struct approval *)(void *)item;

	if (approval_is_live(a) ||
	    clock_mono_ms() - a->until_mono_ms < v->limits.memory_ms)
		return true;
	approval_free(a);

	return false;
}

void
approval_tick(struct vault *v)
{
	table_each(&v->approvals, approval_tick_one, v);
}

static bool
approval_drop(void *arg, struct table_item *item)
{
	(void)arg;
	approval_free((struct approval *)(void *)item);

	return false;
}

void
approval_clear(struct vault *v)
{
	table_each(&v->approvals, approval_drop, NULL);
	table_clear(&v->approvals);
}

/*
 * Six digits from the request itself and a key that nobody else has: nothing
 * about them is stored, and a repeated answer after a restart is the same.
 */
void
approval_pin(
    const struct vault *v, const struct approval *a, char out[static 7])
{
	uint8_t hash[DIGEST_SHA256];
	uint64_t n = 0;

	digest_hmac_labelled(hash, SPAN(v->master.keys->token), "INGAM-OTP1",
	    SPAN(a->ar1_sha256));
	/* 64 bits over 10^6: no digit is likelier by more than 10^-13. */
	for (size_t i = 0; i < 8; i++)
		n = n << 8 | hash[i];
	n %= 1000000;
	for (int i = 5; i >= 0; i--) {
		out[i] = (char)('0' + n % 10);
		n /= 10;
	}
	out[6] = '\0';
	sec_wipe(hash, sizeof(hash));
	sec_wipe(&n, sizeof(n));
}

/* Reads APPROVAL_NEW's fields; what is wrong by its shape hangs up. */
static enum rc
approval_read_new(
    struct call *c, struct ar1 *out, uint32_t *ttl_ms, struct span *list)
{
	uint8_t op = rd_u8(&c->r), mode;

	*out = (struct ar1){ 0 };
	*ttl_ms = rd_u32(&c->r);
	rd_copy(&c->r, out->account_id, sizeof(out->account_id));
	rd_copy(&c->r, out->key_id, sizeof(out->key_id));
	rd_copy(&c->r, out->cert_sha256, sizeof(out->cert_sha256));
	mode = rd_u8(&c->r);
	out->params = rd_lp16(&c->r, MESSAGE_PARAMS_MAX);
	*list = rd_lp16(&c->r, MESSAGE_DL1_MAX);
	if (!ar1_is_possible(op, mode))
		return err_set(
		    &c->err, RC_UNKNOWN, "op", "no such operation and mode");
	out->op = (enum ar1_op)op;
	out->mode = (enum ar1_mode)mode;

	return call_fields(c);
}

static enum rc
approval_check_new(
    struct vault *v, struct ar1 *in, uint32_t ttl_ms, struct err *e)
{
	static const uint8_t none[VAULT_ID];
	bool no_key = memcmp(in->key_id, none, sizeof(none)) == 0;
	enum rc rc;

	if ((rc = ar1_parse_params(in->op, in->params, in, e)) != RC_OK)
		return rc;
	if (ttl_ms == 0 || ttl_ms > v->limits.request_ms)
		return err_set(e, RC_LIMIT, "ttl", "life is too long");
	if (in->op == AR1_TOKEN &&
	    (in->count > v->limits.token_count ||
		in->seconds > v->limits.token_seconds))
		return err_set(e, RC_LIMIT, "params",
		    "more signatures or time than allowed");
	if (no_key != (in->op == AR1_IMPORT))
		return err_set(e, RC_FORMAT, "key", "key id is not as it must");
	if (in->op == AR1_IMPORT)
		rnd_bytes(in->key_id, sizeof(in->key_id));

	return limits_key_check(v, in->account_id, in->key_id, e);
}

enum rc
approval_verb_new(struct call *c)
{
	struct vault *v = c->vault;
	struct buf bytes = buf_init(MESSAGE_AR1_MAX);
	uint8_t signature[64];
	struct approval *a;
	struct span sealed;
	struct ar1 ar1;
	struct dl1 list;
	uint32_t ttl_ms;
	enum rc rc;

	if ((rc = approval_read_new(c, &ar1, &ttl_ms, &sealed)) != RC_OK ||
	    (rc = vault_check_clock(v, &c->err)) != RC_OK ||
	    (rc = approval_check_new(v, &ar1, ttl_ms, &c->err)) != RC_OK ||
	    (rc = account_open_list(
		 v, ar1.account_id, sealed, &list, &c->err)) != RC_OK)
		return rc;
	if (v->approvals.n >= v->limits.requests)
		return err_set(&c->err, RC_BUSY, "request", "too many live");
	rnd_bytes(ar1.request_id, sizeof(ar1.request_id));
	ar1.epoch = journal_epoch(v->journal);
	ar1.issued_ms = vault_now_ms(v);
	ar1.expires_ms = ar1.issued_ms + ttl_ms;
	ar1.list_version = list.version;
	memcpy(ar1.list_head, account_find(v, ar1.account_id)->head,
	    sizeof(ar1.list_head));
	ar1_encode(&bytes, &ar1);
	rc = buf_ok(&bytes)
	    ? master_sign(&v->master, "INGAM-ARSIG1", buf_span(&bytes),
		  signature, &c->err)
	    : err_set(&c->err, RC_MEMORY, NULL, "out of memory");
	if (rc != RC_OK ||
	    (rc = account_add_request(v, account_find(v, ar1.account_id),
		 ar1.request_id, &c->err)) != RC_OK ||
	    (rc = approval_put(v, buf_span(&bytes), &a, &c->err)) != RC_OK ||
	    a == NULL)
		goto out;
	a->until_ms = ar1.expires_ms;
	a->until_mono_ms = clock_mono_ms() + ttl_ms;
	/* A request that loss of power forgets only has to be made again. */
	approval_write_request(v, a, false);
	FAILPOINT("new-recorded");
	buf_bytes(&c->answer, SPAN(ar1.request_id));
	buf_lp16(&c->answer, buf_span(&bytes));
	buf_bytes(&c->answer, SPAN(signature));
out:
	buf_clear(&bytes);

	return rc;
}

/* Reads a request_id that must be the next field. */
static enum rc
approval_read(struct call *c, struct approval **out)
{
	uint8_t id[VAULT_ID];

	rd_copy(&c->r, id, sizeof(id));
	*out = approval_find(c->vault, id);

	return *out != NULL
	    ? RC_OK
	    : err_set(&c->err, RC_ABSENT, "request", "no such request");
}

enum rc
approval_verb_refuse(struct call *c)
{
	struct approval *a;
	enum rc rc;

	if ((rc = approval_read(c, &a)) != RC_OK)
		return rc;
	if (a->state == APPROVAL_ENDED)
		return RC_OK;
	if (!approval_is_live(a))
		return approval_expect(a, APPROVAL_WAITING, &c->err);
	approval_set(c->vault, a, APPROVAL_ENDED, 0);
	FAILPOINT("refuse-recorded");

	return RC_OK;
}

/* One try at the token PIN: counted first, looked at then. */
static enum rc
approval_try_pin(struct call *c, struct approval *a, struct span pin)
{
	uint8_t most = c->vault->limits.token_tries;
	char right[7];
	bool good = false;

	/* A crash may have come between the last try and the end. */
	if (a->pin_tries < most) {
		a->pin_tries++;
		approval_write_progress(c->vault, a, true);
		FAILPOINT("open-tried");
		approval_pin(c->vault, a, right);
		good = sec_equal(pin, (struct span){ (uint8_t *)right, 6 });
		sec_wipe(right, sizeof(right));
	}
	if (good)
		return RC_OK;
	c->tries_left = (uint8_t)(most - a->pin_tries);
	if (c->tries_left > 0)
		return err_set(&c->err, RC_SECRET, "pin", "wrong PIN");
	approval_set(c->vault, a, APPROVAL_ENDED, 0);

	return err_set(&c->err, RC_LOCKED, "pin",
	    "wrong PIN too often: the request has ended");
}

enum rc
approval_verb_open(struct call *c)
{
	struct approval *a;
	struct span pin;
	enum rc rc = approval_read(c, &a);

	pin = rd_lp16(&c->r, MESSAGE_PIN_MAX);
	if (call_fields(c) != RC_OK)
		return RC_FORMAT;
	if (rc != RC_OK || (rc = vault_check_clock(c->vault, &c->err)) != RC_OK)
		return rc;
	if (a->ar1.op != AR1_TOKEN)
		return err_set(
		    &c->err, RC_STATE, "request", "not a token's request");
	if ((rc = approval_expect(a, APPROVAL_APPROVED, &c->err)) != RC_OK)
		return rc;
	if (pin.n != (a->ar1.mode == AR1_NUMBER ? 6 : 0))
		return err_set(&c->err, RC_FORMAT, "pin",
		    a->ar1.mode == AR1_NUMBER ? "PIN has six digits"
					      : "no PIN in this mode");
	if (a->ar1.mode == AR1_NUMBER &&
	    (rc = approval_try_pin(c, a, pin)) != RC_OK)
		return rc;
	approval_set(c->vault, a, APPROVAL_OPEN, a->ar1.seconds * 1000LL);
	FAILPOINT("open-recorded");
	log_event(LOG_INFO, "window-opened", "request=%s count=%u seconds=%u",
	    log_id(SPAN(a->item.id)), (unsigned int)a->ar1.count,
	    (unsigned int)a->ar1.seconds);
	buf_u16(&c->answer, a->ar1.count);
	buf_u64(&c->answer, (uint64_t)a->until_ms);

	return RC_OK;
}

enum rc
approval_verb_status(struct call *c)
{
	struct approval *a;
	enum rc rc;

	if ((rc = approval_read(c, &a)) != RC_OK)
		return rc;
	buf_u8(&c->answer, (uint8_t)approval_state(a));
	buf_u16(&c->answer, (uint16_t)(a->ar1.count - a->used));
	buf_u64(&c->answer, (uint64_t)a->until_ms);

	return RC_OK;
}
