/*
 * import.c - a certificate and its key come in, and the key never leaves.
 *
 * Belongs here: the sealed box with password and key files, comparing, the
 * first sealing.
 * Not here: key files' formats (npki); the approval around it (approve.c).
 */
#include "vault/import.h"

#include "base/digest.h"
#include "base/failpoint.h"
#include "npki/keyfile.h"
#include "npki/keymatch.h"
#include "vault/sign_key.h"
#include "x509/certificate.h"

/* A file that costs more than this to open is no key file of anybody's. */
#define IMPORT_ITERATIONS_MAX 500000

/* The key of the encryption certificate goes with that of the other. */
static void
import_km_id(
    const uint8_t key_id[static VAULT_ID], uint8_t out[static VAULT_ID])
{
	uint8_t hash[DIGEST_SHA256];

	digest_sha256_labelled(
	    hash, "INGAM-KM", (struct span){ key_id, VAULT_ID });
	memcpy(out, hash, VAULT_ID);
}

struct import_parts {
	struct span password, sign_file, km_file;
};

static enum rc
import_parse(struct span in, struct import_parts *out, struct err *e)
{
	struct rd r = rd_init(in);
	bool good = span_equal(rd_bytes(&r, 9), SPAN_LIT("INGAM-IM1"));

	out->password = rd_lp16(&r, KEYFILE_PASSWORD_MAX);
	out->sign_file = rd_lp16(&r, KEYFILE_MAX);
	out->km_file = rd_lp16(&r, KEYFILE_MAX);

	return good && rd_done(&r)
	    ? RC_OK
	    : err_set(e, RC_FORMAT, "sealed", "malformed inside");
}

static const enum keyblob_algorithm algorithms[] = {
	[PKINFO_RSA] = KEYBLOB_RSA,
	[PKINFO_P256] = KEYBLOB_P256,
	[PKINFO_P384] = KEYBLOB_P384,
};

/* The key fits its certificate, and signs so that the certificate verifies. */
static enum rc
import_check_key(
    const struct certificate *c, const struct pkinfo *key, struct err *e)
{
	static const struct signature_algorithm rsa = {
		.scheme = SIGNATURE_RSA_PKCS1, .hash = SIGNATURE_HASH_SHA256
	};
	static const struct signature_algorithm ec = {
		.scheme = SIGNATURE_ECDSA_DER, .hash = SIGNATURE_HASH_SHA256
	};
	struct buf signature = buf_init(MESSAGE_SIGNATURE_MAX);
	uint8_t digest[DIGEST_SHA256];
	struct sign_key *k = NULL;
	enum rc rc;

	rc = keymatch_check(certificate_info(c), key, e);
	if (rc == RC_STATE || rc == RC_FORMAT)
		return RC_POLICY;
	if (rc != RC_OK)
		return rc;
	digest_sha256_labelled(digest, "INGAM-TRY1", certificate_der(c));
	if ((rc = sign_key_load(key, certificate_info(c), &k, e)) == RC_OK)
		rc = sign_key_sign(k, key->kind == PKINFO_RSA ? &rsa : &ec,
		    SPAN(digest), &signature, e);
	sign_key_free(k);
	buf_clear(&signature);

	return rc;
}

/* One key file and its certificate into one key blob. */
static enum rc
import_key(const struct vault *v, const struct approval *a,
    const uint8_t key_id[static VAULT_ID], struct span file,
    struct span password, struct span certificate_bytes, struct buf *kb1,
    bool *has_r, struct err *e)
{
	struct sec plain SEC_WIPED = { 0 };
	struct certificate *certificate = NULL;
	struct keyblob head = { .version = 1 };
	struct keyfile outside;
	struct pkinfo key;
	enum rc rc;

	if ((rc = keyfile_parse(file, &outside, e)) != RC_OK)
		return rc;
	if (outside.pbe.iterations > IMPORT_ITERATIONS_MAX)
		return err_set(e, RC_LIMIT, "key file", "costs too much");
	if ((rc = certificate_parse(certificate_bytes, &certificate, e)) !=
	    RC_OK)
		return rc;
	if ((rc = keyfile_open(
		 file, password, (struct span){ 0 }, &plain, e)) != RC_OK ||
	    (rc = pkinfo_parse(sec_span(&plain), &key, e)) != RC_OK ||
	    (rc = import_check_key(certificate, &key, e)) != RC_OK)
		goto out;
	memcpy(head.account_id, a->ar1.account_id, VAULT_ID);
	memcpy(head.key_id, key_id, VAULT_ID);
	head.algorithm = algorithms[key.kind];
	head.created_ms = vault_now_ms(v);
	digest_sha256(
	    head.spki_sha256, &certificate_info(certificate)->spki_der, 1);
	digest_sha256(head.cert_sha256, &certificate_bytes, 1);
	*has_r = key.r.n > 0;
	rc = keyblob_seal(&v->master, &head, &key, kb1, e);
out:
	certificate_free(certificate);

	return rc;
}

/* A password is tried: counted first. */
static enum rc
import_count(struct vault *v, struct approval *a, struct err *e)
{
	if (a->import_tries >= v->limits.import_tries) {
		approval_set(v, a, APPROVAL_ENDED, 0);
		return err_set(e, RC_LOCKED, "password",
		    "wrong password too often: the request has ended");
	}
	a->import_tries++;
	approval_write_progress(v, a, true);
	FAILPOINT("import-counted");

	return RC_OK;
}

static enum rc
import_both(struct vault *v, struct approval *a,
    const struct import_parts *parts, const struct import_request *in,
    struct buf *out, struct err *e)
{
	struct buf kb1 = buf_init(MESSAGE_KB1_MAX);
	struct buf km = buf_init(MESSAGE_KB1_MAX);
	uint8_t km_id[VAULT_ID];
	bool has_r = false, km_has_r = false;
	enum rc rc;

	rc = import_key(v, a, a->ar1.key_id, parts->sign_file, parts->password,
	    in->certificate, &kb1, &has_r, e);
	if (rc == RC_OK && in->km_certificate.n > 0) {
		import_km_id(a->ar1.key_id, km_id);
		rc = import_key(v, a, km_id, parts->km_file, parts->password,
		    in->km_certificate, &km, &km_has_r, e);
	}
	if (rc == RC_OK) {
		buf_lp16(out, buf_span(&kb1));
		buf_lp16(out, buf_span(&km));
		buf_u8(out, has_r ? 1 : 0);
		if (!buf_ok(out))
			rc = err_set(e, RC_MEMORY, NULL, "out of memory");
	}
	buf_clear(&kb1);
	buf_clear(&km);

	return rc;
}

enum rc
import_open(struct vault *v, struct approval *a,
    const struct import_request *in, struct buf *out, uint8_t *tries_left,
    struct err *e)
{
	struct sec plain SEC_WIPED = { 0 };
	struct import_parts parts;
	uint8_t hash[DIGEST_SHA256];
	enum rc rc;

	digest_sha256(hash, &in->certificate, 1);
	if (!span_equal(SPAN(hash), SPAN(a->ar1.cert_sha256)))
		return err_set(
		    e, RC_DENIED, "certificate", "not the approved one");
	if ((rc = hpke_open(&v->master.hpke, SPAN_LIT("INGAM-IM1"),
		 SPAN(a->ar1_sha256), in->sealed, &plain, e)) != RC_OK ||
	    (rc = import_parse(sec_span(&plain), &parts, e)) != RC_OK)
		return rc;
	if ((parts.km_file.n > 0) != (in->km_certificate.n > 0))
		return err_set(e, RC_FORMAT, "km certificate",
		    "key file or certificate is missing");
	if ((rc = import_count(v, a, e)) != RC_OK)
		return rc;
	rc = import_both(v, a, &parts, in, out, e);
	if (rc != RC_OK)
		buf_reset(out);
	if (rc != RC_SECRET)
		return rc;
	*tries_left = (uint8_t)(v->limits.import_tries - a->import_tries);
	if (*tries_left == 0)
		approval_set(v, a, APPROVAL_ENDED, 0);

	return rc;
}
