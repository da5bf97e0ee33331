/*
 * verify.h - see verify.c and verify_run.c.
 */
#pragma once

#include "cli/cert.h"
#include "cli/hometax.h"
#include "cli/signer.h"
#include "x509/cms.h"

#define VERIFY_CRLS 16

/* Every ending that is not about one signer. */
enum verify_end {
	VERIFY_DONE,    /* the signers say how */
	VERIFY_MISSING, /* a content that is elsewhere */
	VERIFY_TWICE,
	VERIFY_NO_ROOTS,    /* in the usual places */
	VERIFY_WRONG_ROOTS, /* none that --trust names: err */
	VERIFY_OUT_EXISTS,
	VERIFY_NO_OUT,
	VERIFY_OVER_LIMIT, /* rc and err say which */
	VERIFY_UNREADABLE, /* rc and err say why */
	VERIFY_MALFORMED,  /* read, and not what it should be */
	VERIFY_NO_MESSAGE, /* the same of the message */
	VERIFY_SEALED,     /* opened tells nothing: own_end says why */
	VERIFY_NOT_SIGNED, /* what was sealed */
	VERIFY_NO_R,       /* in the tax office's JSON */
	VERIFY_UNSAFE,
	VERIFY_DECLINED, /* whoever was asked stopped it */
	VERIFY_FAILED,
};

struct verify {
	const char *message_path, *content_path, *certificate_path;
	const char *trust_path, *ca_path, *number_file, *out;
	const char *crl_paths[VERIFY_CRLS], *ocsp_paths[VERIFY_CRLS];
	size_t crl_paths_n, ocsp_paths_n;
	bool no_chain, no_revocation, online, hometax;
	struct cert own; /* whom a sealed message is for; its json is ours */

	struct buf message, content;
	struct sec opened; /* of a sealed message what was in it */
	char recipient[PICK_FINGERPRINT]; /* whose key opened it */
	enum cert_end own_end;
	struct certificate *only; /* of --certificate */
	struct cms cms;
	struct hometax fields;
	struct trust *trust, *ca;
	struct crl *crls[2 * VERIFY_CRLS];
	const struct crl *lists[2 * VERIFY_CRLS];
	size_t crls_n;
	struct buf answers[VERIFY_CRLS]; /* of OCSP */
	struct span answers_der[VERIFY_CRLS];
	size_t answers_n;
	struct span pool[CHAIN_POOL_MAX];
	struct chain_status status;
	struct signer_ask ask;
	struct signer signers[CMS_SIGNERS];
	size_t signers_n;
	enum rc rc;
	struct err err;
};

/* ingam verify; argv[0] is the verb. Gives the exit code. */
int verify_main(int argc, char **argv);

/*
 * Reads what the options name, verifies, and writes the content where that is
 * wanted. VERIFY_DONE: the signers say how it ended.
 */
enum verify_end verify_run(struct verify *v);

/* The first signer who is not good; the last one where all are. Borrowed. */
const struct signer *verify_worst(const struct verify *v);

/* Frees what it holds. */
void verify_clear(struct verify *v);
