/*
 * account.c - accounts: which list of devices is the present one.
 *
 * Belongs here: DL1 as bytes, its seal, the remembered version and head.
 * Not here: how a device comes in (enrol.c); what it may prove (evidence.c).
 * Exports also: dl1_parse dl1_encode
 */
#include "vault/account.h"

#include "base/digest.h"
#include "base/sec.h"
#include "ipc/message.h"
#include "vault/approval.h"
#include "vault/record.h"
#include "webauthn/auth_data.h"
#include "webauthn/cose.h"

#include <stdlib.h>

#define DL1_MAC 32

static void
dl1_parse_device(struct rd *r, struct dl1_device *d)
{
	uint8_t kind, backup;

	rd_copy(r, d->id, sizeof(d->id));
	kind = rd_u8(r);
	d->credential_id = rd_lp16(r, AUTH_CREDENTIAL_ID_MAX);
	d->public_key = rd_lp16(r, COSE_KEY_MAX);
	backup = rd_u8(r);
	d->added_ms = (int64_t)rd_u64(r);
	d->pin = rd_lp16(r, DL1_PIN);
	d->kind = (enum dl1_kind)kind;
	d->backup = backup == 1;
	if (backup > 1 || d->public_key.n == 0 ||
	    (kind != DL1_PASSKEY && kind != DL1_PIN_DEVICE) ||
	    (kind == DL1_PASSKEY &&
		(d->credential_id.n == 0 || d->pin.n != 0)) ||
	    (kind == DL1_PIN_DEVICE &&
		(d->credential_id.n != 0 || d->pin.n != DL1_PIN || d->backup)))
		rd_fail(r);
}

enum rc
dl1_parse(struct span in, struct dl1 *out, struct err *e)
{
	struct rd r = rd_init(in);

	*out = (struct dl1){ 0 };
	if (!span_equal(rd_bytes(&r, 9), SPAN_LIT("INGAM-DL1")))
		rd_fail(&r);
	rd_copy(&r, out->account_id, sizeof(out->account_id));
	out->version = rd_u32(&r);
	rd_copy(&r, out->previous_head, sizeof(out->previous_head));
	rd_copy(&r, out->authority, sizeof(out->authority));
	out->n = rd_u8(&r);
	if (out->version == 0 || out->n > DL1_DEVICES_MAX)
		rd_fail(&r);
	for (size_t i = 0; i < out->n && !r.failed; i++)
		dl1_parse_device(&r, &out->devices[i]);
	if (rd_done(&r))
		return RC_OK;
	*out = (struct dl1){ 0 };

	return err_set(e, RC_FORMAT, "device list", "malformed");
}

void
dl1_encode(struct buf *out, const struct dl1 *in)
{
	buf_str(out, "INGAM-DL1");
	buf_bytes(out, SPAN(in->account_id));
	buf_u32(out, in->version);
	buf_bytes(out, SPAN(in->previous_head));
	buf_bytes(out, SPAN(in->authority));
	buf_u8(out, (uint8_t)in->n);
	for (size_t i = 0; i < in->n; i++) {
		const struct dl1_device *d = &in->devices[i];

		buf_bytes(out, SPAN(d->id));
		buf_u8(out, (uint8_t)d->kind);
		buf_lp16(out, d->credential_id);
		buf_lp16(out, d->public_key);
		buf_u8(out, d->backup ? 1 : 0);
		buf_u64(out, (uint64_t)d->added_ms);
		buf_lp16(out, d->pin);
	}
}

struct account *
account_find(struct vault *v, const uint8_t account_id[static VAULT_ID])
{
	return (struct account *)(void *)table_find(&v->accounts, account_id);
}

/* The account's entry, made where there is none. */
static enum rc
account_make(struct vault *v, const uint8_t account_id[static VAULT_ID],
    struct account **out, struct err *e)
{
	struct account *a = account_find(v, account_id);
	enum rc rc;

	*out = a;
	if (a != NULL)
		return RC_OK;
	if ((a = calloc(1, sizeof(*a))) == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	memcpy(a->item.id, account_id, VAULT_ID);
	a->enrol_answer = buf_init(MESSAGE_MAX);
	if ((rc = table_put(&v->accounts, &a->item, e)) != RC_OK) {
		free(a);
		return rc;
	}
	*out = a;

	return RC_OK;
}

static void
account_write(struct vault *v, const struct account *a)
{
	struct buf *b = record_begin(v);

	buf_bytes(b, SPAN(a->item.id));
	buf_u32(b, a->version);
	buf_bytes(b, SPAN(a->head));
	buf_u64(b, (uint64_t)a->enrolled_ms);
	buf_bytes(b, SPAN(a->enrol_digest));
	buf_lp32(b, buf_span(&a->enrol_answer));
	(void)record_write(v, RECORD_ACCOUNT, b, true);
}

enum rc
account_replay(struct vault *v, struct rd r, int64_t time_ms, uint64_t index,
    struct err *e)
{
	uint8_t id[VAULT_ID];
	struct account *a;
	enum rc rc;

	(void)time_ms;
	(void)index;
	rd_copy(&r, id, sizeof(id));
	if (r.failed)
		return err_set(e, RC_FORMAT, "journal", "account record");
	if ((rc = account_make(v, id, &a, e)) != RC_OK)
		return rc;
	a->version = rd_u32(&r);
	rd_copy(&r, a->head, sizeof(a->head));
	a->enrolled_ms = (int64_t)rd_u64(&r);
	rd_copy(&r, a->enrol_digest, sizeof(a->enrol_digest));
	buf_reset(&a->enrol_answer);
	buf_bytes(&a->enrol_answer, rd_lp32(&r, MESSAGE_MAX));
	if (!buf_ok(&a->enrol_answer))
		return err_set(e, RC_MEMORY, NULL, "out of memory");

	return rd_done(&r) ? RC_OK
			   : err_set(e, RC_FORMAT, "journal", "account record");
}

enum rc
account_add(struct vault *v, const struct dl1 *list,
    const uint8_t digest[static 32], struct span answer_after_list,
    struct buf *answer, struct err *e)
{
	struct buf sealed = buf_init(MESSAGE_DL1_MAX);
	struct buf told = buf_init(MESSAGE_MAX);
	uint8_t mac[DL1_MAC], head[32];
	struct account *a;
	enum rc rc;

	dl1_encode(&sealed, list);
	digest_sha256_labelled(head, "INGAM-DLH1", buf_span(&sealed));
	digest_hmac_labelled(
	    mac, SPAN(v->master.keys->mac), "INGAM-DLM1", buf_span(&sealed));
	buf_bytes(&sealed, SPAN(mac));
	buf_lp16(&told, buf_span(&sealed));
	buf_bytes(&told, answer_after_list);
	rc = buf_ok(&sealed) && buf_ok(&told)
	    ? account_make(v, list->account_id, &a, e)
	    : err_set(e, RC_MEMORY, NULL, "out of memory");
	buf_clear(&sealed);
	if (rc != RC_OK) {
		buf_clear(&told);
		return rc;
	}
	a->version = list->version;
	memcpy(a->head, head, sizeof(a->head));
	a->enrolled_ms = vault_now_ms(v);
	memcpy(a->enrol_digest, digest, sizeof(a->enrol_digest));
	buf_clear(&a->enrol_answer);
	a->enrol_answer = told;
	buf_bytes(answer, buf_span(&told));
	account_write(v, a);

	return RC_OK;
}

enum rc
account_open_list(struct vault *v, const uint8_t account_id[static VAULT_ID],
    struct span sealed, struct dl1 *out, struct err *e)
{
	const struct account *a = account_find(v, account_id);
	uint8_t mac[DL1_MAC], head[32];
	struct span list = sealed;
	enum rc rc;

	*out = (struct dl1){ 0 };
	if (a == NULL)
		return err_set(e, RC_DENIED, "device list", "no such account");
	if (sealed.n < DL1_MAC)
		return err_set(e, RC_FORMAT, "device list", "malformed");
	list.n -= DL1_MAC;
	digest_hmac_labelled(
	    mac, SPAN(v->master.keys->mac), "INGAM-DLM1", list);
	if (!sec_equal((struct span){ list.p + list.n, DL1_MAC }, SPAN(mac)))
		return err_set(
		    e, RC_DENIED, "device list", "not made by this vault");
	digest_sha256_labelled(head, "INGAM-DLH1", list);
	if (!sec_equal(SPAN(head), SPAN(a->head)))
		return err_set(e, RC_DENIED, "device list",
		    "not the present one of this account");
	if ((rc = dl1_parse(list, out, e)) != RC_OK)
		return rc;
	if (memcmp(out->account_id, account_id, VAULT_ID) == 0 &&
	    out->version == a->version)
		return RC_OK;
	*out = (struct dl1){ 0 };

	return err_set(e, RC_DENIED, "device list", "of another account");
}

enum rc
account_add_request(struct vault *v, struct account *a,
    const uint8_t request_id[static VAULT_ID], struct err *e)
{
	static const uint8_t none[VAULT_ID];

	if (a->requests == NULL &&
	    (a->requests = calloc(ACCOUNT_REQUESTS, VAULT_ID)) == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	for (size_t i = 0; i < ACCOUNT_REQUESTS; i++) {
		struct approval *old = approval_find(v, a->requests[i]);

		if (memcmp(a->requests[i], none, VAULT_ID) != 0 &&
		    old != NULL && approval_is_live(old))
			continue;
		memcpy(a->requests[i], request_id, VAULT_ID);
		return RC_OK;
	}

	return err_set(e, RC_RATE, "account", "too many requests wait");
}

static bool
account_write_one(void *arg, struct table_item *item)
{
	account_write(arg, (struct account *)(void *)item);

	return true;
}

void
account_write_all(struct vault *v)
{
	table_each(&v->accounts, account_write_one, v);
}

static bool
account_tick_one(void *arg, struct table_item *item)
{
	struct vault *v = arg;
	struct account *a = (struct account *)(void *)item;
	bool busy = false;

	if (a->enrol_answer.n > 0 &&
	    vault_now_ms(v) - a->enrolled_ms > v->limits.memory_ms)
		buf_clear(&a->enrol_answer);
	for (size_t i = 0; a->requests != NULL && i < ACCOUNT_REQUESTS; i++)
		busy = busy || approval_find(v, a->requests[i]) != NULL;
	if (!busy) {
		free(a->requests);
		a->requests = NULL;
	}

	return true;
}

void
account_tick(struct vault *v)
{
	table_sweep(&v->accounts, account_tick_one, v);
}

static bool
account_drop(void *arg, struct table_item *item)
{
	struct account *a = (struct account *)(void *)item;

	(void)arg;
	buf_clear(&a->enrol_answer);
	free(a->requests);
	free(a);

	return false;
}

void
account_clear(struct vault *v)
{
	table_each(&v->accounts, account_drop, NULL);
	table_clear(&v->accounts);
}
