/*
 * authenticator.h - see authenticator.c.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

#include <openssl/types.h>

#define AUTHENTICATOR_SCALAR     32
#define AUTHENTICATOR_CREDENTIAL 16

/* A passkey in software: what a phone's secure element would keep. */
struct authenticator {
	uint8_t scalar[AUTHENTICATOR_SCALAR];
	uint8_t point[65]; /* uncompressed */
	uint8_t credential_id[AUTHENTICATOR_CREDENTIAL];
	/* The open key: opening it costs more than signing. */
	EVP_PKEY_CTX *sign;
};

/* What a browser hands to a page, as WebAuthn names it. */
struct authenticator_answer {
	struct buf client_data;
	struct buf authenticator_data; /* assertion */
	struct buf signature;          /* assertion */
	struct buf attestation;        /* registration */
};

/*
 * Makes a new P-256 passkey; a is empty before. authenticator_clear() frees it,
 * also after a failure. RC_CRYPTO.
 */
IG_CHECK enum rc authenticator_new(struct authenticator *a, struct err *e);

/* The same from its scalar and credential id. */
IG_CHECK enum rc authenticator_load(struct authenticator *a,
    const uint8_t scalar[static AUTHENTICATOR_SCALAR],
    const uint8_t credential_id[static AUTHENTICATOR_CREDENTIAL],
    struct err *e);

/* Closes the key and wipes it. An empty one is fine. */
void authenticator_clear(struct authenticator *a);

/*
 * Answers navigator.credentials.create() and .get(): user present, user
 * verified. The answer is cleared by authenticator_answer_clear(). RC_CRYPTO.
 */
IG_CHECK enum rc authenticator_create(const struct authenticator *a,
    struct span challenge, const char *origin, const char *rp_id,
    struct authenticator_answer *out, struct err *e);
IG_CHECK enum rc authenticator_get(const struct authenticator *a,
    struct span challenge, const char *origin, const char *rp_id,
    struct authenticator_answer *out, struct err *e);

void authenticator_answer_init(struct authenticator_answer *out);
void authenticator_answer_clear(struct authenticator_answer *out);
