/*
 * gcm.c - AES-GCM, single shot, by libcrypto.
 *
 * Belongs here: sealing and opening with a key and nonce that are given.
 * Not here: where keys and nonces come from (hpke.c, transfer.c).
 */
#include "pake/gcm.h"

#include "base/sec.h"

#include <openssl/evp.h>
#include <pthread.h>

/* libcrypto counts in int. */
#define GCM_TEXT_MAX ((size_t)1 << 24)

static pthread_once_t once = PTHREAD_ONCE_INIT;
static EVP_CIPHER *aes128, *aes256;

static void
gcm_fetch(void)
{
	aes128 = EVP_CIPHER_fetch(NULL, "AES-128-GCM", NULL);
	aes256 = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
}

enum rc
gcm_init(struct err *e)
{
	(void)pthread_once(&once, gcm_fetch);

	return aes128 != NULL && aes256 != NULL
	    ? RC_OK
	    : err_set(e, RC_CRYPTO, NULL, "no AES-GCM");
}

static bool
gcm_start(EVP_CIPHER_CTX *ctx, struct span key, const uint8_t *nonce,
    struct span aad, int enc)
{
	const EVP_CIPHER *cipher = key.n == 32 ? aes256
	    : key.n == 16                      ? aes128
					       : NULL;
	int n;

	return cipher != NULL && aad.n <= GCM_TEXT_MAX &&
	    EVP_CipherInit_ex2(ctx, cipher, key.p, nonce, enc, NULL) == 1 &&
	    (aad.n == 0 ||
		EVP_CipherUpdate(ctx, NULL, &n, aad.p, (int)aad.n) == 1);
}

enum rc
gcm_seal(struct span key, const uint8_t nonce[static GCM_NONCE_LEN],
    struct span aad, struct span plain, uint8_t *out, struct err *e)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	uint8_t none[GCM_TAG_LEN];
	bool good;
	int n;

	good = gcm_init(e) == RC_OK && ctx != NULL && plain.n <= GCM_TEXT_MAX &&
	    gcm_start(ctx, key, nonce, aad, 1) &&
	    (plain.n == 0 ||
		EVP_CipherUpdate(ctx, out, &n, plain.p, (int)plain.n) == 1) &&
	    EVP_CipherFinal_ex(ctx, none, &n) == 1 &&
	    EVP_CIPHER_CTX_ctrl(
		ctx, EVP_CTRL_AEAD_GET_TAG, GCM_TAG_LEN, out + plain.n) == 1;
	EVP_CIPHER_CTX_free(ctx);

	return good ? RC_OK : err_set(e, RC_CRYPTO, NULL, "sealing failed");
}

enum rc
gcm_open(struct span key, const uint8_t nonce[static GCM_NONCE_LEN],
    struct span aad, struct span sealed, uint8_t *out, struct err *e)
{
	EVP_CIPHER_CTX *ctx;
	uint8_t tag[GCM_TAG_LEN];
	size_t text = sealed.n - GCM_TAG_LEN;
	bool ran, good;
	int n;

	if (sealed.n < GCM_TAG_LEN || text > GCM_TEXT_MAX)
		return err_set(e, RC_FORMAT, NULL, "not a sealed message");
	memcpy(tag, sealed.p + text, sizeof(tag));
	ctx = EVP_CIPHER_CTX_new();
	ran = gcm_init(e) == RC_OK && ctx != NULL &&
	    gcm_start(ctx, key, nonce, aad, 0) &&
	    (text == 0 ||
		EVP_CipherUpdate(ctx, out, &n, sealed.p, (int)text) == 1) &&
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, GCM_TAG_LEN, tag) ==
		1;
	good = ran && EVP_CipherFinal_ex(ctx, tag, &n) == 1;
	EVP_CIPHER_CTX_free(ctx);
	if (!good)
		sec_wipe(out, text);
	if (!ran)
		return err_set(e, RC_CRYPTO, NULL, "opening failed");

	return good ? RC_OK
		    : err_set(e, RC_DENIED, NULL,
			  "altered, or sealed with another key");
}
