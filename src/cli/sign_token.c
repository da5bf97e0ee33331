/*
 * sign_token.c - a file is signed by a key that is on a token.
 *
 * Belongs here: from token and PIN to a signature as messages have it.
 * Not here: options and the message (sign.c); talking to tokens (cryptoki).
 */
#include "cli/sign_token.h"

#include "cli/token_delete.h"
#include "cryptoki/signing.h"
#include "npki/derput.h"
#include "x509/algorithm.h"

/* The one that is named; without a name the only one that signs. */
static enum tokens_end
sign_token_choose(struct sign_token *t)
{
	const struct stored_list *list = &t->tokens.list;
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++) {
		if (!list->at[i].readable || tokens_is_km(&list->at[i].info))
			continue;
		t->stored = &list->at[i];
		n++;
	}
	if (t->tokens.files.which == NULL && n == 1)
		return TOKENS_DONE;

	return token_delete_ask(&t->tokens, &t->stored);
}

enum tokens_end
sign_token_open(struct sign_token *t)
{
	struct tokens *k = &t->tokens;
	enum tokens_end end = tokens_choose(k, false);

	if (end == TOKENS_DONE)
		end = tokens_enter(k, false);
	if (end == TOKENS_DONE)
		end = tokens_read(k);
	if (end == TOKENS_DONE)
		end = sign_token_choose(t);
	if (end != TOKENS_DONE)
		return end;
	if (t->stored->object[STORED_PRIVATE] == 0)
		return tokens_failed(k,
		    err_set(&k->err, RC_ABSENT, "key",
			"the token has the certificate without its key"));

	return tokens_failed(k,
	    certificate_parse(
		buf_span(&t->stored->der), &t->certificate, &k->err));
}

void
sign_token_close(struct sign_token *t)
{
	stored_clear(&t->tokens.list);
	login_close(&t->tokens.session);
	tokens_found_clear(&t->tokens.found);
}

/* DigestInfo (RFC 8017 9.2), which the token pads. */
static struct span
sign_token_info(const struct signature_algorithm *a, struct span digest,
    uint8_t *room, size_t size)
{
	struct derput w = derput_init(room, size);

	derput_element(&w, DER_OCTETS, digest);
	algorithm_put_hash(&w, a->hash);
	derput_wrap(&w, DER_SEQUENCE, 0);

	return derput_span(&w);
}

/* r ‖ s as SEQUENCE { r, s } (RFC 5753 7.2). */
static struct span
sign_token_pair(struct span raw, uint8_t *room, size_t size)
{
	struct derput w = derput_init(room, size);
	size_t n = raw.n / 2;

	derput_natural(&w, (struct span){ raw.p + n, n });
	derput_natural(&w, (struct span){ raw.p, n });
	derput_wrap(&w, DER_SEQUENCE, 0);

	return derput_span(&w);
}

enum rc
sign_token_digest(void *arg, const struct signature_algorithm *a,
    struct span digest, struct buf *out, struct err *e)
{
	const struct sign_token *t = arg;
	const struct login *l = &t->tokens.session;
	unsigned long key = t->stored->object[STORED_PRIVATE];
	struct buf raw = buf_init(SIGNING_MAX);
	uint8_t room[256];
	enum rc rc;

	if (a->scheme == SIGNATURE_RSA_PKCS1)
		return signing_rsa(l, key,
		    sign_token_info(a, digest, room, sizeof(room)), out, e);
	rc = signing_ecdsa(l, key, digest, &raw, e);
	if (rc == RC_OK)
		buf_bytes(
		    out, sign_token_pair(buf_span(&raw), room, sizeof(room)));
	buf_clear(&raw);

	return rc;
}
