/*
 * identity_portone.c - the identity check by PortOne V2 (REST).
 *
 * Belongs here: its options, addresses and bodies, our connections to it.
 * Not here: reading its answers (portone.c); whether the result is about the
 * right person (identity.c).
 */
#include "adapter/identity_portone.h"

#include "adapter/portone.h"
#include "adapter/wire.h"
#include "base/log.h"

#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define PORTONE_WIRES   4
#define PORTONE_URL_MAX 512

struct identity_portone {
	struct identity_provider face; /* first: the ops get its address */
	char base_url[256];
	char store_id[128]; /* "" where the secret's own will do */
	char channel_key[128];
	struct sec authority;
	pthread_mutex_t lock; /* for the idle connections */
	struct wire *idle[PORTONE_WIRES];
};

static enum rc
portone_wire_take(struct identity_portone *p, struct wire **out, struct err *e)
{
	*out = NULL;
	(void)pthread_mutex_lock(&p->lock);
	for (size_t i = 0; i < PORTONE_WIRES && *out == NULL; i++) {
		*out = p->idle[i];
		p->idle[i] = NULL;
	}
	(void)pthread_mutex_unlock(&p->lock);

	return *out != NULL ? RC_OK : wire_new(out, e);
}

static void
portone_wire_give(struct identity_portone *p, struct wire *w)
{
	(void)pthread_mutex_lock(&p->lock);
	for (size_t i = 0; i < PORTONE_WIRES && w != NULL; i++) {
		if (p->idle[i] == NULL) {
			p->idle[i] = w;
			w = NULL;
		}
	}
	(void)pthread_mutex_unlock(&p->lock);
	wire_free(w);
}

/*
 * One call. verb is "/send", "/confirm" or "". Takes the body. RC_OK: the
 * status is 2xx, and the answer is in a->body, which the caller clears.
 */
static enum rc
portone_call(struct identity_portone *p, const char *tx, const char *verb,
    json_t *body, struct wire_answer *a, struct err *e)
{
	static const char *const headers[] = { "Content-Type: application/json",
		"Accept: application/json", NULL };
	char *text = body == NULL ? NULL : json_dumps(body, JSON_COMPACT);
	char url[PORTONE_URL_MAX];
	struct wire_request r = { .method = body == NULL ? "GET" : "POST",
		.url = url,
		.headers = headers,
		.authority = &p->authority,
		.private_allowed = true }; /* the operator chose the host */
	struct err why = { 0 };
	struct wire *w = NULL;
	enum rc rc;

	*a = (struct wire_answer){ .body = buf_init(PORTONE_ANSWER_MAX) };
	/* The id is ours: letters, digits and a hyphen. */
	(void)snprintf(url, sizeof(url), "%s/identity-verifications/%s%s%s%s",
	    p->base_url, tx, verb,
	    body == NULL && p->store_id[0] != '\0' ? "?storeId=" : "",
	    body == NULL ? p->store_id : "");
	if (text != NULL)
		r.body = span_str(text);
	rc = body != NULL && text == NULL
	    ? err_set(&why, RC_MEMORY, NULL, "out of memory")
	    : portone_wire_take(p, &w, &why);
	if (rc == RC_OK) {
		rc = wire_call(w, &r, a, &why);
		portone_wire_give(p, w);
	}
	if (text != NULL)
		sec_wipe(text, strlen(text));
	free(text);
	json_decref(body);
	if (rc != RC_OK) {
		log_event(LOG_WARN, "identity.unreachable",
		    "provider=" PORTONE_NAME " why=\"%s\"", why.msg);
		return err_set(e, rc, "identity", PORTONE_NAME ": %s", why.msg);
	}
	if (a->status >= 200 && a->status < 300)
		return RC_OK;
	rc = portone_error(a->status, buf_span(&a->body), &why);
	if (rc == RC_IO || rc == RC_BUSY)
		log_event(LOG_WARN, "identity.failed",
		    "provider=" PORTONE_NAME " status=%ld", a->status);

	return err_set(e, rc, "identity", "%s", why.msg);
}

/* A body with our store, where we have to name it. */
static json_t *
portone_body(const struct identity_portone *p)
{
	json_t *j = json_object();

	if (p->store_id[0] != '\0' &&
	    json_object_set_new(j, "storeId", json_string(p->store_id)) != 0) {
		json_decref(j);
		return NULL;
	}

	return j;
}

static json_t *
portone_send_body(const struct identity_portone *p,
    const struct identity_asked *asked, const char *ip)
{
	json_t *body = portone_body(p);
	json_t *more = json_pack("{s:s, s:s, s:s, s:s, s:{s:s, s:s, s:s, s:s}}",
	    "channelKey", p->channel_key, "customData", asked->audience,
	    "operator", identity_carrier_text(asked->carrier), "method", "SMS",
	    "customer", "name", asked->name, "phoneNumber", asked->phone,
	    "identityNumber", asked->seven, "ipAddress", ip);

	if (body == NULL || more == NULL ||
	    json_object_update(body, more) != 0) {
		json_decref(body);
		body = NULL;
	}
	json_decref(more);

	return body;
}

static enum rc
portone_send_once(struct identity_portone *p,
    const struct identity_asked *asked, const char *ip, bool *lost,
    struct err *e)
{
	json_t *body = portone_send_body(p, asked, ip);
	struct wire_answer a;
	enum rc rc;

	*lost = false;
	if (body == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	rc = portone_call(p, asked->tx, "/send", body, &a, e);
	*lost = rc == RC_IO && a.status == 0;
	if (rc == RC_OK)
		rc = portone_sent_check(buf_span(&a.body), e);
	buf_clear(&a.body);

	return rc;
}

/*
 * A broken connection does not say whether the code went out, so the same
 * transaction is sent once more (libcurl does so too on a connection that
 * was kept). Nobody else knows its number: "sent already" is our first try.
 */
static enum rc
portone_send(struct identity_provider *face, const struct identity_asked *asked,
    const char *ip, struct err *e)
{
	struct identity_portone *p = (struct identity_portone *)face;
	struct err why = { 0 };
	bool lost;
	enum rc rc = portone_send_once(p, asked, ip, &lost, &why);

	if (lost) {
		err_clear(&why);
		rc = portone_send_once(p, asked, ip, &lost, &why);
	}
	if (rc == RC_OK || rc == RC_EXISTS)
		return RC_OK;

	return err_set(e, rc, why.field, "%s", why.msg);
}

static enum rc
portone_confirm(struct identity_provider *face, const char *tx, struct span otp,
    struct err *e)
{
	struct identity_portone *p = (struct identity_portone *)face;
	json_t *body = portone_body(p);
	struct err why = { 0 };
	struct wire_answer a;
	enum rc rc;

	if (body == NULL ||
	    json_object_set_new(
		body, "otp", json_stringn((const char *)otp.p, otp.n)) != 0) {
		json_decref(body);
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	}
	rc = portone_call(p, tx, "/confirm", body, &a, &why);
	buf_clear(&a.body);
	if (rc == RC_OK || rc == RC_EXISTS)
		return RC_OK;
	/* Here the carrier has nothing to refuse but the code. */
	if (rc == RC_REFUSED)
		return err_set(
		    e, RC_SECRET, "otp", PORTONE_NAME ": not the right code");

	return err_set(e, rc, why.field, "%s", why.msg);
}

static enum rc
portone_look_up(struct identity_provider *face, const char *tx,
    struct identity_found *found, struct err *e)
{
	struct identity_portone *p = (struct identity_portone *)face;
	struct wire_answer a;
	enum rc rc = portone_call(p, tx, "", NULL, &a, e);

	if (rc == RC_OK)
		rc = portone_parse(buf_span(&a.body), found, e);
	buf_clear(&a.body);

	return rc;
}

static void
portone_free(struct identity_provider *face)
{
	struct identity_portone *p = (struct identity_portone *)face;

	for (size_t i = 0; i < PORTONE_WIRES; i++)
		wire_free(p->idle[i]);
	sec_free(&p->authority);
	(void)pthread_mutex_destroy(&p->lock);
	free(p);
}

static const struct identity_ops ops = {
	.send = portone_send,
	.confirm = portone_confirm,
	.look_up = portone_look_up,
	.free = portone_free,
};

/* https, or http that does not leave this machine. */
static bool
portone_is_base(const char *url)
{
	static const char *const here[] = { "http://127.0.0.1",
		"http://localhost" };
	size_t n = strlen(url);

	if (n >= 256 || n == 0 || url[n - 1] == '/' ||
	    strcspn(url, " ?#@\\\"") != n)
		return false;
	if (strncmp(url, "https://", 8) == 0)
		return url[8] != '\0';
	for (size_t i = 0; i < sizeof(here) / sizeof(here[0]); i++) {
		size_t k = strlen(here[i]);

		if (strncmp(url, here[i], k) == 0 &&
		    (url[k] == ':' || url[k] == '/' || url[k] == '\0'))
			return true;
	}

	return false;
}

/* Letters, digits, hyphen, underscore: what its keys are made of. */
static bool
portone_is_key(const char *s)
{
	size_t n = strlen(s);

	return n < 128 &&
	    strspn(s,
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789-_") == n;
}

static enum rc
portone_secret(struct identity_portone *p, struct span secret, struct err *e)
{
	static const char scheme[] = "PortOne ";
	size_t n = sizeof(scheme) - 1;
	enum rc rc;

	for (size_t i = 0; i < secret.n; i++) {
		if (secret.p[i] <= ' ' || secret.p[i] > '~')
			return err_set(e, RC_FORMAT, "identity secret",
			    "must be one line of printable ASCII");
	}
	if (secret.n == 0 || secret.n > 1024)
		return err_set(
		    e, RC_FORMAT, "identity secret", "empty or too long");
	if ((rc = sec_new(&p->authority, n + secret.n, e)) != RC_OK)
		return rc;
	memcpy(p->authority.p, scheme, n);
	memcpy(p->authority.p + n, secret.p, secret.n);

	return RC_OK;
}

enum rc
identity_portone_new(const struct identity_portone_options *o,
    struct identity_provider **out, struct err *e)
{
	struct identity_portone *p;
	enum rc rc;

	*out = NULL;
	if (!portone_is_base(o->base_url))
		return err_set(e, RC_FORMAT, "identity url",
		    "must be https://… without a slash at the end (http only "
		    "on this machine)");
	if (o->channel_key[0] == '\0' || !portone_is_key(o->channel_key) ||
	    (o->store_id != NULL && !portone_is_key(o->store_id)))
		return err_set(e, RC_FORMAT, "identity channel",
		    "channel key or store id is malformed");
	if ((p = calloc(1, sizeof(*p))) == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	p->face = (struct identity_provider){ PORTONE_NAME, &ops };
	(void)pthread_mutex_init(&p->lock, NULL);
	memcpy(p->base_url, o->base_url, strlen(o->base_url) + 1);
	memcpy(p->channel_key, o->channel_key, strlen(o->channel_key) + 1);
	if (o->store_id != NULL)
		memcpy(p->store_id, o->store_id, strlen(o->store_id) + 1);
	if ((rc = portone_secret(p, sec_span(o->secret), e)) != RC_OK) {
		portone_free(&p->face);
		return rc;
	}
	*out = &p->face;

	return RC_OK;
}
