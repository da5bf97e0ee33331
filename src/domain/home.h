/*
 * home.h - see home.c.
 */
#pragma once

#include "domain/domain.h"

struct db;

/* Has this member opened the token from this address lately? */
IG_CHECK enum rc home_find(struct db *in,
    const uint8_t member_id[static STORE_ID], const char *address, int64_t now,
    bool *is, struct err *e);

/* The member typed the phone's number there: remembered for 90 days. */
void home_set(struct domain *d, const uint8_t member_id[static STORE_ID],
    const char *address);
