/*
 * receive.c - registering a certificate that a PC sends: the phone's side.
 *
 * Belongs here: the order of CPace's messages; sealing key files and password
 * to the vault.
 * Not here: the PC's side (client/send.c); the cryptography (pake).
 */
#include "phone/receive.h"

#include "base/buf.h"
#include "base/enc.h"
#include "base/sec.h"
#include "client/exchange.h"
#include "pake/cpace.h"
#include "pake/hpke.h"
#include "pake/transfer.h"

#include <stdio.h>
#include <string.h>

#define LABEL "INGAM-IMPORT1"
#define MAGIC "INGAM-IM1" /* docs/vault-protocol.md */

static struct exchange
receive_exchange(struct phone *p, const char *id)
{
	struct exchange x = { .rest = p->rest,
		.base = "/api/v1/transfers",
		.problem = &p->problem };

	(void)snprintf(x.id, sizeof(x.id), "%s", id);

	return x;
}

enum rc
receive_start(
    struct phone *p, char id[static 33], struct code *code, struct err *e)
{
	json_t *answer = NULL;
	const char *channel, *text;
	enum rc rc =
	    phone_call(p, "POST", "/transfers", json_object(), &answer, e);

	if (rc != RC_OK)
		return rc;
	text = rest_text(answer, "id");
	channel = rest_text(answer, "channel");
	if (text == NULL || strlen(text) != 32 || channel == NULL)
		rc = err_set(
		    e, RC_IO, NULL, "the answer lacks an id or a channel");
	else
		rc = code_new(CODE_IMPORT, span_str(channel), code, e);
	(void)snprintf(id, 33, "%s", rc == RC_OK ? text : "");
	json_decref(answer);

	return rc;
}

/* Proves the number to the PC and opens what it sends. */
static enum rc
receive_files(const struct exchange *x, const struct code *code,
    struct sec *plain, struct transfer_files *files, struct err *e)
{
	struct cpace cpace CPACE_WIPED = { 0 };
	struct cpace_keys keys = { 0 };
	struct cpace_in in = { .code = code_digits(code),
		.label = SPAN_LIT(LABEL),
		.channel = code_channel(code) };
	struct buf sid = buf_init(16), answer = buf_init(CPACE_ANSWER_MAX);
	struct buf message = buf_init(CPACE_CONFIRM_LEN + TRANSFER_FRAME_MAX);
	struct span sent;
	enum rc rc;

	if ((rc = enc_hex_parse(&sid, span_str(x->id), e)) != RC_OK ||
	    (rc = exchange_wait(x, 1, &message, e)) != RC_OK)
		goto out;
	in.sid = buf_span(&sid);
	if ((rc = cpace_answer(&cpace, &in, buf_span(&message), &answer, e)) !=
		RC_OK ||
	    (rc = exchange_post(x, "answer", buf_span(&answer), e)) != RC_OK)
		goto out;
	buf_reset(&message);
	if ((rc = exchange_wait(x, 3, &message, e)) != RC_OK)
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
	cpace_keys_wipe(&keys);
	buf_clear(&message);
	buf_clear(&answer);
	buf_clear(&sid);

	return rc;
}

/* password and key files, for the vault's eyes only. */
static enum rc
receive_seal(const struct phone *p, const struct transfer_files *files,
    struct span password, const uint8_t ar1_hash[static 32], struct buf *sealed,
    struct err *e)
{
	struct sec plain SEC_WIPED = { 0 };
	const struct span parts[] = { password, files->sign_pri,
		files->km_pri };
	size_t n = sizeof(MAGIC) - 1;
	uint8_t *at;
	enum rc rc;

	for (size_t i = 0; i < 3; i++)
		n += 2 + parts[i].n;
	if ((rc = sec_new(&plain, n, e)) != RC_OK)
		return rc;
	memcpy(plain.p, MAGIC, sizeof(MAGIC) - 1);
	at = plain.p + sizeof(MAGIC) - 1;
	for (size_t i = 0; i < 3; i++) {
		*at++ = (uint8_t)(parts[i].n >> 8);
		*at++ = (uint8_t)parts[i].n;
		if (parts[i].n > 0)
			memcpy(at, parts[i].p, parts[i].n);
		at += parts[i].n;
	}

	return hpke_seal(SPAN(p->hpke_key), SPAN_LIT(MAGIC),
	    (struct span){ ar1_hash, 32 }, sec_span(&plain), sealed, e);
}

/* Both the request and its approval carry the certificates. */
static enum rc
receive_set_certificates(
    json_t *body, const struct transfer_files *files, struct err *e)
{
	enum rc rc = rest_set_bytes(body, "certificate", files->sign_cert, e);

	if (rc == RC_OK && files->km_cert.n > 0)
		rc = rest_set_bytes(body, "km_certificate", files->km_cert, e);

	return rc;
}

enum rc
receive_store(struct phone *p, const char *transfer,
    const struct transfer_files *files, struct span password,
    json_t **certificate, struct err *e)
{
	json_t *body = json_pack("{s:s*}", "transfer", transfer),
	       *answer = NULL, *done = NULL, *proof = json_object();
	struct buf sealed = buf_init(HPKE_PLAIN_MAX + HPKE_OVERHEAD);
	uint8_t hash[32], challenge[32];
	const char *request;
	char path[96];
	enum rc rc;

	if ((rc = receive_set_certificates(body, files, e)) != RC_OK ||
	    (rc = phone_call(p, "POST", "/imports", json_incref(body), &answer,
		 e)) != RC_OK ||
	    (rc = phone_challenge(p, answer, hash, challenge, e)) != RC_OK ||
	    (rc = receive_seal(p, files, password, hash, &sealed, e)) !=
		RC_OK ||
	    (rc = rest_set_bytes(proof, "sealed", buf_span(&sealed), e)) !=
		RC_OK ||
	    (rc = receive_set_certificates(proof, files, e)) != RC_OK)
		goto out;
	request = rest_text(json_object_get(answer, "request"), "id");
	if (request == NULL) {
		rc = err_set(e, RC_IO, "request", "the answer lacks an id");
		goto out;
	}
	(void)snprintf(path, sizeof(path), "/requests/%.32s/approve", request);
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
receive_finish(struct phone *p, const char *id, const struct code *code,
    struct span password, json_t **certificate, struct err *e)
{
	struct exchange x = receive_exchange(p, id);
	struct sec plain SEC_WIPED = { 0 };
	struct transfer_files files = { 0 };
	enum rc rc;

	*certificate = NULL;
	if ((rc = receive_files(&x, code, &plain, &files, e)) == RC_OK)
		rc = receive_store(p, id, &files, password, certificate, e);
	/* A PC that waits is told at once that nothing will come. */
	if (rc != RC_OK && rc != RC_IO)
		exchange_end(&x, rc == RC_SECRET ? "wrong-code" : "cancelled");

	return rc;
}
