/*
 * transfer.h - see transfer.c.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/sec.h"
#include "base/span.h"

/*
 * What travels from one device to another, the key files still under the
 * certificate's password:
 *
 *	plain  "INGAM-TR1" signCert(lp16) signPri(lp16) kmCert(lp16) kmPri(lp16)
 *	frame  nonce(12) ‖ AES-256-GCM(plain, aad "INGAM-TR1") ‖ tag(16)
 */
#define TRANSFER_FILE_MAX  16384
#define TRANSFER_PLAIN_MAX (9 + 4 * (2 + TRANSFER_FILE_MAX))
#define TRANSFER_FRAME_MAX (12 + TRANSFER_PLAIN_MAX + 16)

/* Files as in an NPKI folder, borrowed. km_*: both or none (empty). */
struct transfer_files {
	struct span sign_cert; /* DER */
	struct span sign_pri;  /* DER, encrypted */
	struct span km_cert;
	struct span km_pri;
};

/* Seals the files under a CPace key of this direction. RC_LIMIT, RC_FORMAT. */
IG_CHECK enum rc transfer_seal(const struct sec_key *key,
    const struct transfer_files *files, struct buf *frame, struct err *e);

/*
 * Opens a frame; files borrows from plain, which must be empty before.
 * RC_DENIED: altered, or another key. RC_FORMAT, RC_LIMIT: authentic, and not
 * what it should be. RC_MEMORY, RC_CRYPTO: it could not be tried.
 */
IG_CHECK enum rc transfer_open(const struct sec_key *key, struct span frame,
    struct sec *plain, struct transfer_files *files, struct err *e);

/* The plain text alone: for a transport that seals by other means. */
IG_CHECK enum rc transfer_parse(
    struct span plain, struct transfer_files *files, struct err *e);
