/*
 * dispatch.c - which verb is whose.
 *
 * Belongs here: the table of verbs, the frame around an answer.
 * Not here: sockets and the order of journal and answers (serve.c).
 * Exports also: call_fields
 */
#include "vault/dispatch.h"

#include "base/digest.h"
#include "base/sec.h"
#include "vault/approval.h"
#include "vault/approve.h"
#include "vault/enrol.h"
#include "vault/heap.h"
#include "vault/sign.h"

#define DISPATCH_LABEL_MAX 64

static enum rc
dispatch_hello(struct call *c)
{
	const struct vault *v = c->vault;

	buf_u32(&c->answer, journal_epoch(v->journal));
	buf_bytes(&c->answer, SPAN(v->master.display_public));
	buf_bytes(&c->answer, SPAN(v->master.hpke.public));
	buf_u8(&c->answer, 1);
	buf_u8(&c->answer, v->weak_sandbox ? 1 : 0);

	return RC_OK;
}

static enum rc
dispatch_pseudonym(struct call *c)
{
	struct span fields = { c->r.p, rd_left(&c->r) };
	uint8_t out[DIGEST_SHA256];

	(void)rd_lp16(&c->r, DISPATCH_LABEL_MAX);
	(void)rd_lp16(&c->r, MESSAGE_TEXT_MAX);
	if (call_fields(c) != RC_OK)
		return RC_FORMAT;
	digest_hmac_labelled(
	    out, SPAN(c->vault->master.keys->pepper), "INGAM-PN1", fields);
	buf_bytes(&c->answer, SPAN(out));

	return RC_OK;
}

/* Everything that may be asked for. There is no way to a key but SIGN. */
static const struct {
	enum message_verb verb;
	enum rc (*run)(struct call *c);
} verbs[] = {
	{ MESSAGE_HELLO, dispatch_hello },
	{ MESSAGE_PSEUDONYM, dispatch_pseudonym },
	{ MESSAGE_ENROL_BEGIN, enrol_verb_begin },
	{ MESSAGE_ENROL, enrol_verb },
	{ MESSAGE_APPROVAL_NEW, approval_verb_new },
	{ MESSAGE_APPROVE, approve_verb },
	{ MESSAGE_REFUSE, approval_verb_refuse },
	{ MESSAGE_TOKEN_OPEN, approval_verb_open },
	{ MESSAGE_SIGN, sign_verb },
	{ MESSAGE_STATUS, approval_verb_status },
};

enum rc
call_fields(struct call *c)
{
	if (rd_done(&c->r))
		return RC_OK;
	c->breach = true;

	return err_set(
	    &c->err, RC_FORMAT, c->message->name, "fields are malformed");
}

static void
dispatch_fail(struct call *c, enum rc rc)
{
	enum message_verb verb = (enum message_verb)c->message->verb;

	c->to_sign = false;
	/* libcrypto only says that something failed; its heap knows why. */
	if (heap_ran_out()) {
		rc = RC_MEMORY;
		err_clear(&c->err);
	}
	sec_wipe(c->answer.p, c->answer.n);
	frame_failure(
	    &c->answer, verb, c->sequence, &c->err, rc, c->tries_left);
}

/* Room for any answer at once: what was done can also be told. */
static enum rc
dispatch_reserve(struct buf *answer, const struct message *m, struct err *e)
{
	size_t failure = 2 + sizeof(e->msg) + 1;

	(void)buf_grow(answer,
	    MESSAGE_ANSWER_HEAD +
		(m->answer_max > failure ? m->answer_max : failure));

	return buf_ok(answer)
	    ? RC_OK
	    : err_set(e, RC_MEMORY, m->name, "no memory for the answer");
}

enum rc
dispatch_begin(
    struct vault *v, struct span frame, struct call *c, struct err *e)
{
	struct frame_request f;
	enum rc rc;

	*c = (struct call){ .vault = v, .answer = buf_init(MESSAGE_MAX) };
	if ((rc = frame_parse_request(frame, &f, e)) != RC_OK)
		return rc;
	c->message = f.message;
	c->sequence = f.sequence;
	c->r = f.fields;
	if ((rc = dispatch_reserve(&c->answer, f.message, e)) != RC_OK)
		return rc;
	(void)heap_ran_out();
	frame_answer(
	    &c->answer, (enum message_verb)f.message->verb, f.sequence);
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (verbs[i].verb == (enum message_verb)f.message->verb)
			rc = verbs[i].run(c);
	}
	c->r = (struct rd){ 0 };
	if (c->breach)
		return err_set(
		    e, RC_FORMAT, f.message->name, "fields are malformed");
	if (rc != RC_OK)
		dispatch_fail(c, rc);

	return RC_OK;
}

bool
dispatch_prepare(struct call *c)
{
	enum rc rc;

	(void)heap_ran_out();
	if (c->to_sign && (rc = sign_prepare(c)) != RC_OK)
		dispatch_fail(c, rc);

	return c->to_sign && c->signature.key != NULL;
}

void
dispatch_make(struct call *c)
{
	(void)heap_ran_out();
	if (c->to_sign && sign_make(c) != RC_OK && heap_ran_out()) {
		c->signature.rc = RC_MEMORY;
		err_clear(&c->err);
	}
}

void
dispatch_finish(struct call *c)
{
	enum rc rc;

	(void)heap_ran_out();
	if (c->to_sign && (rc = sign_finish(c)) != RC_OK)
		dispatch_fail(c, rc);
	if (!buf_ok(&c->answer))
		dispatch_fail(
		    c, err_set(&c->err, RC_MEMORY, NULL, "out of memory"));
}

void
dispatch_clear(struct call *c)
{
	if (c->answer.p != NULL)
		sec_wipe(c->answer.p, c->answer.size);
	buf_clear(&c->answer);
}
