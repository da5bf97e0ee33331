/*
 * keyblob.h - see keyblob.c.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/sec.h"
#include "npki/pkinfo.h"
#include "vault/master.h"
#include "vault/vault.h"

enum keyblob_algorithm {
	KEYBLOB_RSA = 1,
	KEYBLOB_P256 = 2,
	KEYBLOB_P384 = 3,
};

/* Every signature needs an approval of its own. */
#define KEYBLOB_EACH 0x01

/* KB1. The spans are borrowed, and for keyblob_seal() not looked at. */
struct keyblob {
	uint8_t account_id[VAULT_ID];
	uint8_t key_id[VAULT_ID];
	enum keyblob_algorithm algorithm;
	uint8_t spki_sha256[32];
	uint8_t cert_sha256[32];
	uint8_t flags;
	uint32_t version;
	uint8_t kek_id[MASTER_KEK_ID];
	int64_t created_ms;
	struct span additional; /* everything up to here */
	struct span wrapped, iv, ciphertext, tag;
};

/* Reads the outside. RC_FORMAT. Nothing of it is proven before it opened. */
IG_CHECK enum rc keyblob_parse(
    struct span in, struct keyblob *out, struct err *e);

/* Seals a key's numbers. kek_id is filled in. RC_CRYPTO, RC_MEMORY. */
IG_CHECK enum rc keyblob_seal(const struct master *m, struct keyblob *head,
    const struct pkinfo *key, struct buf *out, struct err *e);

/*
 * Opens: numbers borrows plain, and keeps KB1's r. RC_DENIED: not sealed by
 * this vault, or altered.
 */
IG_CHECK enum rc keyblob_open(const struct master *m, const struct keyblob *in,
    struct sec *plain, struct pkinfo *numbers, struct err *e);

/* Fetches the two ciphers. RC_CRYPTO. */
IG_CHECK enum rc keyblob_init(struct err *e);
