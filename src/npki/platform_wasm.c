/*
 * platform_wasm.c - platform.h where a browser is the platform.
 *
 * Belongs here: the imports from JavaScript (web/core/npki.js), and ours for
 * what a browser lacks.
 * Not here: the same on OpenSSL (platform_openssl.c).
 */
#include "base/sec.h"
#include "npki/aria.h"
#include "npki/des3.h"
#include "npki/natural.h"
#include "npki/pkcs12kdf.h"
#include "npki/platform.h"

#define IMPORT(name) \
	__attribute__((import_module("platform"), import_name(name)))

/* Zero: done. Else the platform has no such thing. */
IMPORT("pbkdf1")
int import_pbkdf1(const uint8_t *password, size_t password_n,
    const uint8_t *salt, size_t salt_n, uint32_t iterations, uint8_t *out);
IMPORT("pbkdf2")
int import_pbkdf2(int hash, const uint8_t *password, size_t password_n,
    const uint8_t *salt, size_t salt_n, uint32_t iterations, uint8_t *out,
    size_t n);
IMPORT("digest")
int import_digest(int hash, const struct span *parts, size_t n, uint8_t *out);
IMPORT("aesCbc")
int import_aes_cbc(int encrypt, const uint8_t *key, size_t key_n,
    const uint8_t *iv, const uint8_t *in, size_t n, uint8_t *out);
IMPORT("hmac")
int import_hmac(int hash, const uint8_t *key, size_t key_n, const uint8_t *in,
    size_t n, uint8_t *out);
IMPORT("random") int import_random(uint8_t *out, size_t n);
IMPORT("point")
int import_point(int bits, const uint8_t *scalar, size_t n, uint8_t *out);

static enum rc
platform_answer(int failed, struct err *e)
{
	if (failed != 0)
		return err_set(
		    e, RC_UNKNOWN, NULL, "a browser cannot compute this");

	return RC_OK;
}

enum rc
platform_pbkdf1(struct span password, struct span salt, uint32_t iterations,
    uint8_t out[static PLATFORM_SHA1], struct err *e)
{
	return platform_answer(import_pbkdf1(password.p, password.n, salt.p,
				   salt.n, iterations, out),
	    e);
}

/* A hash as JavaScript is told which. */
static int
platform_bits(enum platform_hash hash)
{
	static const int bits[] = {
		[PLATFORM_HASH_SHA1] = 1,
		[PLATFORM_HASH_SHA256] = 256,
		[PLATFORM_HASH_SHA384] = 384,
		[PLATFORM_HASH_SHA512] = 512,
	};

	return bits[hash];
}

enum rc
platform_pbkdf2(enum platform_hash hash, struct span password, struct span salt,
    uint32_t iterations, uint8_t *out, size_t n, struct err *e)
{
	return platform_answer(
	    import_pbkdf2(platform_bits(hash), password.p, password.n, salt.p,
		salt.n, iterations, out, n),
	    e);
}

enum rc
platform_digest(enum platform_hash hash, const struct span *parts, size_t n,
    uint8_t out[static PLATFORM_HASH_MAX], struct err *e)
{
	return platform_answer(
	    import_digest(platform_bits(hash), parts, n, out), e);
}

enum rc
platform_hmac(enum platform_hash hash, struct span key, struct span in,
    uint8_t out[static PLATFORM_HASH_MAX], struct err *e)
{
	return platform_answer(
	    import_hmac(platform_bits(hash), key.p, key.n, in.p, in.n, out), e);
}

enum rc
platform_random(uint8_t *out, size_t n, struct err *e)
{
	return platform_answer(import_random(out, n), e);
}

static enum rc
platform_aria(
    bool encrypt, struct span key, struct span iv, struct span in, uint8_t *out)
{
	struct aria s;

	aria_init(&s, key);
	if (encrypt)
		aria_cbc_encrypt(&s, iv.p, in.p, out, in.n);
	else
		aria_cbc_decrypt(&s, iv.p, in.p, out, in.n);
	sec_wipe(&s, sizeof(s));

	return RC_OK;
}

static enum rc
platform_des3(
    bool encrypt, struct span key, struct span iv, struct span in, uint8_t *out)
{
	struct des3 s;

	des3_init(&s, key.p);
	if (encrypt)
		des3_cbc_encrypt(&s, iv.p, in.p, out, in.n);
	else
		des3_cbc_decrypt(&s, iv.p, in.p, out, in.n);
	sec_wipe(&s, sizeof(s));

	return RC_OK;
}

/* AES is JavaScript's, the others are ours. */
static enum rc
platform_cbc(enum platform_cipher cipher, bool encrypt, struct span key,
    struct span iv, struct span in, uint8_t *out, struct err *e)
{
	switch (cipher) {
	case PLATFORM_AES_128_CBC:
	case PLATFORM_AES_192_CBC:
	case PLATFORM_AES_256_CBC:
		return platform_answer(import_aes_cbc(encrypt ? 1 : 0, key.p,
					   key.n, iv.p, in.p, in.n, out),
		    e);
	case PLATFORM_ARIA_128_CBC:
	case PLATFORM_ARIA_192_CBC:
	case PLATFORM_ARIA_256_CBC:
		return platform_aria(encrypt, key, iv, in, out);
	case PLATFORM_3DES_CBC:
		return platform_des3(encrypt, key, iv, in, out);
	case PLATFORM_SEED_CBC:
	case PLATFORM_RC2_40_CBC:
	case PLATFORM_RC2_128_CBC:
		break;
	}

	return err_set(e, RC_BUG, NULL, "a cipher that is not the platform's");
}

enum rc
platform_decrypt(enum platform_cipher cipher, struct span key, struct span iv,
    struct span in, uint8_t *out, struct err *e)
{
	return platform_cbc(cipher, false, key, iv, in, out, e);
}

enum rc
platform_encrypt(enum platform_cipher cipher, struct span key, struct span iv,
    struct span in, uint8_t *out, struct err *e)
{
	return platform_cbc(cipher, true, key, iv, in, out, e);
}

enum rc
platform_pkcs12_kdf(enum platform_hash hash, struct span password,
    struct span salt, uint8_t id, uint32_t iterations, uint8_t *out, size_t n,
    struct err *e)
{
	return pkcs12kdf_derive(
	    hash, password, salt, id, iterations, out, n, e);
}

enum rc
platform_multiply(struct span a, struct span b, struct span modulus,
    uint8_t *out, struct err *e)
{
	if (a.n > PLATFORM_NUMBER_MAX || b.n > PLATFORM_NUMBER_MAX ||
	    modulus.n == 0 || modulus.n > PLATFORM_NUMBER_MAX)
		return err_set(e, RC_BUG, NULL, "numbers too long");
	natural_multiply(a, b, modulus, out);

	return RC_OK;
}

enum rc
platform_point(
    enum platform_curve curve, struct span scalar, uint8_t *out, struct err *e)
{
	int bits = curve == PLATFORM_CURVE_P256 ? 256 : 384;

	if (import_point(bits, scalar.p, scalar.n, out) != 0)
		return err_set(
		    e, RC_FORMAT, NULL, "the key's numbers do not fit");

	return RC_OK;
}
