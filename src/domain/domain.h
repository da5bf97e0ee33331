/*
 * domain.h - what all of this room shares: the service, its limits, and whom
 * it tells that something changed.
 */
#pragma once

#include "base/err.h"
#include "base/span.h"
#include "keys/keys.h"
#include "store/store.h"

struct approval;
struct db;

/* Figures that an operator sets. */
struct domain_limits {
	int64_t token_count;
	int64_t token_life_ms;
	int64_t request_life_ms;
	int64_t transfer_life_ms;
	int64_t session_life_ms;
	int64_t request_hour, request_day;
	int64_t wrong_codes_hour; /* of all strangers together */
	int64_t wrong_pins_hour, transfers_hour;
	int64_t certificates;
};

enum domain_change {
	DOMAIN_TRANSFER,
	DOMAIN_CERTIFICATES,
	DOMAIN_HISTORY,
	DOMAIN_SESSION_ENDED, /* id: the first bytes of its token's hash */
};

/* A person at the identity check. */
struct domain_person {
	const char *name;
	const char *birth; /* YYMMDD and the digit after the hyphen */
	const char *phone; /* digits */
	const char *carrier;
	const char *audience; /* what the result may be used for */
};
#define DOMAIN_TRANSACTION 64

/*
 * The world outside, given by the daemon: this room knows no network. All
 * are called from several threads; request() and changed() must not wait.
 */
struct domain_ops {
	/* A request, as it is now; ring: it is new, a phone should ring. */
	void (*request)(void *arg, const struct approval *a, bool ring);
	void (*changed)(void *arg, enum domain_change what,
	    const uint8_t member_id[static STORE_ID],
	    const uint8_t id[static STORE_ID]);
	enum rc (*identity_send)(void *arg, const struct domain_person *p,
	    const char *address, char transaction[static DOMAIN_TRANSACTION],
	    struct err *e);
	/* RC_SECRET: wrong code. RC_DENIED, RC_REFUSED: another person. */
	enum rc (*identity_check)(void *arg, const struct domain_person *p,
	    const char *transaction, struct span code, struct err *e);
};

struct domain {
	struct db *db;
	struct keys *keys;
	struct domain_limits limits;
	const struct domain_ops *ops;
	void *arg;
	const char *rp_id;
	const char *app_origin;
	uint8_t login_key[STORE_HASH]; /* MAC of login challenges */
};

static inline void
domain_request(const struct domain *d, const struct approval *a, bool ring)
{
	d->ops->request(d->arg, a, ring);
}

static inline void
domain_changed(const struct domain *d, enum domain_change what,
    const uint8_t member_id[static STORE_ID], const uint8_t id[static STORE_ID])
{
	d->ops->changed(d->arg, what, member_id, id);
}

/*
 * A request for a number that nobody has joined is nobody's: its member_id
 * begins with so many zeros, which no member's does.
 */
#define DOMAIN_NOBODY 8

static inline bool
domain_is_member(const uint8_t id[static STORE_ID])
{
	static const uint8_t zeros[DOMAIN_NOBODY];

	return memcmp(id, zeros, DOMAIN_NOBODY) != 0;
}

/* Who sits behind a session of the app. */
struct domain_session {
	uint8_t member_id[STORE_ID];
	uint8_t device_id[STORE_ID];
	uint8_t token_hash[STORE_HASH];
};
