/*
 * lane.c - approved signatures one after the other, in many lanes at once: a
 * program on a PC asks, the member's phone is told and approves, it signs.
 *
 * Belongs here: the steps of one, what each answer must hold, who failed.
 * Not here: how members come to be, what is printed (load.c); HTTP (kept.c).
 */
#include "phone/lane.h"

#include "base/clock.h"
#include "base/digest.h"
#include "base/enc.h"
#include "base/rnd.h"
#include "x509/signature.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PATIENCE_MS 30000
#define TOLD_MAX    10 /* failures that are printed */
#define TURN_MS     1000
#define SAID_MAX    300 /* of an answer that is printed */

/* The steps, of the program on the PC and of the phone. */
enum lane_step { ASK, PREPARE, APPROVE, LOGIN, SIGN };

struct lane {
	struct lanes *all;
	struct lane_phone *phone; /* NULL: idle */
	struct kept pc;
	enum lane_step pc_at, phone_at;
	char bearer[80]; /* the header's line */
	char asked[33];  /* what the PC was told */
	char id[33];     /* what the phone was told */
	char pin[8];
	char certificate[33];
	uint8_t digest[DIGEST_SHA256];
	unsigned int signatures;
	int64_t since_us;
	struct buf body;
};

static void lane_asked(struct lane *a, struct span answer);
static void lane_prepared(struct lane *a, struct span answer);
static void lane_approved(struct lane *a, struct span answer);
static void lane_logged_in(struct lane *a, struct span answer);
static void lane_signed(struct lane *a, struct span answer);
static enum rc lane_open(struct lane_phone *p, struct err *e);

static const struct {
	const char *name;
	bool pc;
	int status;
	const char *path, *verb; /* between them the request's id, if any */
	void (*then)(struct lane *a, struct span answer);
} steps[] = {
	[ASK] = { "ask", true, 201, "/rp/v1/token/requests", "", lane_asked },
	[PREPARE] = { "prepare", false, 200, "/api/v1/requests", "approval",
	    lane_prepared },
	[APPROVE] = { "approve", false, 200, "/api/v1/requests", "approve",
	    lane_approved },
	[LOGIN] = { "login", true, 200, "/rp/v1/token/requests", "login",
	    lane_logged_in },
	[SIGN] = { "sign", true, 200, "/rp/v1/token/requests", "signatures",
	    lane_signed },
};

/* The phone is free for another. */
static void
lane_leave(struct lane *a)
{
	a->phone->lane = NULL;
	a->phone = NULL;
}

static void
lane_fail(struct lane *a, enum lane_step at, const char *why, struct span said)
{
	if (a->all->failed++ < TOLD_MAX)
		(void)fprintf(stderr, "%s: %s %.*s\n", steps[at].name, why,
		    (int)(said.n < SAID_MAX ? said.n : SAID_MAX),
		    said.n == 0 ? "" : (const char *)said.p);
	kept_close(&a->pc);
	kept_close(&a->phone->app);
	lane_leave(a);
}

static void
lane_answered(struct lane *a, enum lane_step at, int status, struct span body)
{
	char why[32] = "the connection was closed";

	if (status > 0)
		(void)snprintf(why, sizeof(why), "%d", status);
	if (status == steps[at].status)
		steps[at].then(a, body);
	else
		lane_fail(a, at, why, body);
}

static void
lane_told_pc(void *arg, int status, struct span body)
{
	struct lane *a = arg;

	lane_answered(a, a->pc_at, status, body);
}

static void
lane_told_phone(void *arg, int status, struct span body)
{
	struct lane *a = arg;

	lane_answered(a, a->phone_at, status, body);
}

/* Sends a->body, which is emptied. */
static void
lane_post(struct lane *a, enum lane_step at)
{
	const struct lanes *l = a->all;
	const char *body = buf_cstr(&a->body);
	bool pc = steps[at].pc, id = steps[at].verb[0] != '\0';
	struct err e = { 0 };
	char path[128];
	enum rc rc;

	(void)snprintf(path, sizeof(path), "%s%s%s%s%s", steps[at].path,
	    id ? "/" : "", id ? a->id : "", id ? "/" : "", steps[at].verb);
	if (body == NULL) {
		lane_fail(a, at, "out of memory", (struct span){ NULL, 0 });
		return;
	}
	if (pc)
		a->pc_at = at;
	else
		a->phone_at = at;
	rc = pc ? kept_call(&a->pc, &l->pc, path, a->bearer, body, lane_told_pc,
		      a, &e)
		: kept_call(&a->phone->app, &l->app, path, a->phone->cookie,
		      body, lane_told_phone, a, &e);
	buf_reset(&a->body);
	if (rc != RC_OK)
		lane_fail(a, at, e.msg, (struct span){ NULL, 0 });
}

/* A member's text in a JSON answer of ours, as it stands there; or nothing. */
static struct span
lane_text(struct span answer, const char *quoted)
{
	const uint8_t *at, *end;
	size_t n = strlen(quoted);

	if (answer.n == 0 ||
	    (at = memmem(answer.p, answer.n, quoted, n)) == NULL ||
	    (end = memchr(
		 at + n, '"', (size_t)(answer.p + answer.n - at) - n)) == NULL)
		return (struct span){ NULL, 0 };

	return (struct span){ at + n, (size_t)(end - at) - n };
}

/* False where it is absent or longer than out. */
static bool
lane_copy(char *out, size_t size, struct span answer, const char *quoted)
{
	struct span s = lane_text(answer, quoted);

	if (s.n == 0 || s.n >= size)
		return false;
	memcpy(out, s.p, s.n);
	out[s.n] = '\0';

	return true;
}

static void
lane_member(struct buf *out, const char *name, struct span bytes)
{
	buf_printf(out, "%s\"%s\":\"", out->n == 0 ? "{" : ",", name);
	enc_base64url(out, bytes);
	buf_u8(out, '"');
}

/* The next phone that nobody has and that would be told; NULL: none. */
static struct lane_phone *
lane_next(struct lanes *l)
{
	for (size_t i = 0; i < l->n; i++) {
		struct lane_phone *p = &l->phones[l->next];

		l->next = (l->next + 1) % l->n;
		if (p->lane == NULL && (!l->events || p->events.begun))
			return p;
	}

	return NULL;
}

static void
lane_begin(struct lanes *l, struct lane *a)
{
	uint8_t secret[32], hash[DIGEST_SHA256];
	struct span s = SPAN(secret);

	if ((a->phone = lane_next(l)) == NULL)
		return;
	a->all = l;
	a->phone->lane = a;
	l->left--;
	a->signatures = 0;
	a->asked[0] = a->id[0] = a->pin[0] = '\0';
	a->since_us = clock_mono_us();
	rnd_bytes(secret, sizeof(secret));
	digest_sha256(hash, &s, 1);
	enc_base64url(&a->body, s);
	(void)snprintf(a->bearer, sizeof(a->bearer),
	    "Authorization: Bearer %s\r\n", buf_cstr(&a->body));
	buf_reset(&a->body);
	buf_printf(&a->body,
	    "{\"phone\":\"%s\",\"program\":\"load\",\"machine\":\"load\","
	    "\"user\":\"load\",\"mode\":\"number\",\"secret_sha256\":\"",
	    a->phone->number);
	enc_hex(&a->body, SPAN(hash));
	buf_str(&a->body, "\"}");
	lane_post(a, ASK);
}

/* The phone was told: it asks the vault what it is to approve. */
static void
lane_notified(struct lane *a)
{
	buf_printf(&a->body, "{\"certificate\":\"%s\"}", a->phone->certificate);
	lane_post(a, PREPARE);
}

/* The person types the PIN, if the program knows its request by then. */
static void
lane_login(struct lane *a)
{
	if (a->asked[0] == '\0' || a->pin[0] == '\0')
		return;
	if (strcmp(a->asked, a->id) != 0) {
		lane_fail(a, LOGIN, "the phone was told of", span_str(a->id));
		return;
	}
	buf_printf(&a->body, "{\"pin\":\"%s\"}", a->pin);
	lane_post(a, LOGIN);
}

static void
lane_asked(struct lane *a, struct span answer)
{
	if (!lane_copy(a->asked, sizeof(a->asked), answer, "\"id\":\"")) {
		lane_fail(a, ASK, "no id in", answer);
		return;
	}
	if (a->all->events) {
		lane_login(a);
		return;
	}
	memcpy(a->id, a->asked, sizeof(a->id));
	lane_notified(a);
}

/* What the vault says is checked; the only place that makes an approval. */
static void
lane_prepared(struct lane *a, struct span answer)
{
	const struct phone *p = &a->phone->phone;
	struct buf ar1 = buf_init(PHONE_AR1_MAX), signature = buf_init(64);
	uint8_t hash[DIGEST_SHA256], challenge[DIGEST_SHA256];
	struct authenticator_answer proof;
	struct err e = { 0 };

	authenticator_answer_init(&proof);
	if (enc_base64url_parse(&ar1, lane_text(answer, "\"ar1\":\""), &e) !=
		RC_OK ||
	    enc_base64url_parse(&signature,
		lane_text(answer, "\"ar1_signature\":\""), &e) != RC_OK ||
	    phone_check(p, buf_span(&ar1), buf_span(&signature), hash,
		challenge, &e) != RC_OK ||
	    authenticator_get(&p->passkey, SPAN(challenge), p->origin, p->rp_id,
		&proof, &e) != RC_OK) {
		lane_fail(a, PREPARE, e.msg, answer);
	} else {
		lane_member(
		    &a->body, "credential_id", SPAN(p->passkey.credential_id));
		lane_member(
		    &a->body, "client_data", buf_span(&proof.client_data));
		lane_member(&a->body, "authenticator_data",
		    buf_span(&proof.authenticator_data));
		lane_member(&a->body, "signature", buf_span(&proof.signature));
		buf_u8(&a->body, '}');
		lane_post(a, APPROVE);
	}
	authenticator_answer_clear(&proof);
	buf_clear(&signature);
	buf_clear(&ar1);
}

static void
lane_approved(struct lane *a, struct span answer)
{
	if (lane_copy(a->pin, sizeof(a->pin), answer, "\"pin\":\""))
		lane_login(a);
	else
		lane_fail(a, APPROVE, "no PIN in", answer);
}

static void
lane_sign(struct lane *a)
{
	uint8_t id[16];

	rnd_bytes(id, sizeof(id));
	rnd_bytes(a->digest, sizeof(a->digest));
	buf_str(&a->body, "{\"sign_id\":\"");
	enc_hex(&a->body, SPAN(id));
	buf_printf(&a->body,
	    "\",\"certificate\":\"%s\",\"mechanism\":\"rsa-pkcs1\","
	    "\"hash\":\"sha256\",\"digest\":\"",
	    a->certificate);
	enc_base64(&a->body, SPAN(a->digest));
	buf_str(&a->body, "\"}");
	lane_post(a, SIGN);
}

static void
lane_logged_in(struct lane *a, struct span answer)
{
	struct span der = lane_text(answer, "\"certificate\":\"");

	if (!span_equal(der, span_str(a->all->certificate)) ||
	    !lane_copy(a->certificate, sizeof(a->certificate), answer,
		"\"certificates\":[{\"id\":\""))
		lane_fail(a, LOGIN, "not the certificate in", answer);
	else
		lane_sign(a);
}

static void
lane_signed(struct lane *a, struct span answer)
{
	static const struct signature_algorithm algorithm = {
		.scheme = SIGNATURE_RSA_PKCS1, .hash = SIGNATURE_HASH_SHA256
	};
	struct lanes *l = a->all;
	struct buf signature = buf_init(1024);
	struct err e = { 0 };

	if (enc_base64_parse(&signature, lane_text(answer, "\"signature\":\""),
		&e) != RC_OK ||
	    signature_verify(l->key, &algorithm, SPAN(a->digest),
		buf_span(&signature), &e) != RC_OK) {
		lane_fail(a, SIGN, e.msg, answer);
	} else if (++a->signatures < l->signatures) {
		lane_sign(a);
	} else {
		l->took_us[l->done++] = clock_mono_us() - a->since_us;
		lane_leave(a);
	}
	buf_clear(&signature);
}

static void
lane_told_event(void *arg, int status, struct span text)
{
	struct lane_phone *p = arg;
	struct lane *a = p->lane;

	if (status == 0) {
		/* The service ends each after a while: a phone comes back. */
		(void)lane_open(p, NULL);
	} else if (status != 200) {
		kept_close(&p->events);
	} else if (a != NULL && a->id[0] == '\0' && text.n > 0 &&
	    memmem(text.p, text.n, "\"state\":\"waiting\"", 17) != NULL &&
	    lane_copy(a->id, sizeof(a->id), text, "\"id\":\"")) {
		lane_notified(a);
	}
}

static enum rc
lane_open(struct lane_phone *p, struct err *e)
{
	kept_close(&p->events);

	return kept_call(&p->events, &p->all->app, "/api/v1/events", p->cookie,
	    NULL, lane_told_event, p, e);
}

enum rc
lane_listen(struct lanes *l, struct err *e)
{
	int64_t until = clock_mono_ms() + PATIENCE_MS;

	for (size_t i = 0; i < l->n; i++) {
		enum rc rc = lane_open(&l->phones[i], e);

		if (rc != RC_OK)
			return rc;
		while (!l->phones[i].events.begun && clock_mono_ms() < until)
			(void)kept_turn(l->app.epoll, TURN_MS);
		if (!l->phones[i].events.begun)
			return err_set(
			    e, RC_IO, NULL, "an event stream does not begin");
	}

	return RC_OK;
}

/* Begins what may begin, ends what nobody answers; gives how many are busy. */
static size_t
lane_look(struct lanes *l, struct lane *lanes)
{
	int64_t late = clock_mono_us() - PATIENCE_MS * 1000LL;
	size_t busy = 0;

	for (size_t i = 0; i < l->lanes; i++) {
		struct lane *a = &lanes[i];

		if (a->phone != NULL && a->since_us < late)
			lane_fail(a, a->pc_at, "nothing came for 30 s",
			    (struct span){ NULL, 0 });
		if (a->phone == NULL && l->left > 0)
			lane_begin(l, a);
		busy += a->phone != NULL;
	}

	return busy;
}

enum rc
lane_run(struct lanes *l, size_t approvals, struct err *e)
{
	struct lane *lanes = calloc(l->lanes, sizeof(*lanes));
	size_t busy;

	if (lanes == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	for (size_t i = 0; i < l->lanes; i++)
		lanes[i].body = buf_init(KEPT_REQUEST_MAX);
	/* Connections that the service closed meanwhile are seen first. */
	while (kept_turn(l->app.epoll, 0))
		;
	l->left = approvals;
	l->done = l->failed = 0;
	while ((busy = lane_look(l, lanes)) > 0 || l->left > 0) {
		if (kept_turn(l->app.epoll, TURN_MS) || busy > 0)
			continue;
		/* Nothing can begin, and nobody comes. */
		l->failed += l->left;
		l->left = 0;
	}
	for (size_t i = 0; i < l->lanes; i++) {
		kept_close(&lanes[i].pc);
		buf_clear(&lanes[i].body);
	}
	free(lanes);

	return RC_OK;
}

void
lane_clear(struct lanes *l)
{
	for (size_t i = 0; i < l->n; i++) {
		kept_close(&l->phones[i].events);
		kept_close(&l->phones[i].app);
		phone_close(&l->phones[i].phone);
	}
}
