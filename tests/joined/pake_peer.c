/*
 * pake_peer.c - one side of a transfer, for pake.test.mjs: hex lines in and
 * out, so that C and JavaScript talk to each other and not to themselves.
 *
 *   pake_peer initiator|responder <code> <label> <channel> <sid hex>
 *   pake_peer seal <point hex> <info> <aad> <plain>    pake_peer open <scalar hex> <info> <aad>
 *   pake_peer code <transfer|import> <text>
 *
 * Belongs here: words to calls of pake, and back.
 * Not here: what is expected (pake.test.mjs).
 */
#include "base/enc.h"
#include "pake/code.h"
#include "pake/cpace.h"
#include "pake/hpke.h"
#include "pake/transfer.h"

#include <stdio.h>
#include <stdlib.h>

/* Ends with the code's name on standard output: the test reads it. */
static void
must(enum rc rc)
{
	if (rc == RC_OK)
		return;
	printf("%s\n", err_name(rc));
	exit(EXIT_SUCCESS);
}

static void
unhex(struct buf *b, const char *hex)
{
	buf_reset(b);
	must(enc_hex_parse(b, span_str(hex), NULL));
}

static void
say(struct span s)
{
	struct buf b = buf_init(2 * TRANSFER_FRAME_MAX + 1);

	enc_hex(&b, s);
	printf("%s\n", buf_cstr(&b));
	fflush(stdout);
	buf_clear(&b);
}

static void
hear(struct buf *b)
{
	static char line[2 * TRANSFER_FRAME_MAX + 256];

	if (fgets(line, sizeof(line), stdin) == NULL)
		exit(EXIT_FAILURE);
	line[strcspn(line, "\n")] = '\0';
	unhex(b, line);
}

static void
run_initiator(const struct cpace_in *in)
{
	static const struct transfer_files files = { SPAN_LIT("C cert"),
		SPAN_LIT("C key"), SPAN_LIT("C km cert"),
		SPAN_LIT("C km key") };
	struct buf b = buf_init(TRANSFER_FRAME_MAX), reply = buf_init(1024);
	struct cpace c CPACE_WIPED = { .step = 0 };
	struct cpace_keys keys;

	must(cpace_start(&c, in, &b, NULL));
	say(buf_span(&b));
	hear(&reply);
	buf_reset(&b);
	must(cpace_finish(&c, buf_span(&reply), &b, &keys, NULL));
	must(transfer_seal(&keys.to_responder, &files, &b, NULL));
	say(buf_span(&b));
	buf_clear(&b);
	buf_clear(&reply);
}

static void
run_responder(const struct cpace_in *in)
{
	struct buf b = buf_init(TRANSFER_FRAME_MAX + CPACE_CONFIRM_LEN);
	struct buf reply = buf_init(1024);
	struct cpace c CPACE_WIPED = { .step = 0 };
	struct sec plain SEC_WIPED = { 0 };
	struct transfer_files files;
	struct cpace_keys keys;

	hear(&b);
	must(cpace_answer(&c, in, buf_span(&b), &reply, NULL));
	say(buf_span(&reply));
	hear(&b);
	must(b.n >= CPACE_CONFIRM_LEN ? RC_OK : RC_FORMAT);
	must(cpace_confirm(
	    &c, (struct span){ b.p, CPACE_CONFIRM_LEN }, &keys, NULL));
	must(transfer_open(&keys.to_responder,
	    (struct span){ b.p + CPACE_CONFIRM_LEN, b.n - CPACE_CONFIRM_LEN },
	    &plain, &files, NULL));
	say(sec_span(&plain));
	buf_clear(&b);
	buf_clear(&reply);
}

static void
run_seal(char **argv)
{
	struct buf b = buf_init(HPKE_PUBLIC_LEN), out = buf_init(4096);

	unhex(&b, argv[2]);
	must(hpke_seal(buf_span(&b), span_str(argv[3]), span_str(argv[4]),
	    span_str(argv[5]), &out, NULL));
	say(buf_span(&out));
	buf_clear(&b);
	buf_clear(&out);
}

static void
run_open(char **argv)
{
	struct hpke_key key HPKE_KEY_WIPED = { { 0 }, { NULL, 0, 0 } };
	struct buf b = buf_init(4096);
	struct sec plain SEC_WIPED = { 0 };

	unhex(&b, argv[2]);
	must(hpke_key_load(&key, buf_span(&b), NULL));
	say(SPAN(key.public));
	hear(&b);
	must(hpke_open(&key, span_str(argv[3]), span_str(argv[4]), buf_span(&b),
	    &plain, NULL));
	say(sec_span(&plain));
	buf_clear(&b);
}

static void
run_code(char **argv)
{
	struct code c CODE_WIPED;
	char text[CODE_TEXT_SIZE];

	must(code_parse(
	    strcmp(argv[2], "import") == 0 ? CODE_IMPORT : CODE_TRANSFER,
	    span_str(argv[3]), &c, NULL));
	code_format(&c, text);
	printf("%s\n", text);
}

int
main(int argc, char **argv)
{
	struct buf sid = buf_init(CPACE_SID_MAX);
	struct cpace_in in = { .scalar = NULL };

	if (argc == 6 && strcmp(argv[1], "seal") == 0) {
		run_seal(argv);
	} else if (argc == 5 && strcmp(argv[1], "open") == 0) {
		run_open(argv);
	} else if (argc == 4 && strcmp(argv[1], "code") == 0) {
		run_code(argv);
	} else if (argc == 6) {
		unhex(&sid, argv[5]);
		in.code = span_str(argv[2]);
		in.label = span_str(argv[3]);
		in.channel = span_str(argv[4]);
		in.sid = buf_span(&sid);
		if (strcmp(argv[1], "initiator") == 0)
			run_initiator(&in);
		else
			run_responder(&in);
	} else {
		return 2;
	}
	buf_clear(&sid);

	return EXIT_SUCCESS;
}
