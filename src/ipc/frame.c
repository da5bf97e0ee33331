/*
 * frame.c - the head of each request and answer, as bytes.
 *
 * Belongs here: verb, version, sequence, code; sizes against the table.
 * Not here: a verb's fields (keys/keys.c, vault); sockets (channel.c).
 */
#include "ipc/frame.h"

static const struct message *
frame_head(struct rd *r, bool answer, uint64_t *sequence)
{
	uint16_t verb = rd_u16(r);
	uint16_t version = rd_u16(r);

	*sequence = rd_u64(r);
	if (version != MESSAGE_VERSION ||
	    ((verb & MESSAGE_ANSWER_BIT) != 0) != answer)
		return NULL;

	return message_find(verb & (uint16_t)~MESSAGE_ANSWER_BIT);
}

enum rc
frame_parse_request(struct span in, struct frame_request *out, struct err *e)
{
	struct rd r = rd_init(in);
	const struct message *m;
	uint64_t sequence;

	*out = (struct frame_request){ 0 };
	m = frame_head(&r, false, &sequence);
	if (in.n > MESSAGE_MAX || r.failed || m == NULL)
		return err_set(e, RC_FORMAT, "frame", "not a request");
	if (rd_left(&r) < m->request_min || rd_left(&r) > m->request_max)
		return err_set(
		    e, RC_FORMAT, m->name, "request of a wrong length");
	*out = (struct frame_request){ m, sequence, r };

	return RC_OK;
}

enum rc
frame_parse_answer(struct span in, struct frame_answer *out, struct err *e)
{
	struct rd r = rd_init(in);
	uint16_t code;

	*out = (struct frame_answer){ 0 };
	out->message = frame_head(&r, true, &out->sequence);
	code = rd_u16(&r);
	if (in.n > MESSAGE_MAX || r.failed || out->message == NULL ||
	    code >= RC_COUNT)
		return err_set(e, RC_FORMAT, "frame", "not an answer");
	out->rc = (enum rc)code;
	if (out->rc != RC_OK) {
		out->reason = rd_lp16(&r, MESSAGE_TEXT_MAX);
		out->tries_left = rd_u8(&r);
		return rd_done(&r)
		    ? RC_OK
		    : err_set(e, RC_FORMAT, "frame", "not an answer");
	}
	if (rd_left(&r) < out->message->answer_min ||
	    rd_left(&r) > out->message->answer_max)
		return err_set(e, RC_FORMAT, out->message->name,
		    "answer of a wrong length");
	out->fields = r;

	return RC_OK;
}

static void
frame_write_head(struct buf *b, unsigned int verb, uint64_t sequence)
{
	buf_reset(b);
	buf_u16(b, (uint16_t)verb);
	buf_u16(b, MESSAGE_VERSION);
	buf_u64(b, sequence);
}

void
frame_request(struct buf *b, enum message_verb verb, uint64_t sequence)
{
	frame_write_head(b, verb, sequence);
}

void
frame_answer(struct buf *b, enum message_verb verb, uint64_t sequence)
{
	frame_write_head(b, verb | MESSAGE_ANSWER_BIT, sequence);
	buf_u16(b, RC_OK);
}

void
frame_failure(struct buf *b, enum message_verb verb, uint64_t sequence,
    const struct err *why, enum rc rc, uint8_t tries_left)
{
	const char *text =
	    why != NULL && why->msg[0] != '\0' ? why->msg : err_text(rc);

	frame_write_head(b, verb | MESSAGE_ANSWER_BIT, sequence);
	buf_u16(b, (uint16_t)rc);
	buf_lp16(b, span_str(text));
	buf_u8(b, tries_left);
}
