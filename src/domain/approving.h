/*
 * approving.h - see approving.c.
 */
#pragma once

#include "domain/domain.h"
#include "store/approval.h"
#include "store/cert.h"

struct device_list;
struct history;

/*
 * Moves a and its row, and tells all who follow it. m->id is filled in; h, a
 * line of the history written with it, may be NULL. RC_STATE: somebody else
 * was first, nothing happened.
 */
IG_CHECK enum rc approving_advance(struct domain *d, struct approval *a,
    struct approval_move *m, const struct history *h, struct err *e);

/*
 * After RC_STATE: did somebody else, or we before, bring it into this state?
 * Then a is as its row is.
 */
bool approving_was(
    struct domain *d, struct approval *a, enum approval_state state);

/* A member's own request. RC_ABSENT: none, or somebody else's. */
IG_CHECK enum rc approving_load(struct domain *d,
    const struct domain_session *s, const uint8_t id[static STORE_ID],
    struct approval *out, struct err *e);

/* Those that wait for this member, newest first. */
IG_CHECK enum rc approving_list(struct domain *d,
    const struct domain_session *s, struct approval_list *out, struct err *e);

/* A certificate is to go: makes the request. */
IG_CHECK enum rc approving_deletion(struct domain *d,
    const struct domain_session *s,
    const uint8_t certificate_id[static STORE_ID], struct approval *out,
    struct err *e);

/*
 * Has the vault make AR1 for a request of the member (token: with this
 * certificate; NULL elsewhere), which is loaded into out and holds it
 * afterwards; devices are those that may approve. Both are the caller's to
 * clear in any case. RC_ABSENT: no such request or certificate. RC_STATE: it
 * has ended. RC_EXPIRED. RC_POLICY: the certificate has expired.
 */
IG_CHECK enum rc approving_prepare(struct domain *d,
    const struct domain_session *s, const uint8_t id[static STORE_ID],
    const uint8_t *certificate_id, struct approval *out,
    struct device_list *devices, struct err *e);

/* What the phone shows the vault. */
struct approving_proof {
	struct keys_evidence evidence;
	struct span sealed;                      /* import */
	struct span certificate, km_certificate; /* import */
};

/*
 * Hands the proof to the vault and carries out what was approved: the request
 * is loaded into a, the certificate that an import brought into cert, both the
 * caller's to clear in any case. pin is "" where there is none.
 * Codes: keys_approve(); RC_ABSENT: no such request; RC_EXISTS.
 */
IG_CHECK enum rc approving_approve(struct domain *d,
    const struct domain_session *s, const uint8_t id[static STORE_ID],
    const struct approving_proof *proof, struct approval *a,
    char pin[static KEYS_PIN], struct cert *cert, uint8_t *tries_left,
    struct err *e);

/*
 * Refuses. not_me: nobody of the house asked; that machine is not heard for a
 * day, and after the second time no request by phone number is. The same again
 * is RC_OK and does nothing more. RC_STATE: it has ended otherwise.
 */
IG_CHECK enum rc approving_refuse(
    struct domain *d, struct approval *a, bool not_me, struct err *e);

/* Requests by phone number are welcome again. */
IG_CHECK enum rc approving_unblock(
    struct domain *d, const struct domain_session *s, struct err *e);

/* A request that is over in the database is so in the vault, too. */
void approving_end_in_vault(const struct domain *d, const struct approval *a);

/* Ends a request whose time is over; a->state says so afterwards. */
void approving_lapse(struct domain *d, struct approval *a);

/* Ends all whose time is over: the job that runs every few seconds. */
void approving_lapse_all(struct domain *d);

/* Who asks, as a key: this machine and address, for this member. */
void approving_machine_key(const uint8_t member_id[static STORE_ID],
    const struct approval *a, uint8_t key[static STORE_HASH]);

/* Fills who and what of a line in the history; cert may be NULL. */
void approving_history(
    struct history *h, const struct approval *a, const struct cert *cert);
