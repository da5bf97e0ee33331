/*
 * join_api.c - becoming a member, and signing in again.
 *
 * Belongs here: /server, /join…, /session….
 * Not here: the rules (domain/joining.c, domain/access.c).
 */
#include "api/handlers.h"
#include "base/enc.h"
#include "domain/access.h"
#include "domain/joining.h"
#include "keys/keys.h"
#include "store/member.h"

#include <stdio.h>

#define TEXT_MAX       256
#define CLIENT_DATA    2048
#define ATTESTATION    8192
#define CREDENTIAL_MAX 1023
#define SIGNATURE_MAX  600
#define SEALED_PIN_MAX 256

enum rc
join_api_server(struct request *q, struct response *r, struct err *e)
{
	struct api *api = api_of(q);
	struct keys_hello hello = { 0 };
	enum rc rc = keys_hello(api->domain.keys, &hello, NULL);
	bool ready = rc == RC_OK && hello.open;
	struct err ignored = { 0 };
	struct json_out *o;
	bool session = api_session(q, r, &ignored) == RC_OK;

	(void)e;
	o = response_json(r, 200);
	json_put_text(o, "name", api->name);
	json_put_text(o, "version", api->version);
	json_put_text(o, "rp_id", api->domain.rp_id);
	json_put_text(o, "app_origin", api->domain.app_origin);
	json_put_text(o, "pc_origin", api->pc_origin);
	json_put_text(o, "vault", ready ? "ready" : "unavailable");
	if (ready) {
		json_put_bytes(
		    o, "display_key", JSON_BASE64URL, SPAN(hello.display_key));
		json_put_bytes(
		    o, "hpke_key", JSON_BASE64URL, SPAN(hello.hpke_key));
	}
	json_put_text(o, "push_key", api->push_key);
	json_put_text(o, "identity", api->identity);
	json_put_bool(o, "test_phones", api->test_phones);
	json_put_bool(o, "session", session);

	return RC_OK;
}

enum rc
join_api_start(struct request *q, struct response *r, struct err *e)
{
	struct joining_person p;
	const char *name, *birth, *phone, *carrier;
	uint8_t id[STORE_ID];
	const struct json_t *in;
	struct json_out *o;
	int64_t expires = 0;
	bool terms = false;
	enum rc rc;

	if ((rc = request_json(q, &in, e)) != RC_OK ||
	    (rc = json_get_display(in, "name", JSON_MUST, 1, 90, &name, e)) !=
		RC_OK ||
	    (rc = json_get_text(in, "birth", JSON_MUST, 7, 7, &birth, e)) !=
		RC_OK ||
	    (rc = json_get_text(in, "phone", JSON_MUST, 10, 20, &phone, e)) !=
		RC_OK ||
	    (rc = json_get_text(
		 in, "carrier", JSON_MUST, 1, 15, &carrier, e)) != RC_OK ||
	    (rc = json_get_bool(in, "terms", JSON_MUST, &terms, e)) != RC_OK)
		return rc;
	if (!terms)
		return err_set(
		    e, RC_FORMAT, "terms", "the terms were not accepted");
	p.name = span_str(name);
	p.birth = span_str(birth);
	p.phone = span_str(phone);
	p.carrier = span_str(carrier);
	rc = joining_start(
	    &api_of(q)->domain, &p, request_address(q), id, &expires, e);
	if (rc == RC_REFUSED || rc == RC_DENIED) {
		(void)api_answer_problem(r, PROBLEM_IDENTITY_FAILED);
		return RC_OK;
	}
	if (rc == RC_IO || (rc == RC_BUSY && strcmp(e->field, "vault") != 0)) {
		(void)api_answer_problem(r, PROBLEM_IDENTITY_UNAVAILABLE);
		return RC_OK;
	}
	if (rc != RC_OK)
		return rc;
	o = response_json(r, 201);
	api_put_id(o, "join", id);
	json_put_int(o, "expires", expires);

	return RC_OK;
}

/* A failed code, in the words that fit this step. */
static enum rc
join_code_problem(struct response *r, enum rc rc, int64_t left)
{
	static const struct {
		enum rc rc;
		enum problem problem;
	} rows[] = {
		{ RC_SECRET, PROBLEM_WRONG_CODE },
		{ RC_LOCKED, PROBLEM_EXPIRED },
		{ RC_EXISTS, PROBLEM_ALREADY_MEMBER },
		{ RC_DENIED, PROBLEM_IDENTITY_FAILED },
		{ RC_REFUSED, PROBLEM_IDENTITY_FAILED },
		{ RC_IO, PROBLEM_IDENTITY_UNAVAILABLE },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct json_out *o;

		if (rows[i].rc != rc)
			continue;
		o = api_answer_problem(r, rows[i].problem);
		if (rc == RC_SECRET)
			json_put_int(o, "tries_left", left);
		return RC_OK;
	}

	return rc;
}

enum rc
join_api_code(struct request *q, struct response *r, struct err *e)
{
	struct joining_device_start start = { 0 };
	char shown[STORE_TEXT + 32];
	uint8_t id[STORE_ID];
	const struct json_t *in;
	const char *code;
	struct json_out *o;
	int64_t left = 0;
	enum rc rc;

	if ((rc = api_id(q, "join", id, e)) != RC_OK ||
	    (rc = request_json(q, &in, e)) != RC_OK ||
	    (rc = json_get_text(in, "code", JSON_MUST, 4, 8, &code, e)) !=
		RC_OK)
		return rc;
	rc = joining_code(&api_of(q)->domain, id, span_str(code),
	    request_address(q), &start, &left, e);
	if (rc != RC_OK)
		return join_code_problem(r, rc, left);
	(void)snprintf(
	    shown, sizeof(shown), "%s (••••%s)", start.name, start.phone_tail);
	o = response_json(r, 200);
	json_put_bytes(o, "challenge", JSON_BASE64URL, SPAN(start.challenge));
	json_put_bytes(o, "user_id", JSON_BASE64URL, SPAN(start.user_id));
	json_put_text(o, "user_name", shown);
	json_put_text(o, "display_name", start.name);

	return RC_OK;
}

static void
join_cookie(struct response *r, const struct api *api, struct span token)
{
	struct buf text = buf_init(64);

	enc_base64url(&text, token);
	response_cookie(r, API_COOKIE, buf_cstr(&text),
	    api->domain.limits.session_life_ms / 1000);
	buf_clear(&text);
}

/* 201 with the member, and the cookie. */
static enum rc
join_signed_in(struct api *api, struct response *r,
    const uint8_t member_id[static STORE_ID], struct span token, struct err *e)
{
	struct domain_session s = { 0 };
	struct member m = { 0 };
	struct json_out *o;
	enum rc rc;

	if ((rc = access_find(&api->domain, token, &s, e)) != RC_OK ||
	    (rc = member_load(api->domain.db, member_id, &m, e)) != RC_OK)
		return rc;
	join_cookie(r, api, token);
	o = response_json(r, 201);
	json_put_object(o, "member");
	api_put_id(o, "id", m.id);
	json_put_text(o, "name", m.name);
	json_put_text(o, "phone_tail", m.phone_tail);
	api_put_id(o, "device", s.device_id);
	json_put_end(o);
	member_clear(&m);

	return RC_OK;
}

/* The bytes of a device's proof, as they come in a body. */
struct join_proof {
	struct buf client_data, attestation, public_key, signature, sealed_pin;
};

static void
join_proof_init(struct join_proof *p)
{
	p->client_data = buf_init(CLIENT_DATA);
	p->attestation = buf_init(ATTESTATION);
	p->public_key = buf_init(65);
	p->signature = buf_init(SIGNATURE_MAX);
	p->sealed_pin = buf_init(SEALED_PIN_MAX);
}

static void
join_proof_clear(struct join_proof *p)
{
	buf_clear(&p->client_data);
	buf_clear(&p->attestation);
	buf_clear(&p->public_key);
	buf_clear(&p->signature);
	buf_clear(&p->sealed_pin);
}

static enum rc
join_read_device(const struct json_t *in, struct join_proof *p,
    struct keys_enrol *out, struct err *e)
{
	static const char *const kinds[] = { "passkey", "pin" };
	size_t kind = 0;
	enum rc rc = json_get_choice(in, "kind", JSON_MUST, kinds, 2, &kind, e);

	if (rc != RC_OK)
		return rc;
	out->kind = kind == 0 ? KEYS_DEVICE_PASSKEY : KEYS_DEVICE_PIN;
	if (kind == 0) {
		if ((rc = json_get_bytes(in, "client_data", JSON_MUST,
			 JSON_BASE64URL, 1, CLIENT_DATA, &p->client_data, e)) !=
			RC_OK ||
		    (rc = json_get_bytes(in, "attestation", JSON_MUST,
			 JSON_BASE64URL, 1, ATTESTATION, &p->attestation, e)) !=
			RC_OK)
			return rc;
	} else if ((rc = json_get_bytes(in, "public_key", JSON_MUST,
			JSON_BASE64URL, 65, 65, &p->public_key, e)) != RC_OK ||
	    (rc = json_get_bytes(in, "signature", JSON_MUST, JSON_BASE64URL, 1,
		 SIGNATURE_MAX, &p->signature, e)) != RC_OK ||
	    (rc = json_get_bytes(in, "sealed_pin", JSON_MUST, JSON_BASE64URL, 1,
		 SEALED_PIN_MAX, &p->sealed_pin, e)) != RC_OK)
		return rc;
	out->client_data = buf_span(&p->client_data);
	out->attestation = buf_span(&p->attestation);
	out->public_key = buf_span(&p->public_key);
	out->signature = buf_span(&p->signature);
	out->sealed_pin = buf_span(&p->sealed_pin);

	return RC_OK;
}

enum rc
join_api_device(struct request *q, struct response *r, struct err *e)
{
	struct api *api = api_of(q);
	uint8_t id[STORE_ID], member_id[STORE_ID], token[STORE_HASH];
	struct keys_enrol enrol = { 0 };
	const struct json_t *in;
	struct join_proof proof;
	const char *name = NULL;
	enum rc rc;

	join_proof_init(&proof);
	if ((rc = api_id(q, "join", id, e)) != RC_OK ||
	    (rc = request_json(q, &in, e)) != RC_OK ||
	    (rc = json_get_text(in, "name", JSON_MAY, 0, TEXT_MAX, &name, e)) !=
		RC_OK ||
	    (rc = join_read_device(in, &proof, &enrol, e)) != RC_OK)
		goto out;
	rc = joining_device(&api->domain, id, &enrol,
	    span_str(name == NULL ? "" : name), token, member_id, e);
	if (rc == RC_OK) {
		rc = join_signed_in(api, r, member_id, SPAN(token), e);
	} else if (rc == RC_POLICY && enrol.kind == KEYS_DEVICE_PIN) {
		(void)api_answer_problem(r, PROBLEM_WEAK_PIN);
		rc = RC_OK;
	}
out:
	join_proof_clear(&proof);

	return rc;
}

enum rc
join_api_challenge(struct request *q, struct response *r, struct err *e)
{
	uint8_t challenge[STORE_HASH];
	struct json_out *o;

	(void)e;
	access_challenge(&api_of(q)->domain, challenge);
	o = response_json(r, 200);
	json_put_bytes(o, "id", JSON_BASE64URL, SPAN(challenge));
	json_put_bytes(o, "challenge", JSON_BASE64URL, SPAN(challenge));

	return RC_OK;
}

/* Bytes of a login's proof. */
struct join_login {
	struct buf challenge, credential, client_data, data, device, signature;
};

static enum rc
join_read_login(const struct json_t *in, struct join_login *l,
    struct access_proof *out, struct err *e)
{
	const struct {
		const char *name;
		enum json_need need;
		enum json_coding coding;
		size_t least, most;
		struct buf *to;
	} rows[] = {
		{ "id", JSON_MUST, JSON_BASE64URL, STORE_HASH, STORE_HASH,
		    &l->challenge },
		{ "credential_id", JSON_MAY, JSON_BASE64URL, 1, CREDENTIAL_MAX,
		    &l->credential },
		{ "client_data", JSON_MAY, JSON_BASE64URL, 1, CLIENT_DATA,
		    &l->client_data },
		{ "authenticator_data", JSON_MAY, JSON_BASE64URL, 1,
		    CLIENT_DATA, &l->data },
		{ "device_id", JSON_MAY, JSON_HEX, STORE_ID, STORE_ID,
		    &l->device },
		{ "signature", JSON_MUST, JSON_BASE64URL, 1, SIGNATURE_MAX,
		    &l->signature },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum rc rc;

		*rows[i].to = buf_init(rows[i].most);
		rc = json_get_bytes(in, rows[i].name, rows[i].need,
		    rows[i].coding, rows[i].least, rows[i].most, rows[i].to, e);
		if (rc != RC_OK)
			return rc;
	}
	if (l->credential.n == 0 && l->device.n == 0)
		return err_set(e, RC_FORMAT, "credential_id", "which device?");
	memcpy(out->challenge, l->challenge.p, STORE_HASH);
	if (l->device.n > 0)
		memcpy(out->device_id, l->device.p, STORE_ID);
	out->credential_id = buf_span(&l->credential);
	out->client_data = buf_span(&l->client_data);
	out->authenticator_data = buf_span(&l->data);
	out->signature = buf_span(&l->signature);

	return RC_OK;
}

enum rc
join_api_login(struct request *q, struct response *r, struct err *e)
{
	struct api *api = api_of(q);
	uint8_t member_id[STORE_ID], token[STORE_HASH];
	struct access_proof proof = { 0 };
	struct join_login l = { 0 };
	const struct json_t *in;
	enum rc rc;

	if ((rc = request_json(q, &in, e)) != RC_OK ||
	    (rc = join_read_login(in, &l, &proof, e)) != RC_OK ||
	    (rc = access_login(&api->domain, &proof, token, member_id, e)) !=
		RC_OK)
		goto out;
	rc = join_signed_in(api, r, member_id, SPAN(token), e);
out:
	buf_clear(&l.challenge);
	buf_clear(&l.credential);
	buf_clear(&l.client_data);
	buf_clear(&l.data);
	buf_clear(&l.device);
	buf_clear(&l.signature);

	return rc;
}

enum rc
join_api_logout(struct request *q, struct response *r, struct err *e)
{
	enum rc rc = access_logout(&api_of(q)->domain, api_who(q), e);

	if (rc != RC_OK)
		return rc;
	response_status(r, 204);
	response_cookie(r, API_COOKIE, "", -1);

	return RC_OK;
}
