/*
 * joining.c - how a person becomes a member: identity check, first device.
 *
 * Belongs here: the order of the steps, one transaction through all of them.
 * Not here: talking to the provider (adapter, through domain_ops); checking
 * the device's proof (the vault); signing in again (access.c).
 */
#include "domain/joining.h"

#include "base/address.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/enc.h"
#include "base/rnd.h"
#include "base/text.h"
#include "domain/access.h"
#include "domain/device_list.h"
#include "domain/guess.h"
#include "store/counter.h"
#include "store/device.h"
#include "store/history.h"
#include "store/join.h"
#include "store/member.h"
#include "store/session.h"

#include <stdio.h>

#define LIFE_MS        600000
#define TRIES          3
#define HOUR_MS        3600000
#define DAY_MS         86400000
#define HOUR_MAX       5
#define DAY_MAX        10
#define NAME_MAX_BYTES 96

enum rc
joining_phone(struct span typed, char *out, struct err *e)
{
	size_t n = 0;

	for (size_t i = 0; i < typed.n; i++) {
		if (typed.p[i] == '-' || typed.p[i] == ' ')
			continue;
		if (typed.p[i] < '0' || typed.p[i] > '9' || n == 11)
			return err_set(
			    e, RC_FORMAT, "phone", "not a mobile phone number");
		out[n++] = (char)typed.p[i];
	}
	out[n] = '\0';
	if (n < 10 || out[0] != '0' || out[1] != '1')
		return err_set(
		    e, RC_FORMAT, "phone", "not a mobile phone number");

	return RC_OK;
}

enum rc
joining_phone_hash(struct domain *d, const char *phone,
    uint8_t hash[static STORE_HASH], struct err *e)
{
	return keys_pseudonym(
	    d->keys, SPAN_LIT("phone"), span_str(phone), hash, e);
}

static enum rc
joining_copy(
    char *out, size_t size, struct span in, const char *field, struct err *e)
{
	if (in.n == 0 || in.n >= size || !text_is_display(in, size))
		return err_set(e, RC_FORMAT, field, "%s is missing", field);
	memcpy(out, in.p, in.n);
	out[in.n] = '\0';

	return RC_OK;
}

/* How often a number may be sent codes, whoever asks. */
static enum rc
joining_count(
    struct domain *d, const struct join *j, int64_t now, struct err *e)
{
	static const struct {
		const char *scope;
		int64_t window_ms, limit;
	} rules[] = {
		{ "join-hour", HOUR_MS, HOUR_MAX },
		{ "join-day", DAY_MS, DAY_MAX },
	};
	struct counter_answer a = { .allowed = true };
	enum rc rc = RC_OK;

	/* What the hour does not allow is not sent, and costs the day nothing. */
	for (size_t i = 0;
	     rc == RC_OK && a.allowed && i < sizeof(rules) / sizeof(rules[0]);
	     i++)
		rc = counter_hit(d->db, rules[i].scope, j->phone_hash,
		    rules[i].window_ms, rules[i].limit, now, &a, e);
	if (rc == RC_OK && !a.allowed)
		return err_set(e, RC_RATE, "phone",
		    "too many codes were sent to this number");

	return rc;
}

/* The result may be used for this join and no other (T12). */
static void
joining_audience(const struct join *j, char out[static 65])
{
	struct buf b = buf_init(64);
	uint8_t hash[DIGEST_SHA256];

	digest_sha256_labelled(hash, "INGAM-JOIN1", SPAN(j->id));
	enc_hex(&b, SPAN(hash));
	(void)snprintf(out, 65, "%.64s", (const char *)b.p);
	buf_clear(&b);
}

enum rc
joining_start(struct domain *d, const struct joining_person *p,
    const char *address, uint8_t id[static STORE_ID], int64_t *expires_ms,
    struct err *e)
{
	int64_t now = clock_wall_ms();
	struct join j = { .state = JOIN_SENT, .expires_ms = now + LIFE_MS };
	char audience[65], transaction[DOMAIN_TRANSACTION];
	enum rc rc;

	store_new_id(j.id);
	if ((rc = joining_phone(p->phone, j.phone, e)) != RC_OK ||
	    (rc = joining_copy(j.name, NAME_MAX_BYTES, p->name, "name", e)) !=
		RC_OK ||
	    (rc = joining_copy(
		 j.birth, sizeof(j.birth), p->birth, "birth", e)) != RC_OK ||
	    (rc = joining_copy(j.carrier, sizeof(j.carrier), p->carrier,
		 "carrier", e)) != RC_OK ||
	    (rc = joining_phone_hash(d, j.phone, j.phone_hash, e)) != RC_OK ||
	    (rc = joining_count(d, &j, now, e)) != RC_OK)
		return rc;
	memcpy(j.phone_tail, j.phone + strlen(j.phone) - 4, 4);
	joining_audience(&j, audience);
	rc = d->ops->identity_send(d->arg,
	    &(struct domain_person){
		j.name, j.birth, j.phone, j.carrier, audience },
	    address, transaction, e);
	if (rc != RC_OK)
		return rc;
	(void)snprintf(j.transaction, sizeof(j.transaction), "%s", transaction);
	memcpy(id, j.id, sizeof(j.id));
	*expires_ms = j.expires_ms;

	return join_create(d->db, &j, e);
}

static enum rc
joining_check(
    struct domain *d, const struct join *j, struct span code, struct err *e)
{
	char audience[65];

	joining_audience(j, audience);

	return d->ops->identity_check(d->arg,
	    &(struct domain_person){
		j->name, j->birth, j->phone, j->carrier, audience },
	    j->transaction, code, e);
}

static enum rc
joining_is_new(struct domain *d, const struct join *j, struct err *e)
{
	struct member m = { 0 };
	enum rc rc = member_load_by_phone(d->db, j->phone_hash, &m, NULL);

	if (rc == RC_OK) {
		member_clear(&m);
		return err_set(
		    e, RC_EXISTS, "phone", "this number has a member");
	}

	return rc == RC_ABSENT ? RC_OK : rc;
}

enum rc
joining_code(struct domain *d, const uint8_t id[static STORE_ID],
    struct span code, const char *address, struct joining_device_start *out,
    int64_t *tries_left, struct err *e)
{
	int64_t now = clock_wall_ms();
	char network[ADDRESS_TEXT];
	struct join j = { 0 };
	enum rc rc;

	address_network(address, network);
	if ((rc = join_load(d->db, id, now, &j, e)) != RC_OK ||
	    (rc = guess_check(d, GUESS_CODE, span_str(network), e)) != RC_OK ||
	    (rc = join_try(d->db, id, TRIES, now, tries_left, e)) != RC_OK)
		return rc;
	if ((rc = joining_check(d, &j, code, e)) == RC_SECRET)
		guess_count(d, GUESS_CODE, span_str(network));
	if (rc != RC_OK || (rc = joining_is_new(d, &j, e)) != RC_OK)
		return rc;
	store_new_id(j.account_id);
	if ((rc = keys_enrol_begin(d->keys, j.account_id, out->challenge, e)) !=
	    RC_OK)
		return rc;
	memcpy(out->user_id, j.account_id, STORE_ID);
	(void)snprintf(out->name, sizeof(out->name), "%s", j.name);
	(void)snprintf(
	    out->phone_tail, sizeof(out->phone_tail), "%s", j.phone_tail);

	return join_confirm(
	    d->db, id, j.account_id, out->challenge, now + LIFE_MS, now, e);
}

/* The rows that a new member begins with. */
struct joining_rows {
	struct member member;
	struct device device;
	struct session session;
	struct history history;
};

static enum rc
joining_fill(struct joining_rows *r, const struct join *j,
    const struct keys_enrol *in, struct span device_name, struct span list,
    int64_t now, struct err *e)
{
	enum rc rc = device_list_find(list, in->device_id,
	    &r->device.credential_id, &r->device.public_key, e);

	memcpy(r->member.id, j->account_id, STORE_ID);
	memcpy(r->member.phone_hash, j->phone_hash, STORE_HASH);
	(void)snprintf(r->member.phone_tail, sizeof(r->member.phone_tail), "%s",
	    j->phone_tail);
	(void)snprintf(r->member.name, sizeof(r->member.name), "%s", j->name);
	r->member.device_list = list;
	r->member.created_ms = now;
	memcpy(r->device.id, in->device_id, STORE_ID);
	memcpy(r->device.member_id, j->account_id, STORE_ID);
	r->device.kind =
	    in->kind == KEYS_DEVICE_PASSKEY ? DEVICE_PASSKEY : DEVICE_PIN;
	text_sanitise(r->device.name, sizeof(r->device.name), device_name);
	r->device.added_ms = now;
	store_timed_id(r->history.id, now);
	memcpy(r->history.member_id, j->account_id, STORE_ID);
	r->history.at_ms = now;
	r->history.kind = HISTORY_JOIN;

	return rc;
}

enum rc
joining_device(struct domain *d, const uint8_t id[static STORE_ID],
    struct keys_enrol *in, struct span device_name,
    uint8_t token[static STORE_HASH], uint8_t member_id[static STORE_ID],
    struct err *e)
{
	int64_t now = clock_wall_ms();
	struct buf list = buf_init(4096), credential = buf_init(1024);
	struct joining_rows rows = { 0 };
	struct join j = { 0 };
	enum rc rc;

	if ((rc = join_load(d->db, id, now, &j, e)) != RC_OK)
		goto out;
	if (j.state != JOIN_CONFIRMED) {
		rc = err_set(e, RC_STATE, NULL, "the code comes first");
		goto out;
	}
	memcpy(in->account_id, j.account_id, STORE_ID);
	store_new_id(in->device_id);
	if ((rc = keys_enrol(d->keys, in, &list, &credential, e)) != RC_OK ||
	    (rc = joining_fill(
		 &rows, &j, in, device_name, buf_span(&list), now, e)) != RC_OK)
		goto out;
	access_new(d, j.account_id, in->device_id, token, &rows.session);
	rc = member_create(d->db, &rows.member, &rows.device, &rows.session,
	    &rows.history, id, e);
	memcpy(member_id, j.account_id, STORE_ID);
out:
	buf_clear(&credential);
	buf_clear(&list);

	return rc;
}
