/*
 * sign_token.h - see sign_token.c.
 */
#pragma once

#include "cli/tokens.h"
#include "x509/certificate.h"
#include "x509/signature.h"

/* A key on a token, and its certificate. */
struct sign_token {
	struct tokens tokens; /* zero, but for the options */
	const struct stored *stored;
	struct certificate *certificate; /* the caller frees it */
};

/*
 * Finds the token and the certificate that is meant, and enters with the PIN.
 * Ends as the verbs of ingam token; sign_token_close() it, also after that.
 */
enum tokens_end sign_token_open(struct sign_token *t);
void sign_token_close(struct sign_token *t);

/* A cmsput_signer; arg is the struct sign_token. PKCS #1 and ECDSA. */
IG_CHECK enum rc sign_token_digest(void *arg,
    const struct signature_algorithm *a, struct span digest, struct buf *out,
    struct err *e);
