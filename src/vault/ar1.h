/*
 * ar1.h - see ar1.c.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "vault/vault.h"

enum ar1_op { AR1_TOKEN = 9, AR1_IMPORT = 10, AR1_DELETE = 11 };
enum ar1_mode { AR1_NONE = 0, AR1_NUMBER = 1, AR1_PUSH = 2 };

/* An approval request: what a phone is asked. Spans are borrowed. */
struct ar1 {
	enum ar1_op op;
	uint8_t request_id[VAULT_ID];
	uint32_t epoch;
	int64_t issued_ms, expires_ms;
	uint8_t account_id[VAULT_ID];
	uint8_t key_id[VAULT_ID];
	uint8_t cert_sha256[32];
	uint32_t list_version;
	uint8_t list_head[32];
	enum ar1_mode mode;
	struct span params;
	/* From params, for AR1_TOKEN. */
	uint16_t count;
	uint32_t seconds;
};

/* Is there such an operation, and may it have this mode? */
bool ar1_is_possible(uint8_t op, uint8_t mode);

/*
 * Reads op's params into out->count and seconds. RC_FORMAT, also for a text
 * that may not be shown.
 */
IG_CHECK enum rc ar1_parse_params(
    enum ar1_op op, struct span params, struct ar1 *out, struct err *e);

void ar1_encode(struct buf *out, const struct ar1 *in);

/* RC_FORMAT unless in is exactly one request of a kind that we make. */
IG_CHECK enum rc ar1_parse(struct span in, struct ar1 *out, struct err *e);
