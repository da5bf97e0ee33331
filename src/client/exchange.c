/*
 * exchange.c - one side of a transfer: posting, waiting, ending.
 *
 * Belongs here: the calls that both sides make alike.
 * Not here: their order (send.c, phone/receive.c); what is in the messages
 * (pake).
 */
#include "client/exchange.h"

#include <stdio.h>
#include <string.h>

/* Times EXCHANGE_WAIT_S: longer than any transfer lives (transfer-life). */
#define WAITS 40

/* A transfer that has ended without success. */
static enum rc
exchange_state(const char *state, struct err *e)
{
	static const struct {
		const char *state;
		enum rc rc;
	} ends[] = {
		{ "wrong-code", RC_SECRET },
		{ "cancelled", RC_REFUSED },
		{ "failed", RC_REFUSED },
		{ "expired", RC_EXPIRED },
	};

	if (state == NULL)
		return err_set(e, RC_IO, "state", "the answer lacks a state");
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (strcmp(state, ends[i].state) == 0)
			return err_set(
			    e, ends[i].rc, NULL, "the transfer: %s", state);

	return RC_OK;
}

enum rc
exchange_wait(
    const struct exchange *x, int step, struct buf *message, struct err *e)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s?step=%d&wait=%d", x->base,
	    x->id, step, EXCHANGE_WAIT_S);
	for (int i = 0; i < WAITS; i++) {
		json_t *answer = NULL;
		bool there = false;
		enum rc rc;

		rc = rest_call(
		    x->rest, "GET", path, NULL, &answer, x->problem, e);
		if (rc == RC_OK)
			rc = exchange_state(rest_text(answer, "state"), e);
		if (rc == RC_OK)
			there = rest_number(answer, "step") > step;
		if (there && message != NULL)
			rc = rest_bytes(answer, "message", message, e);
		json_decref(answer);
		if (there || rc != RC_OK)
			return rc;
	}

	return err_set(e, RC_EXPIRED, NULL, "the other side does not answer");
}

enum rc
exchange_post(const struct exchange *x, const char *verb, struct span message,
    struct err *e)
{
	json_t *body = json_object(), *answer = NULL;
	char path[128];
	enum rc rc = rest_set_bytes(body, "message", message, e);

	if (rc != RC_OK) {
		json_decref(body);
		return rc;
	}
	(void)snprintf(path, sizeof(path), "%s/%s/%s", x->base, x->id, verb);
	rc = rest_call(x->rest, "POST", path, body, &answer, x->problem, e);
	json_decref(answer);

	return rc;
}

void
exchange_end(const struct exchange *x, const char *why)
{
	struct rest_problem ignored;
	json_t *answer = NULL;
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s/end", x->base, x->id);
	if (rest_call(x->rest, "POST", path, json_pack("{s:s}", "why", why),
		&answer, &ignored, NULL) == RC_OK)
		json_decref(answer);
}
