/*
 * signature.c - is this a signature of that key over this digest?
 *
 * Belongs here: RSA and ECDSA verification over a finished digest, with which
 * the vault and the token check a signature before they let it go.
 * Not here: making signatures (vault); CMS; digests of contents.
 */
#include "x509/signature.h"

#include "npki/derput.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <pthread.h>

#define SIGNATURE_DIGEST_MAX 512

static pthread_once_t once = PTHREAD_ONCE_INIT;

static struct {
	const char *name;
	size_t n;
	EVP_MD *md;
} hashes[] = {
	[SIGNATURE_HASH_NONE] = { NULL, 0, NULL },
	[SIGNATURE_HASH_SHA1] = { "SHA1", 20, NULL },
	[SIGNATURE_HASH_SHA256] = { "SHA256", 32, NULL },
	[SIGNATURE_HASH_SHA384] = { "SHA384", 48, NULL },
	[SIGNATURE_HASH_SHA512] = { "SHA512", 64, NULL },
};

static void
signature_fetch(void)
{
	for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++) {
		if (hashes[i].name != NULL)
			hashes[i].md = EVP_MD_fetch(NULL, hashes[i].name, NULL);
	}
}

/* Can this key, scheme and digest go together at all? */
static enum rc
signature_check_request(EVP_PKEY *key, const struct signature_algorithm *a,
    struct span digest, struct err *e)
{
	bool rsa =
	    a->scheme == SIGNATURE_RSA_PKCS1 || a->scheme == SIGNATURE_RSA_PSS;

	if (EVP_PKEY_is_a(key, rsa ? "RSA" : "EC") != 1)
		return err_set(
		    e, RC_FORMAT, "algorithm", "not a scheme of this key");
	if (a->hash == SIGNATURE_HASH_NONE && a->scheme == SIGNATURE_RSA_PSS)
		return err_set(e, RC_FORMAT, "algorithm", "PSS needs a hash");
	if (a->hash == SIGNATURE_HASH_NONE
		? digest.n == 0 || digest.n > SIGNATURE_DIGEST_MAX
		: digest.n != hashes[a->hash].n)
		return err_set(
		    e, RC_FORMAT, "digest", "digest has another length");
	if (a->salt_bytes > SIGNATURE_DIGEST_MAX)
		return err_set(e, RC_FORMAT, "algorithm", "salt too long");

	return RC_OK;
}

static bool
signature_set(EVP_PKEY_CTX *ctx, const struct signature_algorithm *a)
{
	if (EVP_PKEY_verify_init(ctx) != 1)
		return false;
	if (a->hash != SIGNATURE_HASH_NONE &&
	    EVP_PKEY_CTX_set_signature_md(ctx, hashes[a->hash].md) != 1)
		return false;
	switch (a->scheme) {
	case SIGNATURE_RSA_PKCS1:
		return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) ==
		    1;
	case SIGNATURE_RSA_PSS:
		return EVP_PKEY_CTX_set_rsa_padding(
			   ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
		    EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, (int)a->salt_bytes) ==
		    1;
	case SIGNATURE_ECDSA_DER:
	case SIGNATURE_ECDSA_RAW:
		return true;
	}

	return false;
}

/* r ‖ s as SEQUENCE { r, s }, into room; empty when it is no such thing. */
static struct span
signature_from_raw(EVP_PKEY *key, struct span raw, uint8_t *room, size_t size)
{
	size_t n = (size_t)(EVP_PKEY_get_bits(key) + 7) / 8;
	struct derput w = derput_init(room, size);

	if (raw.n != 2 * n)
		return (struct span){ NULL, 0 };
	derput_natural(&w, (struct span){ raw.p + n, n });
	derput_natural(&w, (struct span){ raw.p, n });
	derput_wrap(&w, DER_SEQUENCE, 0);

	return derput_span(&w);
}

enum rc
signature_verify(EVP_PKEY *key, const struct signature_algorithm *algorithm,
    struct span digest, struct span signature, struct err *e)
{
	uint8_t room[160];
	EVP_PKEY_CTX *ctx;
	enum rc rc;

	(void)pthread_once(&once, signature_fetch);
	rc = signature_check_request(key, algorithm, digest, e);
	if (rc != RC_OK)
		return rc;
	if (algorithm->scheme == SIGNATURE_ECDSA_RAW)
		signature =
		    signature_from_raw(key, signature, room, sizeof(room));
	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	if (ctx == NULL || !signature_set(ctx, algorithm))
		rc = err_set(e, RC_CRYPTO, NULL, "verification not possible");
	/* A malformed signature is an error to OpenSSL; to us it is a bad one. */
	else if (signature.n == 0 ||
	    EVP_PKEY_verify(
		ctx, signature.p, signature.n, digest.p, digest.n) != 1)
		rc = err_set(e, RC_DENIED, NULL, "bad signature");
	EVP_PKEY_CTX_free(ctx);
	ERR_clear_error();

	return rc;
}
