/*
 * joining.h - see joining.c.
 */
#pragma once

#include "domain/domain.h"

struct joining_person {
	struct span name;
	struct span birth; /* YYMMDD and the digit after the hyphen */
	struct span phone; /* digits, spaces and hyphens */
	struct span carrier;
};

/*
 * Has a code sent to the phone. Gives the join's id and end. RC_FORMAT names
 * the field; RC_RATE; RC_REFUSED: the provider knows no such person; RC_BUSY,
 * RC_IO: the provider does not answer.
 */
IG_CHECK enum rc joining_start(struct domain *d, const struct joining_person *p,
    const char *address, uint8_t id[static STORE_ID], int64_t *expires_ms,
    struct err *e);

/*
 * Hands the code in, and begins the registration of the first device.
 * RC_SECRET with *tries_left; RC_LOCKED: that was the last; RC_EXISTS: this
 * number has a member; RC_ABSENT, RC_EXPIRED: start again; RC_RATE: too many
 * wrong ones, from there or everywhere.
 */
struct joining_device_start {
	uint8_t challenge[STORE_HASH];
	uint8_t user_id[STORE_ID];
	char name[STORE_TEXT];
	char phone_tail[5];
};
IG_CHECK enum rc joining_code(struct domain *d,
    const uint8_t id[static STORE_ID], struct span code, const char *address,
    struct joining_device_start *out, int64_t *tries_left, struct err *e);

/*
 * Registers the first device: the vault checks it. Makes the member, and a
 * session whose token (32 bytes) goes into the cookie. in->account_id and
 * in->device_id are filled here. RC_DENIED: the vault did not accept it;
 * RC_POLICY: PIN too simple.
 */
IG_CHECK enum rc joining_device(struct domain *d,
    const uint8_t id[static STORE_ID], struct keys_enrol *in,
    struct span device_name, uint8_t token[static STORE_HASH],
    uint8_t member_id[static STORE_ID], struct err *e);

/* 010-1234-5678 → 01012345678 in out (12 bytes). RC_FORMAT. */
IG_CHECK enum rc joining_phone(struct span typed, char *out, struct err *e);

/* The pseudonym under which a phone number is found. RC_BUSY: no vault. */
IG_CHECK enum rc joining_phone_hash(struct domain *d, const char *phone,
    uint8_t hash[static STORE_HASH], struct err *e);
