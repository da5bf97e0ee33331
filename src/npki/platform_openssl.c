/*
 * platform_openssl.c - platform.h on a machine with OpenSSL.
 *
 * Belongs here: algorithms fetched once per process, and what they compute.
 * Not here: the key-file schemes (keyfile.c); the browser's answers (platform_wasm.c).
 */
#include "npki/platform_openssl.h"

#include <openssl/crypto.h>
#include <openssl/pkcs12.h>
#include <pthread.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;

static struct {
	const char *name;
	EVP_MD *md;
} hashes[] = {
	[PLATFORM_HASH_SHA1] = { "SHA1", NULL },
	[PLATFORM_HASH_SHA256] = { "SHA256", NULL },
	[PLATFORM_HASH_SHA384] = { "SHA384", NULL },
	[PLATFORM_HASH_SHA512] = { "SHA512", NULL },
};

static struct {
	const char *name;
	EVP_CIPHER *cipher;
} ciphers[] = {
	[PLATFORM_AES_128_CBC] = { "AES-128-CBC", NULL },
	[PLATFORM_AES_192_CBC] = { "AES-192-CBC", NULL },
	[PLATFORM_AES_256_CBC] = { "AES-256-CBC", NULL },
	[PLATFORM_ARIA_128_CBC] = { "ARIA-128-CBC", NULL },
	[PLATFORM_ARIA_192_CBC] = { "ARIA-192-CBC", NULL },
	[PLATFORM_ARIA_256_CBC] = { "ARIA-256-CBC", NULL },
	[PLATFORM_3DES_CBC] = { "DES-EDE3-CBC", NULL },
	[PLATFORM_SEED_CBC] = { NULL, NULL },
	[PLATFORM_RC2_40_CBC] = { NULL, NULL },
	[PLATFORM_RC2_128_CBC] = { NULL, NULL },
};

static void
platform_fetch(void)
{
	for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++)
		hashes[i].md = EVP_MD_fetch(NULL, hashes[i].name, NULL);
	for (size_t i = 0; i < sizeof(ciphers) / sizeof(ciphers[0]); i++) {
		if (ciphers[i].name != NULL)
			ciphers[i].cipher =
			    EVP_CIPHER_fetch(NULL, ciphers[i].name, NULL);
	}
}

const EVP_MD *
platform_md(enum platform_hash hash)
{
	(void)pthread_once(&once, platform_fetch);

	return hashes[hash].md;
}

enum rc
platform_failed(struct err *e)
{
	return err_set(e, RC_CRYPTO, NULL, "OpenSSL could not do it");
}

enum rc
platform_digest(enum platform_hash hash, const struct span *parts, size_t n,
    uint8_t out[static PLATFORM_HASH_MAX], struct err *e)
{
	const EVP_MD *md = platform_md(hash);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good =
	    ctx != NULL && md != NULL && EVP_DigestInit_ex(ctx, md, NULL) == 1;

	for (size_t i = 0; good && i < n; i++)
		good = EVP_DigestUpdate(ctx, parts[i].p, parts[i].n) == 1;
	good = good && EVP_DigestFinal_ex(ctx, out, NULL) == 1;
	EVP_MD_CTX_free(ctx);

	return good ? RC_OK : platform_failed(e);
}

enum rc
platform_pbkdf1(struct span password, struct span salt, uint32_t iterations,
    uint8_t out[static PLATFORM_SHA1], struct err *e)
{
	const EVP_MD *sha1 = platform_md(PLATFORM_HASH_SHA1);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good;

	good = ctx != NULL && sha1 != NULL &&
	    EVP_DigestInit_ex(ctx, sha1, NULL) == 1 &&
	    EVP_DigestUpdate(ctx, password.p, password.n) == 1 &&
	    EVP_DigestUpdate(ctx, salt.p, salt.n) == 1 &&
	    EVP_DigestFinal_ex(ctx, out, NULL) == 1;
	for (uint32_t i = 1; good && i < iterations; i++)
		good = EVP_DigestInit_ex(ctx, NULL, NULL) == 1 &&
		    EVP_DigestUpdate(ctx, out, PLATFORM_SHA1) == 1 &&
		    EVP_DigestFinal_ex(ctx, out, NULL) == 1;
	EVP_MD_CTX_free(ctx);

	return good ? RC_OK : platform_failed(e);
}

enum rc
platform_pbkdf2(enum platform_hash hash, struct span password, struct span salt,
    uint32_t iterations, uint8_t *out, size_t n, struct err *e)
{
	const EVP_MD *md = platform_md(hash);

	if (md == NULL ||
	    PKCS5_PBKDF2_HMAC((const char *)password.p, (int)password.n, salt.p,
		(int)salt.n, (int)iterations, md, (int)n, out) != 1)
		return platform_failed(e);

	return RC_OK;
}

enum rc
platform_cbc(enum platform_cipher cipher, bool encrypt, struct span key,
    struct span iv, struct span in, uint8_t *out, struct err *e)
{
	EVP_CIPHER_CTX *ctx;
	const EVP_CIPHER *c;
	int n = 0;
	bool good;

	(void)pthread_once(&once, platform_fetch);
	c = ciphers[cipher].cipher;
	if (c == NULL)
		return err_set(e, RC_UNKNOWN, "cipher", "cipher not offered");
	if (in.n > INT32_MAX || key.n != (size_t)EVP_CIPHER_get_key_length(c) ||
	    iv.n != (size_t)EVP_CIPHER_get_iv_length(c))
		return err_set(e, RC_BUG, "cipher", "lengths do not fit");
	ctx = EVP_CIPHER_CTX_new();
	good = ctx != NULL &&
	    EVP_CipherInit_ex2(ctx, c, key.p, iv.p, encrypt, NULL) == 1 &&
	    EVP_CIPHER_CTX_set_padding(ctx, 0) == 1 &&
	    EVP_CipherUpdate(ctx, out, &n, in.p, (int)in.n) == 1 &&
	    (size_t)n == in.n;
	EVP_CIPHER_CTX_free(ctx);

	return good ? RC_OK : platform_failed(e);
}

enum rc
platform_decrypt(enum platform_cipher cipher, struct span key, struct span iv,
    struct span in, uint8_t *out, struct err *e)
{
	return platform_cbc(cipher, false, key, iv, in, out, e);
}

enum rc
platform_pkcs12_kdf(enum platform_hash hash, struct span password,
    struct span salt, uint8_t id, uint32_t iterations, uint8_t *out, size_t n,
    struct err *e)
{
	const EVP_MD *md = platform_md(hash);
	uint8_t salt_copy[64];

	if (salt.n > sizeof(salt_copy))
		return err_set(e, RC_LIMIT, "salt", "salt too long");
	memcpy(salt_copy, salt.p, salt.n);
	if (md == NULL ||
	    PKCS12_key_gen_utf8((const char *)password.p, (int)password.n,
		salt_copy, (int)salt.n, id, (int)iterations, (int)n, out,
		md) != 1)
		return platform_failed(e);

	return RC_OK;
}
