/*
 * phone.h - see phone.c.
 */
#pragma once

#include "base/err.h"
#include "client/rest.h"
#include "phone/authenticator.h"

#define PHONE_AR1_MAX 4096

/*
 * A phone without a screen: one member's session with the app origin. It
 * approves what it is told to approve, without a person; a server takes it in
 * only where allow-test-phones is set.
 */
struct phone {
	struct rest *rest;
	struct authenticator passkey;
	char origin[256], pc_origin[256];
	char rp_id[128];
	uint8_t display_key[32];
	uint8_t hpke_key[65];
	struct rest_problem problem; /* of the last RC_REFUSED */
};

/* Opens the app origin and reads what the service says of itself. */
IG_CHECK enum rc phone_open(
    struct phone *p, const char *origin, bool korean, struct err *e);
void phone_close(struct phone *p);

/* The passkey and identity of a phone as a file, 0600; RC_IO. */
IG_CHECK enum rc phone_save(
    const struct phone *p, const char *path, struct err *e);
IG_CHECK enum rc phone_load(struct phone *p, const char *path, struct err *e);

/*
 * Joins: start sends the identity check's code to the number, finish hands it
 * in and registers a new passkey. join is 33 bytes.
 */
IG_CHECK enum rc phone_join_start(struct phone *p, const char *name,
    const char *birth, const char *number, char join[static 33], struct err *e);
IG_CHECK enum rc phone_join_finish(
    struct phone *p, const char *join, const char *code, struct err *e);

/* Signs in with the passkey. */
IG_CHECK enum rc phone_login(struct phone *p, struct err *e);

/* The member's own lists (given): "/certificates", "/requests", "/history". */
IG_CHECK enum rc phone_list(
    struct phone *p, const char *what, json_t **answer, struct err *e);

/*
 * Checks the vault's signature on the approval request, approves it, and
 * gives the one-time PIN ("" where there is none; 7 bytes). certificate
 * names the one to use, NULL where the request needs none.
 */
IG_CHECK enum rc phone_approve(struct phone *p, const char *request,
    const char *certificate, char pin[static 7], struct err *e);

IG_CHECK enum rc phone_refuse(
    struct phone *p, const char *request, bool not_me, struct err *e);

/* Asks to delete a certificate, and approves that. */
IG_CHECK enum rc phone_delete(
    struct phone *p, const char *certificate, struct err *e);

/*
 * For receive.c. A call below /api/v1: as rest_call(), the problem goes into
 * p->problem.
 */
IG_CHECK enum rc phone_call(struct phone *p, const char *method,
    const char *path, json_t *body, json_t **answer, struct err *e);

/*
 * Takes the approval request out of answer, checks the vault's signature
 * (RC_DENIED), gives its hash and what the passkey answers:
 * SHA-256("INGAM-WA1" ‖ SHA-256(AR1)).
 */
IG_CHECK enum rc phone_challenge(const struct phone *p, const json_t *answer,
    uint8_t hash[static 32], uint8_t challenge[static 32], struct err *e);

/* The same of bytes that were taken out of the answer already. */
IG_CHECK enum rc phone_check(const struct phone *p, struct span ar1,
    struct span signature, uint8_t hash[static 32],
    uint8_t challenge[static 32], struct err *e);

/* Adds an assertion over challenge to body and posts it; takes body. */
IG_CHECK enum rc phone_prove(struct phone *p, const char *path,
    struct span challenge, json_t *body, json_t **answer, struct err *e);
