/*
 * vault_dispatch_fuzz.c - any frames in any order. Nothing is ever signed, and
 * what hangs up has changed nothing.
 */
#include "ipc/frame.h"
#include "state.h"
#include "vault/dispatch.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* An account with a list that no phone can answer for. */
static void
enrol(struct vault *v)
{
	static const uint8_t key[65] = { 1 }, digest[32], pin[DL1_PIN];
	struct buf answer = buf_init(16384);
	struct dl1 list = { .version = 1, .n = 1 };

	memcpy(list.account_id, state_account, VAULT_ID);
	list.devices[0].kind = DL1_PIN_DEVICE;
	list.devices[0].public_key = SPAN(key);
	list.devices[0].pin = SPAN(pin);
	if (account_add(v, &list, digest, (struct span){ 0 }, &answer, NULL) !=
	    RC_OK)
		abort();
	buf_clear(&answer);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct rd r = rd_init((struct span){ p, n });
	struct vault v;

	state_begin(&v);
	enrol(&v);
	for (int i = 0; i < 16 && rd_left(&r) > 0; i++) {
		struct span frame = rd_lp16(&r, UINT16_MAX);
		size_t before = v.approvals.n + v.signs.n + v.accounts.n;
		struct frame_answer answer;
		struct call c;
		struct err e = { 0 };

		if (dispatch_begin(&v, frame, &c, &e) != RC_OK) {
			if (e.msg[0] == '\0' ||
			    before != v.approvals.n + v.signs.n + v.accounts.n)
				abort();
			dispatch_clear(&c);
			continue;
		}
		dispatch_finish(&c);
		if (frame_parse_answer(buf_span(&c.answer), &answer, NULL) !=
			RC_OK ||
		    (answer.rc == RC_OK &&
			(answer.message->verb == MESSAGE_SIGN ||
			    answer.message->verb == MESSAGE_APPROVE)))
			abort();
		dispatch_clear(&c);
	}
	state_end(&v);

	return 0;
}
