/*
 * service.h - see service.c.
 */
#pragma once

#include "token/answer.h"
#include "token/fetch.h"
#include "wire/tokenframe.h"

/* A request at the service, and the secret that proves it is ours. */
struct service_request {
	char id[ANSWER_ID + 1];
	uint8_t secret[32];
};

struct service_maker {
	const char *server;
	const char *phone, *program, *machine, *user;
	bool push;
	const struct service_request *continues; /* or NULL */
};

/*
 * The calls of /rp/v1/token/requests (openapi.json). Each as fetch_call(), or
 * as answer_problem() and the reader of its answer say. A state that is waited
 * for, a login and a signature are asked for again for three seconds while the
 * service is not there.
 */
IG_CHECK enum rc service_create(struct fetch *f, const struct service_maker *m,
    struct service_request *out, struct err *e);

/* Waits up to wait_ms for another state than *state, which it sets. */
IG_CHECK enum rc service_state(struct fetch *f, const char *server,
    const struct service_request *r, int64_t wait_ms, enum answer_state *state,
    struct err *e);

/* pin: digits, or "" when the phone has approved. */
IG_CHECK enum rc service_login(struct fetch *f, const char *server,
    const struct service_request *r, const char *pin, struct answer_login *out,
    uint8_t *tries_left, struct err *e);

IG_CHECK enum rc service_sign(struct fetch *f, const char *server,
    const struct service_request *r, const uint8_t sign_id[static 16],
    const char *certificate, const struct tokenframe_sign *q,
    struct buf *signature, struct err *e);

/* Withdraws or ends a request; a service that does not hear it forgets alone. */
void service_end(
    struct fetch *f, const char *server, const struct service_request *r);
