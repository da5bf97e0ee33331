/*
 * keyring.c - keys that are open, a little longer than their signature.
 *
 * Belongs here: which keys are open, until when, making room.
 * Not here: opening and using one (sign_key.c); who may use it (sign.c).
 *
 * Opening a key and its first use (RSA blinding) cost more than half of a
 * signature, and whoever signed once is likely to sign again soon. A key that
 * is open tells nobody more than the root key beside it in the same locked
 * memory does; it goes with the approvals' end, a minute later at most.
 */
#include "vault/keyring.h"

#include "base/clock.h"
#include "vault/heap.h"

#include <stdlib.h>

#define KEYRING_WANTED_MS 10000 /* opened, and not yet used */

struct keyring_entry {
	struct table_item item; /* the start of its name */
	uint8_t name[KEYRING_NAME];
	struct sign_key *key;
	bool wanted; /* a signature with it is about to be made */
	int64_t until_mono_ms;
};

static struct keyring_entry *
keyring_entry(struct vault *v, const uint8_t name[static KEYRING_NAME])
{
	struct keyring_entry *k =
	    (struct keyring_entry *)(void *)table_find(&v->keyring, name);

	return k != NULL && memcmp(k->name, name, KEYRING_NAME) == 0 ? k : NULL;
}

static enum rc
keyring_put(struct vault *v, const uint8_t name[static KEYRING_NAME],
    struct sign_key *key, struct keyring_entry **out, struct err *e)
{
	struct keyring_entry *k = calloc(1, sizeof(*k));
	enum rc rc;

	if (k == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	memcpy(k->item.id, name, TABLE_ID);
	memcpy(k->name, name, KEYRING_NAME);
	k->key = key;
	if ((rc = table_put(&v->keyring, &k->item, e)) != RC_OK) {
		free(k);
		return rc;
	}
	*out = k;

	return RC_OK;
}

static void
keyring_free(struct keyring_entry *k)
{
	sign_key_free(k->key);
	free(k);
}

static bool
keyring_close_idle(void *arg, struct table_item *item)
{
	struct keyring_entry *k = (struct keyring_entry *)(void *)item;

	(void)arg;
	if (k->wanted)
		return true;
	keyring_free(k);

	return false;
}

/* Opens a key; libcrypto's heap has an end, and those that are idle give way. */
static enum rc
keyring_add(struct vault *v, const uint8_t name[static KEYRING_NAME],
    const struct keyblob *blob, struct span certificate,
    struct keyring_entry **out, struct err *e)
{
	struct sign_key *key;
	enum rc rc = sign_key_open(&v->master, blob, certificate, &key, e);

	if (rc == RC_CRYPTO || rc == RC_MEMORY) {
		table_each(&v->keyring, keyring_close_idle, NULL);
		(void)heap_ran_out();
		err_clear(e);
		rc = sign_key_open(&v->master, blob, certificate, &key, e);
	}
	if (rc == RC_OK && (rc = keyring_put(v, name, key, out, e)) != RC_OK)
		sign_key_free(key);

	return rc;
}

enum rc
keyring_open(struct vault *v, const uint8_t name[static KEYRING_NAME],
    const struct keyblob *blob, struct span certificate, struct sign_key **out,
    struct err *e)
{
	struct keyring_entry *k = keyring_entry(v, name);
	enum rc rc;

	*out = NULL;
	if (k == NULL &&
	    (rc = keyring_add(v, name, blob, certificate, &k, e)) != RC_OK)
		return rc;
	k->wanted = true;
	k->until_mono_ms = clock_mono_ms() + KEYRING_WANTED_MS;
	*out = k->key;

	return RC_OK;
}

struct sign_key *
keyring_find(struct vault *v, const uint8_t name[static KEYRING_NAME])
{
	const struct keyring_entry *k = keyring_entry(v, name);

	return k == NULL ? NULL : k->key;
}

void
keyring_used(struct vault *v, const uint8_t name[static KEYRING_NAME])
{
	struct keyring_entry *k = keyring_entry(v, name);

	if (k == NULL)
		return;
	k->wanted = false;
	k->until_mono_ms = clock_mono_ms() + v->limits.open_key_ms;
	if (v->limits.open_key_ms == 0)
		keyring_tick(v);
}

static bool
keyring_tick_one(void *arg, struct table_item *item)
{
	struct keyring_entry *k = (struct keyring_entry *)(void *)item;

	if (clock_mono_ms() < k->until_mono_ms)
		return true;
	(void)arg;
	keyring_free(k);

	return false;
}

void
keyring_tick(struct vault *v)
{
	table_each(&v->keyring, keyring_tick_one, NULL);
}

void
keyring_failed(struct vault *v, const uint8_t name[static KEYRING_NAME])
{
	struct keyring_entry *k = keyring_entry(v, name);

	if (k == NULL)
		return;
	k->until_mono_ms = clock_mono_ms();
	keyring_tick(v);
}

static bool
keyring_drop(void *arg, struct table_item *item)
{
	(void)arg;
	keyring_free((struct keyring_entry *)(void *)item);

	return false;
}

void
keyring_clear(struct vault *v)
{
	table_each(&v->keyring, keyring_drop, NULL);
	table_clear(&v->keyring);
}
