/*
 * response.c - what a handler says: status, headers, body, or that it waits.
 *
 * Belongs here: building an answer.
 * Not here: sending it (serve.c); security headers (guard.c); the table of
 * problems (api/problem.c).
 */
#include "http/inner.h"

#include "base/clock.h"
#include "http/event.h"

#include <stdarg.h>
#include <stdio.h>

#define RESPONSE_HEADERS_MAX 4096
#define RESPONSE_VALUE_MAX   1024

void
response_init(struct response *r, struct request *q)
{
	*r = (struct response){ .q = q,
		.body = buf_init(RESPONSE_BODY_MAX),
		.headers = buf_init(RESPONSE_HEADERS_MAX) };
}

void
response_clear(struct response *r)
{
	buf_clear(&r->body);
	buf_clear(&r->headers);
}

void
response_status(struct response *r, unsigned int status)
{
	buf_reset(&r->body);
	r->is_json = false;
	r->type = NULL;
	r->status = status;
}

struct json_out *
response_json(struct response *r, unsigned int status)
{
	response_status(r, status);
	r->type = "application/json";
	r->is_json = true;
	r->json = json_put_init(&r->body);
	json_put_object(&r->json, NULL);

	return &r->json;
}

void
response_bytes(
    struct response *r, unsigned int status, const char *type, struct span body)
{
	response_status(r, status);
	r->type = type;
	buf_bytes(&r->body, body);
}

static bool
response_is_value(const char *s)
{
	for (; *s != '\0'; s++) {
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return false;
	}

	return true;
}

void
response_header(struct response *r, const char *name, const char *fmt, ...)
{
	char value[RESPONSE_VALUE_MAX + 1];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(value, sizeof(value), fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(value) || !response_is_value(value)) {
		r->failed = true;
		return;
	}
	buf_bytes(&r->headers,
	    (struct span){ (const uint8_t *)name, strlen(name) + 1 });
	buf_bytes(&r->headers,
	    (struct span){ (const uint8_t *)value, (size_t)n + 1 });
}

void
response_cookie(
    struct response *r, const char *name, const char *value, int64_t max_age_s)
{
	bool secure = r->q->at->secure;
	char age[40] = "";

	if (!event_is_word(name, ".") || !event_is_word(value, ".")) {
		r->failed = true;
		return;
	}
	if (max_age_s != 0)
		(void)snprintf(age, sizeof(age), "; Max-Age=%lld",
		    (long long)(max_age_s < 0 ? 0 : max_age_s));
	response_header(r, "Set-Cookie",
	    "%s%s=%s; Path=/; HttpOnly; SameSite=Strict%s%s",
	    secure ? "__Host-" : "", name, value, secure ? "; Secure" : "",
	    age);
}

static void
response_put(struct json_out *w, const char *name, const char *s)
{
	if (s != NULL && s[0] != '\0')
		json_put_text(w, name, s);
}

struct json_out *
response_problem(struct response *r, const struct response_problem *p)
{
	struct json_out *w = response_json(r, p->status);
	char type[96];

	r->type = "application/problem+json";
	(void)snprintf(type, sizeof(type), "urn:ingam:problem:%s", p->slug);
	json_put_text(w, "type", type);
	response_put(w, "title", p->en);
	json_put_uint(w, "status", p->status);
	response_put(w, "detail", p->detail);
	response_put(w, "field", p->field);
	response_put(w, "title_ko", p->ko);
	response_put(w, "next", p->next_en);
	response_put(w, "next_ko", p->next_ko);

	return w;
}

void
response_wait(struct response *r, int64_t timeout_ms, route_handler *again)
{
	if (timeout_ms > RESPONSE_WAIT_MAX)
		timeout_ms = RESPONSE_WAIT_MAX;
	r->again = again;
	r->until_ms = clock_mono_ms() + timeout_ms;
	r->failed = r->failed || r->q->waiter == NULL;
}

void
response_stream(struct response *r)
{
	const struct server_conf *conf = &r->q->at->server->conf;

	response_status(r, 200);
	r->type = "text/event-stream";
	r->stream = true;
	if (r->q->waiter == NULL) {
		r->failed = true;
		return;
	}
	topic_stream(r->q->waiter, (int64_t)conf->heartbeat_s * 1000,
	    (int64_t)conf->stream_s * 1000);
}

void
response_finish(struct response *r)
{
	static const char plain[] = "{\"type\":\"about:blank\",\"status\":500,"
				    "\"title\":\"internal error\"}";

	if (r->is_json && !json_put_done(&r->json))
		r->failed = true;
	if (!r->failed && r->status != 0 && buf_ok(&r->body) &&
	    buf_ok(&r->headers))
		return;
	response_clear(r);
	r->stream = false;
	r->again = NULL;
	r->failed = false;
	response_bytes(r, 500, "application/problem+json", SPAN_LIT(plain));
}
