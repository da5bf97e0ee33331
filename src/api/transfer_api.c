/*
 * transfer_api.c - a transfer's two sides.
 *
 * Belongs here: /api/v1/transfers of the phone, /rp/v1/transfers of the PC.
 * Not here: whose turn it is (domain/relay.c).
 */
#include "api/handlers.h"

#include "api/render.h"
#include "base/buf.h"
#include "base/digest.h"
#include "base/rnd.h"
#include "base/text.h"
#include "domain/relay.h"

typedef enum rc transfer_load_fn(
    struct request *q, struct transfer *t, struct err *e);

static enum rc
transfer_of_phone(struct request *q, struct transfer *t, struct err *e)
{
	uint8_t id[STORE_ID];
	enum rc rc = api_id(q, "id", id, e);

	return rc == RC_OK
	    ? relay_load_phone(&api_of(q)->domain, api_who(q), id, t, e)
	    : rc;
}

static enum rc
transfer_of_pc(struct request *q, struct transfer *t, struct err *e)
{
	uint8_t id[STORE_ID], hash[STORE_HASH];
	enum rc rc;

	if ((rc = api_id(q, "id", id, e)) != RC_OK ||
	    (rc = api_bearer(q, hash, e)) != RC_OK)
		return rc;

	return relay_load_pc(&api_of(q)->domain, id, hash, t, e);
}

enum rc
transfer_api_open(struct request *q, struct response *r, struct err *e)
{
	struct transfer t = { 0 };
	enum rc rc = relay_open(&api_of(q)->domain, api_who(q), &t, e);

	if (rc == RC_OK)
		render_transfer(response_json(r, 201), &t, false);
	transfer_clear(&t);

	return rc;
}

/* Answers when the step is above the one the client saw, or time is over. */
static enum rc
transfer_wait(struct request *q, struct response *r, enum relay_side side,
    transfer_load_fn *load, route_handler *again, struct err *e)
{
	const char *text = request_query(q, "step");
	char topic[TOPIC_NAME_MAX + 1];
	struct transfer t = { 0 };
	uint8_t id[STORE_ID];
	uint64_t seen = 0;
	bool news;
	enum rc rc;

	if ((rc = api_id(q, "id", id, e)) != RC_OK)
		return rc;
	if (text != NULL &&
	    (rc = text_uint(span_str(text), 100, &seen, e)) != RC_OK)
		return rc;
	api_topic_transfer(topic, id);
	if ((rc = request_watch(q, topic, e)) != RC_OK ||
	    (rc = load(q, &t, e)) != RC_OK)
		return rc;
	news = t.step > (int64_t)seen || (t.state & TRANSFER_LIVING) == 0;
	if (!news && api_wait_ms(q) > 0 && request_wake(q) != REQUEST_TIMEOUT &&
	    request_wake(q) != REQUEST_STOP)
		response_wait(r, api_wait_ms(q), again);
	else
		render_transfer(
		    response_json(r, 200), &t, relay_is_for(&t, side));
	transfer_clear(&t);

	return RC_OK;
}

enum rc
transfer_api_get(struct request *q, struct response *r, struct err *e)
{
	return transfer_wait(
	    q, r, RELAY_PHONE, transfer_of_phone, transfer_api_get, e);
}

enum rc
transfer_api_pc_get(struct request *q, struct response *r, struct err *e)
{
	return transfer_wait(
	    q, r, RELAY_PC, transfer_of_pc, transfer_api_pc_get, e);
}

static enum rc
transfer_answer(struct response *r, struct transfer *t, enum rc rc)
{
	if (rc == RC_OK)
		render_transfer(response_json(r, 200), t, false);
	if (rc == RC_STATE) {
		(void)api_answer_problem(r, PROBLEM_ENDED);
		rc = RC_OK;
	}
	transfer_clear(t);

	return rc;
}

static enum rc
transfer_post(struct request *q, struct response *r, enum relay_side side,
    int64_t step, transfer_load_fn *load, struct err *e)
{
	struct buf message = buf_init(TRANSFER_MESSAGE_MAX);
	struct transfer t = { 0 };
	const struct json_t *in;
	enum rc rc;

	if ((rc = load(q, &t, e)) == RC_OK &&
	    (rc = request_json(q, &in, e)) == RC_OK &&
	    (rc = json_get_bytes(in, "message", JSON_MUST, JSON_BASE64URL, 1,
		 TRANSFER_MESSAGE_MAX, &message, e)) == RC_OK)
		rc = t.step != step
		    ? err_set(e, RC_STATE, NULL, "not the next step")
		    : relay_post(
			  &api_of(q)->domain, &t, side, buf_span(&message), e);
	buf_clear(&message);

	return transfer_answer(r, &t, rc);
}

enum rc
transfer_api_answer(struct request *q, struct response *r, struct err *e)
{
	return transfer_post(q, r, RELAY_PHONE, 2, transfer_of_phone, e);
}

enum rc
transfer_api_pc_ask(struct request *q, struct response *r, struct err *e)
{
	return transfer_post(q, r, RELAY_PC, 1, transfer_of_pc, e);
}

enum rc
transfer_api_pc_payload(struct request *q, struct response *r, struct err *e)
{
	return transfer_post(q, r, RELAY_PC, 3, transfer_of_pc, e);
}

static enum rc
transfer_end_by(struct request *q, struct response *r, transfer_load_fn *load,
    struct err *e)
{
	static const char *const words[] = { "wrong-code", "cancelled",
		"failed" };
	static const enum transfer_state states[] = { TRANSFER_WRONG_CODE,
		TRANSFER_CANCELLED, TRANSFER_FAILED };
	struct transfer t = { 0 };
	const struct json_t *in;
	size_t why = 0;
	enum rc rc;

	if ((rc = load(q, &t, e)) == RC_OK &&
	    (rc = request_json(q, &in, e)) == RC_OK &&
	    (rc = json_get_choice(in, "why", JSON_MUST, words, 3, &why, e)) ==
		RC_OK)
		rc = relay_end(&api_of(q)->domain, &t, states[why], e);

	return transfer_answer(r, &t, rc);
}

enum rc
transfer_api_end(struct request *q, struct response *r, struct err *e)
{
	return transfer_end_by(q, r, transfer_of_phone, e);
}

enum rc
transfer_api_pc_end(struct request *q, struct response *r, struct err *e)
{
	return transfer_end_by(q, r, transfer_of_pc, e);
}

enum rc
transfer_api_claim(struct request *q, struct response *r, struct err *e)
{
	const char *channel = request_param(q, "channel");
	uint8_t secret[STORE_HASH], hash[STORE_HASH], id[STORE_ID];
	struct span s = SPAN(secret);
	struct json_out *o;
	enum rc rc;

	if (strlen(channel) != TRANSFER_CHANNEL - 1 ||
	    !text_is_digits(span_str(channel)))
		return err_set(e, RC_FORMAT, "channel", "not five digits");
	rnd_bytes(secret, sizeof(secret));
	digest_sha256(hash, &s, 1);
	rc = relay_claim(
	    &api_of(q)->domain, channel, hash, request_address(q), id, e);
	if (rc != RC_OK)
		return rc;
	o = response_json(r, 201);
	api_put_id(o, "id", id);
	json_put_bytes(o, "secret", JSON_BASE64URL, s);

	return RC_OK;
}
