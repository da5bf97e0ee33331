/*
 * heap_test.c - libcrypto's heap: aligned, apart, wiped, and with an end.
 */
#include "vault/heap.h"

#include "tap.h"

#include <openssl/bn.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define HEAP_BYTES (5U << 20)
#define BLOCKS     2000

static bool
is_all(const uint8_t *p, size_t n, uint8_t v)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] != v)
			return false;
	}

	return true;
}

/* Takes, resizes and gives back at random; every block holds its own byte. */
static void
blocks_keep_to_themselves(void)
{
	static uint8_t *at[BLOCKS];
	static size_t n[BLOCKS];
	bool aligned = true, apart = true;
	unsigned int seed = 20261125;

	for (int step = 0; step < 200000; step++) {
		seed = seed * 1103515245U + 12345U;
		size_t i = (seed >> 8) % BLOCKS, want = (seed >> 16) % 900 + 1;
		uint8_t *p;

		if (at[i] != NULL)
			apart = apart && is_all(at[i], n[i], (uint8_t)i);
		if (step % 3 == 0) {
			heap_give(at[i]);
			at[i] = NULL;
			continue;
		}
		p = heap_resize(at[i], want);
		if (p == NULL)
			continue;
		aligned = aligned && (uintptr_t)p % 16 == 0;
		if (at[i] != NULL)
			apart = apart &&
			    is_all(p, n[i] < want ? n[i] : want, (uint8_t)i);
		memset(p, (int)(uint8_t)i, want);
		at[i] = p;
		n[i] = want;
	}
	ok(aligned, "every block is aligned");
	ok(apart, "no block touches another, and a larger one keeps its bytes");
	for (size_t i = 0; i < BLOCKS; i++)
		heap_give(at[i]);
}

static void
blocks_are_wiped(void)
{
	uint8_t *p = heap_take(300), *q;

	memset(p, 0xa5, 300);
	heap_give(p);
	q = heap_take(300);
	ok(q == p && is_all(q, 300, 0), "what was given back is wiped");
	heap_give(q);
}

static void
there_is_an_end(void)
{
	static void *at[64];
	size_t n = 0;

	while (n < 64 && (at[n] = heap_take(256 << 10)) != NULL)
		n++;
	ok(n > 4 && n < 64, "it ends: %zu blocks of 256 KiB", n);
	ok(heap_take(SIZE_MAX) == NULL && heap_take(SIZE_MAX - 8) == NULL &&
		heap_take(8U << 20) == NULL,
	    "more than there is, is not there");
	heap_give(at[0]);
	ok((at[0] = heap_take(1000)) != NULL,
	    "a larger block serves where there is nothing else");
	for (size_t i = 0; i < n; i++)
		heap_give(at[i]);
}

static void
libcrypto_lives_in_it(void)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	BIGNUM *n = BN_new();

	ok(key != NULL && n != NULL && BN_set_bit(n, 100000) == 1,
	    "libcrypto makes a key and a large number");
	BN_free(n);
	EVP_PKEY_free(key);
	ok(heap_start(HEAP_BYTES, &(bool){ false }, NULL) == RC_BUG,
	    "it is not moved once it runs");
}

int
main(void)
{
	bool locked;

	ok(heap_start(HEAP_BYTES, &locked, NULL) == RC_OK, "a heap");
	blocks_keep_to_themselves();
	blocks_are_wiped();
	libcrypto_lives_in_it();
	there_is_an_end();

	return tap_done();
}
