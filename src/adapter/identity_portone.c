/*
 * identity_portone.c - the identity check by PortOne V2 (REST).
 *
 * Belongs here: its addresses, bodies, states and error types.
 * Not here: whether the result is about the right person (identity.c).
 */
#include "adapter/identity_portone.h"

#include "adapter/wire.h"
#include "base/log.h"
#include "base/text.h"

#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define PORTONE_NAME       "portone"
#define PORTONE_ANSWER_MAX 65536
#define PORTONE_DEPTH_MAX  16
#define PORTONE_WIRES      4
#define PORTONE_URL_MAX    512

struct identity_portone {
	struct identity_provider face; /* first: the ops get its address */
	char base_url[256];
	char store_id[128]; /* "" where the secret's own will do */
	char channel_key[128];
	struct sec authority;
	pthread_mutex_t lock; /* for the idle connections */
	struct wire *idle[PORTONE_WIRES];
};

/* Jansson recurses; how deep is decided before it starts. */
static bool
portone_is_shallow(struct span s)
{
	size_t depth = 0;
	bool string = false;

	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];

		if (string && c == '\\')
			i++;
		else if (c == '"')
			string = !string;
		else if (!string && (c == '{' || c == '['))
			depth++;
		else if (!string && (c == '}' || c == ']') && depth > 0)
			depth--;
		if (depth > PORTONE_DEPTH_MAX)
			return false;
	}

	return true;
}

static json_t *
portone_json(struct span body)
{
	json_t *j;

	if (body.n > PORTONE_ANSWER_MAX || !portone_is_shallow(body))
		return NULL;
	j = json_loadb(
	    (const char *)body.p, body.n, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(j)) {
		json_decref(j);
		return NULL;
	}

	return j;
}

/* Copies a string member; absent and null leave "". False: unfit. */
static bool
portone_text(const json_t *j, const char *name, char *out, size_t size)
{
	const json_t *v = json_object_get(j, name);
	size_t n = json_string_length(v);

	out[0] = '\0';
	if (v == NULL || json_is_null(v))
		return true;
	if (!json_is_string(v) || n >= size ||
	    !text_is_display(
		(struct span){ (const uint8_t *)json_string_value(v), n },
		size - 1))
		return false;
	memcpy(out, json_string_value(v), n + 1);

	return true;
}

/* Days since 1970 of a date in the Gregorian calendar. */
static int64_t
portone_days(int64_t year, int64_t month, int64_t day)
{
	/* Years that begin in March, so that leap days come last. */
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t m = (month + 9) % 12;

	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day -
	    1 - 719468;
}

static bool
portone_number(const char **at, size_t digits, char end, int64_t *out)
{
	*out = 0;
	for (size_t i = 0; i < digits; i++) {
		char c = (*at)[i];

		if (c < '0' || c > '9')
			return false;
		*out = *out * 10 + (c - '0');
	}
	*at += digits;
	if (end == '\0')
		return true;
	if (**at != end)
		return false;
	(*at)++;

	return true;
}

/* RFC 3339 date-time to milliseconds since 1970. */
static bool
portone_time(const char *s, int64_t *out)
{
	int64_t year, month, day, hour, minute, second, ms = 0, scale = 100;
	int64_t zone_h, zone_m, zone = 0;

	if (!portone_number(&s, 4, '-', &year) ||
	    !portone_number(&s, 2, '-', &month) ||
	    !portone_number(&s, 2, 'T', &day) ||
	    !portone_number(&s, 2, ':', &hour) ||
	    !portone_number(&s, 2, ':', &minute) ||
	    !portone_number(&s, 2, '\0', &second))
		return false;
	if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 ||
	    minute > 59 || second > 60 || year < 1970)
		return false;
	if (*s == '.' && (s[1] < '0' || s[1] > '9'))
		return false;
	if (*s == '.') {
		for (s++; *s >= '0' && *s <= '9'; s++, scale /= 10)
			ms += (*s - '0') * scale;
	}
	if (*s == '+' || *s == '-') {
		int64_t sign = *s++ == '-' ? -1 : 1;

		if (!portone_number(&s, 2, ':', &zone_h) ||
		    !portone_number(&s, 2, '\0', &zone_m) || zone_h > 23 ||
		    zone_m > 59)
			return false;
		zone = sign * (zone_h * 60 + zone_m);
	} else if (*s++ != 'Z') {
		return false;
	}
	*out = ((portone_days(year, month, day) * 24 + hour) * 60 + minute -
		   zone) *
		60000 +
	    second * 1000 + ms;

	return *s == '\0';
}

static bool
portone_customer(const json_t *c, struct identity_found *f)
{
	const json_t *foreigner = json_object_get(c, "isForeigner");
	char operator[16], sex[16];

	if (!json_is_object(c) ||
	    !portone_text(c, "name", f->name, sizeof(f->name)) ||
	    !portone_text(c, "birthDate", f->birth, sizeof(f->birth)) ||
	    !portone_text(c, "phoneNumber", f->phone, sizeof(f->phone)) ||
	    !portone_text(c, "ci", f->ci, sizeof(f->ci)) ||
	    !portone_text(c, "di", f->di, sizeof(f->di)) ||
	    !portone_text(c, "operator", operator, sizeof(operator)) ||
	    !portone_text(c, "gender", sex, sizeof(sex)))
		return false;
	f->carrier = identity_carrier_find(span_str(operator));
	if (strcmp(sex, "MALE") == 0)
		f->sex = IDENTITY_MALE;
	else if (strcmp(sex, "FEMALE") == 0)
		f->sex = IDENTITY_FEMALE;
	f->foreigner_said = json_is_boolean(foreigner);
	f->foreigner = json_is_true(foreigner);

	return f->name[0] != '\0' && f->birth[0] != '\0';
}

static enum rc
portone_state(const json_t *j, struct identity_found *f, struct err *e)
{
	char status[16], when[40];

	if (portone_text(j, "status", status, sizeof(status)) &&
	    portone_text(j, "id", f->tx, sizeof(f->tx)) &&
	    portone_text(j, "customData", f->audience, sizeof(f->audience))) {
		if (strcmp(status, "READY") == 0)
			return err_set(e, RC_STATE, "identity",
			    PORTONE_NAME ": the person has not answered yet");
		if (strcmp(status, "FAILED") == 0)
			return err_set(e, RC_REFUSED, "identity",
			    PORTONE_NAME ": the identity check failed");
		if (strcmp(status, "VERIFIED") == 0 &&
		    portone_text(j, "verifiedAt", when, sizeof(when)) &&
		    portone_time(when, &f->verified_ms) &&
		    portone_customer(json_object_get(j, "verifiedCustomer"), f))
			return RC_OK;
	}

	return err_set(e, RC_FORMAT, "identity",
	    PORTONE_NAME ": its answer cannot be understood");
}

enum rc
identity_portone_parse(
    struct span body, struct identity_found *out, struct err *e)
{
	json_t *j = portone_json(body);
	enum rc rc;

	memset(out, 0, sizeof(*out));
	if (j == NULL)
		return err_set(e, RC_FORMAT, "identity",
		    PORTONE_NAME ": its answer is not JSON as expected");
	rc = portone_state(j, out, e);
	json_decref(j);
	if (rc != RC_OK)
		sec_wipe(out, sizeof(*out));

	return rc;
}

/* Its error types that mean more to us than "broken". */
static const struct {
	const char *type;
	enum rc rc;
	const char *text;
} types[] = {
	{ "IDENTITY_VERIFICATION_ALREADY_VERIFIED", RC_EXISTS,
	    "is verified already" },
	{ "IDENTITY_VERIFICATION_ALREADY_SENT", RC_EXISTS, "is sent already" },
	{ "IDENTITY_VERIFICATION_NOT_SENT", RC_STATE, "nothing was sent yet" },
	{ "IDENTITY_VERIFICATION_NOT_FOUND", RC_ABSENT,
	    "knows no such transaction" },
	{ "MAX_TRANSACTION_COUNT_REACHED", RC_RATE, "too many tries" },
	{ "INVALID_REQUEST", RC_FORMAT, "does not take these particulars" },
	{ "PG_PROVIDER", RC_REFUSED, "the carrier refused" },
	{ "UNAUTHORIZED", RC_IO, "our secret is not accepted" },
	{ "FORBIDDEN", RC_IO, "our contract does not allow this" },
	{ "CHANNEL_NOT_FOUND", RC_IO, "our channel key is not known" },
};

enum rc
identity_portone_error(long status, struct span body, struct err *e)
{
	json_t *j = portone_json(body);
	char type[64] = "";
	size_t i = 0;

	if (j != NULL && !portone_text(j, "type", type, sizeof(type)))
		type[0] = '\0';
	json_decref(j);
	while (i < sizeof(types) / sizeof(types[0]) &&
	    strcmp(type, types[i].type) != 0)
		i++;
	if (i < sizeof(types) / sizeof(types[0]))
		return err_set(e, types[i].rc, "identity", PORTONE_NAME ": %s",
		    types[i].text);
	if (status == 429)
		return err_set(
		    e, RC_RATE, "identity", PORTONE_NAME ": too many requests");

	return err_set(e, status >= 500 ? RC_BUSY : RC_IO, "identity",
	    PORTONE_NAME ": answers with status %ld", status);
}

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
	rc = identity_portone_error(a->status, buf_span(&a->body), &why);
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

static enum rc
portone_send(struct identity_provider *face, const struct identity_asked *asked,
    const char *ip, struct err *e)
{
	struct identity_portone *p = (struct identity_portone *)face;
	json_t *body = portone_body(p);
	json_t *more = json_pack("{s:s, s:s, s:s, s:s, s:{s:s, s:s, s:s, s:s}}",
	    "channelKey", p->channel_key, "customData", asked->audience,
	    "operator", identity_carrier_text(asked->carrier), "method", "SMS",
	    "customer", "name", asked->name, "phoneNumber", asked->phone,
	    "identityNumber", asked->seven, "ipAddress", ip);
	struct wire_answer a;
	json_t *answer;
	enum rc rc;

	if (body == NULL || more == NULL ||
	    json_object_update_new(body, more) != 0) {
		json_decref(body);
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	}
	rc = portone_call(p, asked->tx, "/send", body, &a, e);
	if (rc == RC_OK) {
		answer = portone_json(buf_span(&a.body));
		if (answer == NULL)
			rc = err_set(e, RC_IO, "identity",
			    PORTONE_NAME ": its answer cannot be understood");
		json_decref(answer);
	}
	buf_clear(&a.body);

	return rc;
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
		rc = identity_portone_parse(buf_span(&a.body), found, e);
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
