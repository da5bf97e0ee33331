/*
 * crash_test.c - the vault dies at each of its fail points, in each of its
 * steps. What it acknowledged is there afterwards, nothing is used twice, and
 * the same client goes on with the same questions.
 *
 * Belongs here: deaths at a named place.
 * Not here: at a random one, with the disk's losses (tests/fault).
 */
#include "rig.h"

#include "tap.h"

#include <string.h>
#include <sys/stat.h>

/* Points that one step passes, and those that every step passes. */
static const char *const points[] = {
	"enrol-recorded",
	"new-recorded",
	"assertion-counted",
	"pin-counted",
	"approve-checked",
	"approve-recorded",
	"import-counted",
	"open-tried",
	"open-recorded",
	"refuse-recorded",
	"sign-intent",
	"sign-result",
};
static const char *const everywhere[] = {
	"journal-before-write",
	"journal-before-sync",
	"journal-after-sync",
	"serve-committed",
	"serve-before-answer",
	"serve-answered",
};

/* What the steps acknowledged. */
struct story {
	struct rig rig;
	struct phone phone;
	struct subject subject;
	struct grant grant, refused;
	struct keys_signed one, two, more;
	char pin[7];
	const char *why; /* NULL: all is well */
};

static bool
story_must(struct story *s, bool good, const char *why)
{
	if (!good && s->why == NULL)
		s->why = why;

	return good;
}

static void
story_approve(struct story *s, struct grant *g)
{
	struct keys_evidence evidence;
	uint8_t challenge[32];
	enum rc rc;

	keys_ar1_challenge(buf_span(&g->ar1), challenge);
	evidence = phone_answer(
	    &s->rig, &s->phone, challenge, "481516", SPOIL_NOTHING);
	do
		rc = grant_show(
		    &s->rig, &s->phone, g, KEYS_OP_TOKEN, &evidence, NULL);
	while (rig_revived(&s->rig, rc));
	story_must(s, rc == RC_OK, "approval");
}

static void
story_new(struct story *s, struct grant *g)
{
	enum rc rc;

	do
		rc = grant_new(&s->rig, &s->phone, &s->subject, KEYS_OP_TOKEN,
		    KEYS_MODE_NUMBER, 2, 600, g);
	while (rig_revived(&s->rig, rc));
	story_must(s, rc == RC_OK, "request");
}

/* One wrong PIN, then the right one: a death may cost a try, never give one. */
static void
story_open(struct story *s)
{
	struct keys_status status = { 0 };
	char wrong[7];
	uint8_t left = 0;
	enum rc rc;
	bool died;

	memcpy(wrong, s->grant.pin, sizeof(wrong));
	wrong[5] = (char)(wrong[5] == '9' ? '0' : wrong[5] + 1);
	do {
		rc = grant_open(&s->rig, &s->grant, wrong, &left);
		died = rig_revived(&s->rig, rc);
	} while (died);
	story_must(s, rc == RC_SECRET && left <= 2 && left >= 1, "wrong PIN");
	do {
		rc = grant_open(&s->rig, &s->grant, s->grant.pin, &left);
		died = rig_revived(&s->rig, rc);
		if (died &&
		    keys_status(s->rig.keys, s->grant.id, &status, NULL) ==
			RC_OK &&
		    status.state == KEYS_OPEN)
			rc = RC_OK;
	} while (died && rc != RC_OK);
	story_must(s, rc == RC_OK, "open");
	story_must(s,
	    grant_open(&s->rig, &s->grant, s->grant.pin, &left) != RC_OK,
	    "opened twice");
}

static void
story_sign(
    struct story *s, uint32_t number, const char *text, struct keys_signed *out)
{
	struct span in = span_str(text);
	uint8_t digest[32];
	enum rc rc;

	do
		rc = grant_sign(
		    &s->rig, &s->grant, &s->subject, number, text, out);
	while (rig_revived(&s->rig, rc));
	digest_sha256(digest, &in, 1);
	story_must(s,
	    rc == RC_OK &&
		subject_verifies(&s->subject, KEYS_ECDSA, KEYS_SHA256, 0,
		    SPAN(digest), buf_span(&out->signature)),
	    "signature");
}

/* What was acknowledged, looked at again after one more kill. */
static void
story_look_back(struct story *s)
{
	struct keys_status status = { 0 };
	struct keys_signed again = { 0 };
	struct grant other;

	rig_restart(&s->rig);
	story_must(s,
	    keys_status(s->rig.keys, s->grant.id, &status, NULL) == RC_OK &&
		status.state == KEYS_USED_UP && status.left == 0,
	    "used up is forgotten");
	story_must(s,
	    grant_sign(&s->rig, &s->grant, &s->subject, 1, "one", &again) ==
		    RC_OK &&
		span_equal(
		    buf_span(&again.signature), buf_span(&s->one.signature)),
	    "a signature is not the same again");
	story_must(s,
	    grant_sign(&s->rig, &s->grant, &s->subject, 3, "three", &again) ==
		RC_STATE,
	    "a third signature");
	story_must(s,
	    keys_status(s->rig.keys, s->refused.id, &status, NULL) == RC_OK &&
		status.state == KEYS_ENDED,
	    "a refusal is forgotten");
	story_must(s,
	    grant_window(&s->rig, &s->phone, &s->subject, 1, 60, &other) ==
		    RC_OK &&
		grant_sign(&s->rig, &other, &s->subject, 1, "x", &again) ==
		    RC_OK,
	    "key or device is lost");
	keys_signed_clear(&again);
	grant_free(&other);
}

/* The whole of it with one death at point; false: nothing died. */
static bool
story(const char *point, bool is_pin)
{
	struct story s = { 0 };
	bool died;
	enum rc rc;

	rig_new(&s.rig);
	rig_kill(&s.rig);
	s.rig.failpoint = point;
	story_must(&s, rig_start(&s.rig), "start");
	/* HELLO has no fail point of its own but may be a death, too. */
	do
		rc = keys_hello(s.rig.keys, &s.rig.hello, NULL);
	while (rig_revived(&s.rig, rc));
	story_must(&s, phone_new(&s.rig, &s.phone, is_pin, "481516") == RC_OK,
	    "enrolment");
	subject_new(&s.subject, "P-256", 30);
	story_must(&s,
	    subject_import(&s.rig, &s.phone, &s.subject, (struct span){ 0 },
		SUBJECT_PASSWORD, NULL) == RC_OK,
	    "import");
	story_new(&s, &s.refused);
	do
		rc = keys_refuse(s.rig.keys, s.refused.id, NULL);
	while (rig_revived(&s.rig, rc));
	story_must(&s, rc == RC_OK, "refusal");
	story_new(&s, &s.grant);
	story_approve(&s, &s.grant);
	story_open(&s);
	story_sign(&s, 1, "one", &s.one);
	story_sign(&s, 2, "two", &s.two);
	do
		rc = grant_sign(
		    &s.rig, &s.grant, &s.subject, 3, "three", &s.more);
	while (rig_revived(&s.rig, rc));
	story_must(&s, rc == RC_STATE, "a third signature");
	died = s.rig.deaths > 0;
	s.rig.failpoint = NULL;
	story_look_back(&s);
	if (died || s.why != NULL)
		ok(s.why == NULL, "%s, %s: %s", point,
		    is_pin ? "PIN" : "passkey",
		    s.why == NULL ? "nothing lost, nothing twice" : s.why);
	keys_signed_clear(&s.one);
	keys_signed_clear(&s.two);
	grant_free(&s.grant);
	grant_free(&s.refused);
	subject_free(&s.subject);
	phone_free(&s.phone);
	rig_free(&s.rig);

	return died;
}

/* A journal whose last record was torn, or that was touched. */
static void
test_journal(void)
{
	struct rig r = { 0 };
	struct keys_status status;
	struct phone p;
	struct subject s;
	struct grant g;
	char path[96], command[1024];
	struct stat st;

	rig_new(&r);
	subject_new(&s, "P-256", 30);
	(void)phone_new(&r, &p, false, NULL);
	(void)subject_import(
	    &r, &p, &s, (struct span){ 0 }, SUBJECT_PASSWORD, NULL);
	ok(grant_window(&r, &p, &s, 2, 60, &g) == RC_OK, "journal: a window");
	rig_kill(&r);
	(void)snprintf(path, sizeof(path), "%s/journal.0", r.state);
	(void)snprintf(command, sizeof(command),
	    "printf '\\0\\0\\0\\100torn' >> '%s'", path);
	ok(system(command) == 0 && rig_start(&r) &&
		keys_status(r.keys, g.id, &status, NULL) == RC_OK &&
		status.state == KEYS_OPEN,
	    "journal: a torn tail is cut off");
	rig_kill(&r);
	(void)stat(path, &st);
	(void)snprintf(command, sizeof(command),
	    "cp '%s' '%s.good' && printf x | dd of='%s' bs=1 seek=%ld "
	    "conv=notrunc 2>/dev/null",
	    path, path, path, (long)st.st_size / 3);
	ok(system(command) == 0 && !rig_start(&r),
	    "journal: a byte changed inside, and the vault does not start");
	rig_kill(&r);
	(void)snprintf(command, sizeof(command),
	    "mv '%s.good' '%s' && head -c 32 /dev/urandom > '%s.new' && "
	    "chmod 400 '%s.new' && mv '%s' '%s.old' && mv '%s.new' '%s'",
	    path, path, r.kek, r.kek, r.kek, r.kek, r.kek, r.kek);
	ok(system(command) == 0 && !rig_start(&r),
	    "journal: under another root key, and the vault does not start");
	rig_kill(&r);
	(void)snprintf(command, sizeof(command),
	    "mv -f '%s.old' '%s' && chmod 444 '%s'", r.kek, r.kek, r.kek);
	ok(system(command) == 0 && !rig_start(&r),
	    "a key file that others may read, and the vault does not start");
	rig_kill(&r);
	(void)snprintf(command, sizeof(command), "chmod 400 '%s'", r.kek);
	ok(system(command) == 0 && rig_start(&r), "as it was, it starts");
	grant_free(&g);
	phone_free(&p);
	subject_free(&s);
	rig_free(&r);
}

/*
 * The power goes right after a signature was given: its last record, which
 * nobody waited for, is lost. Made again it is the same, and so is its receipt.
 */
static void
test_power(void)
{
	struct keys_signed first = { 0 }, again = { 0 };
	struct rig r = { 0 };
	struct phone p;
	struct subject s;
	struct grant g;
	char command[128];

	rig_new(&r);
	subject_new(&s, "RSA", 30);
	(void)phone_new(&r, &p, false, NULL);
	(void)subject_import(
	    &r, &p, &s, (struct span){ 0 }, SUBJECT_PASSWORD, NULL);
	ok(grant_window(&r, &p, &s, 1, 60, &g) == RC_OK &&
		grant_sign(&r, &g, &s, 1, "one", &first) == RC_OK,
	    "power: a signature");
	rig_kill(&r);
	(void)snprintf(command, sizeof(command),
	    "truncate -s -1 '%s/journal.0' && sleep 0.02", r.state);
	ok(system(command) == 0 && rig_start(&r) &&
		grant_sign(&r, &g, &s, 1, "one", &again) == RC_OK &&
		span_equal(
		    buf_span(&first.signature), buf_span(&again.signature)) &&
		span_equal(buf_span(&first.sr1), buf_span(&again.sr1)) &&
		first.left == again.left &&
		first.expires_ms == again.expires_ms,
	    "power: it is made again, and has one receipt");
	ok(grant_sign(&r, &g, &s, 2, "two", &again) == RC_STATE,
	    "power: it counts once");
	keys_signed_clear(&first);
	keys_signed_clear(&again);
	grant_free(&g);
	phone_free(&p);
	subject_free(&s);
	rig_free(&r);
}

int
main(void)
{
	char point[64];

	for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++) {
		bool pin = strcmp(points[i], "pin-counted") == 0;

		ok(story(points[i], pin), "%s is passed", points[i]);
		(void)snprintf(point, sizeof(point), "%s:2", points[i]);
		(void)story(point, pin);
	}
	for (size_t i = 0; i < sizeof(everywhere) / sizeof(everywhere[0]);
	     i++) {
		for (int n = 1; n < 60; n++) {
			(void)snprintf(
			    point, sizeof(point), "%s:%d", everywhere[i], n);
			if (!story(point, n % 2 == 0))
				break;
		}
	}
	test_journal();
	test_power();

	return tap_done();
}
