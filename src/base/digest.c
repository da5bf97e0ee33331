/*
 * digest.c - SHA-256 and HMAC-SHA-256 with a label for each use.
 *
 * Belongs here: the two functions that every room needs.
 * Not here: digests chosen by a caller's algorithm (vault/sign.c); SHA-1 and
 * PBKDF of key files (npki).
 */
#include "base/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static EVP_MD *sha256;

static void
digest_fetch(void)
{
	sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
}

void
digest_sha256(
    uint8_t out[static DIGEST_SHA256], const struct span *parts, size_t n)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good;

	(void)pthread_once(&once, digest_fetch);
	good = ctx != NULL && sha256 != NULL &&
	    EVP_DigestInit_ex(ctx, sha256, NULL) == 1;
	for (size_t i = 0; good && i < n; i++)
		good = EVP_DigestUpdate(ctx, parts[i].p, parts[i].n) == 1;
	if (!good || EVP_DigestFinal_ex(ctx, out, NULL) != 1)
		abort();
	EVP_MD_CTX_free(ctx);
}

void
digest_sha256_labelled(
    uint8_t out[static DIGEST_SHA256], const char *label, struct span in)
{
	struct span parts[2] = { span_str(label), in };

	digest_sha256(out, parts, 2);
}

void
digest_hmac_labelled(uint8_t out[static DIGEST_SHA256], struct span key,
    const char *label, struct span in)
{
	uint8_t inner[DIGEST_SHA256], pad[64];
	struct span parts[3] = { { pad, sizeof(pad) }, span_str(label), in };

	/* RFC 2104; no key of ours is longer than a block. */
	if (key.n > sizeof(pad))
		abort();
	for (size_t i = 0; i < sizeof(pad); i++)
		pad[i] = (uint8_t)((i < key.n ? key.p[i] : 0) ^ 0x36);
	digest_sha256(inner, parts, 3);
	for (size_t i = 0; i < sizeof(pad); i++)
		pad[i] = (uint8_t)(pad[i] ^ 0x36 ^ 0x5c);
	parts[1] = SPAN(inner);
	digest_sha256(out, parts, 2);
	OPENSSL_cleanse(pad, sizeof(pad));
}
