/*
 * approval_api.c - requests on the phone: look, approve, refuse.
 *
 * Belongs here: /requests…, /imports, a certificate's deletion.
 * Not here: the rules (domain/approving.c, importing.c).
 */
#include "api/handlers.h"

#include "api/render.h"
#include "base/buf.h"
#include "base/enc.h"
#include "base/sec.h"
#include "domain/approving.h"
#include "domain/importing.h"
#include "domain/relay.h"
#include "keys/keys.h"
#include "store/device.h"

#define CERTIFICATE_MAX 16384
#define CREDENTIAL_MAX  1023
#define CLIENT_DATA     2048
#define SIGNATURE_MAX   600
#define SEALED_PIN_MAX  256
#define SEALED_MAX      (48 << 10)

enum rc
approval_api_list(struct request *q, struct response *r, struct err *e)
{
	struct approval_list l = { 0 };
	struct json_out *o;
	enum rc rc = approving_list(&api_of(q)->domain, api_who(q), &l, e);

	if (rc != RC_OK)
		return rc;
	o = response_json(r, 200);
	json_put_array(o, "requests");
	for (size_t i = 0; i < l.n; i++) {
		json_put_object(o, NULL);
		render_request(o, &l.at[i]);
		json_put_end(o);
	}
	json_put_end(o);
	approval_list_clear(&l);

	return RC_OK;
}

static enum rc
approval_of(struct request *q, struct approval *a, struct err *e)
{
	uint8_t id[STORE_ID];
	enum rc rc = api_id(q, "id", id, e);

	return rc == RC_OK
	    ? approving_load(&api_of(q)->domain, api_who(q), id, a, e)
	    : rc;
}

enum rc
approval_api_get(struct request *q, struct response *r, struct err *e)
{
	struct approval a = { 0 };
	enum rc rc = approval_of(q, &a, e);

	if (rc == RC_OK)
		render_request(response_json(r, 200), &a);
	approval_clear(&a);

	return rc;
}

enum rc
approval_api_delete_certificate(
    struct request *q, struct response *r, struct err *e)
{
	struct approval a = { 0 };
	uint8_t id[STORE_ID];
	enum rc rc;

	if ((rc = api_id(q, "id", id, e)) != RC_OK ||
	    (rc = approving_deletion(
		 &api_of(q)->domain, api_who(q), id, &a, e)) != RC_OK)
		return rc;
	render_request(response_json(r, 201), &a);
	approval_clear(&a);

	return RC_OK;
}

/* AR1, its signature, what to answer, and with which credentials. */
static void
approval_put_ar1(struct request *q, struct json_out *o,
    const struct approval *a, const struct device_list *devices)
{
	uint8_t challenge[KEYS_DIGEST];

	keys_ar1_challenge(a->ar1, challenge);
	json_put_bytes(o, "ar1", JSON_BASE64URL, a->ar1);
	json_put_bytes(
	    o, "ar1_signature", JSON_BASE64URL, SPAN(a->ar1_signature));
	json_put_bytes(o, "challenge", JSON_BASE64URL, SPAN(challenge));
	json_put_array(o, "credentials");
	for (size_t i = 0; i < devices->n; i++)
		if (devices->at[i].kind == DEVICE_PASSKEY)
			json_put_bytes(o, NULL, JSON_BASE64URL,
			    devices->at[i].credential_id);
	json_put_end(o);
	api_put_id(o, "device", api_who(q)->device_id);
}

static enum rc
approval_hex_id(const struct json_t *in, const char *name,
    uint8_t id[static STORE_ID], const uint8_t **out, struct err *e)
{
	struct buf b = buf_init(STORE_ID);
	enum rc rc = json_get_bytes(
	    in, name, JSON_MAY, JSON_HEX, STORE_ID, STORE_ID, &b, e);

	*out = NULL;
	if (rc == RC_OK && b.n == STORE_ID) {
		memcpy(id, b.p, STORE_ID);
		*out = id;
	}
	buf_clear(&b);

	return rc;
}

enum rc
approval_api_prepare(struct request *q, struct response *r, struct err *e)
{
	struct device_list devices = { 0 };
	struct approval a = { 0 };
	uint8_t id[STORE_ID], chosen[STORE_ID];
	const uint8_t *certificate;
	const struct json_t *in;
	enum rc rc;

	if ((rc = api_id(q, "id", id, e)) != RC_OK ||
	    (rc = request_json(q, &in, e)) != RC_OK ||
	    (rc = approval_hex_id(
		 in, "certificate", chosen, &certificate, e)) != RC_OK)
		return rc;
	rc = approving_prepare(
	    &api_of(q)->domain, api_who(q), id, certificate, &a, &devices, e);
	if (rc == RC_POLICY) {
		(void)api_answer_problem(r, PROBLEM_CERTIFICATE_UNUSABLE);
		rc = RC_OK;
	} else if (rc == RC_STATE) {
		(void)api_answer_problem(r, PROBLEM_ENDED);
		rc = RC_OK;
	} else if (rc == RC_OK) {
		approval_put_ar1(q, response_json(r, 200), &a, &devices);
	}
	device_list_clear(&devices);
	approval_clear(&a);

	return rc;
}

static enum rc
approval_import_problem(struct response *r, enum rc rc, const struct err *e)
{
	static const struct {
		const char *field;
		enum rc rc;
		enum problem problem;
	} rows[] = {
		{ "certificate", RC_FORMAT, PROBLEM_CERTIFICATE_UNREADABLE },
		{ "km_certificate", RC_FORMAT, PROBLEM_CERTIFICATE_UNREADABLE },
		{ "certificate", RC_EXPIRED, PROBLEM_CERTIFICATE_EXPIRED },
		{ "certificate", RC_EXISTS, PROBLEM_CERTIFICATE_EXISTS },
		{ "certificates", RC_LIMIT, PROBLEM_CERTIFICATE_LIMIT },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].rc == rc && strcmp(rows[i].field, e->field) == 0) {
			(void)api_answer_problem(r, rows[i].problem);
			return RC_OK;
		}

	return rc;
}

/* The transfer that it came by must be this member's. */
static enum rc
approval_own_transfer(struct request *q, const uint8_t *id, struct err *e)
{
	struct transfer t = { 0 };
	enum rc rc;

	if (id == NULL)
		return RC_OK;
	rc = relay_load_phone(&api_of(q)->domain, api_who(q), id, &t, e);
	transfer_clear(&t);

	return rc;
}

enum rc
approval_api_import(struct request *q, struct response *r, struct err *e)
{
	struct buf der = buf_init(CERTIFICATE_MAX);
	struct buf km = buf_init(CERTIFICATE_MAX);
	struct importing_ask ask = { 0 };
	struct device_list devices = { 0 };
	struct approval a = { 0 };
	const struct json_t *in;
	uint8_t id[STORE_ID];
	struct json_out *o;
	enum rc rc;

	if ((rc = request_json(q, &in, e)) != RC_OK ||
	    (rc = json_get_bytes(in, "certificate", JSON_MUST, JSON_BASE64URL,
		 1, CERTIFICATE_MAX, &der, e)) != RC_OK ||
	    (rc = json_get_bytes(in, "km_certificate", JSON_MAY, JSON_BASE64URL,
		 0, CERTIFICATE_MAX, &km, e)) != RC_OK ||
	    (rc = approval_hex_id(in, "transfer", id, &ask.transfer_id, e)) !=
		RC_OK ||
	    (rc = approval_own_transfer(q, ask.transfer_id, e)) != RC_OK)
		goto out;
	ask.certificate = buf_span(&der);
	ask.km_certificate = buf_span(&km);
	rc = importing_request(&api_of(q)->domain, api_who(q), &ask, &a, e);
	if (rc != RC_OK) {
		rc = approval_import_problem(r, rc, e);
		goto out;
	}
	if ((rc = device_load_all(api_of(q)->domain.db, api_who(q)->member_id,
		 &devices, e)) != RC_OK)
		goto out;
	o = response_json(r, 201);
	json_put_object(o, "request");
	render_request(o, &a);
	json_put_end(o);
	approval_put_ar1(q, o, &a, &devices);
out:
	device_list_clear(&devices);
	approval_clear(&a);
	buf_clear(&km);
	buf_clear(&der);

	return rc;
}

/* The bytes of a proof, as they come in a body. */
struct approval_body {
	struct buf credential, client_data, data, signature, device, pin;
	struct buf sealed, certificate, km_certificate;
};

static void
approval_body_clear(struct approval_body *b)
{
	buf_clear(&b->credential);
	buf_clear(&b->client_data);
	buf_clear(&b->data);
	buf_clear(&b->signature);
	buf_clear(&b->device);
	buf_clear(&b->pin);
	buf_clear(&b->sealed);
	buf_clear(&b->certificate);
	buf_clear(&b->km_certificate);
}

static enum rc
approval_read(const struct json_t *in, struct approval_body *b, struct err *e)
{
	const struct {
		const char *name;
		enum json_coding coding;
		size_t least, most;
		struct buf *to;
	} rows[] = {
		{ "credential_id", JSON_BASE64URL, 1, CREDENTIAL_MAX,
		    &b->credential },
		{ "client_data", JSON_BASE64URL, 1, CLIENT_DATA,
		    &b->client_data },
		{ "authenticator_data", JSON_BASE64URL, 1, CLIENT_DATA,
		    &b->data },
		{ "signature", JSON_BASE64URL, 1, SIGNATURE_MAX,
		    &b->signature },
		{ "device_id", JSON_HEX, STORE_ID, STORE_ID, &b->device },
		{ "sealed_pin", JSON_BASE64URL, 1, SEALED_PIN_MAX, &b->pin },
		{ "sealed", JSON_BASE64URL, 1, SEALED_MAX, &b->sealed },
		{ "certificate", JSON_BASE64URL, 1, CERTIFICATE_MAX,
		    &b->certificate },
		{ "km_certificate", JSON_BASE64URL, 1, CERTIFICATE_MAX,
		    &b->km_certificate },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum rc rc;

		*rows[i].to = buf_init(rows[i].most);
		rc = json_get_bytes(in, rows[i].name, JSON_MAY, rows[i].coding,
		    rows[i].least, rows[i].most, rows[i].to, e);
		if (rc != RC_OK)
			return rc;
	}
	if (b->credential.n == 0 && b->device.n == 0)
		return err_set(e, RC_FORMAT, "credential_id", "which device?");

	return RC_OK;
}

static void
approval_proof(const struct approval_body *b, struct approving_proof *p)
{
	p->evidence.kind =
	    b->credential.n > 0 ? KEYS_DEVICE_PASSKEY : KEYS_DEVICE_PIN;
	p->evidence.credential_id = buf_span(&b->credential);
	p->evidence.client_data = buf_span(&b->client_data);
	p->evidence.authenticator_data = buf_span(&b->data);
	p->evidence.signature = buf_span(&b->signature);
	p->evidence.sealed_pin = buf_span(&b->pin);
	if (b->device.n == STORE_ID)
		memcpy(p->evidence.device_id, b->device.p, STORE_ID);
	p->sealed = buf_span(&b->sealed);
	p->certificate = buf_span(&b->certificate);
	p->km_certificate = buf_span(&b->km_certificate);
}

/* What the vault did not accept, in the words that fit this step. */
static enum rc
approval_approve_problem(struct response *r, const struct approval *a,
    enum rc rc, uint8_t left, const struct err *e)
{
	struct json_out *o;
	enum problem p = PROBLEM_COUNT;

	if (rc == RC_SECRET)
		p = strcmp(e->field, "pin") == 0 ? PROBLEM_WRONG_PIN
						 : PROBLEM_WRONG_PASSWORD;
	else if (rc == RC_STATE)
		p = PROBLEM_ENDED;
	else if (a->kind == APPROVAL_IMPORT && rc == RC_EXISTS)
		p = PROBLEM_CERTIFICATE_EXISTS;
	else if (a->kind == APPROVAL_IMPORT &&
	    (rc == RC_FORMAT || rc == RC_POLICY || rc == RC_UNKNOWN))
		p = PROBLEM_CERTIFICATE_UNREADABLE;
	if (p == PROBLEM_COUNT)
		return rc;
	o = api_answer_problem(r, p);
	if (rc == RC_SECRET)
		json_put_uint(o, "tries_left", left);

	return RC_OK;
}

static void
approval_answer(struct request *q, struct response *r, const struct approval *a,
    const struct cert *cert, const char *pin)
{
	struct json_out *o = response_json(r, 200);

	json_put_object(o, "request");
	render_request(o, a);
	json_put_end(o);
	if (pin[0] != '\0')
		json_put_text(o, "pin", pin);
	if (!store_has_id(cert->id))
		return;
	json_put_object(o, "certificate");
	render_certificate(o, cert, api_of(q), request_time_ms(q));
	json_put_end(o);
}

enum rc
approval_api_approve(struct request *q, struct response *r, struct err *e)
{
	struct approval_body body = { 0 };
	struct approving_proof proof = { 0 };
	struct approval a = { 0 };
	struct cert cert = { 0 };
	const struct json_t *in;
	char pin[KEYS_PIN] = "";
	uint8_t id[STORE_ID], left = 0;
	enum rc rc;

	if ((rc = api_id(q, "id", id, e)) != RC_OK ||
	    (rc = request_json(q, &in, e)) != RC_OK ||
	    (rc = approval_read(in, &body, e)) != RC_OK)
		goto out;
	approval_proof(&body, &proof);
	rc = approving_approve(&api_of(q)->domain, api_who(q), id, &proof, &a,
	    pin, &cert, &left, e);
	if (rc == RC_OK)
		approval_answer(q, r, &a, &cert, pin);
	else
		rc = approval_approve_problem(r, &a, rc, left, e);
	sec_wipe(pin, sizeof(pin));
out:
	cert_clear(&cert);
	approval_clear(&a);
	approval_body_clear(&body);

	return rc;
}

enum rc
approval_api_refuse(struct request *q, struct response *r, struct err *e)
{
	struct approval a = { 0 };
	const struct json_t *in;
	bool not_me = false;
	enum rc rc;

	if ((rc = approval_of(q, &a, e)) != RC_OK ||
	    (rc = request_json(q, &in, e)) != RC_OK ||
	    (rc = json_get_bool(in, "not_me", JSON_MAY, &not_me, e)) != RC_OK)
		goto out;
	rc = approving_refuse(&api_of(q)->domain, &a, not_me, e);
	if (rc == RC_STATE) {
		(void)api_answer_problem(r, PROBLEM_ENDED);
		rc = RC_OK;
	} else if (rc == RC_OK) {
		render_request(response_json(r, 200), &a);
	}
out:
	approval_clear(&a);

	return rc;
}
