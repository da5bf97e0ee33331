/*
 * platform_seal.c - what writers need of the platform, on a machine with
 * OpenSSL. It is a file of its own so that a program that only reads, the
 * vault before all, does not carry it.
 *
 * Belongs here: encryption, HMAC, randomness.
 * Not here: what readers need too (platform_openssl.c).
 */
#include "base/rnd.h"
#include "npki/platform_openssl.h"

#include <openssl/hmac.h>

enum rc
platform_hmac(enum platform_hash hash, struct span key, struct span in,
    uint8_t out[static PLATFORM_HASH_MAX], struct err *e)
{
	const EVP_MD *md = platform_md(hash);
	unsigned int n = 0;

	if (md == NULL || key.n > INT32_MAX ||
	    HMAC(md, key.p, (int)key.n, in.p, in.n, out, &n) == NULL)
		return platform_failed(e);

	return RC_OK;
}

enum rc
platform_encrypt(enum platform_cipher cipher, struct span key, struct span iv,
    struct span in, uint8_t *out, struct err *e)
{
	return platform_cbc(cipher, true, key, iv, in, out, e);
}

enum rc
platform_random(uint8_t *out, size_t n, struct err *e)
{
	(void)e;
	rnd_bytes(out, n);

	return RC_OK;
}
