/*
 * answer.c - what the service says, out of JSON.
 *
 * Belongs here: shapes, sizes, problem types.
 * Not here: what follows from an answer (approval.c).
 */
#include "token/answer.h"

#include "base/enc.h"
#include "base/text.h"
#include "npki/certinfo.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	enum answer_state state;
	const char *name;
} answer_states[] = {
	{ ANSWER_WAITING, "waiting" },
	{ ANSWER_OPENED, "opened" },
	{ ANSWER_APPROVED, "approved" },
	{ ANSWER_OPEN, "open" },
	{ ANSWER_REFUSED, "refused" },
	{ ANSWER_EXPIRED, "expired" },
	{ ANSWER_ENDED, "ended" },
};
#define ANSWER_STATES (sizeof(answer_states) / sizeof(answer_states[0]))

const char *
answer_state_name(enum answer_state s)
{
	return answer_states[s].name;
}

static json_t *
answer_parse(struct span body, struct err *e)
{
	json_t *root = json_loadb(
	    (const char *)body.p, body.n, JSON_REJECT_DUPLICATES, NULL);

	if (!json_is_object(root)) {
		json_decref(root);
		err_set(e, RC_FORMAT, "service", "answer is not JSON");
		return NULL;
	}

	return root;
}

static struct span
answer_text(const json_t *object, const char *name)
{
	const json_t *v = json_object_get(object, name);

	return json_is_string(v)
	    ? (struct span){ (const uint8_t *)json_string_value(v),
		      json_string_length(v) }
	    : (struct span){ NULL, 0 };
}

static enum rc
answer_id(const json_t *object, char out[static ANSWER_ID + 1],
    uint8_t bytes[static 16], struct err *e)
{
	struct span text = answer_text(object, "id");
	struct buf b = buf_init(16);
	enum rc rc = RC_FORMAT;

	out[0] = '\0';
	if (text.n == ANSWER_ID && enc_hex_parse(&b, text, e) == RC_OK) {
		memcpy(out, text.p, ANSWER_ID);
		out[ANSWER_ID] = '\0';
		memcpy(bytes, b.p, 16);
		rc = RC_OK;
	}
	buf_clear(&b);

	return rc == RC_OK ? rc : err_set(e, rc, "id", "not 32 hex digits");
}

enum rc
answer_created(struct span body, char id[static ANSWER_ID + 1], struct err *e)
{
	json_t *root = answer_parse(body, e);
	uint8_t bytes[16];
	enum rc rc = root == NULL ? RC_FORMAT : answer_id(root, id, bytes, e);

	json_decref(root);

	return rc;
}

enum rc
answer_state(struct span body, enum answer_state *out, struct err *e)
{
	json_t *root = answer_parse(body, e);
	struct span name = { NULL, 0 };
	enum rc rc = RC_FORMAT;

	if (root != NULL)
		name = answer_text(root, "state");
	for (size_t i = 0; i < ANSWER_STATES; i++)
		if (span_equal(name, span_str(answer_states[i].name))) {
			*out = answer_states[i].state;
			rc = RC_OK;
		}
	json_decref(root);

	return rc == RC_OK ? rc : err_set(e, rc, "state", "unknown state");
}

static enum rc
answer_base64(const json_t *v, size_t max, struct buf *out, struct err *e)
{
	struct span text;

	*out = buf_init(max);
	if (!json_is_string(v))
		return err_set(e, RC_FORMAT, "service", "not base64");
	text.p = (const uint8_t *)json_string_value(v);
	text.n = json_string_length(v);

	return enc_base64_parse(out, text, e);
}

static enum rc
answer_chain(const json_t *chain, struct answer_certificate *out, struct err *e)
{
	enum rc rc = RC_OK;

	if (chain == NULL)
		return RC_OK;
	if (!json_is_array(chain) || json_array_size(chain) > ANSWER_CHAIN_MAX)
		return err_set(e, RC_LIMIT, "chain", "not a short list");
	for (size_t i = 0; rc == RC_OK && i < json_array_size(chain); i++) {
		rc = answer_base64(
		    json_array_get(chain, i), CERTINFO_MAX, &out->chain[i], e);
		out->chain_n++;
	}

	return rc;
}

static enum rc
answer_certificate(
    const json_t *v, struct answer_certificate *out, struct err *e)
{
	enum rc rc = answer_id(v, out->id_text, out->id, e);

	if (rc != RC_OK)
		return rc;
	text_sanitise(out->label, sizeof(out->label), answer_text(v, "label"));
	out->usable = json_is_true(json_object_get(v, "usable"));
	rc = answer_base64(
	    json_object_get(v, "certificate"), CERTINFO_MAX, &out->der, e);

	return rc == RC_OK ? answer_chain(json_object_get(v, "chain"), out, e)
			   : rc;
}

enum rc
answer_login(struct span body, struct answer_login *out, struct err *e)
{
	json_t *root = answer_parse(body, e);
	const json_t *list = json_object_get(root, "certificates");
	size_t n = json_array_size(list);
	enum rc rc = RC_OK;

	out->certificates = NULL;
	out->n = 0;
	if (!json_is_array(list)) {
		rc = err_set(e, RC_FORMAT, "certificates", "not a list");
		goto out;
	}
	if (n > ANSWER_CERTIFICATES) {
		rc = err_set(e, RC_LIMIT, "certificates", "too many");
		goto out;
	}
	out->certificates = calloc(n + 1, sizeof(out->certificates[0]));
	if (out->certificates == NULL) {
		rc = err_set(e, RC_MEMORY, NULL, "out of memory");
		goto out;
	}
	for (out->n = 0; rc == RC_OK && out->n < n; out->n++)
		rc = answer_certificate(json_array_get(list, out->n),
		    &out->certificates[out->n], e);
	if (rc != RC_OK)
		answer_login_clear(out);
out:
	json_decref(root);

	return rc;
}

void
answer_login_clear(struct answer_login *l)
{
	for (size_t i = 0; i < l->n; i++) {
		buf_clear(&l->certificates[i].der);
		for (size_t k = 0; k < l->certificates[i].chain_n; k++)
			buf_clear(&l->certificates[i].chain[k]);
	}
	free(l->certificates);
	l->certificates = NULL;
	l->n = 0;
}

enum rc
answer_signature(struct span body, struct buf *signature, struct err *e)
{
	json_t *root = answer_parse(body, e);
	enum rc rc = root == NULL
	    ? RC_FORMAT
	    : answer_base64(
		  json_object_get(root, "signature"), 1024, signature, e);

	json_decref(root);

	return rc;
}

enum rc
answer_problem(
    long status, struct span body, uint8_t *tries_left, struct err *e)
{
	static const struct {
		const char *slug;
		enum rc rc;
	} rows[] = {
		{ "wrong-pin", RC_SECRET },
		{ "locked", RC_LOCKED },
		{ "refused", RC_REFUSED },
		{ "expired", RC_EXPIRED },
		{ "used-up", RC_STATE },
		{ "not-found", RC_ABSENT },
		{ "rate-limited", RC_RATE },
		{ "vault-unavailable", RC_IO },
		{ "bad-request", RC_FORMAT },
		{ "certificate-unusable", RC_POLICY },
	};
	static const char prefix[] = "urn:ingam:problem:";
	json_t *root = answer_parse(body, NULL);
	struct span type = { NULL, 0 };
	const json_t *tries = json_object_get(root, "tries_left");
	enum rc rc = status >= 500 ? RC_IO : RC_FORMAT;

	*tries_left = 255;
	if (json_is_integer(tries) && json_integer_value(tries) >= 0 &&
	    json_integer_value(tries) < 255)
		*tries_left = (uint8_t)json_integer_value(tries);
	if (root != NULL)
		type = answer_text(root, "type");
	if (type.n > sizeof(prefix) - 1 &&
	    memcmp(type.p, prefix, sizeof(prefix) - 1) == 0) {
		type.p += sizeof(prefix) - 1;
		type.n -= sizeof(prefix) - 1;
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (span_equal(type, span_str(rows[i].slug)))
			rc = rows[i].rc;
	json_decref(root);

	return err_set(e, rc, "service", "answered %ld", status);
}
