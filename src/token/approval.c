/*
 * approval.c - one request at the service: made, waited for, used, continued.
 *
 * Belongs here: what C_Login and C_Sign mean in terms of the service.
 * Not here: HTTP (fetch.c), JSON (answer.c, service.c), the dialog (ask.c).
 */
#include "token/approval.h"

#include "base/clock.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/log.h"
#include "base/rnd.h"
#include "base/sec.h"
#include "base/text.h"
#include "token/ask.h"
#include "token/service.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define APPROVAL_SLICE_MS 200
#define APPROVAL_FOLLOWS  2 /* times that one C_Sign asks the phone */

enum rc
approval_init(struct approval *a, const char *program, struct err *e)
{
	struct passwd *pw = getpwuid(getuid());
	char host[65] = "", text[320];
	uint8_t digest[DIGEST_SHA256];
	struct span owner = { (const uint8_t *)text, 0 };
	enum rc rc;

	memset(a, 0, sizeof(*a));
	rnd_bytes(a->pin_key, sizeof(a->pin_key));
	if (pthread_mutex_init(&a->lock, NULL) != 0 ||
	    pthread_cond_init(&a->idle, NULL) != 0)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	if ((rc = tokenconf_load(&a->conf, program, e)) != RC_OK)
		return rc;
	(void)gethostname(host, sizeof(host) - 1);
	text_sanitise(a->program, sizeof(a->program), span_str(program));
	text_sanitise(a->machine, sizeof(a->machine),
	    span_str(host[0] == '\0' ? "?" : host));
	text_sanitise(
	    a->user, sizeof(a->user), span_str(pw == NULL ? "" : pw->pw_name));
	(void)snprintf(a->phone, sizeof(a->phone), "%s", a->conf.phone);
	owner.n = tokenconf_owner_text(&a->conf, text);
	digest_sha256(digest, &owner, 1);
	memcpy(a->owner, digest, sizeof(a->owner));

	return RC_OK;
}

/*
 * Only one thread at a time makes, opens or ends the request; the others wait
 * here, and see what came of it. RC_STATE, RC_EXPIRED.
 */
static enum rc
approval_take(
    struct approval *a, struct fetch *f, int64_t until_ms, struct err *e)
{
	enum rc rc = RC_OK;

	(void)pthread_mutex_lock(&a->lock);
	while (rc == RC_OK && a->busy) {
		struct timespec t;
		int64_t wake = clock_wall_ms() + APPROVAL_SLICE_MS;

		t.tv_sec = wake / 1000;
		t.tv_nsec = wake % 1000 * 1000000;
		(void)pthread_cond_timedwait(&a->idle, &a->lock, &t);
		if (fetch_cancelled(f))
			rc = err_set(e, RC_STATE, NULL, "given up");
		else if (clock_mono_ms() > until_ms)
			rc = err_set(e, RC_EXPIRED, NULL, "nobody answered");
	}
	if (rc == RC_OK)
		a->busy = true;
	(void)pthread_mutex_unlock(&a->lock);

	return rc;
}

static void
approval_give(struct approval *a)
{
	(void)pthread_mutex_lock(&a->lock);
	a->busy = false;
	(void)pthread_cond_broadcast(&a->idle);
	(void)pthread_mutex_unlock(&a->lock);
}

/* Sets what other threads read without being the busy one. */
static void
approval_set(struct approval *a, const struct service_request *r, bool open)
{
	(void)pthread_mutex_lock(&a->lock);
	memcpy(a->id, r->id, sizeof(a->id));
	memcpy(a->secret, r->secret, sizeof(a->secret));
	a->open = open;
	(void)pthread_mutex_unlock(&a->lock);
}

static void
approval_forget(struct approval *a)
{
	static const struct service_request none = { 0 };

	approval_set(a, &none, false);
	(void)pthread_mutex_lock(&a->lock);
	a->has_pin = false;
	(void)pthread_mutex_unlock(&a->lock);
}

static struct service_request
approval_request(struct approval *a)
{
	struct service_request r;

	(void)pthread_mutex_lock(&a->lock);
	memcpy(r.id, a->id, sizeof(r.id));
	memcpy(r.secret, a->secret, sizeof(r.secret));
	(void)pthread_mutex_unlock(&a->lock);

	return r;
}

/* The configured number, else what the person at this machine says. */
static enum rc
approval_phone(struct approval *a, struct err *e)
{
	enum rc rc;

	if (a->phone[0] != '\0')
		return RC_OK;
	rc = ask_phone(a->program, a->phone, sizeof(a->phone), e);
	if (rc == RC_ABSENT || rc == RC_IO)
		log_event(LOG_WARN, "no-phone",
		    "hint=\"set phone in token.conf, or INGAM_PHONE; or install "
		    "pinentry and, on a terminal, export GPG_TTY=$(tty)\"");

	return rc == RC_ABSENT ? RC_IO : rc;
}

/* Makes a request; with continues, one that follows another. */
static enum rc
approval_create(struct approval *a, struct fetch *f, bool push,
    const struct service_request *continues, struct err *e)
{
	struct service_maker m = { .server = a->conf.server,
		.program = a->program,
		.machine = a->machine,
		.user = a->user,
		.push = push,
		.continues = continues };
	struct service_request r = { 0 };
	enum rc rc = approval_phone(a, e);

	m.phone = a->phone;
	if (rc == RC_OK)
		rc = service_create(f, &m, &r, e);
	if (rc == RC_OK)
		approval_set(a, &r, false);
	sec_wipe(&r, sizeof(r));

	return rc;
}

static bool
approval_is_open(struct approval *a)
{
	bool open;

	(void)pthread_mutex_lock(&a->lock);
	open = a->open;
	(void)pthread_mutex_unlock(&a->lock);

	return open;
}

/* Waits for the phone. On the way out without an approval it is withdrawn. */
static enum rc
approval_wait(
    struct approval *a, struct fetch *f, int64_t until_ms, struct err *e)
{
	struct service_request r = approval_request(a);
	enum answer_state state = ANSWER_WAITING;
	enum rc rc = RC_OK;

	while (rc == RC_OK && state <= ANSWER_OPENED) {
		int64_t left = until_ms - clock_mono_ms();

		if (left <= 0)
			rc = err_set(e, RC_EXPIRED, NULL, "nobody answered");
		else
			rc = service_state(
			    f, a->conf.server, &r, left, &state, e);
	}
	if (rc == RC_OK && state == ANSWER_REFUSED)
		rc = err_set(e, RC_REFUSED, NULL, "refused on the phone");
	else if (rc == RC_OK && state >= ANSWER_EXPIRED)
		rc = err_set(e, RC_EXPIRED, NULL, "nobody answered");
	if (rc != RC_OK) {
		approval_forget(a);
		service_end(f, a->conf.server, &r);
	}
	sec_wipe(&r, sizeof(r));

	return rc;
}

/* What the next start shows before any login. */
static void
approval_keep_list(struct approval *a)
{
	struct err e = { 0 };
	char path[1024], *slash;

	/* A number that was typed may be a guest's. */
	if (a->conf.phone[0] == '\0' ||
	    !tokenconf_cache_path(path, sizeof(path)))
		return;
	slash = strrchr(path, '/');
	*slash = '\0';
	if (file_make_folder(path, &e) == RC_OK) {
		*slash = '/';
		if (file_replace(path, buf_span(&a->list.frame), 0600, &e) ==
		    RC_OK)
			return;
	}
	log_event(LOG_WARN, "cache", "error=%s", err_name(e.rc));
}

/* Asks the service to open an approved request. pin: digits, or "". */
static enum rc
approval_open(struct approval *a, struct fetch *f, const char *pin,
    uint8_t *tries_left, struct err *e)
{
	struct service_request r = approval_request(a);
	struct answer_login answer = { 0 };
	struct list list = { 0 };
	enum rc rc =
	    service_login(f, a->conf.server, &r, pin, &answer, tries_left, e);

	if (rc == RC_OK)
		rc = list_make(&list, &answer, a->owner, e);
	if (rc == RC_OK) {
		(void)pthread_mutex_lock(&a->lock);
		list_clear(&a->list);
		a->list = list;
		a->open = true;
		/* What continues a request leaves the number that began it. */
		a->has_pin = a->has_pin || pin[0] != '\0';
		if (pin[0] != '\0')
			digest_hmac_labelled(a->pin, SPAN(a->pin_key),
			    "INGAM-TOKEN-PIN", span_str(pin));
		(void)pthread_mutex_unlock(&a->lock);
		approval_keep_list(a);
	}
	answer_login_clear(&answer);
	sec_wipe(&r, sizeof(r));

	return rc;
}

/* Is the open request still one, at the service? */
static bool
approval_lives(struct approval *a, struct fetch *f)
{
	struct service_request r = approval_request(a);
	enum answer_state state = ANSWER_ENDED;
	struct err e = { 0 };
	bool lives;

	lives = service_state(f, a->conf.server, &r, 0, &state, &e) == RC_OK &&
	    state == ANSWER_OPEN;
	sec_wipe(&r, sizeof(r));
	if (!lives)
		approval_forget(a);

	return lives;
}

/* The number that opened the request, once more? GnuTLS logs in four times. */
static bool
approval_same_pin(const struct approval *a, const char *pin)
{
	uint8_t hash[32];

	digest_hmac_labelled(
	    hash, SPAN(a->pin_key), "INGAM-TOKEN-PIN", span_str(pin));

	/* After a push the phone has said yes already. */
	return !a->has_pin || sec_equal(SPAN(hash), SPAN(a->pin));
}

static enum rc
approval_login_push(struct approval *a, struct fetch *f, int64_t until_ms,
    uint8_t *tries_left, struct err *e)
{
	struct service_request old = approval_request(a);
	enum rc rc;

	if (a->open && approval_lives(a, f))
		return RC_OK;
	/* A number on the phone would not help here. */
	if (old.id[0] != '\0')
		service_end(f, a->conf.server, &old);
	sec_wipe(&old, sizeof(old));
	if ((rc = approval_create(a, f, true, NULL, e)) == RC_OK &&
	    (rc = approval_wait(a, f, until_ms, e)) == RC_OK)
		rc = approval_open(a, f, "", tries_left, e);

	return rc;
}

static enum rc
approval_login_number(struct approval *a, struct fetch *f, const char *pin,
    uint8_t *tries_left, struct err *e)
{
	enum rc rc = RC_ABSENT;

	if (pin[0] == '\0' && a->id[0] != '\0')
		return err_set(e, RC_SECRET, "pin", "not digits");
	if (a->open && approval_lives(a, f)) {
		if (approval_same_pin(a, pin))
			return RC_OK;
		/* The phone shows it no more; who lost it gets a new one. */
		approval_end(a, f);
	}
	if (a->id[0] != '\0')
		rc = approval_open(a, f, pin, tries_left, e);
	switch (rc) {
	case RC_ABSENT:
	case RC_EXPIRED:
	case RC_STATE:
		if (fetch_cancelled(f))
			return rc;
		/* No number is there to be right: the next try finds one. */
		err_clear(e);
		approval_forget(a);
		if ((rc = approval_create(a, f, false, NULL, e)) != RC_OK)
			return rc;
		return err_set(e, RC_SECRET, "pin", "a number was sent");
	case RC_LOCKED:
	case RC_REFUSED:
		approval_forget(a);
		return rc;
	case RC_OK:
	case RC_FORMAT:
	case RC_LIMIT:
	case RC_UNKNOWN:
	case RC_POLICY:
	case RC_DENIED:
	case RC_SECRET:
	case RC_RATE:
	case RC_EXISTS:
	case RC_BUSY:
	case RC_IO:
	case RC_MEMORY:
	case RC_CRYPTO:
	case RC_BUG:
		return rc;
	}

	return rc;
}

static void
approval_heed_logout(struct approval *a, struct fetch *f, uint32_t logouts)
{
	if (logouts <= a->logouts)
		return;
	a->logouts = logouts;
	if (a->open && !a->has_pin)
		approval_end(a, f);
}

enum rc
approval_login(struct approval *a, struct fetch *f,
    const struct tokenframe_login *q, uint8_t *tries_left, struct buf *out,
    struct err *e)
{
	bool push = !q->has_pin || a->conf.login == TOKENCONF_PUSH;
	int64_t until_ms = clock_mono_ms() + q->wait_ms;
	char pin[TOKENFRAME_PIN_MAX + 1] = "";
	enum rc rc;

	*tries_left = TOKENFRAME_TRIES_UNTOLD;
	if ((rc = approval_take(a, f, until_ms, e)) != RC_OK)
		return rc;
	approval_heed_logout(a, f, q->logouts);
	/*
	 * The phone shows it in halves. Only digits can be right, and only
	 * digits go into JSON as they are.
	 */
	if (!push)
		(void)text_digits(q->pin, pin, sizeof(pin));
	rc = push ? approval_login_push(a, f, until_ms, tries_left, e)
		  : approval_login_number(a, f, pin, tries_left, e);
	if (rc == RC_OK)
		buf_bytes(out, buf_span(&a->list.frame));
	if (rc == RC_OK && !buf_ok(out))
		rc = err_set(e, RC_MEMORY, NULL, "out of memory");
	approval_give(a);
	sec_wipe(pin, sizeof(pin));

	return rc;
}

void
approval_announce(struct approval *a, struct fetch *f)
{
	struct err e = { 0 };
	bool can_ask =
	    getenv("DISPLAY") != NULL || getenv("WAYLAND_DISPLAY") != NULL;

	if (a->conf.login != TOKENCONF_NUMBER ||
	    (a->phone[0] == '\0' && !can_ask) ||
	    approval_take(a, f, clock_mono_ms(), &e) != RC_OK)
		return;
	if (a->id[0] == '\0' && approval_create(a, f, false, NULL, &e) != RC_OK)
		log_event(LOG_INFO, "announce", "error=%s", err_name(e.rc));
	approval_give(a);
}

/*
 * The approval that used was of is over: asks the phone again, or finds that
 * another thread has done so already.
 */
static enum rc
approval_follow(struct approval *a, struct fetch *f,
    const struct service_request *used, int64_t until_ms, struct err *e)
{
	uint8_t tries_left;
	enum rc rc = approval_take(a, f, until_ms, e);

	if (rc != RC_OK)
		return rc;
	if (strcmp(a->id, used->id) != 0 && a->open)
		goto out;
	rc = approval_create(a, f, true, used, e);
	/* The service may have forgotten the first request by now. */
	if (rc == RC_ABSENT) {
		err_clear(e);
		rc = approval_create(a, f, true, NULL, e);
	}
	if (rc == RC_OK)
		rc = approval_wait(a, f, until_ms, e);
	if (rc == RC_OK)
		rc = approval_open(a, f, "", &tries_left, e);
	/* What is not open now can still be continued by the next C_Sign. */
	if (rc != RC_OK)
		approval_set(a, used, true);
out:
	approval_give(a);

	return rc;
}

static enum rc
approval_signature(struct approval *a, struct fetch *f,
    const struct service_request *r, const uint8_t sign_id[static 16],
    const struct tokenframe_sign *q, struct buf *signature, struct err *e)
{
	char certificate[ANSWER_ID + 1] = "";
	const char *id;

	(void)pthread_mutex_lock(&a->lock);
	if ((id = list_id(&a->list, q->certificate)) != NULL)
		memcpy(certificate, id, sizeof(certificate));
	(void)pthread_mutex_unlock(&a->lock);
	if (certificate[0] == '\0')
		return err_set(e, RC_POLICY, "certificate", "not offered now");

	return service_sign(
	    f, a->conf.server, r, sign_id, certificate, q, signature, e);
}

/* Is this the end of an approval, rather than of this call? */
static bool
approval_is_over(enum rc rc, const struct fetch *f)
{
	return (rc == RC_STATE || rc == RC_EXPIRED || rc == RC_ABSENT) &&
	    !fetch_cancelled(f);
}

enum rc
approval_sign(struct approval *a, struct fetch *f,
    const struct tokenframe_sign *q, struct buf *out, struct err *e)
{
	int64_t until_ms = clock_mono_ms() + q->wait_ms;
	struct buf signature = buf_init(TOKENFRAME_SIGNATURE_MAX);
	struct buf checked = buf_init(TOKENFRAME_SIGNATURE_MAX);
	struct service_request r = approval_request(a);
	uint8_t sign_id[16];
	enum rc rc = RC_DENIED;

	if (r.id[0] == '\0' || !approval_is_open(a)) {
		err_set(e, rc, NULL, "not logged in");
		goto out;
	}
	rnd_bytes(sign_id, sizeof(sign_id));
	for (int i = 0; i <= APPROVAL_FOLLOWS; i++) {
		rc = approval_signature(a, f, &r, sign_id, q, &signature, e);
		if (!approval_is_over(rc, f) || i == APPROVAL_FOLLOWS)
			break;
		err_clear(e);
		buf_reset(&signature);
		if ((rc = approval_follow(a, f, &r, until_ms, e)) != RC_OK)
			goto out;
		r = approval_request(a);
	}
	if (rc != RC_OK)
		goto out;
	(void)pthread_mutex_lock(&a->lock);
	rc = list_check_signature(
	    &a->list, q, buf_span(&signature), &checked, e);
	(void)pthread_mutex_unlock(&a->lock);
	if (rc != RC_OK)
		log_event(LOG_ERROR, "bad-signature",
		    "the service answered with a signature that is not the "
		    "certificate's; error=%s",
		    err_name(rc));
	else
		tokenframe_signed(out, buf_span(&checked));
out:
	buf_clear(&signature);
	buf_clear(&checked);
	sec_wipe(&r, sizeof(r));

	return rc;
}

void
approval_end(struct approval *a, struct fetch *f)
{
	struct service_request r = approval_request(a);

	approval_forget(a);
	if (r.id[0] != '\0')
		service_end(f, a->conf.server, &r);
	sec_wipe(&r, sizeof(r));
}

void
approval_close(struct approval *a, struct fetch *f, int64_t until_ms)
{
	struct err e = { 0 };

	/* Never given back: a thread that comes later must not ask a phone. */
	if (approval_take(a, f, until_ms, &e) != RC_OK)
		log_event(LOG_WARN, "close", "error=%s", err_name(e.rc));
	approval_end(a, f);
}

void
approval_logout(struct approval *a, struct fetch *f, uint32_t logouts)
{
	struct err e = { 0 };

	/* Who is busy is a login, and heeds it. */
	if (approval_take(a, f, clock_mono_ms(), &e) != RC_OK)
		return;
	approval_heed_logout(a, f, logouts);
	approval_give(a);
}
