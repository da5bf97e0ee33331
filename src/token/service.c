/*
 * service.c - the service's machine API for tokens, call by call.
 *
 * Belongs here: addresses, bodies, who we are.
 * Not here: connections (fetch.c); what answers say (answer.c).
 */
#include "token/service.h"

#include "base/clock.h"
#include "base/digest.h"
#include "base/enc.h"
#include "base/rnd.h"
#include "base/sec.h"

#include <jansson.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SERVICE_PATH       "/rp/v1/token/requests"
#define SERVICE_TIMEOUT_MS 10000
#define SERVICE_SLACK_MS   5000
#define SERVICE_END_MS     2000
#define SERVICE_AGAIN_MS   3000
#define SERVICE_PAUSE_US   100000
#define SERVICE_WAIT_MAX_S 25
#define SERVICE_BODY       2048
#define SERVICE_URL        512
#define SERVICE_SECRET     48 /* base64url of 32 bytes, and then some */

/* A secret never passes through a buf, so enc_base64url() will not do. */
static void
service_secret_text(
    const uint8_t secret[static 32], char out[static SERVICE_SECRET])
{
	(void)EVP_EncodeBlock((unsigned char *)out, secret, 32);
	for (char *p = out; *p != '\0'; p++)
		*p = (char)(*p == '+' ? '-'
			: *p == '/'   ? '_'
			: *p == '='   ? '\0'
				      : *p);
}

struct service_call {
	const char *method, *server;
	const struct service_request *r; /* NULL: none yet */
	const char *tail;                /* behind the id */
	const char *body;                /* or NULL */
	int timeout_ms;
	bool to_the_end;
	bool again; /* the same question once more gets the same answer */
};

/* Appends the body of a 2xx answer; anything else is its problem. */
static enum rc
service_call_once(struct fetch *f, const struct service_call *c,
    struct buf *answer, uint8_t *tries_left, struct err *e)
{
	char url[SERVICE_URL], authority[SERVICE_SECRET + 32];
	char secret[SERVICE_SECRET];
	struct fetch_request q = { .method = c->method,
		.url = url,
		.timeout_ms = c->timeout_ms,
		.to_the_end = c->to_the_end };
	size_t n = strlen(c->server);
	long status = 0;
	enum rc rc;

	*tries_left = 255;
	while (n > 0 && c->server[n - 1] == '/')
		n--;
	(void)snprintf(url, sizeof(url), "%.*s%s%s%s%s", (int)n, c->server,
	    SERVICE_PATH, c->r == NULL ? "" : "/", c->r == NULL ? "" : c->r->id,
	    c->tail);
	if (c->r != NULL) {
		service_secret_text(c->r->secret, secret);
		(void)snprintf(authority, sizeof(authority),
		    "Authorization: Bearer %s", secret);
		q.authority = authority;
	}
	if (c->body != NULL)
		q.body = span_str(c->body);
	rc = fetch_call(f, &q, &status, answer, e);
	/* Every service takes requests: this is the app's address, or nobody's. */
	if (rc == RC_OK && c->r == NULL && (status == 404 || status == 405))
		rc = err_set(e, RC_IO, "service",
		    "answered %ld: not the address for PCs", status);
	if (rc == RC_OK && status / 100 != 2)
		rc = answer_problem(status, buf_span(answer), tries_left, e);
	sec_wipe(authority, sizeof(authority));
	sec_wipe(secret, sizeof(secret));

	return rc;
}

/*
 * A service that starts anew is back in a moment: what may be asked again is,
 * until then, so that its users see nothing of it.
 */
static enum rc
service_call(struct fetch *f, const struct service_call *c, struct buf *answer,
    uint8_t *tries_left, struct err *e)
{
	int64_t until_ms = clock_mono_ms() + SERVICE_AGAIN_MS;
	size_t before = answer->n;
	enum rc rc;

	for (;;) {
		rc = service_call_once(f, c, answer, tries_left, e);
		if (rc != RC_IO || !c->again || fetch_cancelled(f) ||
		    clock_mono_ms() >= until_ms)
			return rc;
		err_clear(e);
		answer->n = before;
		(void)usleep(SERVICE_PAUSE_US);
	}
}

/* The body without its closing brace: a secret may follow. */
static enum rc
service_create_body(const struct service_maker *m,
    const struct service_request *fresh, char out[static SERVICE_BODY],
    struct err *e)
{
	uint8_t digest[DIGEST_SHA256];
	struct span secret = SPAN(fresh->secret);
	struct buf hex = buf_init(2 * DIGEST_SHA256 + 1);
	char old[SERVICE_SECRET], *text = NULL;
	const char *sum;
	json_t *root = NULL;
	enum rc rc = RC_MEMORY;

	digest_sha256(digest, &secret, 1);
	enc_hex(&hex, SPAN(digest));
	if ((sum = buf_cstr(&hex)) != NULL)
		root = json_pack("{s:s, s:s, s:s, s:s, s:s}", "program",
		    m->program, "machine", m->machine, "user", m->user, "mode",
		    m->push ? "push" : "number", "secret_sha256", sum);
	if (root == NULL ||
	    (m->continues == NULL &&
		json_object_set_new(root, "phone", json_string(m->phone)) !=
		    0) ||
	    (text = json_dumps(root, JSON_COMPACT)) == NULL ||
	    strlen(text) + 128 > SERVICE_BODY)
		goto out;
	(void)snprintf(out, SERVICE_BODY, "%s", text);
	if (m->continues != NULL) {
		service_secret_text(m->continues->secret, old);
		(void)snprintf(out + strlen(out) - 1,
		    SERVICE_BODY - strlen(out),
		    ",\"continues\":\"%s\",\"continues_secret\":\"%s\"}",
		    m->continues->id, old);
		sec_wipe(old, sizeof(old));
	}
	rc = RC_OK;
out:
	free(text);
	json_decref(root);
	buf_clear(&hex);

	return rc == RC_OK ? rc : err_set(e, rc, NULL, "out of memory");
}

enum rc
service_create(struct fetch *f, const struct service_maker *m,
    struct service_request *out, struct err *e)
{
	char body[SERVICE_BODY];
	/* To the end: what was made, and not heard of, could not be ended. */
	struct service_call c = { "POST", m->server, NULL, "", body,
		SERVICE_TIMEOUT_MS, true, false };
	struct buf answer = buf_init(FETCH_ANSWER_MAX);
	uint8_t tries_left;
	enum rc rc;

	rnd_bytes(out->secret, sizeof(out->secret));
	rc = service_create_body(m, out, body, e);
	if (rc == RC_OK)
		rc = service_call(f, &c, &answer, &tries_left, e);
	if (rc == RC_OK)
		rc = answer_created(buf_span(&answer), out->id, e);
	buf_clear(&answer);
	sec_wipe(body, sizeof(body));

	return rc;
}

enum rc
service_state(struct fetch *f, const char *server,
    const struct service_request *r, int64_t wait_ms, enum answer_state *state,
    struct err *e)
{
	int wait_s = wait_ms >= SERVICE_WAIT_MAX_S * 1000
	    ? SERVICE_WAIT_MAX_S
	    : (int)((wait_ms + 999) / 1000);
	char tail[64];
	struct service_call c = { "GET", server, r, tail, NULL,
		wait_s * 1000 + SERVICE_SLACK_MS, false, wait_ms > 0 };
	struct buf answer = buf_init(FETCH_ANSWER_MAX);
	uint8_t tries_left;
	enum rc rc;

	(void)snprintf(tail, sizeof(tail), "?state=%s&wait=%d",
	    answer_state_name(*state), wait_s);
	rc = service_call(f, &c, &answer, &tries_left, e);
	if (rc == RC_OK)
		rc = answer_state(buf_span(&answer), state, e);
	buf_clear(&answer);

	return rc;
}

enum rc
service_login(struct fetch *f, const char *server,
    const struct service_request *r, const char *pin, struct answer_login *out,
    uint8_t *tries_left, struct err *e)
{
	char body[128] = "{}";
	struct service_call c = { "POST", server, r, "/login", body,
		SERVICE_TIMEOUT_MS, false, true };
	struct buf answer = buf_init(FETCH_ANSWER_MAX);
	enum rc rc;

	if (pin[0] != '\0')
		(void)snprintf(body, sizeof(body), "{\"pin\":\"%s\"}", pin);
	rc = service_call(f, &c, &answer, tries_left, e);
	if (rc == RC_OK)
		rc = answer_login(buf_span(&answer), out, e);
	buf_clear(&answer);
	sec_wipe(body, sizeof(body));

	return rc;
}

enum rc
service_sign(struct fetch *f, const char *server,
    const struct service_request *r, const uint8_t sign_id[static 16],
    const char *certificate, const struct tokenframe_sign *q,
    struct buf *signature, struct err *e)
{
	static const char *const schemes[] = { [TOKENFRAME_RSA_PKCS1] =
						   "rsa-pkcs1",
		[TOKENFRAME_RSA_PSS] = "rsa-pss",
		[TOKENFRAME_ECDSA] = "ecdsa" };
	static const char *const hashes[] = { [TOKENFRAME_SHA256] = "sha256",
		[TOKENFRAME_SHA384] = "sha384",
		[TOKENFRAME_SHA512] = "sha512" };
	struct buf body = buf_init(SERVICE_BODY);
	struct buf answer = buf_init(FETCH_ANSWER_MAX);
	struct service_call c = { "POST", server, r, "/signatures", NULL,
		SERVICE_TIMEOUT_MS, false, true };
	uint8_t tries_left;
	enum rc rc = RC_MEMORY;

	buf_str(&body, "{\"sign_id\":\"");
	enc_hex(&body, (struct span){ sign_id, 16 });
	buf_printf(&body,
	    "\",\"certificate\":\"%s\",\"mechanism\":\"%s\",\"hash\":\"%s\"",
	    certificate, schemes[q->scheme], hashes[q->hash]);
	if (q->scheme == TOKENFRAME_RSA_PSS)
		buf_printf(&body, ",\"salt_length\":%u", q->salt);
	buf_str(&body, ",\"digest\":\"");
	enc_base64(&body, q->digest);
	buf_str(&body, "\"}");
	if ((c.body = buf_cstr(&body)) == NULL)
		err_set(e, rc, NULL, "out of memory");
	else
		rc = service_call(f, &c, &answer, &tries_left, e);
	if (rc == RC_OK)
		rc = answer_signature(buf_span(&answer), signature, e);
	buf_clear(&body);
	buf_clear(&answer);

	return rc;
}

void
service_end(
    struct fetch *f, const char *server, const struct service_request *r)
{
	struct service_call c = { "DELETE", server, r, "", NULL, SERVICE_END_MS,
		true, false };
	struct buf answer = buf_init(FETCH_ANSWER_MAX);
	uint8_t tries_left;
	struct err e = { 0 };
	enum rc rc = service_call(f, &c, &answer, &tries_left, &e);

	/* It lives a few minutes at most, whether we are heard or not. */
	(void)rc;
	buf_clear(&answer);
}
