/*
 * hash.c - SHA-1 and SHA-2 out of the static part of OpenSSL.
 *
 * Belongs here: the only use of OpenSSL in the module.
 * Not here: base/digest.c, which needs the shared library; the host may have
 * loaded another one of the same name.
 */
/* These functions are the ones that work without the library's start-up. */
#define OPENSSL_API_COMPAT 0x10100000L

#include "pkcs11/hash.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <string.h>

/*
 * The assembly asks here what the processor can do. OpenSSL's own answer is
 * found by a constructor, which a module must not have; all zero is always
 * right and means plain instructions. Longer than any version's.
 */
extern unsigned int OPENSSL_ia32cap_P[16];
unsigned int OPENSSL_ia32cap_P[16];
extern unsigned int OPENSSL_armcap_P;
unsigned int OPENSSL_armcap_P;

/* OpenSSL's wipe lives next to that constructor. */
void
OPENSSL_cleanse(void *p, size_t n)
{
	if (n > 0)
		explicit_bzero(p, n);
}

union hash_state {
	SHA_CTX sha1;
	SHA256_CTX sha256;
	SHA512_CTX sha512;
};
_Static_assert(sizeof(union hash_state) <= sizeof(((struct hash *)0)->state),
    "struct hash is large enough");

static union hash_state *
hash_state(struct hash *h)
{
	return (union hash_state *)(void *)h->state;
}

size_t
hash_bytes(enum hash_kind kind)
{
	static const size_t bytes[] = {
		[HASH_SHA1] = 20,
		[HASH_SHA256] = 32,
		[HASH_SHA384] = 48,
		[HASH_SHA512] = 64,
	};

	return bytes[kind];
}

/* OpenSSL's functions return 1 whatever happens. */
void
hash_init(struct hash *h, enum hash_kind kind)
{
	union hash_state *s = hash_state(h);

	h->kind = kind;
	switch (kind) {
	case HASH_SHA1:
		(void)SHA1_Init(&s->sha1);
		return;
	case HASH_SHA256:
		(void)SHA256_Init(&s->sha256);
		return;
	case HASH_SHA384:
		(void)SHA384_Init(&s->sha512);
		return;
	case HASH_SHA512:
		(void)SHA512_Init(&s->sha512);
		return;
	}
}

void
hash_add(struct hash *h, const void *p, size_t n)
{
	union hash_state *s = hash_state(h);

	if (n == 0)
		return;
	switch (h->kind) {
	case HASH_SHA1:
		(void)SHA1_Update(&s->sha1, p, n);
		return;
	case HASH_SHA256:
		(void)SHA256_Update(&s->sha256, p, n);
		return;
	case HASH_SHA384:
		(void)SHA384_Update(&s->sha512, p, n);
		return;
	case HASH_SHA512:
		(void)SHA512_Update(&s->sha512, p, n);
		return;
	}
}

void
hash_end(struct hash *h, uint8_t *out)
{
	union hash_state *s = hash_state(h);

	switch (h->kind) {
	case HASH_SHA1:
		(void)SHA1_Final(out, &s->sha1);
		return;
	case HASH_SHA256:
		(void)SHA256_Final(out, &s->sha256);
		return;
	case HASH_SHA384:
		(void)SHA384_Final(out, &s->sha512);
		return;
	case HASH_SHA512:
		(void)SHA512_Final(out, &s->sha512);
		return;
	}
}

void
hash_once(enum hash_kind kind, const void *p, size_t n, uint8_t *out)
{
	struct hash h;

	hash_init(&h, kind);
	hash_add(&h, p, n);
	hash_end(&h, out);
}
