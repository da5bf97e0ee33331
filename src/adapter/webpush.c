/*
 * webpush.c - Web Push: one message to one browser (RFC 8030, 8291, 8292).
 *
 * Belongs here: which endpoints may be written to, reading subscriptions,
 * composing the request, telling what the push service's answer means.
 * Not here: waiting and trying again (outgoing.c); encryption (ece.c); tokens
 * (vapid.c); the connection and its address check (wire.c).
 */
#include "adapter/webpush.h"

#include "adapter/vapid.h"
#include "base/clock.h"
#include "base/enc.h"

#include <pthread.h>
#include <stdlib.h>

#define WEBPUSH_ORIGIN_SIZE  288
#define WEBPUSH_HOST_MAX     253
#define WEBPUSH_ORIGINS_MAX  16
#define WEBPUSH_TOKEN_SIZE   1024
#define WEBPUSH_TOKENS       8
#define WEBPUSH_LIFE_S       (6 * 3600)
#define WEBPUSH_SPARE_S      3600
#define WEBPUSH_ANSWER_MAX   4096
#define WEBPUSH_PAD          1024
#define WEBPUSH_RETRY_MAX_MS 3600000

struct webpush_token {
	char origin[WEBPUSH_ORIGIN_SIZE];
	char text[WEBPUSH_TOKEN_SIZE];
	int64_t end_s;
};

struct webpush {
	struct vapid *vapid;
	char contact[256];
	char origins[WEBPUSH_ORIGINS_MAX][WEBPUSH_ORIGIN_SIZE];
	size_t n_origins;
	pthread_mutex_t lock; /* for what follows */
	struct webpush_token tokens[WEBPUSH_TOKENS];
	size_t next; /* the token to be replaced next */
};

/* An endpoint taken apart; borrows from it. */
struct webpush_url {
	bool tls;
	struct span host;
	bool port;
	size_t origin; /* length of scheme, host and port */
};

/* The hosts of the browsers' push services; ".x" stands for all below x. */
static const char *const known[] = {
	"fcm.googleapis.com",
	".push.apple.com",
	".push.services.mozilla.com",
	".notify.windows.com",
};

static bool
webpush_is_host(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];

		if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' &&
		    c != '.')
			return false;
	}

	return s.n > 0 && s.n <= WEBPUSH_HOST_MAX && s.p[0] != '.';
}

/*
 * Accepts much less than an URL may be (what browsers hand out is plain), so
 * that there is nothing for libcurl to read in another way: no user, no
 * literal IPv6, no escapes in the host, no fragment, nothing but printable
 * ASCII.
 */
static bool
webpush_url_parse(const char *text, struct webpush_url *u)
{
	size_t scheme, at;

	for (const char *c = text; *c != '\0'; c++) {
		if (*c <= ' ' || *c > '~' || *c == '\\' || *c == '#')
			return false;
	}
	u->tls = strncmp(text, "https://", 8) == 0;
	if (!u->tls && strncmp(text, "http://", 7) != 0)
		return false;
	scheme = u->tls ? 8 : 7;
	at = scheme + strcspn(text + scheme, ":/?");
	u->host = (struct span){ (const uint8_t *)text + scheme, at - scheme };
	if (!webpush_is_host(u->host))
		return false;
	u->port = text[at] == ':';
	if (u->port) {
		size_t digits = strspn(text + at + 1, "0123456789");

		if (digits < 1 || digits > 5)
			return false;
		at += 1 + digits;
	}
	u->origin = at;

	return u->origin < WEBPUSH_ORIGIN_SIZE &&
	    (text[at] == '/' || text[at] == '\0');
}

static bool
webpush_is_known(struct span host)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct span k = span_str(known[i]);

		if (k.p[0] == '.' && host.n > k.n &&
		    memcmp(host.p + host.n - k.n, k.p, k.n) == 0)
			return true;
		if (span_equal(host, k))
			return true;
	}

	return false;
}

static bool
webpush_is_configured(const struct webpush *w, struct span origin)
{
	for (size_t i = 0; i < w->n_origins; i++) {
		if (span_equal(origin, span_str(w->origins[i])))
			return true;
	}

	return false;
}

/* As webpush_endpoint_check(), and says which rule let it through. */
static enum rc
webpush_judge(const struct webpush *w, const char *endpoint,
    struct span *origin, bool *configured, struct err *e)
{
	struct webpush_url u;

	if (strlen(endpoint) >= WEBPUSH_ENDPOINT_SIZE ||
	    !webpush_url_parse(endpoint, &u) || endpoint[u.origin] != '/')
		return err_set(e, RC_FORMAT, "endpoint",
		    "not the address of a push service");
	*origin = (struct span){ (const uint8_t *)endpoint, u.origin };
	*configured = webpush_is_configured(w, *origin);
	if (!*configured && (!u.tls || u.port || !webpush_is_known(u.host)))
		return err_set(
		    e, RC_POLICY, "endpoint", "not a known push service");

	return RC_OK;
}

enum rc
webpush_endpoint_check(
    const struct webpush *w, const char *endpoint, struct err *e)
{
	struct span origin;
	bool configured;

	return webpush_judge(w, endpoint, &origin, &configured, e);
}

/* Exactly n bytes of base64url. */
static enum rc
webpush_field_parse(
    struct span text, const char *field, uint8_t *out, size_t n, struct err *e)
{
	struct buf b = buf_init(n);
	enum rc rc = RC_FORMAT;

	if (enc_base64url_parse(&b, text, NULL) == RC_OK && b.n == n) {
		memcpy(out, b.p, n);
		rc = RC_OK;
	}
	buf_clear(&b);

	return rc == RC_OK
	    ? rc
	    : err_set(e, rc, field, "not %zu bytes in base64url", n);
}

enum rc
webpush_subscription_parse(struct span endpoint, struct span p256dh,
    struct span auth, struct webpush_subscription *out, struct err *e)
{
	struct webpush_url u;
	enum rc rc = RC_FORMAT;

	memset(out, 0, sizeof(*out));
	if (endpoint.n >= sizeof(out->endpoint))
		return err_set(e, RC_LIMIT, "endpoint", "longer than %d bytes",
		    WEBPUSH_ENDPOINT_SIZE - 1);
	if (endpoint.n > 0)
		memcpy(out->endpoint, endpoint.p, endpoint.n);
	if (strlen(out->endpoint) != endpoint.n ||
	    !webpush_url_parse(out->endpoint, &u) ||
	    out->endpoint[u.origin] != '/')
		err_set(e, rc, "endpoint", "not the address of a push service");
	else if ((rc = webpush_field_parse(p256dh, "p256dh", out->peer.point,
		      ECE_POINT, e)) == RC_OK &&
	    (rc = webpush_field_parse(
		 auth, "auth", out->peer.auth, ECE_AUTH, e)) == RC_OK)
		rc = ece_point_check(out->peer.point, e);
	if (rc != RC_OK)
		memset(out, 0, sizeof(*out));

	return rc;
}

static enum rc
webpush_origins_parse(struct webpush *w, const char *text, struct err *e)
{
	struct webpush_url u;

	while (text != NULL && *(text += strspn(text, " ")) != '\0') {
		size_t n = strcspn(text, " ");
		char *origin = w->origins[w->n_origins];

		if (w->n_origins == WEBPUSH_ORIGINS_MAX - 1)
			return err_set(e, RC_LIMIT, "push origins",
			    "more than %d", WEBPUSH_ORIGINS_MAX - 1);
		if (n < WEBPUSH_ORIGIN_SIZE)
			memcpy(origin, text, n);
		if (n >= WEBPUSH_ORIGIN_SIZE ||
		    !webpush_url_parse(origin, &u) || u.origin != n)
			return err_set(e, RC_FORMAT, "push origins",
			    "each must be http(s)://host or "
			    "http(s)://host:port");
		w->n_origins++;
		text += n;
	}

	return RC_OK;
}

enum rc
webpush_new(
    const struct webpush_options *o, struct webpush **out, struct err *e)
{
	struct webpush *w = calloc(1, sizeof(*w));
	struct buf trial = buf_init(WEBPUSH_TOKEN_SIZE);
	enum rc rc = RC_FORMAT;

	*out = NULL;
	if (w == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	(void)pthread_mutex_init(&w->lock, NULL);
	if (strlen(o->contact) >= sizeof(w->contact) ||
	    (strncmp(o->contact, "mailto:", 7) != 0 &&
		strncmp(o->contact, "https://", 8) != 0) ||
	    vapid_token_claims("https://x", o->contact, 0, &trial, NULL) !=
		RC_OK)
		err_set(e, rc, "push contact",
		    "must be a mailto: or https: address (RFC 8292 section "
		    "2.1)");
	else if ((rc = webpush_origins_parse(w, o->origins, e)) == RC_OK)
		rc = vapid_open(o->key_file, &w->vapid, e);
	buf_clear(&trial);
	if (rc != RC_OK) {
		webpush_free(w);
		return rc;
	}
	memcpy(w->contact, o->contact, strlen(o->contact) + 1);
	*out = w;

	return RC_OK;
}

void
webpush_free(struct webpush *w)
{
	if (w == NULL)
		return;
	vapid_free(w->vapid);
	(void)pthread_mutex_destroy(&w->lock);
	free(w);
}

const char *
webpush_public_key(const struct webpush *w)
{
	return vapid_public(w->vapid);
}

/* The kept token for an origin, made anew when it soon ends. Lock held. */
static enum rc
webpush_token_find(struct webpush *w, struct span origin,
    const struct webpush_token **out, struct err *e)
{
	int64_t now_s = clock_wall_ms() / 1000;
	struct buf text = buf_init(WEBPUSH_TOKEN_SIZE - 1);
	struct webpush_token *t = NULL;
	enum rc rc;

	for (size_t i = 0; i < WEBPUSH_TOKENS && t == NULL; i++) {
		if (span_equal(origin, span_str(w->tokens[i].origin)))
			t = &w->tokens[i];
	}
	if (t == NULL)
		t = &w->tokens[w->next++ % WEBPUSH_TOKENS];
	else if (t->end_s - now_s >= WEBPUSH_SPARE_S &&
	    t->end_s - now_s <= WEBPUSH_LIFE_S) {
		*out = t;
		return RC_OK;
	}
	memset(t, 0, sizeof(*t));
	memcpy(t->origin, origin.p, origin.n);
	rc = vapid_token(
	    w->vapid, t->origin, w->contact, now_s + WEBPUSH_LIFE_S, &text, e);
	if (rc == RC_OK) {
		memcpy(t->text, text.p, text.n);
		t->end_s = now_s + WEBPUSH_LIFE_S;
		*out = t;
	} else {
		memset(t, 0, sizeof(*t));
	}
	buf_clear(&text);

	return rc;
}

/* The Authorization header's value (RFC 8292 section 3). */
static enum rc
webpush_authority(
    struct webpush *w, struct span origin, struct sec *out, struct err *e)
{
	const struct webpush_token *t;
	char text[WEBPUSH_TOKEN_SIZE + VAPID_PUBLIC_SIZE + 16];
	enum rc rc;
	int n;

	(void)pthread_mutex_lock(&w->lock);
	rc = webpush_token_find(w, origin, &t, e);
	if (rc == RC_OK) {
		n = snprintf(text, sizeof(text), "vapid t=%s, k=%s", t->text,
		    vapid_public(w->vapid));
		rc = sec_copy(
		    out, (struct span){ (uint8_t *)text, (size_t)n }, e);
		sec_wipe(text, sizeof(text));
	}
	(void)pthread_mutex_unlock(&w->lock);

	return rc;
}

static bool
webpush_topic_is_plain(const char *topic)
{
	size_t n = strlen(topic);

	return n > 0 && n <= WEBPUSH_TOPIC_MAX &&
	    strspn(topic,
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789-_") == n;
}

static enum webpush_outcome
webpush_outcome(long status)
{
	if (status >= 200 && status < 300)
		return WEBPUSH_DELIVERED;
	if (status == 404 || status == 410)
		return WEBPUSH_GONE;
	if (status == 429 || status >= 500)
		return WEBPUSH_LATER;

	return WEBPUSH_REFUSED;
}

static enum rc
webpush_post(struct wire *wire, const struct wire_request *r,
    struct webpush_result *out, struct err *e)
{
	struct wire_answer a = { .body = buf_init(WEBPUSH_ANSWER_MAX) };
	struct err why = { 0 };
	enum rc rc = wire_call(wire, r, &a, &why);

	buf_clear(&a.body);
	/* No answer is an answer too: the queue tries again. */
	if (rc == RC_BUSY || rc == RC_IO) {
		out->outcome = WEBPUSH_LATER;
		return RC_OK;
	}
	if (rc != RC_OK)
		return err_set(e, rc, why.field, "%s", why.msg);
	out->status = a.status;
	out->outcome = webpush_outcome(a.status);
	out->retry_after_ms = a.retry_after_ms < WEBPUSH_RETRY_MAX_MS
	    ? a.retry_after_ms
	    : WEBPUSH_RETRY_MAX_MS;

	return RC_OK;
}

enum rc
webpush_send(struct webpush *w, struct wire *wire,
    const struct webpush_subscription *s, const struct webpush_message *m,
    struct webpush_result *out, struct err *e)
{
	struct sec authority SEC_WIPED = { 0 };
	struct buf body = buf_init(4096);
	char ttl[40], topic[48];
	const char *headers[] = { "Content-Type: application/octet-stream",
		"Content-Encoding: aes128gcm", "Urgency: high", ttl,
		m->topic == NULL ? NULL : topic, NULL };
	struct wire_request r = { .method = "POST",
		.url = s->endpoint,
		.headers = headers,
		.authority = &authority,
		.cut_allowed = true };
	size_t padded =
	    (m->payload.n + WEBPUSH_PAD) / WEBPUSH_PAD * WEBPUSH_PAD;
	struct span origin = { 0 };
	enum rc rc;

	memset(out, 0, sizeof(*out));
	if (m->topic != NULL && !webpush_topic_is_plain(m->topic))
		return err_set(e, RC_FORMAT, "topic",
		    "up to 32 base64url characters (RFC 8030 section 5.4)");
	if ((rc = webpush_judge(
		 w, s->endpoint, &origin, &r.private_allowed, e)) != RC_OK ||
	    (rc = webpush_authority(w, origin, &authority, e)) != RC_OK)
		return rc;
	if (padded > ECE_PLAIN_MAX)
		padded = ECE_PLAIN_MAX;
	rc = ece_encrypt(&s->peer, m->payload, padded, &body, e);
	if (rc == RC_OK) {
		(void)snprintf(ttl, sizeof(ttl), "TTL: %lld",
		    (long long)(m->ttl_ms <= 0 ? 0 : (m->ttl_ms + 999) / 1000));
		if (m->topic != NULL)
			(void)snprintf(
			    topic, sizeof(topic), "Topic: %s", m->topic);
		r.body = buf_span(&body);
		rc = webpush_post(wire, &r, out, e);
	}
	buf_clear(&body);

	return rc;
}
