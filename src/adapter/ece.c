/*
 * ece.c - the payload of a push message, sealed for one browser (RFC 8291).
 *
 * Belongs here: key agreement, derivation and the single aes128gcm record.
 * Not here: who may be written to (webpush.c); signing (vapid.c).
 */
#include "adapter/ece.h"

#include "base/digest.h"
#include "base/rnd.h"
#include "base/sec.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

#define ECE_RECORD 4096
#define ECE_TAG    16

/* A public key of libcrypto out of a point; checks that it is on the curve. */
static enum rc
ece_point_parse(const uint8_t *point, EVP_PKEY **out, struct err *e)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	char group[] = "P-256";
	uint8_t copy[ECE_POINT];
	OSSL_PARAM params[] = {
		OSSL_PARAM_utf8_string(
		    OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof(group) - 1),
		OSSL_PARAM_octet_string(
		    OSSL_PKEY_PARAM_PUB_KEY, copy, sizeof(copy)),
		OSSL_PARAM_END,
	};
	enum rc rc = RC_OK;

	*out = NULL;
	memcpy(copy, point, sizeof(copy));
	if (ctx == NULL)
		rc = err_set(e, RC_MEMORY, NULL, "out of memory");
	else if (point[0] != 4 || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, out, EVP_PKEY_PUBLIC_KEY, params) != 1)
		rc = err_set(e, RC_FORMAT, "p256dh", "not a point of P-256");
	EVP_PKEY_CTX_free(ctx);

	return rc;
}

enum rc
ece_point_check(const uint8_t point[static ECE_POINT], struct err *e)
{
	EVP_PKEY *key;
	enum rc rc = ece_point_parse(point, &key, e);

	EVP_PKEY_free(key);

	return rc;
}

/* The sender's key for one message, and its point. */
static bool
ece_point_of(EVP_PKEY *key, uint8_t point[static ECE_POINT])
{
	size_t n = 0;

	return EVP_PKEY_get_octet_string_param(
		   key, OSSL_PKEY_PARAM_PUB_KEY, point, ECE_POINT, &n) == 1 &&
	    n == ECE_POINT && point[0] == 4;
}

static bool
ece_agree(EVP_PKEY *sender, EVP_PKEY *peer, struct sec_key *out)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, sender, NULL);
	size_t n = sizeof(out->k);
	bool good = ctx != NULL && EVP_PKEY_derive_init(ctx) == 1 &&
	    EVP_PKEY_derive_set_peer(ctx, peer) == 1 &&
	    EVP_PKEY_derive(ctx, out->k, &n) == 1 && n == sizeof(out->k);

	EVP_PKEY_CTX_free(ctx);

	return good;
}

/* HKDF (RFC 5869) for at most one block: extract, then expand with info. */
static void
ece_hkdf(struct span salt, struct span ikm, struct span info,
    uint8_t out[static DIGEST_SHA256])
{
	struct sec_key prk SEC_KEY_WIPED = { 0 };
	uint8_t block[160];

	/* Our infos are all shorter: 144 bytes is the longest. */
	memcpy(block, info.p, info.n);
	block[info.n] = 1;
	digest_hmac_labelled(prk.k, salt, "", ikm);
	digest_hmac_labelled(
	    out, SPAN(prk.k), "", (struct span){ block, info.n + 1 });
}

/* RFC 8291 section 3.4: content key and nonce. */
static void
ece_derive(const struct ece_peer *peer, const uint8_t *sender_point,
    const struct sec_key *shared, const uint8_t *salt, struct sec_key *key,
    struct sec_key *nonce)
{
	static const char label[14] = "WebPush: info"; /* with its zero */
	struct sec_key ikm SEC_KEY_WIPED = { 0 };
	uint8_t info[sizeof(label) + 2 * ECE_POINT];
	struct span salted = { salt, ECE_SALT };

	memcpy(info, label, sizeof(label));
	memcpy(info + sizeof(label), peer->point, ECE_POINT);
	memcpy(info + sizeof(label) + ECE_POINT, sender_point, ECE_POINT);
	ece_hkdf(SPAN(peer->auth), SPAN(shared->k), SPAN(info), ikm.k);
	/* These two labels end with a zero byte too (RFC 8188 section 2.2). */
	ece_hkdf(salted, SPAN(ikm.k), SPAN_LIT("Content-Encoding: aes128gcm\0"),
	    key->k);
	ece_hkdf(salted, SPAN(ikm.k), SPAN_LIT("Content-Encoding: nonce\0"),
	    nonce->k);
}

/* Encrypts plain ‖ 2 ‖ zeros into p; the tag follows. */
static bool
ece_record(const struct sec_key *key, const struct sec_key *nonce,
    struct span plain, size_t zeros, uint8_t *p)
{
	static const uint8_t nothing[ECE_PLAIN_MAX + 1] = { 0 };
	static const uint8_t last = 2;
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	bool good = ctx != NULL &&
	    EVP_EncryptInit_ex(
		ctx, EVP_aes_128_gcm(), NULL, key->k, nonce->k) == 1;
	struct span parts[3] = { plain, { &last, 1 }, { nothing, zeros } };
	int n = 0;

	for (size_t i = 0; good && i < 3; i++) {
		if (parts[i].n == 0)
			continue;
		good = EVP_EncryptUpdate(
			   ctx, p, &n, parts[i].p, (int)parts[i].n) == 1;
		p += n;
	}
	good = good && EVP_EncryptFinal_ex(ctx, p, &n) == 1 &&
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, ECE_TAG, p) == 1;
	EVP_CIPHER_CTX_free(ctx);

	return good;
}

enum rc
ece_encrypt_with(const struct ece_peer *peer, struct span plain, size_t padded,
    EVP_PKEY *sender, const uint8_t salt[static ECE_SALT], struct buf *out,
    struct err *e)
{
	struct sec_key shared SEC_KEY_WIPED = { 0 };
	struct sec_key key SEC_KEY_WIPED = { 0 };
	struct sec_key nonce SEC_KEY_WIPED = { 0 };
	uint8_t point[ECE_POINT];
	size_t start = out->n, zeros = padded > plain.n ? padded - plain.n : 0;
	EVP_PKEY *theirs;
	uint8_t *p;
	enum rc rc;

	if (plain.n > ECE_PLAIN_MAX || padded > ECE_PLAIN_MAX)
		return err_set(e, RC_LIMIT, "payload",
		    "longer than %d bytes (RFC 8291 section 4)", ECE_PLAIN_MAX);
	if ((rc = ece_point_parse(peer->point, &theirs, e)) != RC_OK)
		return rc;
	rc = RC_CRYPTO;
	if (!ece_point_of(sender, point) || !ece_agree(sender, theirs, &shared))
		goto out;
	ece_derive(peer, point, &shared, salt, &key, &nonce);
	buf_bytes(out, (struct span){ salt, ECE_SALT });
	buf_u32(out, ECE_RECORD);
	buf_u8(out, ECE_POINT);
	buf_bytes(out, SPAN(point));
	if ((p = buf_grow(out, plain.n + 1 + zeros + ECE_TAG)) == NULL) {
		rc = RC_LIMIT;
		goto out;
	}
	if (ece_record(&key, &nonce, plain, zeros, p))
		rc = RC_OK;
out:
	EVP_PKEY_free(theirs);
	if (rc != RC_OK) {
		out->n = start;
		out->failed = false;
		return err_set(e, rc, NULL, "cannot encrypt a push message");
	}

	return RC_OK;
}

enum rc
ece_encrypt(const struct ece_peer *peer, struct span plain, size_t padded,
    struct buf *out, struct err *e)
{
	EVP_PKEY *sender = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	uint8_t salt[ECE_SALT];
	enum rc rc;

	if (sender == NULL)
		return err_set(e, RC_CRYPTO, NULL, "cannot make a P-256 key");
	rnd_bytes(salt, sizeof(salt));
	rc = ece_encrypt_with(peer, plain, padded, sender, salt, out, e);
	EVP_PKEY_free(sender);

	return rc;
}
