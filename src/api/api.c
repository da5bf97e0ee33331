/*
 * api.c - what handlers have in common: who asks, identifiers, problems.
 *
 * Belongs here: the server's hooks and small helpers.
 * Not here: handlers (…_api.c); the objects of the interface (render.c).
 */
#include "api/api.h"

#include "base/digest.h"
#include "base/enc.h"
#include "base/text.h"
#include "domain/access.h"

#include <stdio.h>
#include <stdlib.h>

#define WAIT_MAX_S 25

struct api *
api_of(const struct request *q)
{
	return request_app(q);
}

const struct domain_session *
api_who(const struct request *q)
{
	return request_slot(q);
}

enum rc
api_session(struct request *q, struct response *r, struct err *e)
{
	const char *cookie = request_cookie(q, API_COOKIE);
	struct domain_session *s = calloc(1, sizeof(*s));
	struct buf token = buf_init(STORE_HASH);
	enum rc rc = RC_DENIED;

	(void)r;
	if (s == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	if (cookie != NULL &&
	    enc_base64url_parse(&token, span_str(cookie), NULL) == RC_OK) {
		rc = access_find(&api_of(q)->domain, buf_span(&token), s, NULL);
		if (rc == RC_ABSENT)
			rc = RC_DENIED;
	}
	buf_clear(&token);
	if (rc == RC_OK) {
		request_set_slot(q, s, free);
		return RC_OK;
	}
	free(s);

	return err_set(e, rc, "session", "nobody is signed in");
}

struct json_out *
api_answer_problem(struct response *r, enum problem p)
{
	const struct problem_text *t = problem_text(p);
	struct response_problem out = {
		.status = (unsigned int)t->status,
		.slug = t->slug,
		.ko = t->ko,
		.en = t->en,
		.next_ko = t->next_ko,
		.next_en = t->next_en,
	};

	return response_problem(r, &out);
}

void
api_problem(const struct request *q, struct response *r, enum rc rc,
    const struct err *e)
{
	static const struct {
		enum rc rc;
		const char *field;
		enum problem problem;
	} rows[] = {
		{ RC_DENIED, "session", PROBLEM_UNAUTHENTICATED },
		{ RC_DENIED, "origin", PROBLEM_CROSS_SITE },
		{ RC_BUSY, "vault", PROBLEM_VAULT_UNAVAILABLE },
	};
	enum problem p = problem_of(rc);
	const struct problem_text *t;
	struct response_problem out = { 0 };

	(void)q;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].rc == rc && strcmp(rows[i].field, e->field) == 0)
			p = rows[i].problem;
	t = problem_text(p);
	out.status = (unsigned int)t->status;
	out.slug = t->slug;
	out.ko = t->ko;
	out.en = t->en;
	out.next_ko = t->next_ko;
	out.next_en = t->next_en;
	/*
	 * What a program sent wrong is told; what broke in here is logged. What
	 * is another's is not there: not a word tells the two apart.
	 */
	if (t->status < 500 && (rc != RC_ABSENT || e->field[0] != '\0')) {
		out.field = e->field;
		out.detail = e->msg;
	}
	(void)response_problem(r, &out);
}

static void
api_topic(char *out, char kind, const uint8_t id[static STORE_ID])
{
	static const char digits[] = "0123456789abcdef";

	*out++ = kind;
	*out++ = ':';
	for (size_t i = 0; i < STORE_ID; i++) {
		*out++ = digits[id[i] >> 4];
		*out++ = digits[id[i] & 15];
	}
	*out = '\0';
}

void
api_topic_member(char *out, const uint8_t id[static STORE_ID])
{
	api_topic(out, 'm', id);
}

void
api_topic_request(char *out, const uint8_t id[static STORE_ID])
{
	api_topic(out, 'r', id);
}

void
api_topic_transfer(char *out, const uint8_t id[static STORE_ID])
{
	api_topic(out, 't', id);
}

void
api_topic_session(char *out, const uint8_t id[static STORE_ID])
{
	api_topic(out, 's', id);
}

static enum rc
api_fixed(const char *text,
    enum rc (*parse)(struct buf *, struct span, struct err *), uint8_t *out,
    size_t n)
{
	struct buf b = buf_init(n);
	enum rc rc = RC_ABSENT;

	if (text != NULL && parse(&b, span_str(text), NULL) == RC_OK &&
	    b.n == n) {
		memcpy(out, b.p, n);
		rc = RC_OK;
	}
	buf_clear(&b);

	return rc;
}

enum rc
api_id(const struct request *q, const char *name, uint8_t id[static STORE_ID],
    struct err *e)
{
	return api_fixed(request_param(q, name), enc_hex_parse, id, STORE_ID) ==
		RC_OK
	    ? RC_OK
	    : err_set(e, RC_ABSENT, NULL, "not an identifier");
}

void
api_put_id(
    struct json_out *o, const char *name, const uint8_t id[static STORE_ID])
{
	if (store_has_id(id))
		json_put_bytes(
		    o, name, JSON_HEX, (struct span){ id, STORE_ID });
	else
		json_put_null(o, name);
}

enum rc
api_bearer(
    const struct request *q, uint8_t hash[static STORE_HASH], struct err *e)
{
	uint8_t secret[STORE_HASH];
	struct span s = SPAN(secret);

	if (api_fixed(request_bearer(q), enc_base64url_parse, secret,
		sizeof(secret)) != RC_OK)
		return err_set(e, RC_ABSENT, NULL, "no bearer");
	digest_sha256(hash, &s, 1);

	return RC_OK;
}

int64_t
api_wait_ms(const struct request *q)
{
	const char *text = request_query(q, "wait");
	uint64_t seconds = 0;

	if (text == NULL ||
	    text_uint(span_str(text), UINT32_MAX, &seconds, NULL) != RC_OK)
		return 0;

	return (int64_t)(seconds > WAIT_MAX_S ? WAIT_MAX_S : seconds) * 1000;
}
