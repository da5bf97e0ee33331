/* frame_test.c - heads of requests and answers, and what is refused. */
#include "ipc/frame.h"
#include "tap.h"

static const struct {
	const char *name;
	const char *bytes;
	size_t n;
	bool good;
} requests[] = {
	{ "HELLO", "\0\1\0\1\0\0\0\0\0\0\0\7", 12, true },
	{ "HELLO with a byte too many", "\0\1\0\1\0\0\0\0\0\0\0\7x", 13,
	    false },
	{ "head cut", "\0\1\0\1\0\0\0\0\0\0\0", 11, false },
	{ "nothing", "", 0, false },
	{ "another version", "\0\1\0\2\0\0\0\0\0\0\0\7", 12, false },
	{ "an answer", "\x80\1\0\1\0\0\0\0\0\0\0\7", 12, false },
	{ "verb 0", "\0\0\0\1\0\0\0\0\0\0\0\7", 12, false },
	{ "verb after the last", "\0\x0b\0\1\0\0\0\0\0\0\0\7", 12, false },
	{ "STATUS without its id", "\0\x0a\0\1\0\0\0\0\0\0\0\7", 12, false },
};

static void
test_requests(void)
{
	struct frame_request f;

	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		struct span in = { (const uint8_t *)requests[i].bytes,
			requests[i].n };
		struct err e = { 0 };
		enum rc rc = frame_parse_request(in, &f, &e);

		ok(requests[i].good ? rc == RC_OK && f.sequence == 7
				    : rc == RC_FORMAT && e.msg[0] != '\0' &&
			    f.message == NULL,
		    "request: %s", requests[i].name);
	}
}

static void
test_answers(void)
{
	struct buf b = buf_init(MESSAGE_MAX);
	struct frame_answer a;
	struct err why = { 0 };

	frame_answer(&b, MESSAGE_ENROL_BEGIN, 0x0102030405060708);
	ok(frame_parse_answer(buf_span(&b), &a, NULL) == RC_FORMAT,
	    "answer shorter than the table says");
	buf_bytes(&b, SPAN_LIT("0123456789abcdef0123456789abcdef"));
	ok(frame_parse_answer(buf_span(&b), &a, NULL) == RC_OK &&
		a.rc == RC_OK && a.sequence == 0x0102030405060708 &&
		a.message->verb == MESSAGE_ENROL_BEGIN &&
		rd_left(&a.fields) == 32,
	    "answer there and back");
	ok(frame_parse_request(
	       buf_span(&b), &(struct frame_request){ 0 }, NULL) == RC_FORMAT,
	    "an answer is no request");
	err_set(&why, RC_SECRET, "pin", "wrong PIN");
	frame_failure(&b, MESSAGE_TOKEN_OPEN, 5, &why, RC_SECRET, 2);
	ok(frame_parse_answer(buf_span(&b), &a, NULL) == RC_OK &&
		a.rc == RC_SECRET && a.tries_left == 2 &&
		span_equal(a.reason, SPAN_LIT("wrong PIN")),
	    "failure with its sentence and the tries left");
	buf_u8(&b, 0);
	ok(frame_parse_answer(buf_span(&b), &a, NULL) == RC_FORMAT,
	    "failure with a byte too many");
	frame_failure(&b, MESSAGE_STATUS, 5, NULL, RC_ABSENT, 0);
	ok(frame_parse_answer(buf_span(&b), &a, NULL) == RC_OK &&
		span_equal(a.reason, span_str(err_text(RC_ABSENT))),
	    "failure without a sentence takes the table's");
	b.p[13] = RC_COUNT;
	ok(frame_parse_answer(buf_span(&b), &a, NULL) == RC_FORMAT,
	    "no such code");
	buf_clear(&b);
}

int
main(void)
{
	test_requests();
	test_answers();
	for (unsigned int v = 0; v < 0x100; v++) {
		const struct message *m = message_find((uint16_t)v);

		if (m != NULL)
			ok(m->verb == v && m->request_min <= m->request_max &&
				m->answer_min <= m->answer_max &&
				m->request_max + MESSAGE_REQUEST_HEAD <=
				    MESSAGE_MAX,
			    "row %s is possible", m->name);
	}

	return tap_done();
}
