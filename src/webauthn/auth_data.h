/*
 * auth_data.h - see auth_data.c.
 */
#pragma once

#include "base/err.h"
#include "base/span.h"
#include "webauthn/client_data.h"

#define AUTH_DATA_MAX          4096
#define AUTH_CREDENTIAL_ID_MAX 1023

/* Flags, WebAuthn level 3, 6.1. */
#define AUTH_UP 0x01
#define AUTH_UV 0x04
#define AUTH_BE 0x08
#define AUTH_BS 0x10
#define AUTH_AT 0x40
#define AUTH_ED 0x80

/* Authenticator data taken apart. Spans are borrowed. */
struct auth_data {
	struct span rp_id_hash; /* 32 */
	uint8_t flags;
	uint32_t sign_count;
	/* With AUTH_AT, else empty: */
	struct span aaguid; /* 16 */
	struct span credential_id;
	struct span cose_key;
	/* With AUTH_ED, else empty: one CBOR map, checked. */
	struct span extensions;
};

/*
 * Reads it whole; nothing may be left over. BS without BE is RC_FORMAT, the
 * two reserved flags are ignored.
 */
IG_CHECK enum rc auth_data_parse(
    struct span in, struct auth_data *out, struct err *e);

/* Checks rpIdHash, UP and UV. RC_DENIED. */
IG_CHECK enum rc auth_data_check(const struct auth_data *a,
    const struct client_expected *want, struct err *e);
