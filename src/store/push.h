/*
 * push.h - see push.c.
 */
#pragma once

#include "store/store.h"

#define PUSH_ENDPOINT 1024 /* with its zero */

struct push {
	uint8_t device_id[STORE_ID];
	uint8_t member_id[STORE_ID];
	char endpoint[PUSH_ENDPOINT];
	uint8_t p256dh[65];
	uint8_t auth[16];
	int64_t created_ms;
};

struct push_list {
	struct push *at;
	size_t n;
};

void push_list_clear(struct push_list *l);

/* The device's one subscription, new or in place of the old. */
IG_CHECK enum rc push_set(struct db *db, const struct push *p, struct err *e);

/* RC_ABSENT. */
IG_CHECK enum rc push_load(struct db *db,
    const uint8_t device_id[static STORE_ID], struct push *out, struct err *e);
IG_CHECK enum rc push_load_all(struct db *db,
    const uint8_t member_id[static STORE_ID], struct push_list *out,
    struct err *e);

/* Absent is fine. */
IG_CHECK enum rc push_delete(
    struct db *db, const uint8_t device_id[static STORE_ID], struct err *e);

/* Removes it wherever it stands: the push service said gone. */
IG_CHECK enum rc push_delete_by_endpoint(
    struct db *db, const char *endpoint, struct err *e);
