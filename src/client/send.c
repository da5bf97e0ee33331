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
#include "client/exchange.h"
#include "pake/cpace.h"

#include <stdio.h>
#include <string.h>

#define LABEL "INGAM-IMPORT1"

struct send {
	struct exchange x;
	uint8_t sid[16];
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
		memcpy(s->x.id, id, sizeof(s->x.id));
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
	    s->x.rest, "POST", path, json_object(), &answer, s->x.problem, e);
	if (rc == RC_REFUSED && strcmp(s->x.problem->slug, "wrong-code") == 0)
		rc = RC_SECRET;
	if (rc == RC_OK && (rc = send_id(s, answer, e)) == RC_OK)
		rest_set_bearer(s->x.rest, rest_text(answer, "secret"));
	json_decref(answer);

	return rc;
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
	    (rc = exchange_post(&s->x, "ask", buf_span(&out), e)) != RC_OK)
		goto out;
	send_tell(s, SEND_PROVING);
	if ((rc = exchange_wait(&s->x, 2, &answer, e)) != RC_OK)
		goto out;
	buf_reset(&out);
	rc = cpace_finish(&cpace, buf_span(&answer), &out, &keys, e);
	if (rc != RC_OK)
		goto out;
	if ((rc = transfer_seal(&keys.to_responder, files, &out, e)) != RC_OK ||
	    (rc = exchange_post(&s->x, "payload", buf_span(&out), e)) != RC_OK)
		goto out;
	send_tell(s, SEND_WAITING);
	rc = exchange_wait(&s->x, 4, NULL, e);
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
		.x = { .rest = r,
		    .base = "/rp/v1/transfers",
		    .problem = problem },
		.progress = progress,
		.arg = arg,
	};
	struct cpace_in in = { .code = code_digits(code),
		.label = SPAN_LIT(LABEL),
		.channel = code_channel(code) };
	enum rc rc;

	rest_set_patience(r, EXCHANGE_WAIT_S);
	send_tell(&s, SEND_CONNECTING);
	if ((rc = send_connect(&s, in.channel, e)) != RC_OK)
		return rc;
	in.sid = SPAN(s.sid);
	if ((rc = send_exchange(&s, &in, files, e)) == RC_OK)
		send_tell(&s, SEND_DONE);
	else if (rc != RC_IO)
		/* A phone that waits is told at once that nothing will come. */
		exchange_end(
		    &s.x, rc == RC_SECRET ? "wrong-code" : "cancelled");

	return rc;
}
