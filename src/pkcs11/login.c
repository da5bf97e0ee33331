/*
 * login.c - C_Login and C_Logout: where a person takes part.
 *
 * Belongs here: what is asked of the helper at login, what its answer means.
 * Not here: requests and phones (token/approval.c).
 */
#include "base/clock.h"
#include "pkcs11/state.h"
#include "wire/tokenframe.h"

#include <time.h>

/*
 * With a PIN a program expects an answer soon; without one it knows that a
 * person is asked (CKF_PROTECTED_AUTHENTICATION_PATH).
 */
#define LOGIN_WAIT_PIN_MS  25000
#define LOGIN_WAIT_PUSH_MS 120000
/* What the helper may take beyond its own waiting: connections, no more. */
#define LOGIN_SLACK_MS 10000
#define LOGIN_TRIES    3

static CK_RV
login_rv(enum rc rc)
{
	switch (rc) {
	case RC_OK:
		return CKR_OK;
	case RC_SECRET:
		return CKR_PIN_INCORRECT;
	case RC_LOCKED:
		return CKR_PIN_LOCKED;
	case RC_REFUSED: /* CKR_PIN_INCORRECT would make NSS ask at once again */
	case RC_EXPIRED:
	case RC_STATE:
		return CKR_FUNCTION_CANCELED;
	case RC_RATE:
	case RC_BUSY:
		return CKR_TOKEN_RESOURCE_EXCEEDED;
	case RC_MEMORY:
		return CKR_HOST_MEMORY;
	case RC_DENIED:
	case RC_POLICY:
	case RC_ABSENT:
	case RC_EXISTS:
	case RC_IO:
	case RC_FORMAT:
	case RC_LIMIT:
	case RC_UNKNOWN:
	case RC_CRYPTO:
		return CKR_DEVICE_ERROR;
	case RC_BUG:
		return CKR_GENERAL_ERROR;
	}

	return CKR_GENERAL_ERROR;
}

static void
login_tries(struct state *st, const struct tokenframe_failed *f)
{
	st->pin_locked = f->rc == RC_LOCKED;
	st->pin_final = f->rc == RC_SECRET && f->tries_left == 1;
	st->pin_low = f->rc == RC_SECRET && f->tries_left < LOGIN_TRIES;
}

static enum rc
login_answer(struct state *st, struct span answer, struct err *e)
{
	struct tokenframe_failed failed;
	enum rc rc;

	if (answer.n > 0 && answer.p[0] == TOKENFRAME_FAILED) {
		if ((rc = tokenframe_failed_parse(answer, &failed, e)) != RC_OK)
			return rc;
		login_tries(st, &failed);
		return err_set(e, failed.rc, "login", "refused by helper");
	}
	if ((rc = object_table_set(&st->objects, answer, NULL, e)) != RC_OK)
		return rc;
	st->pin_low = st->pin_final = st->pin_locked = false;
	st->logged_in = true;

	return RC_OK;
}

static enum rc
login_ask(struct state *st, struct session *s, struct span pin, struct err *e)
{
	struct buf request = buf_init(TOKENFRAME_REQUEST_MAX);
	struct buf answer = buf_init(TOKENFRAME_MAX);
	int wait_ms = pin.n > 0 ? LOGIN_WAIT_PIN_MS : LOGIN_WAIT_PUSH_MS;
	enum rc rc;

	tokenframe_login_head(
	    &request, (uint32_t)wait_ms, st->logouts, pin.n > 0, pin.n);
	if (!buf_ok(&request))
		rc = err_set(e, RC_MEMORY, NULL, "out of memory");
	else
		rc = helper_call(st, s, buf_span(&request), pin,
		    wait_ms + LOGIN_SLACK_MS, &answer, e);
	if (rc == RC_OK && !s->closed && !st->ending)
		rc = login_answer(st, buf_span(&answer), e);
	buf_clear(&request);
	buf_clear(&answer);

	return rc;
}

/* There is no security officer; the reasons of 5.6.8 come before that one. */
static CK_RV
login_check_officer(const struct state *st)
{
	if (st->logged_in)
		return CKR_USER_ANOTHER_ALREADY_LOGGED_IN;
	for (const struct session *s = st->sessions; s != NULL; s = s->next)
		if (!s->writable)
			return CKR_SESSION_READ_ONLY_EXISTS;

	return CKR_USER_TYPE_INVALID;
}

static CK_RV
login_check(
    struct state *st, struct session *s, CK_USER_TYPE user, struct span pin)
{
	if (!st->present)
		return CKR_DEVICE_REMOVED;
	if (user == CKU_CONTEXT_SPECIFIC)
		/* No key of ours is CKA_ALWAYS_AUTHENTICATE. */
		return CKR_OPERATION_NOT_INITIALIZED;
	if (user == CKU_SO)
		return login_check_officer(st);
	if (user != CKU_USER)
		return CKR_USER_TYPE_INVALID;
	if (st->logged_in)
		return CKR_USER_ALREADY_LOGGED_IN;
	if (pin.n > 0 && pin.p == NULL)
		return CKR_ARGUMENTS_BAD;
	/* A short one is the helper's: the first, of any length, asks the phone. */
	if (pin.n > TOKENFRAME_PIN_MAX)
		return CKR_PIN_INCORRECT;

	return session_hold(s);
}

/* In the push mode some programs must not be answered too soon: tokenconf.c. */
static void
login_linger(struct state *st, int64_t from_ms)
{
	int64_t left_ms = from_ms + st->conf.push_least_ms - clock_mono_ms();
	struct timespec t = { left_ms / 1000, left_ms % 1000 * 1000000 };

	if (st->conf.login != TOKENCONF_PUSH || left_ms <= 0 || st->ending)
		return;
	state_pause(st);
	(void)nanosleep(&t, NULL);
	state_resume(st);
}

CK_RV
C_Login(CK_SESSION_HANDLE handle, CK_USER_TYPE user, CK_UTF8CHAR *pin,
    CK_ULONG pin_bytes)
{
	struct span secret = { pin, pin == NULL ? 0 : pin_bytes };
	int64_t from_ms = clock_mono_ms();
	struct err e = { 0 };
	struct session *s;
	struct state *st;
	CK_RV rv = state_enter_session(handle, &st, &s);

	if (rv != CKR_OK)
		return rv;
	/* The phone is asked; a PIN all the same is neither waited for nor wrong. */
	if (st->conf.login == TOKENCONF_PUSH)
		secret = (struct span){ NULL, 0 };
	rv = login_check(st, s, user, secret);
	if (rv == CKR_OK) {
		rv = login_rv(login_ask(st, s, secret, &e));
		login_linger(st, from_ms);
		rv = session_release(st, s, rv);
	}
	state_leave(st);

	return rv;
}

CK_RV
C_LoginUser(CK_SESSION_HANDLE handle, CK_USER_TYPE user, CK_UTF8CHAR *pin,
    CK_ULONG pin_bytes, CK_UTF8CHAR *name, CK_ULONG name_bytes)
{
	/* Whose token it is, the configuration says. */
	(void)name;
	(void)name_bytes;

	return C_Login(handle, user, pin, pin_bytes);
}

/* The helper may end the request early; the next LOGIN tells it anyway. */
static void
login_tell_end(struct state *st)
{
	struct buf frame = buf_init(TOKENFRAME_CONTROL_MAX);

	tokenframe_logout(&frame, ++st->logouts);
	if (buf_ok(&frame))
		helper_tell(st, buf_span(&frame), false);
	buf_clear(&frame);
}

CK_RV
C_Logout(CK_SESSION_HANDLE handle)
{
	struct session *s;
	struct state *st;
	CK_RV rv = state_enter_session(handle, &st, &s);

	if (rv != CKR_OK)
		return rv;
	if (!st->logged_in) {
		rv = CKR_USER_NOT_LOGGED_IN;
	} else {
		st->logged_in = false;
		for (s = st->sessions; s != NULL; s = s->next) {
			if (s->sign.active && s->busy)
				helper_wake(&st->helper, s);
			else
				s->sign.active = false;
		}
		login_tell_end(st);
	}
	state_leave(st);

	return rv;
}
