/*
 * webauthn.c - signatures of authenticators, by libcrypto.
 *
 * Belongs here: loading a compact key from its numbers, the three ways of
 * checking, fetching algorithms once.
 * Not here: what is signed (assertion.c, registration.c); key formats (cose.c).
 */
#include "webauthn/webauthn.h"

#include "base/digest.h"
#include "webauthn/cose.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <pthread.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static EVP_MD *sha256;
static EVP_PKEY *p256; /* any key of the curve */

/* P-256's generator: a key that anybody may know. */
static const uint8_t generator[64] = { 0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42,
	0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40, 0xf2, 0x77, 0x03, 0x7d,
	0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2,
	0x96, 0x4f, 0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb,
	0x4a, 0x7c, 0x0f, 0x9e, 0x16, 0x2b, 0xce, 0x33, 0x57, 0x6b, 0x31, 0x5e,
	0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5 };

static EVP_PKEY *
key_from_params(const char *type, OSSL_PARAM *params)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	EVP_PKEY *pkey = NULL;

	if (ctx != NULL && EVP_PKEY_fromdata_init(ctx) == 1)
		(void)EVP_PKEY_fromdata(
		    ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params);
	EVP_PKEY_CTX_free(ctx);

	return pkey;
}

static void
webauthn_fetch(void)
{
	uint8_t point[65] = { 4 };
	char name[] = "prime256v1";
	OSSL_PARAM params[3] = {
		OSSL_PARAM_construct_utf8_string(
		    OSSL_PKEY_PARAM_GROUP_NAME, name, 0),
		OSSL_PARAM_construct_octet_string(
		    OSSL_PKEY_PARAM_PUB_KEY, point, sizeof(point)),
		OSSL_PARAM_construct_end(),
	};

	memcpy(point + 1, generator, sizeof(generator));
	sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	p256 = key_from_params("EC", params);
}

/* A copy with another point: making the curve each time takes four times as long. */
static EVP_PKEY *
key_load_ec(const struct cose_parts *p)
{
	uint8_t point[65] = { 4 };
	EVP_PKEY *pkey = p256 == NULL ? NULL : EVP_PKEY_dup(p256);

	memcpy(point + 1, p->x.p, 32);
	memcpy(point + 33, p->y.p, 32);
	if (pkey != NULL &&
	    EVP_PKEY_set1_encoded_public_key(pkey, point, sizeof(point)) != 1) {
		EVP_PKEY_free(pkey);
		pkey = NULL;
	}

	return pkey;
}

static EVP_PKEY *
key_load_rsa(const struct cose_parts *p)
{
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	BIGNUM *n = BN_bin2bn(p->n.p, (int)p->n.n, NULL);
	BIGNUM *e = BN_bin2bn(p->e.p, (int)p->e.n, NULL);
	OSSL_PARAM *params = NULL;
	EVP_PKEY *pkey = NULL;

	if (bld != NULL && n != NULL && e != NULL &&
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_E, e) == 1)
		params = OSSL_PARAM_BLD_to_param(bld);
	if (params != NULL)
		pkey = key_from_params("RSA", params);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(bld);
	BN_free(n);
	BN_free(e);

	return pkey;
}

static enum rc
key_load(struct span compact, EVP_PKEY **out, enum cose_alg *alg, struct err *e)
{
	struct cose_parts parts;
	enum rc rc = cose_split(compact, &parts, e);

	*out = NULL;
	if (rc != RC_OK)
		return rc;
	(void)pthread_once(&once, webauthn_fetch);
	*alg = parts.alg;
	switch (parts.alg) {
	case COSE_ES256:
		*out = key_load_ec(&parts);
		break;
	case COSE_EDDSA:
		*out = EVP_PKEY_new_raw_public_key_ex(
		    NULL, "ED25519", NULL, parts.x.p, parts.x.n);
		break;
	case COSE_RS256:
		*out = key_load_rsa(&parts);
		break;
	}
	if (*out == NULL) {
		ERR_clear_error();
		return err_set(e, RC_FORMAT, "key", "numbers are no key");
	}

	return RC_OK;
}

enum rc
webauthn_check_key(struct span compact_key, struct err *e)
{
	enum cose_alg alg;
	EVP_PKEY *pkey;
	enum rc rc = key_load(compact_key, &pkey, &alg, e);

	EVP_PKEY_free(pkey);

	return rc;
}

/* ECDSA and RSA over a digest that is already made. */
static bool
verify_digest(EVP_PKEY *pkey, bool rsa, struct span data, struct span signature)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
	uint8_t hash[DIGEST_SHA256];
	bool good;

	digest_sha256(hash, &data, 1);
	good = ctx != NULL && EVP_PKEY_verify_init(ctx) == 1;
	if (good && rsa)
		good =
		    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1;
	good = good && EVP_PKEY_CTX_set_signature_md(ctx, sha256) == 1 &&
	    EVP_PKEY_verify(
		ctx, signature.p, signature.n, hash, sizeof(hash)) == 1;
	EVP_PKEY_CTX_free(ctx);

	return good;
}

static bool
verify_message(EVP_PKEY *pkey, struct span data, struct span signature)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good = ctx != NULL &&
	    EVP_DigestVerifyInit_ex(ctx, NULL, NULL, NULL, NULL, pkey, NULL) ==
		1 &&
	    EVP_DigestVerify(ctx, signature.p, signature.n, data.p, data.n) ==
		1;

	EVP_MD_CTX_free(ctx);

	return good;
}

enum rc
webauthn_verify(struct span compact_key, struct span data,
    struct span signature, struct err *e)
{
	enum cose_alg alg;
	EVP_PKEY *pkey;
	bool good = false;
	enum rc rc;

	(void)pthread_once(&once, webauthn_fetch);
	if (sha256 == NULL)
		return err_set(e, RC_CRYPTO, NULL, "no SHA-256");
	if ((rc = key_load(compact_key, &pkey, &alg, e)) != RC_OK)
		return rc;
	switch (alg) {
	case COSE_ES256:
	case COSE_RS256:
		good = verify_digest(pkey, alg == COSE_RS256, data, signature);
		break;
	case COSE_EDDSA:
		good = verify_message(pkey, data, signature);
		break;
	}
	EVP_PKEY_free(pkey);
	ERR_clear_error();

	return good ? RC_OK
		    : err_set(e, RC_DENIED, "signature", "does not verify");
}

/*
 * One signature of each kind is checked at the start, with keys that anybody
 * may know: the generator of P-256, the base point of Ed25519, an RSA modulus
 * of no worth. They must be refused, and everything is loaded by then.
 */
enum rc
webauthn_init(struct err *e)
{
	/* r = s = 1: well-formed, and wrong. */
	static const uint8_t ecdsa[8] = { 0x30, 6, 2, 1, 1, 2, 1, 1 };
	uint8_t es256[65] = { COSE_ES256 };
	uint8_t eddsa[33] = { COSE_EDDSA, 0x58 };
	uint8_t rs256[1 + 2 + 256 + 2 + 3] = { COSE_RS256, 1, 0 };
	uint8_t zeros[256] = { 0 };

	memcpy(es256 + 1, generator, sizeof(generator));
	memset(eddsa + 2, 0x66, 31);
	memset(rs256 + 3, 0xff, 256);
	rs256[260] = 3;
	rs256[261] = 1;
	rs256[263] = 1;
	if (webauthn_verify(SPAN(es256), SPAN(generator), SPAN(ecdsa), NULL) !=
		RC_DENIED ||
	    webauthn_verify(SPAN(eddsa), SPAN(generator),
		(struct span){ zeros, 64 }, NULL) != RC_DENIED ||
	    webauthn_verify(SPAN(rs256), SPAN(generator), SPAN(zeros), NULL) !=
		RC_DENIED)
		return err_set(
		    e, RC_CRYPTO, NULL, "libcrypto does not check signatures");

	return RC_OK;
}
