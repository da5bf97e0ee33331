/*
 * limits.c - counters that outlive a start: tries of devices, use of keys.
 *
 * Belongs here: what is counted, how high, how long a lock lasts.
 * Not here: tries of one request (approval.c).
 */
#include "vault/limits.h"

#include "base/digest.h"
#include "vault/record.h"

#include <stdlib.h>

#define LIMITS_MINUTE_MS (60 * 1000LL)
#define LIMITS_HOUR_MS   (60 * LIMITS_MINUTE_MS)
#define LIMITS_DAY_MS    (24 * LIMITS_HOUR_MS)

/* What is remembered of a key. */
struct key_use {
	struct table_item item;
	bool deleted;
	int64_t minute_ms, day_ms; /* when the two counts began */
	uint16_t minute, day;
};

/*
 * Both halves of a name are chosen outside, so they are hashed together: an
 * account can neither delete nor wear out what another owns.
 */
static void
limits_name(const char *label, const uint8_t account_id[static VAULT_ID],
    const uint8_t id[static VAULT_ID], uint8_t out[static TABLE_ID])
{
	uint8_t hash[DIGEST_SHA256];
	struct span parts[3] = { span_str(label), { account_id, VAULT_ID },
		{ id, VAULT_ID } };

	digest_sha256(hash, parts, 3);
	memcpy(out, hash, TABLE_ID);
}

/* Finds or makes an entry of size bytes. */
static enum rc
limits_entry(struct table *t, const uint8_t id[static TABLE_ID], size_t size,
    struct table_item **out, struct err *e)
{
	struct table_item *item = table_find(t, id);
	enum rc rc;

	*out = item;
	if (item != NULL)
		return RC_OK;
	if ((item = calloc(1, size)) == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	memcpy(item->id, id, TABLE_ID);
	if ((rc = table_put(t, item, e)) != RC_OK) {
		free(item);
		return rc;
	}
	*out = item;

	return RC_OK;
}

enum rc
limits_device(struct vault *v, const uint8_t account_id[static VAULT_ID],
    const uint8_t device_id[static VAULT_ID], struct device_use **out,
    struct err *e)
{
	uint8_t id[TABLE_ID];
	struct table_item *item;
	enum rc rc;

	limits_name("INGAM-DEV1", account_id, device_id, id);
	rc = limits_entry(&v->devices, id, sizeof(struct device_use), &item, e);
	*out = (struct device_use *)(void *)item;

	return rc;
}

static void
limits_write_device(struct vault *v, const struct device_use *d)
{
	struct buf *b = record_begin(v);

	buf_bytes(b, SPAN(d->item.id));
	buf_u8(b, d->wrong);
	buf_u64(b, (uint64_t)d->locked_until_ms);
	buf_u32(b, d->sign_count);
	buf_u64(b, (uint64_t)d->failed_since_ms);
	buf_u16(b, d->failed);
	(void)record_write(v, RECORD_DEVICE, b, true);
}

enum rc
limits_replay_device(struct vault *v, struct rd r, int64_t time_ms,
    uint64_t index, struct err *e)
{
	uint8_t id[TABLE_ID];
	struct table_item *item;
	struct device_use *d;
	enum rc rc;

	(void)time_ms;
	(void)index;
	rd_copy(&r, id, sizeof(id));
	rc = limits_entry(&v->devices, id, sizeof(struct device_use), &item, e);
	if (rc != RC_OK)
		return rc;
	d = (struct device_use *)(void *)item;
	d->wrong = rd_u8(&r);
	d->locked_until_ms = (int64_t)rd_u64(&r);
	d->sign_count = rd_u32(&r);
	d->failed_since_ms = (int64_t)rd_u64(&r);
	d->failed = rd_u16(&r);

	return rd_done(&r) ? RC_OK
			   : err_set(e, RC_FORMAT, "journal", "device record");
}

/* After so many wrong PINs in a row, closed for so long. */
static const struct {
	uint8_t wrong;
	int64_t ms;
} locks[] = {
	{ 5, 15 * LIMITS_MINUTE_MS },
	{ 8, LIMITS_DAY_MS },
};

enum rc
limits_pin_try(struct vault *v, struct device_use *d, struct err *e)
{
	int64_t now = vault_now_ms(v);

	if (d->wrong >= LIMITS_PIN_TRIES)
		return err_set(
		    e, RC_LOCKED, "pin", "this device is locked for good");
	if (now < d->locked_until_ms)
		return err_set(
		    e, RC_LOCKED, "pin", "too many wrong PINs: wait");
	d->wrong++;
	for (size_t i = 0; i < sizeof(locks) / sizeof(locks[0]); i++) {
		if (locks[i].wrong == d->wrong)
			d->locked_until_ms = now + locks[i].ms;
	}
	limits_write_device(v, d);

	return RC_OK;
}

void
limits_pin_right(struct vault *v, struct device_use *d)
{
	d->wrong = 0;
	d->locked_until_ms = 0;
	limits_write_device(v, d);
}

uint8_t
limits_pin_left(const struct device_use *d)
{
	for (size_t i = 0; i < sizeof(locks) / sizeof(locks[0]); i++) {
		if (d->wrong <= locks[i].wrong)
			return (uint8_t)(locks[i].wrong - d->wrong);
	}

	return (uint8_t)(LIMITS_PIN_TRIES - d->wrong);
}

enum rc
limits_assertion_try(struct vault *v, struct device_use *d, struct err *e)
{
	int64_t now = vault_now_ms(v);

	if (now - d->failed_since_ms >= LIMITS_HOUR_MS) {
		d->failed_since_ms = now;
		d->failed = 0;
	}
	if (d->failed >= v->limits.assertion_failures)
		return err_set(e, RC_LOCKED, "credential",
		    "too many failed assertions: wait an hour");
	d->failed++;
	limits_write_device(v, d);

	return RC_OK;
}

void
limits_assertion_right(
    struct vault *v, struct device_use *d, uint32_t sign_count)
{
	d->failed = (uint16_t)(d->failed - 1);
	d->sign_count = sign_count;
	limits_write_device(v, d);
}

static struct key_use *
limits_find_key(struct vault *v, const uint8_t account_id[static VAULT_ID],
    const uint8_t key_id[static VAULT_ID], uint8_t id[static TABLE_ID])
{
	limits_name("INGAM-KEY1", account_id, key_id, id);

	return (struct key_use *)(void *)table_find(&v->keys, id);
}

enum rc
limits_key_check(struct vault *v, const uint8_t account_id[static VAULT_ID],
    const uint8_t key_id[static VAULT_ID], struct err *e)
{
	uint8_t id[TABLE_ID];
	const struct key_use *k = limits_find_key(v, account_id, key_id, id);

	return k == NULL || !k->deleted
	    ? RC_OK
	    : err_set(e, RC_ABSENT, "key", "the key was deleted");
}

static void
limits_write_key(struct vault *v, const struct key_use *k)
{
	struct buf *b = record_begin(v);

	buf_bytes(b, SPAN(k->item.id));
	buf_u8(b, k->deleted ? 1 : 0);
	buf_u64(b, (uint64_t)k->minute_ms);
	buf_u16(b, k->minute);
	buf_u64(b, (uint64_t)k->day_ms);
	buf_u16(b, k->day);
	(void)record_write(v, RECORD_KEY, b, true);
}

enum rc
limits_replay_key(struct vault *v, struct rd r, int64_t time_ms, uint64_t index,
    struct err *e)
{
	uint8_t id[TABLE_ID];
	struct table_item *item;
	struct key_use *k;
	enum rc rc;

	(void)time_ms;
	(void)index;
	rd_copy(&r, id, sizeof(id));
	rc = limits_entry(&v->keys, id, sizeof(struct key_use), &item, e);
	if (rc != RC_OK)
		return rc;
	k = (struct key_use *)(void *)item;
	k->deleted = rd_u8(&r) != 0;
	k->minute_ms = (int64_t)rd_u64(&r);
	k->minute = rd_u16(&r);
	k->day_ms = (int64_t)rd_u64(&r);
	k->day = rd_u16(&r);

	return rd_done(&r) ? RC_OK
			   : err_set(e, RC_FORMAT, "journal", "key record");
}

enum rc
limits_key_delete(struct vault *v, const uint8_t account_id[static VAULT_ID],
    const uint8_t key_id[static VAULT_ID], struct err *e)
{
	uint8_t id[TABLE_ID];
	struct table_item *item;
	struct key_use *k;
	enum rc rc;

	(void)limits_find_key(v, account_id, key_id, id);
	rc = limits_entry(&v->keys, id, sizeof(struct key_use), &item, e);
	if (rc != RC_OK)
		return rc;
	k = (struct key_use *)(void *)item;
	k->deleted = true;
	limits_write_key(v, k);

	return RC_OK;
}

enum rc
limits_key_sign(struct vault *v, const uint8_t account_id[static VAULT_ID],
    const uint8_t key_id[static VAULT_ID], struct err *e)
{
	uint8_t id[TABLE_ID];
	struct table_item *item;
	struct key_use *k;
	int64_t now = vault_now_ms(v);
	enum rc rc;

	if ((rc = limits_key_check(v, account_id, key_id, e)) != RC_OK)
		return rc;
	(void)limits_find_key(v, account_id, key_id, id);
	rc = limits_entry(&v->keys, id, sizeof(struct key_use), &item, e);
	if (rc != RC_OK)
		return rc;
	k = (struct key_use *)(void *)item;
	if (now - k->minute_ms >= LIMITS_MINUTE_MS) {
		k->minute_ms = now;
		k->minute = 0;
	}
	if (now - k->day_ms >= LIMITS_DAY_MS) {
		k->day_ms = now;
		k->day = 0;
	}
	if (k->minute >= v->limits.sign_per_minute ||
	    k->day >= v->limits.sign_per_day)
		return err_set(
		    e, RC_RATE, "key", "this key signs too often: wait");
	k->minute++;
	k->day++;
	limits_write_key(v, k);

	return RC_OK;
}

static bool
limits_write_one_device(void *arg, struct table_item *item)
{
	limits_write_device(arg, (struct device_use *)(void *)item);

	return true;
}

static bool
limits_write_one_key(void *arg, struct table_item *item)
{
	limits_write_key(arg, (struct key_use *)(void *)item);

	return true;
}

void
limits_write_all(struct vault *v)
{
	table_each(&v->devices, limits_write_one_device, v);
	table_each(&v->keys, limits_write_one_key, v);
}

static bool
limits_tick_key(void *arg, struct table_item *item)
{
	const struct vault *v = arg;
	const struct key_use *k = (struct key_use *)(void *)item;

	if (k->deleted || vault_now_ms(v) - k->day_ms < LIMITS_DAY_MS)
		return true;
	free(item);

	return false;
}

void
limits_tick(struct vault *v)
{
	table_sweep(&v->keys, limits_tick_key, v);
}

static bool
limits_drop(void *arg, struct table_item *item)
{
	(void)arg;
	free(item);

	return false;
}

void
limits_clear(struct vault *v)
{
	table_each(&v->devices, limits_drop, NULL);
	table_each(&v->keys, limits_drop, NULL);
	table_clear(&v->devices);
	table_clear(&v->keys);
}
