/*
 * open.c - what opening a key file costs, next to the bare key derivation.
 *
 * Belongs here: both, in turns, in the processor time of this thread.
 * Not here: the file and its password (run.mjs); right and wrong (tests).
 *
 *	bench-open FILE PASSWORD-FILE
 *
 * Prints one line of JSON: the middle of each in microseconds.
 */
#include "base/file.h"
#include "npki/keyfile.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROUNDS 401

static double
now_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);

	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
middle(double *list)
{
	qsort(list, ROUNDS, sizeof(*list), compare);

	return list[ROUNDS / 2];
}

/* PBKDF1 (RFC 8018 5.1): a digest, and the digest of each digest. */
static bool
pbkdf1(const EVP_MD *md, const struct keyfile *k, struct span password)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char t[EVP_MAX_MD_SIZE];
	bool good = ctx != NULL && EVP_DigestInit_ex(ctx, md, NULL) == 1 &&
	    EVP_DigestUpdate(ctx, password.p, password.n) == 1 &&
	    EVP_DigestUpdate(ctx, k->pbe.salt.p, k->pbe.salt.n) == 1 &&
	    EVP_DigestFinal_ex(ctx, t, NULL) == 1;

	for (uint32_t i = 1; good && i < k->pbe.iterations; i++)
		good = EVP_DigestInit_ex(ctx, NULL, NULL) == 1 &&
		    EVP_DigestUpdate(ctx, t, PLATFORM_SHA1) == 1 &&
		    EVP_DigestFinal_ex(ctx, t, NULL) == 1;
	EVP_MD_CTX_free(ctx);

	return good;
}

/* The key derivation as OpenSSL computes it, and nothing else. */
static double
derive_us(const EVP_MD *md, const struct keyfile *k, struct span password)
{
	unsigned char key[PBE_KEY_MAX];
	double from = now_us();
	bool good = k->pbe.scheme != PBE_SCHEME_PBES2
	    ? pbkdf1(md, k, password)
	    : PKCS5_PBKDF2_HMAC((const char *)password.p, (int)password.n,
		  k->pbe.salt.p, (int)k->pbe.salt.n, (int)k->pbe.iterations, md,
		  (int)pbe_key_size(&k->pbe), key) == 1;

	return good ? now_us() - from : 0;
}

static double
open_us(struct span file, struct span password)
{
	struct span none = { NULL, 0 };
	struct sec key SEC_WIPED = { 0 };
	double from = now_us();

	if (keyfile_open(file, password, none, &key, NULL) != RC_OK)
		exit(EXIT_FAILURE);
	/* Wiping it belongs to it. */
	sec_free(&key);

	return now_us() - from;
}

int
main(int argc, char **argv)
{
	static double derived[ROUNDS], opened[ROUNDS];
	struct buf file = buf_init(KEYFILE_MAX);
	struct buf password = buf_init(KEYFILE_PASSWORD_MAX);
	EVP_MD *md = EVP_MD_fetch(NULL, "SHA1", NULL);
	struct keyfile k;
	double bare, all;

	/* Forms of 2,048 iterations have SHA-1. */
	if (argc != 3 || md == NULL ||
	    file_read(argv[1], &file, NULL) != RC_OK ||
	    file_read(argv[2], &password, NULL) != RC_OK ||
	    keyfile_parse(buf_span(&file), &k, NULL) != RC_OK)
		return EXIT_FAILURE;
	for (size_t i = 0; i < ROUNDS; i++) {
		derived[i] = derive_us(md, &k, buf_span(&password));
		opened[i] = open_us(buf_span(&file), buf_span(&password));
	}
	bare = middle(derived);
	all = middle(opened);
	printf("{\"iterations\":%u,\"derive_us\":%.1f,\"open_us\":%.1f}\n",
	    (unsigned int)k.pbe.iterations, bare, all);
	buf_clear(&password);
	buf_clear(&file);
	EVP_MD_free(md);

	return bare > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
