/*
 * pfx.h - see pfx.c.
 */
#pragma once

#include "base/sec.h"
#include "npki/certinfo.h"

#define PFX_MAX   65536 /* bytes of a file */
#define PFX_PAIRS 4
#define PFX_CHAIN 8

/* A certificate and its key. */
struct pfx_pair {
	struct span certificate;
	struct span info;     /* PrivateKeyInfo, all of its attributes in it */
	struct span local_id; /* what the file calls them, empty if nothing */
	bool encryption;      /* a kmCert: for encrypting, not for signing */
};

/* What is in a PKCS#12 file. Spans of an opened one lie in plain. */
struct pfx {
	struct sec plain;
	struct pfx_pair pairs[PFX_PAIRS]; /* in the order of their keys */
	size_t n;
	struct span chain[PFX_CHAIN]; /* the other certificates */
	size_t chain_n;
};

/*
 * Opens a PKCS#12 file (RFC 7292). The password is UTF-8; an empty one opens a
 * file whose password is empty, and one that has none. The MAC is compared
 * before anything is decrypted; a file without one is refused. A key goes with
 * the certificate of its public key. Keys are what was encrypted, byte for byte,
 * so R stays.
 *
 * RC_SECRET: wrong password or damaged file, one answer. RC_FORMAT: no such
 * file, or one that is whole and not read, by its field: indefinite lengths
 * ("lengths"); no MAC ("mac"); a key that has no certificate ("keyBag");
 * SafeContents in each other ("safeContentsBag"). RC_ABSENT: no key in it. RC_UNKNOWN: an
 * algorithm that we do not know, with its OID. RC_LIMIT: over PFX_MAX; more
 * than 16 bags, PFX_PAIRS keys or PFX_CHAIN others; iterations over
 * PBE_ITERATIONS, all of the file together; password too long. RC_MEMORY,
 * RC_CRYPTO. out is empty on failure; pfx_clear() what was opened.
 */
IG_CHECK enum rc pfx_open(
    struct span file, struct span password, struct pfx *out, struct err *e);

/* Is it such a file, as far as shows without its password? As pfx_open(). */
IG_CHECK enum rc pfx_check(struct span file, struct err *e);

/* Wipes it. An empty one is fine. */
void pfx_clear(struct pfx *p);

/*
 * Is this key (PrivateKeyInfo) that of this certificate? As far as can be
 * seen without computing: an EC key may lack its point, which is then yes.
 */
bool pfx_is_pair(struct span info, const struct certinfo *c);

/* Is it for encrypting and not for signing (RFC 5280 4.2.1.3)? */
bool pfx_is_encryption(const struct certinfo *c);

/* Is it a kmCert, and no CA's, of a chain: one that came without its key? */
bool pfx_is_keyless(struct span der, struct certinfo *out);

/* The certificates of CAs among those of a chain, borrowed: how many. */
size_t pfx_authorities(const struct pfx *p, struct span out[static PFX_CHAIN]);
