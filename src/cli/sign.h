/*
 * sign.h - see sign.c and sign_open.c.
 */
#pragma once

#include "base/sec.h"
#include "cli/paper.h"
#include "cli/sign_token.h"
#include "x509/envelope.h"
#include "x509/trust.h"

struct sign {
	struct sign_token token; /* where the key is on one */
	struct cert *cert;       /* its files: where the key is on this PC */
	enum tokens_end token_end;
	const char *path; /* what is signed */
	const char *out;
	const char *ca;
	enum paper_form form;
	const char *seal_paths[ENVELOPE_RECIPIENTS]; /* --seal-to, each one */
	size_t seal_n;
	enum envelope_cipher cipher;
	bool ciphered; /* --cipher was said */
	bool detached, bare, pss, hometax, random, on_token;

	struct buf content;
	struct certificate *certificate;
	EVP_PKEY *key;
	struct sec r; /* of --random */
	struct trust *chain;
	struct certificate *recipients[ENVELOPE_RECIPIENTS];
	struct signature_algorithm algorithm;
};

/* ingam sign; argv[0] is the verb. Gives the exit code. */
int sign_main(int argc, char **argv);

/*
 * The certificate that is meant, valid today, and its key, opened; R too where
 * it is wanted. Where it is not CERT_DONE and token_end is not TOKENS_DONE,
 * that says why.
 */
enum cert_end sign_open(struct sign *s);

/* A cmsput_signer; arg is the struct sign that was opened. */
IG_CHECK enum rc sign_digest(void *arg, const struct signature_algorithm *a,
    struct span digest, struct buf *out, struct err *e);
