/*
 * token.h - see token.c.
 */
#pragma once

#include "domain/domain.h"
#include "store/approval.h"
#include "store/cert.h"

/*
 * The request as its bearer sees it, and the certificate that it is for: empty
 * where none was approved or it is gone; not loaded where cert is NULL.
 * RC_ABSENT: no such request, or another bearer.
 */
IG_CHECK enum rc token_load(struct domain *d, const uint8_t id[static STORE_ID],
    const uint8_t secret_hash[static STORE_HASH], struct approval *out,
    struct cert *cert, struct err *e);

/*
 * Opens the token: with the PIN that the phone shows, or without in mode push.
 * Once open it stays open for its bearer, whatever PIN comes again. RC_SECRET
 * with *tries_left; RC_LOCKED; RC_REFUSED; RC_EXPIRED; RC_STATE: not approved
 * yet; RC_ABSENT: the certificate is gone; RC_RATE: too many wrong PINs from
 * where members never were.
 */
IG_CHECK enum rc token_login(struct domain *d, struct approval *a,
    struct span pin, const struct cert *cert, uint8_t *tries_left,
    struct err *e);

/*
 * One signature. out is cleared by keys_signed_clear() in any case. RC_STATE:
 * the approval is used up or over; RC_EXPIRED: the certificate is;
 * RC_ABSENT: another certificate than the approved one.
 */
IG_CHECK enum rc token_sign(struct domain *d, const struct approval *a,
    const struct cert *cert, const uint8_t certificate_id[static STORE_ID],
    struct keys_sign *in, struct keys_signed *out, struct err *e);

/* The program gives up: nobody needs to answer any more. */
IG_CHECK enum rc token_withdraw(
    struct domain *d, struct approval *a, struct err *e);
