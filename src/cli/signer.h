/*
 * signer.h - see signer.c.
 */
#pragma once

#include "x509/certificate.h"
#include "x509/chain.h"
#include "x509/signature.h"

#include <jansson.h>

/* How far a signature was found good, or why it was not. */
enum signer_state {
	SIGNER_UNKNOWN, /* not looked at yet */
	SIGNER_GOOD,    /* as far as was asked for */
	SIGNER_ABSENT,  /* nobody gave the signer's certificate */
	SIGNER_OTHER,   /* it is not the certificate that must be */
	SIGNER_BAD,     /* signature, content, or a key that signs nothing */
	SIGNER_UNSAFE,  /* refused by a rule: it could be forged */
	SIGNER_CHAIN, /* no path to a root that is trusted, or a broken rule */
	SIGNER_EXPIRED, /* somebody on the path, at this moment */
	SIGNER_REVOKED,
	SIGNER_STATUS,         /* nobody knows whether it was revoked */
	SIGNER_STATUS_ASKED,   /* and those who were asked do not say */
	SIGNER_STATUS_NOWHERE, /* and there is nobody to ask */
	SIGNER_OWNER,          /* issued for another number (VID) */
	SIGNER_FAILED,         /* rc and err say why */
};

/* One signature and who made it. */
struct signer {
	enum signer_state state;
	struct certificate *certificate; /* NULL where there is none */
	struct signature_algorithm algorithm;
	int64_t time_ms; /* as the signer says; 0: not said */
	bool signature;  /* it is good */
	bool path;       /* there is one, and it is good */
	bool status;     /* and nobody on it was revoked */
	enum rc rc;
	struct err err;
};

/* What paths are looked for with. Everything is borrowed. */
struct signer_ask {
	bool chain; /* else only the signature counts */
	const struct trust *trust;
	const struct span *pool;
	size_t pool_n;
	const struct chain_status *status; /* NULL: revocation does not count */
	bool online; /* and the places of the certificates are asked */
	int64_t at_ms;
};

/* Keeps what verifying the signature gave. */
void signer_signature(struct signer *s, enum rc rc);

/* Looks for a path, where the signature was good; signers end with a state. */
void signer_check(struct signer *s, const struct signer_ask *ask);

/*
 * As JSON (given): {state, owner, issuer, serial, fingerprint, kind, policy,
 * not_before, not_after, scheme, hash, signing_time, signature, chain, status},
 * without those that nobody knows. And one line for a person.
 */
json_t *signer_json(const struct signer *s, const struct signer_ask *ask);
void signer_print(const struct signer *s, FILE *out);

/* The word of a state in JSON, and its sentence. */
const char *signer_word(enum signer_state state);
