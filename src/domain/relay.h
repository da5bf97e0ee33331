/*
 * relay.h - see relay.c.
 */
#pragma once

#include "domain/domain.h"
#include "store/transfer.h"

/* Who speaks: the receiving phone, or the sending PC. */
enum relay_side { RELAY_PHONE, RELAY_PC };

/* The phone opens a transfer; its channel is drawn. RC_RATE. */
IG_CHECK enum rc relay_open(struct domain *d, const struct domain_session *s,
    struct transfer *out, struct err *e);

/*
 * The PC comes by the channel's digits, once. secret_hash is of what its
 * further calls show. RC_SECRET: nobody waits on this channel. RC_RATE.
 */
IG_CHECK enum rc relay_claim(struct domain *d, const char *channel,
    const uint8_t secret_hash[static STORE_HASH], const char *address,
    uint8_t id[static STORE_ID], struct err *e);

/* RC_ABSENT: none, or not this side's. */
IG_CHECK enum rc relay_load_phone(struct domain *d,
    const struct domain_session *s, const uint8_t id[static STORE_ID],
    struct transfer *out, struct err *e);
IG_CHECK enum rc relay_load_pc(struct domain *d,
    const uint8_t id[static STORE_ID],
    const uint8_t secret_hash[static STORE_HASH], struct transfer *out,
    struct err *e);

/*
 * The next message of a side: the PC asks (1 → 2), the phone answers (2 → 3),
 * the PC sends (3 → 4). Loads the transfer again. RC_STATE: out of turn, or
 * over.
 */
IG_CHECK enum rc relay_post(struct domain *d, struct transfer *t,
    enum relay_side side, struct span message, struct err *e);

/* A side ends it. */
IG_CHECK enum rc relay_end(struct domain *d, struct transfer *t,
    enum transfer_state why, struct err *e);

/* Was the last message the other side's? Then it is for this one to read. */
bool relay_is_for(const struct transfer *t, enum relay_side side);
