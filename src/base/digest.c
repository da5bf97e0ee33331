/*
 * digest.c - SHA-256 and HMAC-SHA-256 with a label for each use.
 *
 * Belongs here: the two functions that every room needs.
 * Not here: digests chosen by a caller's algorithm (vault/sign.c); SHA-1 and
 * PBKDF of key files (npki).
 */
/* What a digest needs lies on the stack: EVP would allocate, and could fail. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "base/digest.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <stdlib.h>

void
digest_sha256(
    uint8_t out[static DIGEST_SHA256], const struct span *parts, size_t n)
{
	SHA256_CTX ctx;

	(void)SHA256_Init(&ctx);
	for (size_t i = 0; i < n; i++)
		(void)SHA256_Update(&ctx, parts[i].p, parts[i].n);
	(void)SHA256_Final(out, &ctx);
	OPENSSL_cleanse(&ctx, sizeof(ctx));
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
