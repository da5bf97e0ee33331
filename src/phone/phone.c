/*
 * phone.c - what the phone app does, without a screen and without a person.
 *
 * Belongs here: joining, signing in, approving; checking what the vault signed
 * before answering it.
 * Not here: making assertions (authenticator.c); taking a certificate in
 * (receive.c); the command line (command.c).
 */
#include "phone/phone.h"

#include "base/buf.h"
#include "base/digest.h"
#include "base/enc.h"
#include "base/file.h"
#include "base/sec.h"
#include "client/exchange.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define API   "/api/v1"
#define MAGIC "INGAM-PHONE1"

/* The file of a phone: magic, scalar, credential id. */
#define STATE_MAGIC (sizeof(MAGIC) - 1)
#define STATE_LEN \
	(STATE_MAGIC + AUTHENTICATOR_SCALAR + AUTHENTICATOR_CREDENTIAL)

enum rc
phone_call(struct phone *p, const char *method, const char *path, json_t *body,
    json_t **answer, struct err *e)
{
	char full[256];

	(void)snprintf(full, sizeof(full), API "%s", path);

	return rest_call(p->rest, method, full, body, answer, &p->problem, e);
}

static enum rc
phone_fixed(
    const json_t *o, const char *name, uint8_t *out, size_t n, struct err *e)
{
	struct buf b = buf_init(n);
	enum rc rc = rest_bytes(o, name, &b, e);

	if (rc == RC_OK && b.n != n)
		rc = err_set(e, RC_IO, name, "%s has a wrong length", name);
	if (rc == RC_OK)
		memcpy(out, b.p, n);
	buf_clear(&b);

	return rc;
}

static void
phone_text(char *out, size_t size, const json_t *o, const char *name)
{
	const char *text = rest_text(o, name);

	(void)snprintf(out, size, "%s", text == NULL ? "" : text);
}

enum rc
phone_open(struct phone *p, const char *origin, bool korean, struct err *e)
{
	json_t *server = NULL;
	enum rc rc;

	if (sodium_init() < 0 || (p->rest = rest_new(origin, korean)) == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	rest_set_patience(p->rest, EXCHANGE_WAIT_S);
	rc = phone_call(p, "GET", "/server", NULL, &server, e);
	if (rc != RC_OK)
		return rc;
	phone_text(p->origin, sizeof(p->origin), server, "app_origin");
	phone_text(p->pc_origin, sizeof(p->pc_origin), server, "pc_origin");
	phone_text(p->rp_id, sizeof(p->rp_id), server, "rp_id");
	if (!json_is_true(json_object_get(server, "test_phones")))
		rc = err_set(e, RC_POLICY, NULL,
		    "this service does not accept test phones "
		    "(allow-test-phones)");
	else if ((rc = phone_fixed(server, "display_key", p->display_key,
		      sizeof(p->display_key), e)) == RC_OK)
		rc = phone_fixed(
		    server, "hpke_key", p->hpke_key, sizeof(p->hpke_key), e);
	json_decref(server);

	return rc;
}

void
phone_close(struct phone *p)
{
	rest_free(p->rest);
	authenticator_clear(&p->passkey);
	sec_wipe(p, sizeof(*p));
}

enum rc
phone_save(const struct phone *p, const char *path, struct err *e)
{
	struct sec state SEC_WIPED = { 0 };
	enum rc rc = sec_new(&state, STATE_LEN, e);

	if (rc != RC_OK)
		return rc;
	memcpy(state.p, MAGIC, STATE_MAGIC);
	memcpy(state.p + STATE_MAGIC, p->passkey.scalar, AUTHENTICATOR_SCALAR);
	memcpy(state.p + STATE_MAGIC + AUTHENTICATOR_SCALAR,
	    p->passkey.credential_id, AUTHENTICATOR_CREDENTIAL);

	return file_replace(path, sec_span(&state), 0600, e);
}

enum rc
phone_load(struct phone *p, const char *path, struct err *e)
{
	struct sec state SEC_WIPED = { 0 };
	const uint8_t *scalar;
	enum rc rc = file_read_secret(path, STATE_LEN, &state, e);

	if (rc != RC_OK)
		return rc;
	if (state.n != STATE_LEN || memcmp(state.p, MAGIC, STATE_MAGIC) != 0)
		return err_set(e, RC_FORMAT, NULL, "not a test phone's file");
	scalar = state.p + STATE_MAGIC;

	return authenticator_load(
	    &p->passkey, scalar, scalar + AUTHENTICATOR_SCALAR, e);
}

enum rc
phone_join_start(struct phone *p, const char *name, const char *birth,
    const char *number, char join[static 33], struct err *e)
{
	json_t *answer = NULL;
	enum rc rc = phone_call(p, "POST", "/join",
	    json_pack("{s:s s:s s:s s:s s:b}", "name", name, "birth", birth,
		"phone", number, "carrier", "SKT", "terms", 1),
	    &answer, e);

	if (rc == RC_OK)
		phone_text(join, 33, answer, "join");
	json_decref(answer);

	return rc;
}

/* The members of an answer of navigator.credentials, as the API names them. */
static enum rc
phone_set_assertion(const struct phone *p, json_t *body,
    const struct authenticator_answer *a, struct err *e)
{
	enum rc rc;

	if ((rc = rest_set_bytes(body, "credential_id",
		 SPAN(p->passkey.credential_id), e)) != RC_OK ||
	    (rc = rest_set_bytes(
		 body, "client_data", buf_span(&a->client_data), e)) != RC_OK ||
	    (rc = rest_set_bytes(body, "authenticator_data",
		 buf_span(&a->authenticator_data), e)) != RC_OK)
		return rc;

	return rest_set_bytes(body, "signature", buf_span(&a->signature), e);
}

static enum rc
phone_register(
    struct phone *p, const char *path, struct span challenge, struct err *e)
{
	struct authenticator_answer a;
	json_t *body = json_pack("{s:s s:s}", "kind", "passkey", "name",
		   "ingam-phone (test)"),
	       *answer = NULL;
	enum rc rc;

	authenticator_answer_init(&a);
	if ((rc = authenticator_new(&p->passkey, e)) != RC_OK ||
	    (rc = authenticator_create(&p->passkey, challenge, p->origin,
		 p->rp_id, &a, e)) != RC_OK ||
	    (rc = rest_set_bytes(
		 body, "client_data", buf_span(&a.client_data), e)) != RC_OK ||
	    (rc = rest_set_bytes(
		 body, "attestation", buf_span(&a.attestation), e)) != RC_OK)
		json_decref(body);
	else
		rc = phone_call(p, "POST", path, body, &answer, e);
	json_decref(answer);
	authenticator_answer_clear(&a);

	return rc;
}

enum rc
phone_join_finish(
    struct phone *p, const char *join, const char *code, struct err *e)
{
	uint8_t challenge[32];
	json_t *answer = NULL;
	char path[64];
	enum rc rc;

	(void)snprintf(path, sizeof(path), "/join/%.32s/code", join);
	rc = phone_call(
	    p, "POST", path, json_pack("{s:s}", "code", code), &answer, e);
	if (rc != RC_OK)
		return rc;
	rc = phone_fixed(answer, "challenge", challenge, 32, e);
	json_decref(answer);
	(void)snprintf(path, sizeof(path), "/join/%.32s/device", join);

	return rc == RC_OK ? phone_register(p, path, SPAN(challenge), e) : rc;
}

enum rc
phone_prove(struct phone *p, const char *path, struct span challenge,
    json_t *body, json_t **answer, struct err *e)
{
	struct authenticator_answer a;
	enum rc rc;

	authenticator_answer_init(&a);
	if ((rc = authenticator_get(&p->passkey, challenge, p->origin, p->rp_id,
		 &a, e)) != RC_OK ||
	    (rc = phone_set_assertion(p, body, &a, e)) != RC_OK)
		json_decref(body);
	else
		rc = phone_call(p, "POST", path, body, answer, e);
	authenticator_answer_clear(&a);

	return rc;
}

enum rc
phone_login(struct phone *p, struct err *e)
{
	json_t *answer = NULL, *done = NULL;
	uint8_t challenge[32];
	enum rc rc = phone_call(
	    p, "POST", "/session/challenge", json_object(), &answer, e);

	if (rc == RC_OK)
		rc = phone_fixed(answer, "challenge", challenge, 32, e);
	if (rc == RC_OK)
		rc = phone_prove(p, "/session", SPAN(challenge),
		    json_pack("{s:s}", "id", rest_text(answer, "id")), &done,
		    e);
	json_decref(done);
	json_decref(answer);

	return rc;
}

enum rc
phone_list(struct phone *p, const char *what, json_t **answer, struct err *e)
{
	return phone_call(p, "GET", what, NULL, answer, e);
}

enum rc
phone_check(const struct phone *p, struct span ar1, struct span signature,
    uint8_t hash[static 32], uint8_t challenge[static 32], struct err *e)
{
	struct buf message = buf_init(PHONE_AR1_MAX + 16);
	bool good;

	/* Ed25519 by the vault's display key. */
	buf_str(&message, "INGAM-ARSIG1");
	buf_bytes(&message, ar1);
	good = buf_ok(&message) && signature.n == crypto_sign_BYTES &&
	    crypto_sign_verify_detached(
		signature.p, message.p, message.n, p->display_key) == 0;
	buf_clear(&message);
	if (!good)
		return err_set(e, RC_DENIED, NULL,
		    "the approval request is not signed by the vault");
	digest_sha256(hash, &ar1, 1);
	digest_sha256_labelled(
	    challenge, "INGAM-WA1", (struct span){ hash, 32 });

	return RC_OK;
}

enum rc
phone_challenge(const struct phone *p, const json_t *answer,
    uint8_t hash[static 32], uint8_t challenge[static 32], struct err *e)
{
	struct buf ar1 = buf_init(PHONE_AR1_MAX),
		   signature = buf_init(PHONE_AR1_MAX);
	enum rc rc;

	if ((rc = rest_bytes(answer, "ar1", &ar1, e)) == RC_OK &&
	    (rc = rest_bytes(answer, "ar1_signature", &signature, e)) == RC_OK)
		rc = phone_check(p, buf_span(&ar1), buf_span(&signature), hash,
		    challenge, e);
	buf_clear(&signature);
	buf_clear(&ar1);

	return rc;
}

enum rc
phone_approve(struct phone *p, const char *request, const char *certificate,
    char pin[static 7], struct err *e)
{
	json_t *body = json_object(), *answer = NULL, *done = NULL;
	uint8_t hash[32], challenge[32];
	char path[96];
	enum rc rc;

	pin[0] = '\0';
	if (certificate != NULL)
		(void)json_object_set_new(
		    body, "certificate", json_string(certificate));
	(void)snprintf(path, sizeof(path), "/requests/%.32s/approval", request);
	if ((rc = phone_call(p, "POST", path, body, &answer, e)) != RC_OK ||
	    (rc = phone_challenge(p, answer, hash, challenge, e)) != RC_OK)
		goto out;
	(void)snprintf(path, sizeof(path), "/requests/%.32s/approve", request);
	rc = phone_prove(p, path, SPAN(challenge), json_object(), &done, e);
	if (rc == RC_OK)
		phone_text(pin, 7, done, "pin");
out:
	json_decref(done);
	json_decref(answer);

	return rc;
}

enum rc
phone_refuse(struct phone *p, const char *request, bool not_me, struct err *e)
{
	json_t *answer = NULL;
	char path[96];
	enum rc rc;

	(void)snprintf(path, sizeof(path), "/requests/%.32s/refuse", request);
	rc = phone_call(p, "POST", path,
	    json_pack("{s:b}", "not_me", (int)not_me), &answer, e);
	json_decref(answer);

	return rc;
}

enum rc
phone_delete(struct phone *p, const char *certificate, struct err *e)
{
	json_t *answer = NULL;
	char path[96], pin[7];
	const char *id = NULL;
	enum rc rc;

	(void)snprintf(
	    path, sizeof(path), "/certificates/%.32s/deletion", certificate);
	rc = phone_call(p, "POST", path, json_object(), &answer, e);
	if (rc == RC_OK && (id = rest_text(answer, "id")) == NULL)
		rc = err_set(e, RC_IO, "id", "the answer lacks an id");
	if (rc == RC_OK)
		rc = phone_approve(p, id, NULL, pin, e);
	json_decref(answer);

	return rc;
}
