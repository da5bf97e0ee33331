/*
 * answer.h - see answer.c.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>

#define ANSWER_ID           32 /* hex digits of a request or certificate */
#define ANSWER_CHAIN_MAX    4
#define ANSWER_CERTIFICATES 64

/* The life of a request, as the service tells it. */
enum answer_state {
	ANSWER_WAITING,
	ANSWER_OPENED, /* on the phone */
	ANSWER_APPROVED,
	ANSWER_OPEN, /* signs */
	ANSWER_REFUSED,
	ANSWER_EXPIRED,
	ANSWER_ENDED,
};

const char *answer_state_name(enum answer_state s);

struct answer_certificate {
	uint8_t id[16];
	char id_text[ANSWER_ID + 1];
	char label[200];
	bool usable;
	struct buf der;
	struct buf chain[ANSWER_CHAIN_MAX];
	size_t chain_n;
};

struct answer_login {
	struct answer_certificate *certificates;
	size_t n;
};

/*
 * Each reads the body of a 2xx answer. Unknown members are passed over, known
 * ones must be right. RC_FORMAT, RC_LIMIT, RC_MEMORY.
 */
IG_CHECK enum rc answer_created(
    struct span body, char id[static ANSWER_ID + 1], struct err *e);
IG_CHECK enum rc answer_state(
    struct span body, enum answer_state *out, struct err *e);
IG_CHECK enum rc answer_login(
    struct span body, struct answer_login *out, struct err *e);
IG_CHECK enum rc answer_signature(
    struct span body, struct buf *signature, struct err *e);
void answer_login_clear(struct answer_login *l);

/*
 * What another answer means (RFC 9457): RC_SECRET wrong-pin, RC_LOCKED
 * locked, RC_REFUSED refused, RC_EXPIRED expired, RC_STATE used-up, RC_ABSENT
 * not-found, RC_RATE rate-limited, RC_POLICY certificate-unusable, RC_IO the
 * service's own trouble, RC_FORMAT anything else. tries_left: 255 if not
 * told. Never RC_OK.
 */
enum rc answer_problem(
    long status, struct span body, uint8_t *tries_left, struct err *e);
