/*
 * verify.c - C_Verify: arithmetic with a public key, which asks nobody.
 *
 * Belongs here: the key out of the frame.
 * Not here: the arithmetic (x509/signature.c); what the service signed, before
 * it is given away (list.c).
 */
#include "token/verify.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

struct signature_algorithm
verify_algorithm(enum tokenframe_scheme scheme, enum tokenframe_hash hash,
    unsigned int salt_bytes)
{
	static const enum signature_scheme schemes[] = {
		[TOKENFRAME_RSA_PKCS1] = SIGNATURE_RSA_PKCS1,
		[TOKENFRAME_RSA_PSS] = SIGNATURE_RSA_PSS,
		[TOKENFRAME_ECDSA] = SIGNATURE_ECDSA_RAW,
	};
	static const enum signature_hash hashes[] = {
		[TOKENFRAME_SHA256] = SIGNATURE_HASH_SHA256,
		[TOKENFRAME_SHA384] = SIGNATURE_HASH_SHA384,
		[TOKENFRAME_SHA512] = SIGNATURE_HASH_SHA512,
	};

	return (struct signature_algorithm){ schemes[scheme], hashes[hash],
		salt_bytes };
}

enum rc
verify_frame(const struct tokenframe_verify *v, bool *good, struct err *e)
{
	struct signature_algorithm algorithm =
	    verify_algorithm(v->scheme, v->hash, v->salt);
	const unsigned char *at = v->spki.p;
	EVP_PKEY *key = d2i_PUBKEY(NULL, &at, (long)v->spki.n);
	enum rc rc = RC_FORMAT;

	*good = false;
	if (key == NULL || at != v->spki.p + v->spki.n)
		rc = err_set(e, RC_FORMAT, "key", "not a public key");
	else
		rc = signature_verify(
		    key, &algorithm, v->digest, v->signature, e);
	EVP_PKEY_free(key);
	ERR_clear_error();
	if (rc == RC_DENIED) {
		err_clear(e);
		return RC_OK;
	}
	*good = rc == RC_OK;

	return rc;
}
