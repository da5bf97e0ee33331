/*
 * wycheproof_password.h - keys from passwords, through npki.
 *
 * Belongs here: PBKDF2 and PBES2 as our reader of key files does them.
 * Not here: other files of Wycheproof (the neighbours).
 */
#pragma once

#include "npki/pbe.h"
#include "wycheproof.h"

/* The hash is in the file's name, which the group does not say. */
static inline bool
password_pbkdf2(const json_t *test, enum platform_hash hash)
{
	struct span want = wycheproof_hex(test, "dk");
	static uint8_t out[WYCHEPROOF_BYTES];

	/* Our readers refuse more before they begin. */
	if (wycheproof_number(test, "iterationCount") > PBE_ITERATIONS)
		return false;
	if (want.n > sizeof(out))
		abort();

	return platform_pbkdf2(hash, wycheproof_hex(test, "password"),
		   wycheproof_hex(test, "salt"),
		   (uint32_t)wycheproof_number(test, "iterationCount"), out,
		   want.n, NULL) == RC_OK &&
	    span_equal(want, (struct span){ out, want.n });
}

static inline bool
password_pbkdf2_sha1(const json_t *group, const json_t *test)
{
	(void)group;

	return password_pbkdf2(test, PLATFORM_HASH_SHA1);
}

static inline bool
password_pbkdf2_sha256(const json_t *group, const json_t *test)
{
	(void)group;

	return password_pbkdf2(test, PLATFORM_HASH_SHA256);
}

static inline bool
password_pbkdf2_sha512(const json_t *group, const json_t *test)
{
	(void)group;

	return password_pbkdf2(test, PLATFORM_HASH_SHA512);
}

static inline bool
password_pbes2(
    const json_t *test, enum platform_hash prf, enum platform_cipher cipher)
{
	struct pbe p = {
		.scheme = PBE_SCHEME_PBES2,
		.cipher = cipher,
		.prf = prf,
		.iterations =
		    (uint32_t)wycheproof_number(test, "iterationCount"),
		.salt = wycheproof_hex(test, "salt"),
		.iv = wycheproof_hex(test, "iv"),
	};
	struct sec out SEC_WIPED = { 0 };

	return pbe_open(&p, wycheproof_hex(test, "password"),
		   wycheproof_hex(test, "ct"), &out, NULL) == RC_OK &&
	    span_equal(
		(struct span){ out.p, out.n }, wycheproof_hex(test, "msg"));
}

static inline bool
password_pbes2_sha1_128(const json_t *group, const json_t *test)
{
	(void)group;

	return password_pbes2(test, PLATFORM_HASH_SHA1, PLATFORM_AES_128_CBC);
}

static inline bool
password_pbes2_sha1_256(const json_t *group, const json_t *test)
{
	(void)group;

	return password_pbes2(test, PLATFORM_HASH_SHA1, PLATFORM_AES_256_CBC);
}

static inline bool
password_pbes2_sha256_128(const json_t *group, const json_t *test)
{
	(void)group;

	return password_pbes2(test, PLATFORM_HASH_SHA256, PLATFORM_AES_128_CBC);
}

static inline bool
password_pbes2_sha256_256(const json_t *group, const json_t *test)
{
	(void)group;

	return password_pbes2(test, PLATFORM_HASH_SHA256, PLATFORM_AES_256_CBC);
}
