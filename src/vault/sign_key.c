/*
 * sign_key.c - a member's private key, open: taken out of its blob, kept with
 * what its certificate says, forgotten.
 *
 * Belongs here: from a key blob to a key that signs, and how long it may.
 * Not here: libcrypto's form of it, and signing (x509/pkey.c); whether it may
 * be used (sign.c); its sealed form (keyblob.c).
 */
#include "vault/sign_key.h"

#include "base/digest.h"
#include "ipc/message.h"
#include "x509/pkey.h"

#include <openssl/evp.h>
#include <stdlib.h>

_Static_assert(PKEY_SIGNATURE_MAX <= MESSAGE_SIGNATURE_MAX,
    "a signature fits its message");

struct sign_key {
	EVP_PKEY *key; /* its public half is the certificate's */
	size_t holders;
	int64_t not_before_ms, not_after_ms;
	uint8_t flags;
};

enum rc
sign_key_load(const struct pkinfo *numbers, const struct certinfo *info,
    struct sign_key **out, struct err *e)
{
	struct sign_key *k;
	enum rc rc;

	*out = NULL;
	if ((k = calloc(1, sizeof(*k))) == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	k->holders = 1;
	k->not_before_ms = info->not_before_ms;
	k->not_after_ms = info->not_after_ms;
	if ((rc = pkey_load(numbers, info, &k->key, e)) != RC_OK) {
		sign_key_free(k);
		return rc;
	}
	*out = k;

	return RC_OK;
}

enum rc
sign_key_open(const struct master *m, const struct keyblob *blob,
    struct span certificate, struct sign_key **out, struct err *e)
{
	struct sec plain SEC_WIPED = { 0 };
	struct pkinfo numbers;
	struct certinfo info;
	uint8_t spki[DIGEST_SHA256];
	enum rc rc;

	*out = NULL;
	/*
	 * It is the one that was read strictly when it came in: the blob's seal
	 * holds its hash. Only what signing needs is read again, by our own
	 * reader: OpenSSL 3.0's takes half as long as the signature.
	 */
	if ((rc = certinfo_parse(certificate, &info, e)) != RC_OK)
		return rc;
	digest_sha256(spki, &info.spki_der, 1);
	if (!span_equal(SPAN(spki), SPAN(blob->spki_sha256)))
		return err_set(
		    e, RC_DENIED, "key blob", "not the certificate's key");
	if ((rc = keyblob_open(m, blob, &plain, &numbers, e)) != RC_OK ||
	    (rc = sign_key_load(&numbers, &info, out, e)) != RC_OK ||
	    *out == NULL)
		return rc;
	(*out)->flags = blob->flags;

	return RC_OK;
}

struct sign_key *
sign_key_hold(struct sign_key *k)
{
	k->holders++;

	return k;
}

void
sign_key_free(struct sign_key *k)
{
	if (k == NULL || --k->holders > 0)
		return;
	EVP_PKEY_free(k->key);
	free(k);
}

bool
sign_key_is_valid_at(const struct sign_key *k, int64_t now_ms)
{
	return now_ms >= k->not_before_ms && now_ms <= k->not_after_ms;
}

uint8_t
sign_key_flags(const struct sign_key *k)
{
	return k->flags;
}

enum rc
sign_key_check(const struct sign_key *k, const struct signature_algorithm *a,
    struct span digest, struct err *e)
{
	return pkey_check(k->key, a, digest, e);
}

enum rc
sign_key_sign(const struct sign_key *k, const struct signature_algorithm *a,
    struct span digest, struct buf *out, struct err *e)
{
	return pkey_sign(k->key, a, digest, out, e);
}
