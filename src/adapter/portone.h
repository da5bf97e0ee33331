/*
 * portone.h - see portone.c.
 */
#pragma once

#include "adapter/identity.h"

#define PORTONE_NAME       "portone" /* begins every message about it */
#define PORTONE_ANSWER_MAX 65536

/*
 * Reads the answer to GET /identity-verifications/{id}. RC_OK: VERIFIED.
 * RC_STATE: READY. RC_REFUSED: FAILED. RC_FORMAT: anything else.
 */
IG_CHECK enum rc portone_parse(
    struct span body, struct identity_found *out, struct err *e);

/* What an answer {type, message} with this status means to us. Never RC_OK. */
enum rc portone_error(long status, struct span body, struct err *e);

/* Reads the answer to a successful /send. RC_IO: not what it should be. */
IG_CHECK enum rc portone_sent_check(struct span body, struct err *e);
