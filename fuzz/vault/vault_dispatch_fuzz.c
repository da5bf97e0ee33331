/*
 * vault_dispatch_fuzz.c - any frames in any order. Nothing is ever signed, and
 * what hangs up has changed nothing.
 *
 * An empty frame is a phone that says yes to the newest request: no fuzzer
 * finds a signature. Sixteen bytes ee in a frame stand for its identifier,
 * which is drawn anew in each run.
 */
#include "ipc/frame.h"
#include "state.h"
#include "vault/dispatch.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

#define PLACEHOLDER 0xee

/* An account with a list that no phone can answer for. */
static void
enrol(struct vault *v)
{
	static const uint8_t key[65] = { 1 }, digest[32], pin[DL1_PIN];
	struct buf answer = buf_init(16384);
	struct dl1 list = { .version = 1, .n = 2 };

	memcpy(list.account_id, state_account, VAULT_ID);
	list.devices[0].kind = DL1_PIN_DEVICE;
	list.devices[0].public_key = SPAN(key);
	list.devices[0].pin = SPAN(pin);
	list.devices[1].id[0] = 1;
	list.devices[1].kind = DL1_PASSKEY;
	list.devices[1].credential_id = SPAN_LIT("credential");
	list.devices[1].public_key = SPAN(key);
	if (account_add(v, &list, digest, (struct span){ 0 }, &answer, NULL) !=
	    RC_OK)
		abort();
	buf_clear(&answer);
}

/* The frame with the identifier in its places. */
static struct span
name_newest(
    struct span frame, const uint8_t newest[static VAULT_ID], uint8_t *room)
{
	uint8_t place[VAULT_ID];

	memset(place, PLACEHOLDER, sizeof(place));
	memcpy(room, frame.p, frame.n);
	for (size_t i = 0; i + VAULT_ID <= frame.n; i++) {
		if (memcmp(room + i, place, VAULT_ID) == 0)
			memcpy(room + i, newest, VAULT_ID);
	}

	return (struct span){ room, frame.n };
}

static void
say_yes(struct vault *v, const uint8_t newest[static VAULT_ID])
{
	struct approval *a = approval_find(v, newest);

	if (a != NULL && approval_state(a) == APPROVAL_WAITING)
		approval_set(v, a, APPROVAL_APPROVED, 60000);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static uint8_t room[UINT16_MAX];
	uint8_t newest[VAULT_ID] = { 0 };
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

		if (frame.n == 0) {
			say_yes(&v, newest);
			continue;
		}
		frame = name_newest(frame, newest, room);
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
		if (answer.rc == RC_OK &&
		    answer.message->verb == MESSAGE_APPROVAL_NEW)
			rd_copy(&answer.fields, newest, sizeof(newest));
		dispatch_clear(&c);
	}
	state_end(&v);

	return 0;
}
