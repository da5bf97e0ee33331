/*
 * starve_test.c - every step of the vault with its n-th allocation failing,
 * for n = 1, 2, … until it needs no n-th. The answer says so, nothing is lost
 * by it, and the same step goes well right after.
 *
 * Every n is tried of what our code allocates in a step (at a start, which
 * reads a long journal, a part); of what libcrypto does inside, a part
 * that differs from run to run. With INGAM_STARVE_ALL set it is every n of all.
 *
 * Belongs here: steps of a running vault, and its start.
 * Not here: npki's (tests/unit/npki/starve_test.c).
 */
#include "rig.h"
#include "starve.h"

#include "base/clock.h"
#include "base/rnd.h"
#include "tap.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define OWN          60  /* at most, of our own allocations in one step */
#define SAMPLE       24  /* and of libcrypto's */
#define WINDOW       100 /* signatures */
#define SAMPLE_FILE  "tests/npki-samples/pypinksign/signPri.key"
#define SAMPLE_KEY   "tests/npki-samples/pypinksign/privateKeyInfo-with-R.der"
#define SAMPLE_WORDS "WTuA8Ev0lWXVFSiI!"

struct story {
	struct rig rig;
	struct starve *starve;
	struct phone phone, pin_phone;
	struct subject rsa, ec;         /* for the windows */
	struct subject sample_of, gone; /* imported, and deleted, many times */
	struct buf sample;
	struct grant window, ec_window;
	uint16_t left, ec_left;
	uint32_t number;
};

static void
story_must(bool good, const char *what)
{
	if (good)
		return;
	printf("Bail out! %s\n", what);
	exit(EXIT_FAILURE);
}

/* Phones, keys and windows anew: requests that nobody ended fill an account. */
static void
story_renew(struct story *s)
{
	if (s->phone.key != NULL) {
		phone_free(&s->phone);
		phone_free(&s->pin_phone);
		grant_free(&s->window);
		grant_free(&s->ec_window);
	}
	story_must(phone_new(&s->rig, &s->phone, false, NULL) == RC_OK &&
		phone_new(&s->rig, &s->pin_phone, true, "481516") == RC_OK,
	    "phones");
	story_must(subject_import(&s->rig, &s->phone, &s->rsa,
		       buf_span(&s->sample), SAMPLE_WORDS, NULL) == RC_OK &&
		subject_import(&s->rig, &s->phone, &s->ec, (struct span){ 0 },
		    SUBJECT_PASSWORD, NULL) == RC_OK,
	    "imports");
	story_must(grant_window(&s->rig, &s->phone, &s->rsa, WINDOW, 600,
		       &s->window) == RC_OK &&
		grant_window(&s->rig, &s->phone, &s->ec, WINDOW, 600,
		    &s->ec_window) == RC_OK,
	    "windows");
	s->left = s->ec_left = WINDOW;
}

static enum rc
step_enrol(struct story *s)
{
	struct phone p;
	enum rc rc = phone_new(&s->rig, &p, false, NULL);

	phone_free(&p);

	return rc;
}

static enum rc
step_enrol_pin(struct story *s)
{
	struct phone p;
	enum rc rc = phone_new(&s->rig, &p, true, "481516");

	phone_free(&p);

	return rc;
}

static enum rc
step_pseudonym(struct story *s)
{
	uint8_t out[32];

	return keys_pseudonym(
	    s->rig.keys, SPAN_LIT("phone"), SPAN_LIT("0101"), out, NULL);
}

static enum rc
step_import(struct story *s)
{
	enum rc rc = subject_import(&s->rig, &s->phone, &s->sample_of,
	    buf_span(&s->sample), SAMPLE_WORDS, NULL);

	/* Whoever is told that it is in must have it. */
	story_must(
	    rc != RC_OK || s->sample_of.kb1.n > 0, "an import without a key");

	return rc;
}

static enum rc
step_import_ec(struct story *s)
{
	enum rc rc = subject_import(&s->rig, &s->phone, &s->gone,
	    (struct span){ 0 }, SUBJECT_PASSWORD, NULL);

	story_must(rc != RC_OK || s->gone.kb1.n > 0, "an import without a key");

	return rc;
}

/* A window is opened, and ended again. */
static enum rc
step_window_of(struct story *s, struct phone *p)
{
	struct grant g = { 0 };
	enum rc rc = grant_window(&s->rig, p, &s->rsa, 2, 60, &g);

	if (rc == RC_OK)
		rc = keys_refuse(s->rig.keys, g.id, NULL);
	grant_free(&g);

	return rc;
}

static enum rc
step_window(struct story *s)
{
	return step_window_of(s, &s->phone);
}

static enum rc
step_window_pin(struct story *s)
{
	return step_window_of(s, &s->pin_phone);
}

static enum rc
step_delete(struct story *s)
{
	struct grant g = { 0 };
	enum rc rc = grant_new(&s->rig, &s->phone, &s->gone, KEYS_OP_DELETE,
	    KEYS_MODE_NONE, 0, 0, &g);

	/* It is gone already where only the answer was lost. */
	if (rc == RC_ABSENT)
		rc = RC_OK;
	else if (rc == RC_OK)
		rc = grant_approve(&s->rig, &s->phone, &g, KEYS_OP_DELETE,
		    "481516", SPOIL_NOTHING, NULL);
	grant_free(&g);

	return rc;
}

/* Asked again with the same number, it is the same signature, counted once. */
static enum rc
step_sign_with(
    struct story *s, struct grant *g, struct subject *subject, uint16_t left)
{
	struct span text = SPAN_LIT("text");
	struct keys_signed out = { 0 };
	uint8_t digest[32];
	enum rc rc = grant_sign(&s->rig, g, subject, s->number, "text", &out);

	digest_sha256(digest, &text, 1);
	story_must(rc != RC_OK ||
		(out.left == left - 1 &&
		    subject_verifies(subject,
			subject == &s->rsa ? KEYS_RSA_PKCS1 : KEYS_ECDSA,
			KEYS_SHA256, 0, SPAN(digest),
			buf_span(&out.signature))),
	    "a signature that is none, or counted twice");
	keys_signed_clear(&out);

	return rc;
}

static enum rc
step_sign(struct story *s)
{
	return step_sign_with(s, &s->window, &s->rsa, s->left);
}

static enum rc
step_sign_ec(struct story *s)
{
	return step_sign_with(s, &s->ec_window, &s->ec, s->ec_left);
}

static enum rc
step_status(struct story *s)
{
	struct keys_status out;

	return keys_status(s->rig.keys, s->window.id, &out, NULL);
}

static enum rc
step_start(struct story *s)
{
	s->rig.more[0] = NULL;
	rig_kill(&s->rig);

	return rig_start(&s->rig) ? RC_OK : RC_MEMORY;
}

static const struct step {
	const char *name;
	enum rc (*run)(struct story *s);
	enum { PLAIN, SIGNS, SIGNS_EC, DELETES } kind;
} steps[] = {
	{ "a passkey is enrolled", step_enrol, PLAIN },
	{ "a device with a PIN is enrolled", step_enrol_pin, PLAIN },
	{ "a pseudonym", step_pseudonym, PLAIN },
	{ "an NPKI key file is imported", step_import, PLAIN },
	{ "a P-256 key file is imported", step_import_ec, PLAIN },
	{ "a window by passkey", step_window, PLAIN },
	{ "a window by PIN", step_window_pin, PLAIN },
	{ "an RSA signature", step_sign, SIGNS },
	{ "an ECDSA signature", step_sign_ec, SIGNS_EC },
	{ "the state of a request", step_status, PLAIN },
	{ "a key is deleted", step_delete, DELETES },
	{ "the journal is read at a start", step_start, PLAIN },
};

/*
 * What a vault says that has no memory. Under sanitizers libcrypto has no heap
 * of ours that knows why something failed.
 */
static bool
says_so(enum rc rc, enum starve_whose whose)
{
	if (whose == STARVE_LIBCRYPTO && getenv("INGAM_WEAK") != NULL)
		return rc != RC_SECRET && rc != RC_LOCKED;

	/* RC_BUSY: there was not even memory for an answer; it hung up. */
	return rc == RC_MEMORY || rc == RC_CRYPTO || rc == RC_BUSY;
}

/* It never ends; if it did, it is started again, so that the rest is tried. */
static bool
lives(struct story *s, enum rc rc)
{
	bool ended = false;

	/* A client hears of an end a little before it is there. */
	for (int i = 0; i < 15 && rc == RC_BUSY && !ended; i++) {
		ended = waitpid(s->rig.pid, NULL, WNOHANG) == s->rig.pid;
		if (!ended)
			(void)usleep(10000);
	}
	if (!ended)
		return true;
	s->rig.pid = 0;
	story_must(rig_start(&s->rig), "the vault does not start again");

	return false;
}

/* One try: with the n-th failing, and again with memory. */
static bool
step_try(struct story *s, const struct step *step, enum starve_whose whose,
    uint32_t n)
{
	bool good;
	enum rc rc, again;

	if (step->kind == DELETES)
		story_must(step_import_ec(s) == RC_OK, "a key to delete");
	s->number++;
	starve_begin(s->starve, whose, n);
	rc = step->run(s);
	(void)starve_end(s->starve);
	good = lives(s, rc);
	again = step->run(s);
	if (again == RC_RATE || again == RC_LOCKED) {
		story_renew(s);
		again = step->run(s);
	}
	if ((step->kind == SIGNS && --s->left == 0) ||
	    (step->kind == SIGNS_EC && --s->ec_left == 0))
		story_renew(s);
	good = good && again == RC_OK && (rc == RC_OK || says_so(rc, whose));
	if (!good)
		diag("%s, allocation %u of %s: %s, then %s", step->name, n,
		    whose == STARVE_OWN ? "ours" : "libcrypto", err_name(rc),
		    err_name(again));

	return good;
}

static void
test_step(struct story *s, const struct step *step, enum starve_whose whose)
{
	uint32_t n, stride, tried = 0, bad = 0;
	int64_t began = clock_mono_ms();

	/* How many it makes: none is the last of four billion. */
	(void)step_try(s, step, whose, UINT32_MAX);
	n = atomic_load(&s->starve->count);
	stride = starve_stride(n, whose == STARVE_OWN ? OWN : SAMPLE);
	for (uint32_t at = 1 + rnd_below(stride); at <= n + 1; at += stride) {
		tried++;
		bad += !step_try(s, step, whose, at);
	}
	ok(bad == 0, "%s: %u of %s %u allocations fail, one at a time",
	    step->name, tried, whose == STARVE_OWN ? "our" : "libcrypto's", n);
	diag("%lld ms", (long long)(clock_mono_ms() - began));
}

/* The file that the vault will map, by the name that it inherits. */
static struct starve *
starve_file(char *path)
{
	int fd = mkstemp(path);
	void *p;

	story_must(fd >= 0 && ftruncate(fd, sizeof(struct starve)) == 0,
	    "the shared page");
	p = mmap(NULL, sizeof(struct starve), PROT_READ | PROT_WRITE,
	    MAP_SHARED, fd, 0);
	story_must(p != MAP_FAILED, "the shared page");
	(void)close(fd);
	(void)setenv("INGAM_STARVE", path, 1);

	return p;
}

int
main(int argc, char **argv)
{
	char path[] = "/tmp/ingam-starve-XXXXXX";
	struct story s = { .starve = starve_file(path) };

	rig_new(&s.rig);
	subject_new(&s.rsa, SAMPLE_KEY, 30);
	subject_new(&s.ec, "P-256", 30);
	subject_new(&s.sample_of, SAMPLE_KEY, 30);
	subject_new(&s.gone, "P-256", 30);
	s.sample = buf_init(65536);
	subject_read(SAMPLE_FILE, &s.sample);
	story_renew(&s);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (argc > 1 && strstr(steps[i].name, argv[1]) == NULL)
			continue;
		test_step(&s, &steps[i], STARVE_OWN);
		test_step(&s, &steps[i], STARVE_LIBCRYPTO);
	}
	phone_free(&s.phone);
	phone_free(&s.pin_phone);
	subject_free(&s.rsa);
	subject_free(&s.ec);
	subject_free(&s.sample_of);
	subject_free(&s.gone);
	grant_free(&s.window);
	grant_free(&s.ec_window);
	buf_clear(&s.sample);
	rig_free(&s.rig);
	(void)unlink(path);

	return tap_done();
}
