/*
 * token_api.c - a program on a PC uses the token.
 *
 * Belongs here: /rp/v1/token/requests….
 * Not here: the rules (domain/asking.c, domain/token.c).
 */
#include "api/handlers.h"

#include "api/render.h"
#include "base/buf.h"
#include "base/digest.h"
#include "domain/asking.h"
#include "domain/token.h"
#include "keys/keys.h"

#define TEXT_MAX   120
#define DIGEST_MAX 64

static enum rc
token_read_bytes(const struct json_t *in, const char *name,
    enum json_coding coding, uint8_t *out, size_t n, bool *has, struct err *e)
{
	struct buf b = buf_init(n);
	enum rc rc = json_get_bytes(in, name, JSON_MAY, coding, n, n, &b, e);

	*has = rc == RC_OK && b.n == n;
	if (*has)
		memcpy(out, b.p, n);
	buf_clear(&b);

	return rc;
}

struct token_body {
	struct asking ask;
	uint8_t before_id[STORE_ID], before_hash[STORE_HASH];
	bool continues;
};

static enum rc
token_read_ask(const struct json_t *in, struct token_body *b, struct err *e)
{
	static const char *const modes[] = { "number", "push" };
	const char *phone, *program, *machine, *user;
	uint8_t secret[STORE_HASH];
	struct span s = SPAN(secret);
	bool has = false, has_secret = false;
	size_t mode = 0;
	enum rc rc;

	if ((rc = json_get_text(in, "phone", JSON_MAY, 10, 20, &phone, e)) !=
		RC_OK ||
	    (rc = json_get_text(in, "program", JSON_MUST, 1, TEXT_MAX, &program,
		 e)) != RC_OK ||
	    (rc = json_get_text(in, "machine", JSON_MUST, 1, TEXT_MAX, &machine,
		 e)) != RC_OK ||
	    (rc = json_get_text(in, "user", JSON_MAY, 0, TEXT_MAX, &user, e)) !=
		RC_OK ||
	    (rc = json_get_choice(in, "mode", JSON_MUST, modes, 2, &mode, e)) !=
		RC_OK ||
	    (rc = token_read_bytes(in, "secret_sha256", JSON_HEX,
		 b->ask.secret_hash, STORE_HASH, &has, e)) != RC_OK ||
	    (rc = token_read_bytes(in, "continues", JSON_HEX, b->before_id,
		 STORE_ID, &b->continues, e)) != RC_OK ||
	    (rc = token_read_bytes(in, "continues_secret", JSON_BASE64URL,
		 secret, sizeof(secret), &has_secret, e)) != RC_OK)
		return rc;
	if (!has)
		return err_set(e, RC_FORMAT, "secret_sha256", "is missing");
	if (b->continues != has_secret || b->continues != (phone == NULL))
		return err_set(e, RC_FORMAT, "phone",
		    "either a phone number or a request to continue");
	digest_sha256(b->before_hash, &s, 1);
	b->ask.phone = span_str(phone == NULL ? "" : phone);
	b->ask.program = span_str(program);
	b->ask.machine = span_str(machine);
	b->ask.user = span_str(user == NULL ? "" : user);
	b->ask.push = mode == 1;

	return RC_OK;
}

enum rc
token_api_request(struct request *q, struct response *r, struct err *e)
{
	struct domain *d = &api_of(q)->domain;
	struct token_body b = { .ask.address = request_address(q) };
	uint8_t id[STORE_ID];
	const struct json_t *in;
	int64_t expires = 0;
	struct json_out *o;
	enum rc rc;

	if ((rc = request_json(q, &in, e)) != RC_OK ||
	    (rc = token_read_ask(in, &b, e)) != RC_OK)
		return rc;
	rc = b.continues ? asking_again(d, b.before_id, b.before_hash, &b.ask,
			       id, &expires, e)
			 : asking_number(d, &b.ask, id, &expires, e);
	if (rc != RC_OK)
		return rc;
	o = response_json(r, 201);
	api_put_id(o, "id", id);
	json_put_int(o, "expires_ms", expires);

	return RC_OK;
}

static enum rc
token_of(
    struct request *q, struct approval *a, struct cert *cert, struct err *e)
{
	uint8_t id[STORE_ID], hash[STORE_HASH];
	enum rc rc;

	if ((rc = api_id(q, "id", id, e)) != RC_OK ||
	    (rc = api_bearer(q, hash, e)) != RC_OK)
		return rc;

	return token_load(&api_of(q)->domain, id, hash, a, cert, e);
}

/* What the PC is told of a state: it need not know all of ours. */
static const char *
token_state(const struct approval *a)
{
	if (a->state == APPROVAL_NOT_ME)
		return "refused";
	if ((a->state & (APPROVAL_DONE | APPROVAL_LOCKED)) != 0)
		return "ended";

	return render_request_state(a);
}

static void
token_put_state(struct json_out *o, const struct approval *a)
{
	json_put_text(o, "state", token_state(a));
	json_put_int(o, "signatures_left", a->left);
	json_put_int(o, "expires_ms", a->expires_ms);
}

enum rc
token_api_state(struct request *q, struct response *r, struct err *e)
{
	const char *seen = request_query(q, "state");
	char topic[TOPIC_NAME_MAX + 1];
	struct approval a = { 0 };
	uint8_t id[STORE_ID];
	enum rc rc;

	if ((rc = api_id(q, "id", id, e)) != RC_OK)
		return rc;
	api_topic_request(topic, id);
	if ((rc = request_watch(q, topic, e)) != RC_OK ||
	    (rc = token_of(q, &a, NULL, e)) != RC_OK)
		return rc;
	if (seen != NULL && strcmp(seen, token_state(&a)) == 0 &&
	    (a.state & APPROVAL_LIVING) != 0 && api_wait_ms(q) > 0 &&
	    request_wake(q) != REQUEST_TIMEOUT &&
	    request_wake(q) != REQUEST_STOP)
		response_wait(r, api_wait_ms(q), token_api_state);
	else
		token_put_state(response_json(r, 200), &a);
	approval_clear(&a);

	return RC_OK;
}

static void
token_put_login(struct json_out *o, const struct approval *a,
    const struct cert *cert, int64_t now)
{
	token_put_state(o, a);
	json_put_array(o, "certificates");
	json_put_object(o, NULL);
	api_put_id(o, "id", cert->id);
	json_put_text(o, "label", cert->owner);
	json_put_bytes(o, "certificate", JSON_BASE64, cert->der);
	json_put_array(o, "chain");
	json_put_end(o);
	json_put_bool(o, "usable", cert->not_after_ms >= now);
	json_put_end(o);
	json_put_end(o);
}

static enum rc
token_login_problem(struct response *r, enum rc rc, uint8_t left)
{
	struct json_out *o;

	if (rc == RC_SECRET) {
		o = api_answer_problem(r, PROBLEM_WRONG_PIN);
		json_put_uint(o, "tries_left", left);
		return RC_OK;
	}

	return rc;
}

enum rc
token_api_login(struct request *q, struct response *r, struct err *e)
{
	struct approval a = { 0 };
	struct cert cert = { 0 };
	const struct json_t *in;
	const char *pin = NULL;
	uint8_t left = 0;
	enum rc rc;

	if ((rc = token_of(q, &a, &cert, e)) != RC_OK ||
	    (rc = request_json(q, &in, e)) != RC_OK ||
	    (rc = json_get_text(in, "pin", JSON_MAY, 0, 64, &pin, e)) != RC_OK)
		goto out;
	rc = token_login(&api_of(q)->domain, &a,
	    span_str(pin == NULL ? "" : pin), &cert, &left, e);
	if (rc == RC_OK)
		token_put_login(
		    response_json(r, 200), &a, &cert, request_time_ms(q));
	else
		rc = token_login_problem(r, rc, left);
out:
	cert_clear(&cert);
	approval_clear(&a);

	return rc;
}

struct token_sign_body {
	uint8_t certificate_id[STORE_ID];
	struct buf digest;
	struct keys_sign sign;
};

static enum rc
token_read_sign(
    const struct json_t *in, struct token_sign_body *b, struct err *e)
{
	static const char *const mechanisms[] = { "rsa-pkcs1", "rsa-pss",
		"ecdsa" };
	static const char *const hashes[] = { "sha256", "sha384", "sha512" };
	size_t mechanism = 0, hash = 0;
	uint64_t salt = 0;
	bool has_id = false, has_sign = false;
	enum rc rc;

	if ((rc = token_read_bytes(in, "sign_id", JSON_HEX, b->sign.sign_id,
		 STORE_ID, &has_sign, e)) != RC_OK ||
	    (rc = token_read_bytes(in, "certificate", JSON_HEX,
		 b->certificate_id, STORE_ID, &has_id, e)) != RC_OK ||
	    (rc = json_get_choice(in, "mechanism", JSON_MUST, mechanisms, 3,
		 &mechanism, e)) != RC_OK ||
	    (rc = json_get_choice(
		 in, "hash", JSON_MUST, hashes, 3, &hash, e)) != RC_OK ||
	    (rc = json_get_bytes(in, "digest", JSON_MUST, JSON_BASE64, 32,
		 DIGEST_MAX, &b->digest, e)) != RC_OK ||
	    (rc = json_get_uint(
		 in, "salt_length", JSON_MAY, 0, 512, &salt, e)) != RC_OK)
		return rc;
	if (!has_id || !has_sign)
		return err_set(
		    e, RC_FORMAT, "sign_id", "sign_id or certificate missing");
	b->sign.mechanism = (enum keys_mechanism)(KEYS_RSA_PKCS1 + mechanism);
	b->sign.hash = (enum keys_hash)(KEYS_SHA256 + hash);
	b->sign.salt_length =
	    b->sign.mechanism == KEYS_RSA_PSS ? (uint16_t)salt : 0;
	b->sign.digest = buf_span(&b->digest);

	return RC_OK;
}

static enum rc
token_sign_problem(struct response *r, enum rc rc)
{
	if (rc == RC_STATE)
		(void)api_answer_problem(r, PROBLEM_USED_UP);
	else if (rc == RC_EXPIRED || rc == RC_POLICY)
		(void)api_answer_problem(r, PROBLEM_CERTIFICATE_UNUSABLE);
	else
		return rc;

	return RC_OK;
}

enum rc
token_api_sign(struct request *q, struct response *r, struct err *e)
{
	struct token_sign_body b = { .digest = buf_init(DIGEST_MAX) };
	struct keys_signed out = { 0 };
	struct approval a = { 0 };
	struct cert cert = { 0 };
	const struct json_t *in;
	struct json_out *o;
	enum rc rc;

	if ((rc = token_of(q, &a, &cert, e)) != RC_OK ||
	    (rc = request_json(q, &in, e)) != RC_OK ||
	    (rc = token_read_sign(in, &b, e)) != RC_OK)
		goto out;
	rc = token_sign(
	    &api_of(q)->domain, &a, &cert, b.certificate_id, &b.sign, &out, e);
	if (rc == RC_OK) {
		o = response_json(r, 200);
		json_put_bytes(
		    o, "signature", JSON_BASE64, buf_span(&out.signature));
		json_put_uint(o, "signatures_left", out.left);
	} else {
		rc = token_sign_problem(r, rc);
	}
out:
	keys_signed_clear(&out);
	cert_clear(&cert);
	approval_clear(&a);
	buf_clear(&b.digest);

	return rc;
}

enum rc
token_api_withdraw(struct request *q, struct response *r, struct err *e)
{
	struct approval a = { 0 };
	enum rc rc = token_of(q, &a, NULL, e);

	if (rc == RC_OK &&
	    (rc = token_withdraw(&api_of(q)->domain, &a, e)) == RC_STATE)
		rc = RC_OK; /* over already: as asked */
	if (rc == RC_OK)
		response_status(r, 204);
	approval_clear(&a);

	return rc;
}
