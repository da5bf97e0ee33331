/*
 * wycheproof_signature.h - signatures through signature_verify().
 *
 * Belongs here: a group's key and algorithm in our words.
 * Not here: other files of Wycheproof (the neighbours).
 */
#pragma once

#include "wycheproof.h"
#include "x509/algorithm.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

static inline EVP_PKEY *
signature_key_of(const char *kind, OSSL_PARAM_BLD *build)
{
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, kind, NULL);
	EVP_PKEY *key = NULL;

	if (EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
		abort();
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);

	return key;
}

static inline EVP_PKEY *
signature_ec_key(const json_t *public)
{
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	struct span point = wycheproof_hex(public, "uncompressed");
	/* OpenSSL has no alias for the first of them. */
	const char *curve =
	    strcmp(wycheproof_text(public, "curve"), "secp256r1") == 0
	    ? "P-256"
	    : "P-384";

	(void)OSSL_PARAM_BLD_push_utf8_string(
	    build, OSSL_PKEY_PARAM_GROUP_NAME, curve, 0);
	(void)OSSL_PARAM_BLD_push_octet_string(
	    build, OSSL_PKEY_PARAM_PUB_KEY, point.p, point.n);

	return signature_key_of("EC", build);
}

static inline EVP_PKEY *
signature_rsa_key(const json_t *numbers)
{
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	struct span m = wycheproof_hex(numbers, "modulus");
	struct span x = wycheproof_hex(numbers, "publicExponent");
	BIGNUM *n = BN_bin2bn(m.p, (int)m.n, NULL);
	BIGNUM *e = BN_bin2bn(x.p, (int)x.n, NULL);
	EVP_PKEY *key;

	(void)OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n);
	(void)OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e);
	key = signature_key_of("RSA", build);
	BN_free(n);
	BN_free(e);

	return key;
}

/* Hashes that we take from others; NONE for SHA-1, SHA-224 and the rest. */
static inline enum signature_hash
signature_hash_of(const json_t *group)
{
	static const enum signature_hash hashes[] = { SIGNATURE_HASH_SHA256,
		SIGNATURE_HASH_SHA384, SIGNATURE_HASH_SHA512 };
	const char *name = wycheproof_text(group, "sha");

	for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++) {
		if (strcmp(algorithm_hash_name(hashes[i]), name) == 0)
			return hashes[i];
	}

	return SIGNATURE_HASH_NONE;
}

static inline EVP_PKEY *
signature_group_key(const json_t *group, enum signature_scheme scheme)
{
	bool rsa = scheme == SIGNATURE_RSA_PKCS1 || scheme == SIGNATURE_RSA_PSS;
	const json_t *numbers = json_object_get(group, "publicKey");

	if (numbers == NULL)
		numbers = json_object_get(group, "privateKey");

	return rsa ? signature_rsa_key(numbers) : signature_ec_key(numbers);
}

static inline bool
signature_run(
    const json_t *group, const json_t *test, enum signature_scheme scheme)
{
	struct signature_algorithm a = { .scheme = scheme,
		.hash = signature_hash_of(group) };
	struct span msg = wycheproof_hex(test, "msg");
	uint8_t room[ALGORITHM_DIGEST_MAX];
	struct span digest;
	EVP_PKEY *key;
	bool good;

	if (a.hash == SIGNATURE_HASH_NONE)
		return false;
	if (scheme == SIGNATURE_RSA_PSS)
		a.salt_bytes = (unsigned int)wycheproof_number(group, "sLen");
	if (algorithm_digest(a.hash, &msg, 1, room, &digest, NULL) != RC_OK)
		abort();

	key = signature_group_key(group, scheme);
	good = signature_verify(
		   key, &a, digest, wycheproof_hex(test, "sig"), NULL) == RC_OK;
	EVP_PKEY_free(key);

	return good;
}

static inline bool
signature_pkcs1(const json_t *group, const json_t *test)
{
	return signature_run(group, test, SIGNATURE_RSA_PKCS1);
}

static inline bool
signature_pss(const json_t *group, const json_t *test)
{
	return signature_run(group, test, SIGNATURE_RSA_PSS);
}

static inline bool
signature_ecdsa(const json_t *group, const json_t *test)
{
	return signature_run(group, test, SIGNATURE_ECDSA_DER);
}

static inline bool
signature_ecdsa_raw(const json_t *group, const json_t *test)
{
	return signature_run(group, test, SIGNATURE_ECDSA_RAW);
}
