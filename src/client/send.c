/*
 * send.c - registering a certificate from a PC: the sender's side.
 *
 * Belongs here: the order of CPace's messages and the service's calls.
 * Not here: the cryptography (pake); finding files (npki/folder.c); asking a
 * person (cli).
 */
#include "client/send.h"

#include "base/buf.h"
#include "base/enc.h"
#include "pake/cpace.h"

#include <stdio.h>
#include <string.h>

#define LABEL    "INGAM-IMPORT1"
#define WAIT_S   25
#define WAIT_MAX 24 /* times WAIT_S: longer than any transfer lives */

struct send {
	struct rest *rest;
	char id[33];
	uint8_t sid[16];
	struct rest_problem *problem;
	send_progress *progress;
	void *arg;
};

static void
send_tell(const struct send *s, enum send_step step)
{
	if (s->progress != NULL)
		s->progress(s->arg, step);
}

static enum rc
send_id(struct send *s, const json_t *answer, struct err *e)
{
	struct buf sid = buf_init(sizeof(s->sid));
	const char *id = rest_text(answer, "id");
	enum rc rc;

	if (id == NULL || strlen(id) != 32)
		return err_set(e, RC_IO, "id", "the answer lacks an id");
	if ((rc = enc_hex_parse(&sid, span_str(id), e)) == RC_OK) {
		memcpy(s->sid, sid.p, sizeof(s->sid));
		memcpy(s->id, id, sizeof(s->id));
	}
	buf_clear(&sid);

	return rc;
}

/* Takes the channel: nobody else can answer this phone any more. */
static enum rc
send_connect(struct send *s, struct span channel, struct err *e)
{
	json_t *answer = NULL;
	char path[64];
	enum rc rc;

	(void)snprintf(path, sizeof(path), "/rp/v1/transfers/%.*s",
	    (int)channel.n, (const char *)channel.p);
	rc = rest_call(
	    s->rest, "POST", path, json_object(), &answer, s->problem, e);
	if (rc == RC_REFUSED && strcmp(s->problem->slug, "wrong-code") == 0)
		rc = RC_SECRET;
	if (rc == RC_OK && (rc = send_id(s, answer, e)) == RC_OK)
		rest_set_bearer(s->rest, rest_text(answer, "secret"));
	json_decref(answer);

	return rc;
}

static enum rc
send_message(
    struct send *s, const char *verb, struct span message, struct err *e)
{
	json_t *body = json_object(), *answer = NULL;
	char path[96];
	enum rc rc = rest_set_bytes(body, "message", message, e);

	if (rc != RC_OK) {
		json_decref(body);
		return rc;
	}
	(void)snprintf(
	    path, sizeof(path), "/rp/v1/transfers/%s/%s", s->id, verb);
	rc = rest_call(s->rest, "POST", path, body, &answer, s->problem, e);
	json_decref(answer);

	return rc;
}

static void
send_end(struct send *s, const char *why)
{
	struct rest_problem ignored;
	json_t *answer = NULL;
	char path[96];

	(void)snprintf(path, sizeof(path), "/rp/v1/transfers/%s/end", s->id);
	if (rest_call(s->rest, "POST", path, json_pack("{s:s}", "why", why),
		&answer, &ignored, NULL) == RC_OK)
		json_decref(answer);
}

static enum rc
send_state(const char *state, struct err *e)
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

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (state != NULL && strcmp(state, ends[i].state) == 0)
			return err_set(e, ends[i].rc, NULL, "%s", state);

	return RC_OK;
}

/* Waits until the transfer is past step, or has ended. */
static enum rc
send_wait(struct send *s, int step, struct buf *message, struct err *e)
{
	char path[128];
	enum rc rc = RC_OK;

	(void)snprintf(path, sizeof(path),
	    "/rp/v1/transfers/%s?step=%d&wait=%d", s->id, step, WAIT_S);
	for (int i = 0; i < WAIT_MAX && rc == RC_OK; i++) {
		json_t *answer = NULL;
		bool there;

		rc = rest_call(
		    s->rest, "GET", path, NULL, &answer, s->problem, e);
		if (rc != RC_OK)
			break;
		rc = send_state(rest_text(answer, "state"), e);
		there = rest_number(answer, "step") > step;
		if (rc == RC_OK && there && message != NULL)
			rc = rest_bytes(answer, "message", message, e);
		json_decref(answer);
		if (there || rc != RC_OK)
			return rc;
	}

	return rc != RC_OK ? rc : err_set(e, RC_EXPIRED, NULL, "no answer");
}

static enum rc
send_exchange(struct send *s, const struct cpace_in *in,
    const struct transfer_files *files, struct err *e)
{
	struct cpace cpace CPACE_WIPED = { 0 };
	struct cpace_keys keys = { 0 };
	struct buf out = buf_init(CPACE_CONFIRM_LEN + TRANSFER_FRAME_MAX);
	struct buf answer = buf_init(CPACE_ANSWER_MAX);
	enum rc rc;

	if ((rc = cpace_start(&cpace, in, &out, e)) != RC_OK ||
	    (rc = send_message(s, "ask", buf_span(&out), e)) != RC_OK)
		goto out;
	send_tell(s, SEND_PROVING);
	if ((rc = send_wait(s, 2, &answer, e)) != RC_OK)
		goto out;
	buf_reset(&out);
	rc = cpace_finish(&cpace, buf_span(&answer), &out, &keys, e);
	if (rc != RC_OK) {
		/* The other side knows another number: that was the guess. */
		send_end(s, "wrong-code");
		goto out;
	}
	if ((rc = transfer_seal(&keys.to_responder, files, &out, e)) != RC_OK ||
	    (rc = send_message(s, "payload", buf_span(&out), e)) != RC_OK)
		goto out;
	send_tell(s, SEND_WAITING);
	rc = send_wait(s, 4, NULL, e);
out:
	cpace_keys_wipe(&keys);
	buf_clear(&answer);
	buf_clear(&out);

	return rc;
}

enum rc
send_files(struct rest *r, const struct code *code,
    const struct transfer_files *files, send_progress *progress, void *arg,
    struct rest_problem *problem, struct err *e)
{
	struct send s = {
		.rest = r, .problem = problem, .progress = progress, .arg = arg
	};
	struct cpace_in in = { .code = code_digits(code),
		.label = SPAN_LIT(LABEL),
		.channel = code_channel(code) };
	enum rc rc;

	rest_set_patience(r, WAIT_S);
	send_tell(&s, SEND_CONNECTING);
	if ((rc = send_connect(&s, in.channel, e)) != RC_OK)
		return rc;
	in.sid = SPAN(s.sid);
	if ((rc = send_exchange(&s, &in, files, e)) == RC_OK)
		send_tell(&s, SEND_DONE);

	return rc;
}
