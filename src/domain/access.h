/*
 * access.h - see access.c.
 */
#pragma once

#include "domain/domain.h"

struct session;

/* A login challenge: good for five minutes, once. */
void access_challenge(
    const struct domain *d, uint8_t challenge[static STORE_HASH]);

/* What a device shows to sign in; credential_id empty for a PIN device. */
struct access_proof {
	uint8_t challenge[STORE_HASH];
	struct span credential_id;
	struct span client_data;
	struct span authenticator_data;
	uint8_t device_id[STORE_ID];
	struct span signature;
};

/*
 * Opens a session; its token (32 bytes) goes into the cookie. The same proof
 * again gives the same session while that lasts. RC_DENIED: the proof is wrong,
 * or its session has ended; RC_RATE.
 */
IG_CHECK enum rc access_login(struct domain *d, const struct access_proof *p,
    uint8_t token[static STORE_HASH], uint8_t member_id[static STORE_ID],
    struct err *e);

/* A new session's row and token, for the caller to save. */
void access_new(const struct domain *d,
    const uint8_t member_id[static STORE_ID],
    const uint8_t device_id[static STORE_ID], uint8_t token[static STORE_HASH],
    struct session *out);

/* Who is behind a cookie's token? RC_ABSENT: nobody any more. */
IG_CHECK enum rc access_find(struct domain *d, struct span token,
    struct domain_session *out, struct err *e);

IG_CHECK enum rc access_logout(
    struct domain *d, const struct domain_session *s, struct err *e);
