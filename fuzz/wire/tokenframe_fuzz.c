/*
 * tokenframe_fuzz.c - every frame between module and helper, from either side, and
 * the list that is kept in a file.
 *
 * Belongs here: parse, and encode again what was accepted.
 * Not here: sockets.
 */
#include "wire/tokenframe.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* What was accepted is written back as it was: one form a meaning. */
static void
check_list(struct span in)
{
	static struct tokenframe_object objects[TOKENFRAME_OBJECTS_MAX];
	struct buf again = buf_init(TOKENFRAME_MAX);
	size_t n = 0;

	if (tokenframe_list_parse(
		in, NULL, objects, TOKENFRAME_OBJECTS_MAX, &n, NULL) != RC_OK)
		return;
	tokenframe_list_begin(&again, in.p + 1, (uint16_t)n);
	for (size_t i = 0; i < n; i++)
		tokenframe_list_object(&again, &objects[i]);
	if (buf_ok(&again) && !span_equal(buf_span(&again), in))
		abort();
	buf_clear(&again);
}

static void
check_requests(struct span in)
{
	struct buf again = buf_init(TOKENFRAME_REQUEST_MAX);
	char program[TOKENFRAME_PROGRAM_MAX + 1];
	struct tokenframe_login login;
	struct tokenframe_sign sign;
	struct tokenframe_verify verify;

	if (tokenframe_hello_parse(in, program, NULL) == RC_OK &&
	    strlen(program) > TOKENFRAME_PROGRAM_MAX)
		abort();
	if (tokenframe_login_parse(in, &login, NULL) == RC_OK) {
		tokenframe_login_head(&again, login.wait_ms, login.logouts,
		    login.has_pin, login.pin.n);
		buf_bytes(&again, login.pin);
		if (!span_equal(buf_span(&again), in))
			abort();
	}
	buf_reset(&again);
	if (tokenframe_sign_parse(in, &sign, NULL) == RC_OK) {
		tokenframe_sign(&again, &sign);
		if (!span_equal(buf_span(&again), in))
			abort();
	}
	buf_reset(&again);
	if (tokenframe_verify_parse(in, &verify, NULL) == RC_OK) {
		tokenframe_verify(&again, &verify);
		if (!span_equal(buf_span(&again), in))
			abort();
	}
	buf_clear(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct span in = { p, n }, signature;
	struct tokenframe_failed failed;
	bool good;

	check_list(in);
	check_requests(in);
	if (tokenframe_failed_parse(in, &failed, NULL) == RC_OK &&
	    (failed.rc == RC_OK || failed.rc >= RC_COUNT))
		abort();
	if (tokenframe_signed_parse(in, &signature, NULL) == RC_OK &&
	    signature.n > TOKENFRAME_SIGNATURE_MAX)
		abort();
	if (tokenframe_verified_parse(in, &good, NULL) == RC_OK &&
	    (n != 2 || p[1] != (good ? 1 : 0)))
		abort();

	return 0;
}
