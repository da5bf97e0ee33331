/*
 * cpace_test.c - CPace against the draft's vectors, the shared golden runs that
 * web/core/cpace.js reproduces too, and against whoever guesses or meddles.
 */
#include "base/enc.h"
#include "pake/cpace.h"
#include "tap.h"

#include <jansson.h>

static struct span
unhex(const json_t *from, const char *name)
{
	static struct buf bufs[8];
	static size_t at;
	struct buf *b = &bufs[at++ % 8];
	const char *text = json_string_value(json_object_get(from, name));

	buf_clear(b);
	*b = buf_init(4096);
	if (text == NULL || enc_hex_parse(b, span_str(text), NULL) != RC_OK)
		abort();

	return buf_span(b);
}

static void
test_draft(const json_t *d)
{
	json_t *invalid;
	uint8_t out[64];
	size_t i;

	ok(cpace_draft_generator(out, unhex(d, "PRS"), unhex(d, "CI"),
	       unhex(d, "sid"), NULL) == RC_OK &&
		span_equal((struct span){ out, 32 }, unhex(d, "g")),
	    "the draft's generator");
	ok(cpace_draft_isk(out, unhex(d, "ya").p, unhex(d, "Yb").p,
	       unhex(d, "sid"), unhex(d, "transcript"), NULL) == RC_OK &&
		span_equal(SPAN(out), unhex(d, "ISK_IR")),
	    "the draft's ISK, A");
	ok(cpace_draft_isk(out, unhex(d, "yb").p, unhex(d, "Ya").p,
	       unhex(d, "sid"), unhex(d, "transcript"), NULL) == RC_OK &&
		span_equal(SPAN(out), unhex(d, "ISK_IR")),
	    "the draft's ISK, B");
	json_array_foreach(json_object_get(d, "invalid"), i, invalid)
	{
		json_t *row = json_pack("{s:O}", "Y", invalid);

		ok(cpace_draft_isk(out, unhex(d, "ya").p, unhex(row, "Y").p,
		       unhex(d, "sid"), unhex(d, "transcript"),
		       NULL) == RC_FORMAT,
		    "the draft's invalid point %zu", i);
		json_decref(row);
	}
}

static struct cpace_in
input(const json_t *run, bool initiator)
{
	return (struct cpace_in){
		.code =
		    span_str(json_string_value(json_object_get(run, "code"))),
		.label =
		    span_str(json_string_value(json_object_get(run, "label"))),
		.channel = span_str(
		    json_string_value(json_object_get(run, "channel"))),
		.sid = unhex(run, "sid"),
		.ad = unhex(run, initiator ? "ad_initiator" : "ad_responder"),
		.scalar = unhex(
		    run, initiator ? "scalar_initiator" : "scalar_responder")
			      .p,
	};
}

static void
test_golden(const json_t *run)
{
	const char *name = json_string_value(json_object_get(run, "name"));
	struct cpace a CPACE_WIPED = { .step = 0 };
	struct cpace b CPACE_WIPED = { .step = 0 };
	struct cpace_in in = input(run, true);
	struct buf m = buf_init(CPACE_ANSWER_MAX);
	struct cpace_keys keys, same;

	ok(cpace_start(&a, &in, &m, NULL) == RC_OK &&
		span_equal(buf_span(&m), unhex(run, "first")),
	    "%s: first", name);
	in = input(run, false);
	buf_reset(&m);
	ok(cpace_answer(&b, &in, unhex(run, "first"), &m, NULL) == RC_OK &&
		span_equal(buf_span(&m), unhex(run, "answer")),
	    "%s: answer", name);
	buf_reset(&m);
	ok(cpace_finish(&a, unhex(run, "answer"), &m, &keys, NULL) == RC_OK &&
		span_equal(buf_span(&m), unhex(run, "confirm")) &&
		span_equal(
		    SPAN(keys.to_responder.k), unhex(run, "to_responder")) &&
		span_equal(
		    SPAN(keys.to_initiator.k), unhex(run, "to_initiator")),
	    "%s: confirmation and keys", name);
	ok(cpace_confirm(&b, unhex(run, "confirm"), &same, NULL) == RC_OK &&
		memcmp(&keys, &same, sizeof(keys)) == 0,
	    "%s: the same keys", name);
	buf_clear(&m);
}

/* A run in which b's input or one message differs. */
static const struct row {
	const char *what;
	struct cpace_in b;
	int message; /* 1 first, 2 answer, 3 confirmation */
	int at;      /* byte to change, from the end if below 0; 999 cut */
	enum rc answer, finish, confirm;
} rows[] = {
#define SID SPAN_LIT("0123456789abcdef")
#define IN(code, label, channel, sid)                                    \
	{                                                                \
		SPAN_LIT(code), SPAN_LIT(label), SPAN_LIT(channel), sid, \
		    { NULL, 0 }, NULL                                    \
	}
#define SAME IN("1234567890128", "INGAM-IMPORT1", "12345", SID)
	{ "right code", SAME, 0, 0, RC_OK, RC_OK, RC_OK },
	{ "wrong code", IN("1234567890228", "INGAM-IMPORT1", "12345", SID), 0,
	    0, RC_OK, RC_SECRET, RC_STATE },
	{ "another channel", IN("1234567890128", "INGAM-IMPORT1", "12346", SID),
	    0, 0, RC_OK, RC_SECRET, RC_STATE },
	{ "another use", IN("1234567890128", "INGAM-TRANSFER1", "12345", SID),
	    0, 0, RC_OK, RC_SECRET, RC_STATE },
	{ "another session",
	    IN("1234567890128", "INGAM-IMPORT1", "12345",
		SPAN_LIT("0123456789abcdeF")),
	    0, 0, RC_OK, RC_SECRET, RC_STATE },
	{ "first: suite", SAME, 1, 0, RC_UNKNOWN, RC_STATE, RC_STATE },
	{ "first: type", SAME, 1, 1, RC_FORMAT, RC_STATE, RC_STATE },
	{ "first: data altered", SAME, 1, -1, RC_OK, RC_SECRET, RC_STATE },
	{ "first: cut", SAME, 1, 999, RC_FORMAT, RC_STATE, RC_STATE },
	{ "answer: suite", SAME, 2, 0, RC_OK, RC_UNKNOWN, RC_STATE },
	{ "answer: type", SAME, 2, 1, RC_OK, RC_FORMAT, RC_STATE },
	{ "answer: tag altered", SAME, 2, -1, RC_OK, RC_SECRET, RC_STATE },
	{ "answer: cut", SAME, 2, 999, RC_OK, RC_FORMAT, RC_STATE },
	{ "confirmation altered", SAME, 3, -1, RC_OK, RC_OK, RC_SECRET },
	{ "confirmation: type", SAME, 3, 1, RC_OK, RC_OK, RC_FORMAT },
	{ "confirmation: cut", SAME, 3, 999, RC_OK, RC_OK, RC_FORMAT },
};

static struct span
meddle(const struct row *row, int message, struct buf *m)
{
	if (row->message == message && row->at == 999)
		m->n--;
	else if (row->message == message)
		m->p[row->at < 0 ? m->n - 1 : (size_t)row->at] ^= 2;

	return buf_span(m);
}

static void
test_row(const struct row *row)
{
	struct cpace a CPACE_WIPED = { .step = 0 };
	struct cpace b CPACE_WIPED = { .step = 0 };
	struct cpace_in in = IN("1234567890128", "INGAM-IMPORT1", "12345", SID);
	struct cpace_keys ka, kb;
	struct buf m[3] = { buf_init(CPACE_FIRST_MAX),
		buf_init(CPACE_ANSWER_MAX), buf_init(CPACE_CONFIRM_LEN) };
	enum rc rc[3];

	in.ad = SPAN_LIT("a PC");
	if (cpace_start(&a, &in, &m[0], NULL) != RC_OK)
		abort();
	rc[0] = cpace_answer(&b, &row->b, meddle(row, 1, &m[0]), &m[1], NULL);
	if (rc[0] != RC_OK) {
		/* Nothing goes back, so the other side just ends. */
		cpace_clear(&a);
		buf_bytes(&m[1], SPAN_LIT("x"));
	}
	rc[1] = cpace_finish(&a, meddle(row, 2, &m[1]), &m[2], &ka, NULL);
	if (rc[1] != RC_OK) {
		cpace_clear(&b);
		buf_bytes(&m[2], SPAN_LIT("x"));
	}
	rc[2] = cpace_confirm(&b, meddle(row, 3, &m[2]), &kb, NULL);
	if (!ok(rc[0] == row->answer && rc[1] == row->finish &&
		    rc[2] == row->confirm,
		"%s", row->what))
		diag("%s %s %s", err_name(rc[0]), err_name(rc[1]),
		    err_name(rc[2]));
	if (rc[2] == RC_OK)
		ok(memcmp(&ka, &kb, sizeof(ka)) == 0, "%s: same keys",
		    row->what);
	ok(cpace_confirm(&b, buf_span(&m[2]), &kb, NULL) == RC_STATE,
	    "%s: no second guess", row->what);
	for (size_t i = 0; i < 3; i++)
		buf_clear(&m[i]);
}

/* A run that failed stays failed, whatever comes next. */
static void
test_dead(void)
{
	struct cpace a CPACE_WIPED = { .step = 0 };
	struct cpace b CPACE_WIPED = { .step = 0 };
	struct cpace_in in = IN("1234567890128", "INGAM-IMPORT1", "12345", SID);
	struct buf m = buf_init(CPACE_ANSWER_MAX);
	uint8_t confirm[CPACE_CONFIRM_LEN] = { CPACE_SUITE, 3 };
	struct cpace_keys keys;

	ok(cpace_answer(&b, &in, SPAN_LIT("\1\1"), &m, NULL) == RC_FORMAT &&
		cpace_confirm(&b, SPAN(confirm), &keys, NULL) == RC_STATE,
	    "no confirmation after a bad first message");
	ok(cpace_start(&a, &in, &m, NULL) == RC_OK &&
		cpace_finish(&a, SPAN_LIT("\1\2"), &m, &keys, NULL) ==
		    RC_FORMAT &&
		cpace_finish(&a, SPAN_LIT("\1\2"), &m, &keys, NULL) ==
		    RC_STATE &&
		a.secret.p == NULL,
	    "no second answer after a bad one, and no secret kept");
	buf_clear(&m);
}

static void
test_sizes(void)
{
	struct cpace c CPACE_WIPED = { .step = 0 };
	struct cpace_in in = IN("1234567890128", "INGAM-IMPORT1", "12345", SID);
	struct buf m = buf_init(CPACE_FIRST_MAX);
	uint8_t big[CPACE_AD_MAX + 1] = { 0 };

	in.sid.n = 15;
	ok(cpace_start(&c, &in, &m, NULL) == RC_LIMIT, "short session id");
	cpace_clear(&c);
	in.sid.n = 16;
	in.ad = SPAN(big);
	ok(cpace_start(&c, &in, &m, NULL) == RC_LIMIT, "257 bytes of data");
	cpace_clear(&c);
	in.ad.n--;
	ok(cpace_start(&c, &in, &m, NULL) == RC_OK && m.n == CPACE_FIRST_MAX,
	    "256 bytes of data");
	ok(cpace_start(&c, &in, &m, NULL) == RC_STATE, "started twice");
	buf_clear(&m);
}

int
main(void)
{
	static char path[4096];
	json_t *root, *run;
	size_t i;

	(void)snprintf(path, sizeof(path), "%s/tests/golden/cpace.json",
	    getenv("INGAM_SOURCE"));
	root = json_load_file(path, 0, NULL);
	test_draft(json_object_get(root, "draft"));
	json_array_foreach(json_object_get(root, "runs"), i, run)
	    test_golden(run);
	ok(i == 2, "two golden runs");
	json_decref(root);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		test_row(&rows[i]);
	test_sizes();
	test_dead();

	return tap_done();
}
