/*
 * master.h - see master.c.
 */
#pragma once

#include "base/err.h"
#include "base/sec.h"
#include "pake/hpke.h"

#define MASTER_KEY    32
#define MASTER_KEK_ID 8

/* Everything that is derived from the one root key; lives in locked memory. */
struct master_keys {
	uint8_t kek[MASTER_KEY];     /* wraps data keys of KB1 */
	uint8_t mac[MASTER_KEY];     /* seals DL1 */
	uint8_t journal[MASTER_KEY]; /* chains the journal */
	uint8_t pepper[MASTER_KEY];  /* pseudonyms */
	uint8_t pin[MASTER_KEY];     /* stored app PINs */
	uint8_t token[MASTER_KEY];   /* one-time PINs of tokens */
	uint8_t display[64];         /* Ed25519: seed ‖ public key */
};

struct master {
	struct sec memory; /* of keys */
	const struct master_keys *keys;
	uint8_t kek_id[MASTER_KEK_ID];
	uint8_t display_public[32];
	struct hpke_key hpke;
};

/*
 * Reads the root key: 32 bytes in a regular file that nobody else may read.
 * RC_ABSENT, RC_POLICY (mode), RC_FORMAT (size), RC_IO.
 */
IG_CHECK enum rc master_read_file(
    const char *path, struct sec *root, struct err *e);

/* Makes such a file, mode 0400. RC_EXISTS, RC_IO. */
IG_CHECK enum rc master_make_file(const char *path, struct err *e);

/*
 * Derives the root key from one line of descriptor fd (8 to 1024 bytes) by
 * Argon2id, with salt and cost from the file "kdf" in the state folder, which
 * is made when make is true. Takes 256 MiB and about a second.
 */
IG_CHECK enum rc master_read_passphrase(
    const char *folder, int fd, bool make, struct sec *root, struct err *e);

/* Derives everything. On failure m is empty. */
IG_CHECK enum rc master_init(
    struct master *m, const struct sec *root, struct err *e);
void master_clear(struct master *m);

/* Signs label ‖ message with the display key. RC_MEMORY. */
IG_CHECK enum rc master_sign(const struct master *m, const char *label,
    struct span message, uint8_t out[static 64], struct err *e);
