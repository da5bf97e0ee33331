/*
 * phone.c - what the phone app does, without a screen and without a person.
 *
 * Belongs here: the app's calls in their order; checking what the vault
 * signed before answering it.
 * Not here: making assertions (authenticator.c); the command line (main.c).
 */
#include "phone/phone.h"

#include "base/buf.h"
#include "base/digest.h"
#include "base/enc.h"
#include "base/file.h"
#include "pake/cpace.h"
#include "pake/hpke.h"
#include "pake/transfer.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

#define AR1_MAX 4096
#define WAIT_S  25
#define API     "/api/v1"

static enum rc
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

	if ((p->rest = rest_new(origin, korean)) == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	rest_set_patience(p->rest, WAIT_S);
	rc = phone_call(p, "GET", "/server", NULL, &server, e);
	if (rc != RC_OK)
		return rc;
	phone_text(p->origin, sizeof(p->origin), server, "app_origin");
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
	OPENSSL_cleanse(p, sizeof(*p));
}

enum rc
phone_save(const struct phone *p, const char *path, struct err *e)
{
	struct buf text = buf_init(256);
	enum rc rc;

	enc_hex(&text, SPAN(p->passkey.scalar));
	enc_hex(&text, SPAN(p->passkey.credential_id));
	rc = file_replace(path, buf_span(&text), 0600, e);
	if (text.p != NULL)
		OPENSSL_cleanse(text.p, text.n);
	buf_clear(&text);

	return rc;
}

enum rc
phone_load(struct phone *p, const char *path, struct err *e)
{
	struct buf text = buf_init(256), bytes = buf_init(64);
	enum rc rc = file_read(path, &text, e);

	if (rc == RC_OK)
		rc = enc_hex_parse(&bytes, buf_span(&text), e);
	if (rc == RC_OK && bytes.n != 48)
		rc = err_set(e, RC_FORMAT, NULL, "not a test phone's file");
	if (rc == RC_OK)
		rc = authenticator_load(&p->passkey, bytes.p, bytes.p + 32, e);
	buf_clear(&bytes);
	buf_clear(&text);

	return rc;
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

/* Adds an assertion over challenge to body and posts it; takes body. */
static enum rc
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

/* Ed25519 over "INGAM-ARSIG1" ‖ AR1, by the vault's display key. */
static enum rc
phone_check_ar1(const struct phone *p, struct span ar1,
    const uint8_t signature[static 64], struct err *e)
{
	EVP_PKEY *key = EVP_PKEY_new_raw_public_key(
	    EVP_PKEY_ED25519, NULL, p->display_key, sizeof(p->display_key));
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	struct buf message = buf_init(AR1_MAX + 16);
	enum rc rc = RC_OK;

	buf_str(&message, "INGAM-ARSIG1");
	buf_bytes(&message, ar1);
	if (key == NULL || ctx == NULL || !buf_ok(&message) ||
	    EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) != 1 ||
	    EVP_DigestVerify(ctx, signature, 64, message.p, message.n) != 1)
		rc = err_set(e, RC_DENIED, NULL,
		    "the approval request is not signed by the vault");
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	buf_clear(&message);

	return rc;
}

/*
 * Reads an approval request out of answer, checks it, and computes what the
 * passkey answers: SHA-256("INGAM-WA1" ‖ SHA-256(AR1)).
 */
static enum rc
phone_challenge(const struct phone *p, const json_t *answer,
    uint8_t hash[static 32], uint8_t challenge[static 32], struct err *e)
{
	struct buf ar1 = buf_init(AR1_MAX);
	uint8_t signature[64];
	struct span s;
	enum rc rc;

	if ((rc = rest_bytes(answer, "ar1", &ar1, e)) != RC_OK ||
	    (rc = phone_fixed(answer, "ar1_signature", signature, 64, e)) !=
		RC_OK ||
	    (rc = phone_check_ar1(p, buf_span(&ar1), signature, e)) != RC_OK)
		goto out;
	s = buf_span(&ar1);
	digest_sha256(hash, &s, 1);
	digest_sha256_labelled(
	    challenge, "INGAM-WA1", (struct span){ hash, 32 });
out:
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
	enum rc rc;

	(void)snprintf(
	    path, sizeof(path), "/certificates/%.32s/deletion", certificate);
	rc = phone_call(p, "POST", path, json_object(), &answer, e);
	if (rc == RC_OK)
		rc = phone_approve(p, rest_text(answer, "id"), NULL, pin, e);
	json_decref(answer);

	return rc;
}

enum rc
phone_import_start(
    struct phone *p, char id[static 33], struct code *code, struct err *e)
{
	json_t *answer = NULL;
	const char *channel;
	enum rc rc =
	    phone_call(p, "POST", "/transfers", json_object(), &answer, e);

	if (rc != RC_OK)
		return rc;
	phone_text(id, 33, answer, "id");
	channel = rest_text(answer, "channel");
	rc = channel == NULL
	    ? err_set(e, RC_IO, "channel", "the answer lacks a channel")
	    : code_new(CODE_IMPORT, span_str(channel), code, e);
	json_decref(answer);

	return rc;
}

/* Waits until the transfer is past step; appends the other side's message. */
static enum rc
phone_wait(struct phone *p, const char *id, int step, struct buf *message,
    struct err *e)
{
	char path[96];
	enum rc rc = RC_OK;

	(void)snprintf(path, sizeof(path), "/transfers/%.32s?step=%d&wait=%d",
	    id, step, WAIT_S);
	for (int i = 0; rc == RC_OK && i < 24; i++) {
		json_t *answer = NULL;
		const char *state;
		bool there;

		if ((rc = phone_call(p, "GET", path, NULL, &answer, e)) !=
		    RC_OK)
			break;
		there = rest_number(answer, "step") > step;
		state = rest_text(answer, "state");
		if (there)
			rc = rest_bytes(answer, "message", message, e);
		else if (state == NULL || strcmp(state, "expired") == 0)
			rc = err_set(e, RC_EXPIRED, NULL, "time is over");
		json_decref(answer);
		if (there)
			return rc;
	}

	return rc != RC_OK ? rc : err_set(e, RC_EXPIRED, NULL, "no answer");
}

static enum rc
phone_transfer_message(struct phone *p, const char *id, const char *verb,
    json_t *body, struct err *e)
{
	json_t *answer = NULL;
	char path[96];
	enum rc rc;

	(void)snprintf(path, sizeof(path), "/transfers/%.32s/%s", id, verb);
	rc = phone_call(p, "POST", path, body, &answer, e);
	json_decref(answer);

	return rc;
}

/* Proves the number to the PC and opens what it sends. */
static enum rc
phone_receive(struct phone *p, const char *id, const struct code *code,
    struct sec *plain, struct transfer_files *files, struct err *e)
{
	struct cpace cpace CPACE_WIPED = { 0 };
	struct cpace_keys keys = { 0 };
	struct cpace_in in = { .code = code_digits(code),
		.label = SPAN_LIT("INGAM-IMPORT1"),
		.channel = code_channel(code) };
	struct buf sid = buf_init(16), answer = buf_init(CPACE_ANSWER_MAX);
	struct buf message = buf_init(CPACE_CONFIRM_LEN + TRANSFER_FRAME_MAX);
	json_t *body = json_object();
	struct span sent;
	enum rc rc;

	if ((rc = enc_hex_parse(&sid, span_str(id), e)) != RC_OK ||
	    (rc = phone_wait(p, id, 1, &message, e)) != RC_OK)
		goto out;
	in.sid = buf_span(&sid);
	if ((rc = cpace_answer(&cpace, &in, buf_span(&message), &answer, e)) !=
		RC_OK ||
	    (rc = rest_set_bytes(body, "message", buf_span(&answer), e)) !=
		RC_OK ||
	    (rc = phone_transfer_message(
		 p, id, "answer", json_incref(body), e)) != RC_OK)
		goto out;
	buf_reset(&message);
	if ((rc = phone_wait(p, id, 3, &message, e)) != RC_OK)
		goto out;
	sent = buf_span(&message);
	if (sent.n < CPACE_CONFIRM_LEN) {
		rc = err_set(e, RC_FORMAT, NULL, "the PC's message is short");
		goto out;
	}
	rc = cpace_confirm(
	    &cpace, (struct span){ sent.p, CPACE_CONFIRM_LEN }, &keys, e);
	if (rc != RC_OK)
		goto out;
	sent.p += CPACE_CONFIRM_LEN;
	sent.n -= CPACE_CONFIRM_LEN;
	rc = transfer_open(&keys.to_responder, sent, plain, files, e);
out:
	json_decref(body);
	cpace_keys_wipe(&keys);
	buf_clear(&message);
	buf_clear(&answer);
	buf_clear(&sid);

	return rc;
}

/* password and key files, for the vault's eyes only. */
static enum rc
phone_seal(const struct phone *p, const struct transfer_files *files,
    struct span password, const uint8_t ar1_hash[static 32], struct buf *sealed,
    struct err *e)
{
	struct sec plain SEC_WIPED = { 0 };
	const struct span parts[] = { password, files->sign_pri,
		files->km_pri };
	size_t n = 9;
	uint8_t *at;
	enum rc rc;

	for (size_t i = 0; i < 3; i++)
		n += 2 + parts[i].n;
	if ((rc = sec_new(&plain, n, e)) != RC_OK)
		return rc;
	memcpy(plain.p, "INGAM-IM1", 9);
	at = plain.p + 9;
	for (size_t i = 0; i < 3; i++) {
		*at++ = (uint8_t)(parts[i].n >> 8);
		*at++ = (uint8_t)parts[i].n;
		if (parts[i].n > 0)
			memcpy(at, parts[i].p, parts[i].n);
		at += parts[i].n;
	}

	return hpke_seal(SPAN(p->hpke_key), SPAN_LIT("INGAM-IM1"),
	    (struct span){ ar1_hash, 32 }, sec_span(&plain), sealed, e);
}

static enum rc
phone_store(struct phone *p, const char *transfer,
    const struct transfer_files *files, struct span password,
    json_t **certificate, struct err *e)
{
	json_t *body = json_pack("{s:s}", "transfer", transfer), *answer = NULL,
	       *done = NULL, *proof = json_object();
	struct buf sealed = buf_init(HPKE_PLAIN_MAX);
	uint8_t hash[32], challenge[32];
	char path[96];
	enum rc rc;

	if ((rc = rest_set_bytes(body, "certificate", files->sign_cert, e)) !=
		RC_OK ||
	    (files->km_cert.n > 0 &&
		(rc = rest_set_bytes(
		     body, "km_certificate", files->km_cert, e)) != RC_OK) ||
	    (rc = phone_call(p, "POST", "/imports", json_incref(body), &answer,
		 e)) != RC_OK ||
	    (rc = phone_challenge(p, answer, hash, challenge, e)) != RC_OK ||
	    (rc = phone_seal(p, files, password, hash, &sealed, e)) != RC_OK ||
	    (rc = rest_set_bytes(proof, "sealed", buf_span(&sealed), e)) !=
		RC_OK)
		goto out;
	(void)snprintf(path, sizeof(path), "/requests/%.32s/approve",
	    rest_text(json_object_get(answer, "request"), "id"));
	rc =
	    phone_prove(p, path, SPAN(challenge), json_incref(proof), &done, e);
	if (rc == RC_OK)
		*certificate =
		    json_incref(json_object_get(done, "certificate"));
out:
	json_decref(done);
	json_decref(proof);
	json_decref(answer);
	json_decref(body);
	buf_clear(&sealed);

	return rc;
}

enum rc
phone_import_finish(struct phone *p, const char *id, const struct code *code,
    struct span password, json_t **certificate, struct err *e)
{
	struct sec plain SEC_WIPED = { 0 };
	struct transfer_files files = { 0 };
	enum rc rc = phone_receive(p, id, code, &plain, &files, e);

	*certificate = NULL;
	if (rc == RC_OK)
		return phone_store(p, id, &files, password, certificate, e);
	if (rc == RC_SECRET)
		(void)phone_transfer_message(p, id, "end",
		    json_pack("{s:s}", "why", "wrong-code"), NULL);

	return rc;
}
