/*
 * sign_open.c - the key that signs: of a certificate of this PC, or on a token.
 *
 * Belongs here: which one, its password, what it signs with.
 * Not here: options and the message (sign.c); talking to a token
 * (sign_token.c).
 */
#include "cli/sign.h"

#include "base/clock.h"
#include "cli/cert_password.h"
#include "npki/keymatch.h"
#include "x509/pkey.h"
#include "x509/rawsig.h"

#include <openssl/evp.h>

/* Is the certificate that is meant valid today? */
static enum cert_end
sign_check_dates(struct cert *c, const struct certinfo *info)
{
	int64_t now = clock_wall_ms();
	bool early = now < info->not_before_ms;

	if (!early && now <= info->not_after_ms)
		return CERT_DONE;
	c->moment_ms = early ? info->not_before_ms : info->not_after_ms;

	return early ? CERT_NOT_YET : CERT_EXPIRED;
}

/* The certificate that is meant, and that it may sign today. */
static enum cert_end
sign_choose(struct sign *s)
{
	struct cert *c = s->cert;
	enum cert_end end = cert_password_choose_sign(c);

	if (end == CERT_DONE)
		end = sign_check_dates(c, &c->info);
	if (end != CERT_DONE)
		return end;

	return cert_failed(c,
	    certificate_parse(
		cert_file(c, FOLDER_SIGN_CERT), &s->certificate, &c->err));
}

/* RSA by PKCS #1 or PSS with SHA-256; an EC key with the hash of its size. */
static void
sign_algorithm(struct sign *s)
{
	enum certinfo_key kind = certificate_info(s->certificate)->key;

	s->algorithm = (struct signature_algorithm){ SIGNATURE_ECDSA_DER,
		SIGNATURE_HASH_SHA256, 0 };
	if (kind == CERTINFO_KEY_P384)
		s->algorithm.hash = SIGNATURE_HASH_SHA384;
	if (kind != CERTINFO_KEY_RSA)
		return;
	s->algorithm.scheme = s->pss ? SIGNATURE_RSA_PSS : SIGNATURE_RSA_PKCS1;
	s->algorithm.salt_bytes = s->pss ? 32 : 0;
}

static enum cert_end
sign_key_failed(struct cert *c, enum rc rc)
{
	return rc == RC_STATE
	    ? cert_password_of(c, FOLDER_SIGN_KEY, CERT_OTHER_KEY)
	    : cert_failed(c, rc);
}

/* What the key file holds, once the password is right. */
static enum cert_end
sign_open_info(struct cert *c, struct sec *info)
{
	struct sec password SEC_WIPED = { 0 };
	enum cert_end end;
	int tries = 0;

	do {
		end = cert_password_type(c, &password);
		if (end == CERT_DONE)
			end = sign_key_failed(c,
			    cert_password_open(
				c, FOLDER_SIGN_KEY, sec_span(&password), info));
	} while (cert_ask_again(c, c->password_file, end, &tries, &password));

	return end;
}

/* The key file is opened; of what is in it the key, and R where it is wanted. */
static enum cert_end
sign_open_file(struct sign *s)
{
	struct cert *c = s->cert;
	struct sec info SEC_WIPED = { 0 };
	struct pkinfo numbers;
	enum cert_end end = sign_open_info(c, &info);
	enum rc rc;

	if (end != CERT_DONE)
		return end;
	rc = pkinfo_parse(sec_span(&info), &numbers, &c->err);
	if (rc == RC_OK)
		rc = keymatch_check(&c->info, &numbers, &c->err);
	if (rc == RC_OK)
		rc = pkey_load(&numbers, &c->info, &s->key, &c->err);
	if (rc == RC_OK && s->random && numbers.r.n == 0)
		return CERT_NO_R;
	if (rc == RC_OK && s->random)
		rc = rawsig_random(numbers.r, &s->r, &c->err);
	sign_algorithm(s);

	return sign_key_failed(c, rc);
}

/* What a token's refusal means is told as ingam token does. */
static enum cert_end
sign_token_failed(struct sign *s, enum rc rc)
{
	struct tokens *k = &s->token.tokens;

	k->err = s->cert->err;
	s->token_end = tokens_failed(k, rc);

	return rc == RC_OK ? CERT_DONE : CERT_OTHER;
}

/* The same as choosing and opening, where the key is on a token. */
static enum cert_end
sign_open_token(struct sign *s)
{
	struct sec r SEC_WIPED = { 0 };
	struct err *e = &s->cert->err;
	enum cert_end end;
	enum rc rc = RC_OK;

	s->token_end = sign_token_open(&s->token);
	s->certificate = s->token.certificate;
	if (s->token_end != TOKENS_DONE)
		return CERT_OTHER;
	end = sign_check_dates(s->cert, certificate_info(s->certificate));
	if (end != CERT_DONE)
		return end;
	sign_algorithm(s);
	if (s->random)
		rc = stored_r(&s->token.tokens.session, s->token.stored, &r, e);
	if (rc == RC_OK && s->random)
		rc = rawsig_random(sec_span(&r), &s->r, e);

	return sign_token_failed(s, rc);
}

/* A cmsput_signer; arg is the command. */
enum rc
sign_digest(void *arg, const struct signature_algorithm *a, struct span digest,
    struct buf *out, struct err *e)
{
	struct sign *s = arg;
	enum rc rc;

	if (s->on_token) {
		rc = sign_token_digest(&s->token, a, digest, out, e);
		(void)sign_token_failed(s, rc);
		return rc;
	}
	rc = pkey_check(s->key, a, digest, e);

	return rc == RC_OK ? pkey_sign(s->key, a, digest, out, e) : rc;
}

enum cert_end
sign_open(struct sign *s)
{
	enum cert_end end;

	if (s->on_token)
		return sign_open_token(s);
	end = sign_choose(s);

	return end == CERT_DONE ? sign_open_file(s) : end;
}
