/*
 * asking.h - see asking.c.
 */
#pragma once

#include "domain/domain.h"

/* What a program on a PC says of itself; all of it is only claimed. */
struct asking {
	struct span phone;
	struct span program, machine, user;
	bool push; /* no number to type: approval alone opens the token */
	uint8_t secret_hash[STORE_HASH];
	const char *address;
};

/*
 * Asks the phone behind a number. Gives the request's id and end, and the
 * same for a number that nobody has joined, or whose member is not to be
 * asked. RC_FORMAT; RC_RATE; RC_BUSY.
 */
IG_CHECK enum rc asking_number(struct domain *d, const struct asking *in,
    uint8_t id[static STORE_ID], int64_t *expires_ms, struct err *e);

/*
 * The same program once more, its approval used up: the member is known by
 * the request before (id and the bearer's hash), and nothing is typed.
 * RC_ABSENT: no such request, or not its bearer.
 */
IG_CHECK enum rc asking_again(struct domain *d,
    const uint8_t before_id[static STORE_ID],
    const uint8_t before_secret_hash[static STORE_HASH],
    const struct asking *in, uint8_t id[static STORE_ID], int64_t *expires_ms,
    struct err *e);
