/*
 * home.h - see home.c.
 */
#pragma once

#include "domain/domain.h"

struct db;

/* Until when is this member at home at this address? 0: not at all. */
IG_CHECK enum rc home_find(struct db *in,
    const uint8_t member_id[static STORE_ID], const char *address, int64_t now,
    int64_t *until, struct err *e);

/*
 * The member, at home there until then, typed the phone's number there: from
 * now on for 90 days.
 */
void home_set(struct domain *d, const uint8_t member_id[static STORE_ID],
    const char *address, int64_t until);
