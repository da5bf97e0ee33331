/*
 * device.h - see device.c.
 */
#pragma once

#include "store/store.h"

enum device_kind { DEVICE_PASSKEY = 1, DEVICE_PIN = 2 };

struct device {
	uint8_t id[STORE_ID];
	uint8_t member_id[STORE_ID];
	enum device_kind kind;
	char name[STORE_TEXT];
	struct span credential_id; /* empty for DEVICE_PIN */
	struct span public_key;    /* compact form of webauthn/cose.h */
	int64_t added_ms;
	struct store_kept kept;
};

struct device_list {
	struct device *at;
	size_t n;
};

void device_clear(struct device *d);
void device_list_clear(struct device_list *l);

/* RC_ABSENT. */
IG_CHECK enum rc device_load(struct db *db, const uint8_t id[static STORE_ID],
    struct device *out, struct err *e);
IG_CHECK enum rc device_load_by_credential(struct db *db,
    struct span credential_id, struct device *out, struct err *e);
IG_CHECK enum rc device_load_all(struct db *db,
    const uint8_t member_id[static STORE_ID], struct device_list *out,
    struct err *e);
