/*
 * token_proof.c - a key that was just put on a token is tried.
 *
 * Belongs here: a signature over something new, or a text that only the key
 * opens; R.
 * Not here: making the objects (cryptoki/stage.c).
 */
#include "cli/token_proof.h"

#include "base/rnd.h"
#include "cli/tokens.h"
#include "cryptoki/signing.h"
#include "x509/signature.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#define DIGEST 32

/* RFC 8017 9.2 note 1: what stands before a SHA-256 digest. */
static const uint8_t digest_info[] = { 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60,
	0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04,
	0x20 };

static enum rc
token_proof_sign(const struct login *l, const struct stored *s,
    const struct certificate *c, struct err *e)
{
	static const struct signature_algorithm rsa = { SIGNATURE_RSA_PKCS1,
		SIGNATURE_HASH_SHA256, 0 };
	static const struct signature_algorithm ecdsa = { SIGNATURE_ECDSA_RAW,
		SIGNATURE_HASH_NONE, 0 };
	bool is_rsa = certificate_info(c)->key == CERTINFO_KEY_RSA;
	uint8_t in[sizeof(digest_info) + DIGEST];
	struct buf signature = buf_init(SIGNING_MAX);
	const struct span digest = { in + sizeof(digest_info), DIGEST };
	unsigned long key = s->object[STORED_PRIVATE];
	enum rc rc;

	memcpy(in, digest_info, sizeof(digest_info));
	rnd_bytes(in + sizeof(digest_info), DIGEST);
	rc = is_rsa ? signing_rsa(l, key, SPAN(in), &signature, e)
		    : signing_ecdsa(l, key, digest, &signature, e);
	if (rc == RC_OK)
		rc = signature_verify(certificate_key(c),
		    is_rsa ? &rsa : &ecdsa, digest, buf_span(&signature), e);
	buf_clear(&signature);

	return rc;
}

/* Encrypts to the certificate (RFC 8017 7.2.1). */
static enum rc
token_proof_encrypt(const struct certificate *c, struct span in,
    uint8_t out[static SIGNING_MAX], size_t *n, struct err *e)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(certificate_key(c), NULL);
	bool good = false;

	*n = SIGNING_MAX;
	if (ctx != NULL)
		good = EVP_PKEY_encrypt_init(ctx) == 1 &&
		    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
		    EVP_PKEY_encrypt(ctx, out, n, in.p, in.n) == 1;
	EVP_PKEY_CTX_free(ctx);
	ERR_clear_error();

	return good ? RC_OK
		    : err_set(e, RC_CRYPTO, NULL, "not encrypted to it");
}

static enum rc
token_proof_open(const struct login *l, const struct stored *s,
    const struct certificate *c, struct err *e)
{
	uint8_t text[DIGEST], sealed[SIGNING_MAX];
	struct sec opened SEC_WIPED = { 0 };
	size_t n = 0;
	enum rc rc;

	rnd_bytes(text, sizeof(text));
	rc = token_proof_encrypt(c, SPAN(text), sealed, &n, e);
	if (rc == RC_OK)
		rc = signing_decrypt(l, s->object[STORED_PRIVATE],
		    (struct span){ sealed, n }, &opened, e);
	if (rc == RC_OK && !sec_equal(sec_span(&opened), SPAN(text)))
		return err_set(e, RC_DENIED, "C_Decrypt", "another text");

	return rc;
}

enum rc
token_proof(const struct login *l, const struct stored *s,
    const struct certificate *c, const struct pkinfo *key, struct err *e)
{
	const struct certinfo *info = certificate_info(c);
	struct sec r SEC_WIPED = { 0 };
	enum rc rc = tokens_is_km(info) && info->key == CERTINFO_KEY_RSA
	    ? token_proof_open(l, s, c, e)
	    : token_proof_sign(l, s, c, e);

	if (rc != RC_OK || key->r.n == 0)
		return rc;
	rc = stored_r(l, s, &r, e);
	if (rc == RC_ABSENT || rc == RC_FORMAT ||
	    (rc == RC_OK && !sec_equal(sec_span(&r), key->r)))
		return err_set(e, RC_DENIED, "R", "is not what it was");

	return rc;
}
