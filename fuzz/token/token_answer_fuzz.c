/*
 * token_answer_fuzz.c - what the service answers, up to the list of objects
 * that the module gets.
 *
 * Belongs here: every reader of answers; the frame made of one must parse.
 * Not here: HTTP.
 */
#include "token/answer.h"
#include "token/list.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
check_login(struct span in)
{
	static const uint8_t owner[16];
	static struct tokenframe_object objects[TOKENFRAME_OBJECTS_MAX];
	static struct list list;
	struct answer_login login = { 0 };
	struct tokenframe_sign q = { .scheme = TOKENFRAME_ECDSA,
		.hash = TOKENFRAME_SHA256 };
	struct buf out = buf_init(TOKENFRAME_SIGNATURE_MAX);
	size_t n = 0;

	if (answer_login(in, &login, NULL) == RC_OK &&
	    list_make(&list, &login, owner, NULL) == RC_OK) {
		if (tokenframe_list_parse(buf_span(&list.frame), owner, objects,
			TOKENFRAME_OBJECTS_MAX, &n, NULL) != RC_OK)
			abort();
		if (n > 0)
			memcpy(q.certificate, objects[0].id, 16);
		/* Nothing that a fuzzer finds is a signature. */
		if (list_check_signature(&list, &q, in, &out, NULL) == RC_OK)
			abort();
		list_clear(&list);
	}
	answer_login_clear(&login);
	buf_clear(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct span in = { p, n };
	struct buf signature = { 0 };
	char id[ANSWER_ID + 1];
	enum answer_state state;
	uint8_t tries_left;

	if (answer_created(in, id, NULL) == RC_OK && strlen(id) != ANSWER_ID)
		abort();
	if (answer_state(in, &state, NULL) == RC_OK && state > ANSWER_ENDED)
		abort();
	if (answer_signature(in, &signature, NULL) == RC_OK &&
	    signature.n > TOKENFRAME_SIGNATURE_MAX)
		abort();
	buf_clear(&signature);
	if (answer_problem(400, in, &tries_left, NULL) == RC_OK)
		abort();
	check_login(in);

	return 0;
}
