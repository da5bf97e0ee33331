/*
 * vault_dispatch_fuzz.c - any frames in any order. Nothing is ever signed, and
 * what hangs up, or is refused for want of memory, has changed nothing.
 *
 * An empty frame is a phone that says yes to the newest request: no fuzzer
 * finds a signature. Sixteen bytes ee in a frame stand for its identifier.
 *
 * Belongs here: whole sessions, a vault's state in memory, an allocation that
 * fails.
 * Not here: one format alone (vault_formats_fuzz.c); the journal
 * (vault_record_fuzz.c).
 */
#include "failing.h"
#include "ipc/frame.h"
#include "state.h"
#include "vault/dispatch.h"

#include <sys/random.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

#define PLACEHOLDER 0xee

/* The same in each run, or an input would not say what comes of it. */
static uint64_t drawn;

ssize_t
getrandom(void *p, size_t n, unsigned int flags)
{
	uint8_t *to = p;

	(void)flags;
	for (size_t i = 0; i < n; i++) {
		drawn = drawn * 6364136223846793005U + 1442695040888963407U;
		to[i] = (uint8_t)(drawn >> 56);
	}

	return (ssize_t)n;
}

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
		if (room[i] == PLACEHOLDER &&
		    memcmp(room + i, place, VAULT_ID) == 0)
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

#define FRAMES  16
#define HUNG_UP RC_BUSY /* the vault says nothing, it ends the connection */

/* What came of one frame; n is how many bytes the answer has. */
struct came {
	enum rc rc;
	size_t n;
};

/* Of all of them, and in which an allocation failed (-1: in none). */
struct told {
	struct came of[FRAMES];
	int n, failed_in;
};

static size_t
things(const struct vault *v)
{
	return v->approvals.n + v->signs.n + v->accounts.n + v->enrolments.n;
}

/* What the vault answers, which is whole, and no signature. */
static enum rc
answer_of(struct call *c, uint8_t newest[static VAULT_ID])
{
	struct frame_answer answer;

	if (frame_parse_answer(buf_span(&c->answer), &answer, NULL) != RC_OK ||
	    (answer.rc == RC_OK &&
		(answer.message->verb == MESSAGE_SIGN ||
		    answer.message->verb == MESSAGE_APPROVE)))
		abort();
	if (answer.rc == RC_OK && answer.message->verb == MESSAGE_APPROVAL_NEW)
		rd_copy(&answer.fields, newest, VAULT_ID);

	return answer.rc;
}

static struct came
ask(struct vault *v, struct span frame, uint8_t newest[static VAULT_ID])
{
	size_t before = things(v);
	struct err e = { 0 };
	struct came came = { HUNG_UP, 0 };
	struct call c;

	if (dispatch_begin(v, frame, &c, &e) == RC_OK) {
		if (dispatch_prepare(&c))
			dispatch_make(&c);
		dispatch_finish(&c);
		came = (struct came){ answer_of(&c, newest), c.answer.n };
	} else if (e.msg[0] == '\0' || before != things(v)) {
		abort();
	}
	dispatch_clear(&c);
	/* There is nothing of what was refused for want of memory. */
	if ((came.rc == RC_MEMORY || came.rc == RC_CRYPTO) &&
	    before != things(v))
		abort();

	return came;
}

/* All frames, to a vault of their own. */
static void
run(const struct failing *f, uint32_t nth, struct told *out)
{
	static uint8_t room[UINT16_MAX];
	uint8_t newest[VAULT_ID] = { 0 };
	struct rd r = rd_init(f->input);
	struct vault v;

	*out = (struct told){ .failed_in = -1 };
	state_begin(&v);
	enrol(&v);
	drawn = 1;
	starve_begin(starve_here(), f->whose, nth);
	for (int i = 0; i < FRAMES && rd_left(&r) > 0; i++) {
		struct span frame = rd_lp16(&r, UINT16_MAX);

		if (frame.n == 0)
			say_yes(&v, newest);
		else
			out->of[i] =
			    ask(&v, name_newest(frame, newest, room), newest);
		out->n = i + 1;
		if (out->failed_in < 0 &&
		    atomic_load(&starve_here()->failed) != 0)
			out->failed_in = i;
	}
	(void)starve_end(starve_here());
	state_end(&v);
}

static bool
is_same(const struct came *a, const struct came *b)
{
	return a->rc == b->rc && (a->rc != RC_OK || a->n == b->n);
}

/* Up to the failure it is as without it; what comes then, may miss something. */
static void
compare(const struct failing *f, const struct told *whole,
    const struct told *failing)
{
	int last = failing->failed_in < 0 ? whole->n : failing->failed_in;

	for (int i = 0; i < last; i++) {
		if (!is_same(&failing->of[i], &whole->of[i]))
			abort();
	}
	if (failing->failed_in < 0 || failing->of[last].rc == HUNG_UP ||
	    is_same(&failing->of[last], &whole->of[last]))
		return;
	if (failing->of[last].rc == whole->of[last].rc)
		abort();
	failing_check(f, whole->of[last].rc, failing->of[last].rc, true);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct failing f = failing_take(p, n);
	struct told whole, failing;

	run(&f, 0, &whole);
	if (f.nth == 0)
		return 0;
	run(&f, f.nth, &failing);
	compare(&f, &whole, &failing);

	return 0;
}
