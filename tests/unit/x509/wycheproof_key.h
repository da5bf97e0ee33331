/*
 * wycheproof_key.h - key agreement and derivation, by the same library calls
 * as in pake/hpke.c and adapter/webpush.c, whose own are static.
 *
 * Belongs here: ECDH on P-256 and HKDF-SHA256 through EVP.
 * Not here: other files of Wycheproof (the neighbours).
 */
#pragma once

#include "npki/der.h"
#include "npki/oid.h"
#include "wycheproof.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>

static inline bool
key_hkdf(const json_t *group, const json_t *test)
{
	struct span ikm = wycheproof_hex(test, "ikm");
	struct span salt = wycheproof_hex(test, "salt");
	struct span info = wycheproof_hex(test, "info");
	size_t n = (size_t)wycheproof_number(test, "size");
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, NULL);
	static uint8_t out[WYCHEPROOF_BYTES];
	bool good;

	(void)group;
	good = EVP_PKEY_derive_init(ctx) == 1 &&
	    EVP_PKEY_CTX_set_hkdf_md(ctx, EVP_sha256()) == 1 &&
	    EVP_PKEY_CTX_set1_hkdf_salt(ctx, salt.p, (int)salt.n) == 1 &&
	    EVP_PKEY_CTX_set1_hkdf_key(ctx, ikm.p, (int)ikm.n) == 1 &&
	    EVP_PKEY_CTX_add1_hkdf_info(ctx, info.p, (int)info.n) == 1 &&
	    EVP_PKEY_derive(ctx, out, &n) == 1 &&
	    span_equal(wycheproof_hex(test, "okm"), (struct span){ out, n });
	EVP_PKEY_CTX_free(ctx);

	return good;
}

/* A private scalar as a key of P-256, its public half left out. */
static inline EVP_PKEY *
key_private(struct span scalar)
{
	uint8_t number[32] = { 0 };
	char curve[] = "P-256";
	OSSL_PARAM params[] = {
		OSSL_PARAM_utf8_string(
		    OSSL_PKEY_PARAM_GROUP_NAME, curve, sizeof(curve) - 1),
		OSSL_PARAM_BN(OSSL_PKEY_PARAM_PRIV_KEY, number, 32),
		OSSL_PARAM_END,
	};
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	EVP_PKEY *key = NULL;

	/* Numbers of parameters are in the machine's order: little end first. */
	for (size_t i = 0; i < scalar.n; i++) {
		if (i < 32)
			number[i] = scalar.p[scalar.n - 1 - i];
	}
	if (EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params) != 1)
		abort();
	EVP_PKEY_CTX_free(ctx);

	return key;
}

static inline bool
key_agree(EVP_PKEY *peer, const json_t *test)
{
	EVP_PKEY *own = key_private(wycheproof_hex(test, "private"));
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, own, NULL);
	uint8_t out[66];
	size_t n = sizeof(out);
	bool good;

	good = peer != NULL && EVP_PKEY_derive_init(ctx) == 1 &&
	    EVP_PKEY_derive_set_peer(ctx, peer) == 1 &&
	    EVP_PKEY_derive(ctx, out, &n) == 1 &&
	    span_equal(wycheproof_hex(test, "shared"), (struct span){ out, n });
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(own);

	return good;
}

/* 04 x y alone, as pake/hpke.c takes points. */
static inline bool
key_ecdh(struct span point, const json_t *test)
{
	char curve[] = "P-256";
	uint8_t copy[65];
	OSSL_PARAM params[] = {
		OSSL_PARAM_utf8_string(
		    OSSL_PKEY_PARAM_GROUP_NAME, curve, sizeof(curve) - 1),
		OSSL_PARAM_octet_string(
		    OSSL_PKEY_PARAM_PUB_KEY, copy, sizeof(copy)),
		OSSL_PARAM_END,
	};
	EVP_PKEY_CTX *ctx;
	EVP_PKEY *peer = NULL;
	bool good;

	if (point.n != sizeof(copy) || point.p[0] != 0x04)
		return false;
	memcpy(copy, point.p, point.n);
	ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	good = EVP_PKEY_fromdata_init(ctx) == 1 &&
	    EVP_PKEY_fromdata(ctx, &peer, EVP_PKEY_PUBLIC_KEY, params) == 1 &&
	    key_agree(peer, test);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(peer);

	return good;
}

static inline bool
key_ecdh_point(const json_t *group, const json_t *test)
{
	(void)group;

	return key_ecdh(wycheproof_hex(test, "public"), test);
}

/* A SubjectPublicKeyInfo as certinfo.c reads it: the curve by name alone. */
static inline bool
key_ecdh_spki(const json_t *group, const json_t *test)
{
	struct span in = wycheproof_hex(test, "public"), point;
	struct der_doc doc = { 0 };
	struct der whole = der_init(&doc, in), spki, algorithm;

	(void)group;
	if (der_check(in, NULL) != RC_OK)
		return false;
	spki = der_enter(&whole, DER_SEQUENCE);
	algorithm = der_enter(&spki, DER_SEQUENCE);
	der_oid(&algorithm, OID_EC);
	der_oid(&algorithm, OID_P256);
	der_close(&algorithm);
	point = der_octet_bits(&spki);
	der_close(&spki);

	return der_done(&whole) && key_ecdh(point, test);
}
