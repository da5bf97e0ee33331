/*
 * hpke.c - HPKE (RFC 9180): sealing to a public key, once.
 *
 * Belongs here: DHKEM(P-256, HKDF-SHA256), the key schedule of base mode.
 * Not here: AES-GCM (gcm.c); agreeing on a key by a code (cpace.c).
 */
#include "pake/hpke.h"

#include "base/digest.h"
#include "base/rnd.h"
#include "pake/gcm.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>

#define SECRET_LEN 32
#define SUITE_MAX  10
#define LABEL_MAX  16

/* "KEM" ‖ kem_id, or "HPKE" ‖ kem_id ‖ kdf_id ‖ aead_id (RFC 9180 4.1, 5.1). */
static const uint8_t kem_suite[] = { 'K', 'E', 'M', 0, 0x10 };

static uint8_t *
hpke_put(uint8_t *to, struct span s)
{
	if (s.n > 0)
		memcpy(to, s.p, s.n);

	return to + s.n;
}

/* What both begin with: "HPKE-v1" ‖ suite ‖ label. */
static uint8_t *
hpke_put_label(uint8_t *to, struct span suite, const char *label)
{
	to = hpke_put(to, SPAN_LIT("HPKE-v1"));
	to = hpke_put(to, suite);

	return hpke_put(to, span_str(label));
}

/*
 * LabeledExtract and LabeledExpand (section 4). No output is longer than one
 * block of HMAC, so that expanding is one HMAC too.
 */
static void
hpke_extract(uint8_t out[static SECRET_LEN], struct span salt,
    struct span suite, const char *label, struct span ikm)
{
	uint8_t in[7 + SUITE_MAX + LABEL_MAX + HPKE_INFO_MAX], *to;

	to = hpke_put(hpke_put_label(in, suite, label), ikm);
	digest_hmac_labelled(
	    out, salt, "", (struct span){ in, (size_t)(to - in) });
	sec_wipe(in, sizeof(in));
}

static void
hpke_expand(uint8_t *out, size_t out_n, const uint8_t prk[static SECRET_LEN],
    struct span suite, const char *label, struct span info)
{
	uint8_t in[2 + 7 + SUITE_MAX + LABEL_MAX + 2 * HPKE_PUBLIC_LEN + 1];
	uint8_t block[SECRET_LEN], *to;

	in[0] = 0;
	in[1] = (uint8_t)out_n;
	to = hpke_put(hpke_put_label(in + 2, suite, label), info);
	*to++ = 1;
	digest_hmac_labelled(block, (struct span){ prk, SECRET_LEN }, "",
	    (struct span){ in, (size_t)(to - in) });
	memcpy(out, block, out_n);
	sec_wipe(block, sizeof(block));
	sec_wipe(in, sizeof(in));
}

/* ExtractAndExpand of the KEM (section 4.1). */
static void
hpke_shared(struct sec_key *shared, struct span dh, struct span enc,
    struct span recipient)
{
	struct span suite = SPAN(kem_suite);
	uint8_t context[2 * HPKE_PUBLIC_LEN];
	struct sec_key prk SEC_KEY_WIPED;

	memcpy(context, enc.p, HPKE_PUBLIC_LEN);
	memcpy(context + HPKE_PUBLIC_LEN, recipient.p, HPKE_PUBLIC_LEN);
	hpke_extract(prk.k, (struct span){ NULL, 0 }, suite, "eae_prk", dh);
	hpke_expand(shared->k, SECRET_LEN, prk.k, suite, "shared_secret",
	    SPAN(context));
}

/* Key and nonce of the only message there is (section 5.1). */
struct schedule {
	uint8_t key[32];
	size_t key_n;
	uint8_t nonce[GCM_NONCE_LEN];
};

static void
schedule_wipe(struct schedule *s)
{
	sec_wipe(s, sizeof(*s));
}

static void
hpke_schedule(struct schedule *s, enum hpke_aead aead,
    const struct sec_key *shared, struct span info)
{
	uint8_t id[] = { 'H', 'P', 'K', 'E', 0, 0x10, 0, 1, 0, (uint8_t)aead };
	uint8_t context[1 + 2 * SECRET_LEN] = { 0 };
	struct span suite = SPAN(id), none = { NULL, 0 };
	struct sec_key secret SEC_KEY_WIPED;

	hpke_extract(context + 1, none, suite, "psk_id_hash", none);
	hpke_extract(context + 1 + SECRET_LEN, none, suite, "info_hash", info);
	hpke_extract(secret.k, SPAN(shared->k), suite, "secret", none);
	s->key_n = aead == HPKE_AES_128_GCM ? 16 : 32;
	hpke_expand(s->key, s->key_n, secret.k, suite, "key", SPAN(context));
	hpke_expand(s->nonce, sizeof(s->nonce), secret.k, suite, "base_nonce",
	    SPAN(context));
}

static EVP_PKEY *
key_from_params(OSSL_PARAM *params, int selection)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	EVP_PKEY *pkey = NULL;

	if (ctx != NULL && EVP_PKEY_fromdata_init(ctx) == 1)
		(void)EVP_PKEY_fromdata(ctx, &pkey, selection, params);
	EVP_PKEY_CTX_free(ctx);

	return pkey;
}

/* A public key, or with a scalar a pair. NULL when the point is none. */
static EVP_PKEY *
key_load(struct span point, const struct sec *scalar)
{
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	BIGNUM *d = NULL;
	OSSL_PARAM *params = NULL;
	EVP_PKEY *pkey = NULL;
	bool good;

	good = bld != NULL && point.n == HPKE_PUBLIC_LEN && point.p[0] == 4 &&
	    OSSL_PARAM_BLD_push_utf8_string(
		bld, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) == 1 &&
	    OSSL_PARAM_BLD_push_octet_string(
		bld, OSSL_PKEY_PARAM_PUB_KEY, point.p, point.n) == 1;
	if (good && scalar != NULL) {
		d = BN_secure_new();
		good = d != NULL &&
		    BN_bin2bn(scalar->p, (int)scalar->n, d) != NULL &&
		    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_PRIV_KEY, d) ==
			1;
	}
	if (good)
		params = OSSL_PARAM_BLD_to_param(bld);
	if (params != NULL)
		pkey = key_from_params(params,
		    scalar != NULL ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(bld);
	BN_clear_free(d);
	ERR_clear_error();

	return pkey;
}

/* DH (section 4.1): the shared point's x. RC_FORMAT: peer is no point. */
static enum rc
hpke_dh(struct sec_key *dh, const struct hpke_key *own, struct span peer,
    struct err *e)
{
	EVP_PKEY *a = key_load(SPAN(own->public), &own->private);
	EVP_PKEY *b = key_load(peer, NULL);
	EVP_PKEY_CTX *ctx = NULL;
	size_t n = sizeof(dh->k);
	enum rc rc = RC_OK;

	if (a != NULL && b != NULL)
		ctx = EVP_PKEY_CTX_new_from_pkey(NULL, a, NULL);
	if (b == NULL)
		rc = err_set(e, RC_FORMAT, "public key", "no point of P-256");
	else if (ctx == NULL || EVP_PKEY_derive_init(ctx) != 1 ||
	    EVP_PKEY_derive_set_peer(ctx, b) != 1 ||
	    EVP_PKEY_derive(ctx, dh->k, &n) != 1 || n != sizeof(dh->k))
		rc = err_set(e, RC_CRYPTO, NULL, "key agreement failed");
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(a);
	EVP_PKEY_free(b);
	ERR_clear_error();

	return rc;
}

/* The point of a scalar; false unless it is in 1 .. order - 1. */
static bool
hpke_point(struct span scalar, uint8_t out[static HPKE_PUBLIC_LEN])
{
	EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
	BIGNUM *d = BN_secure_new();
	EC_POINT *point = NULL;
	bool good;

	if (group != NULL)
		point = EC_POINT_new(group);
	good = d != NULL && point != NULL &&
	    BN_bin2bn(scalar.p, (int)scalar.n, d) != NULL && !BN_is_zero(d) &&
	    BN_cmp(d, EC_GROUP_get0_order(group)) < 0;
	if (good)
		BN_set_flags(d, BN_FLG_CONSTTIME);
	good = good && EC_POINT_mul(group, point, d, NULL, NULL, NULL) == 1 &&
	    EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, out,
		HPKE_PUBLIC_LEN, NULL) == HPKE_PUBLIC_LEN;
	BN_clear_free(d);
	EC_POINT_free(point);
	EC_GROUP_free(group);

	return good;
}

enum rc
hpke_key_load(struct hpke_key *out, struct span scalar, struct err *e)
{
	enum rc rc;

	memset(out, 0, sizeof(*out));
	if (scalar.n != HPKE_PRIVATE_LEN || !hpke_point(scalar, out->public))
		return err_set(
		    e, RC_FORMAT, "private key", "no scalar of P-256");
	if ((rc = sec_copy(&out->private, scalar, e)) != RC_OK)
		memset(out, 0, sizeof(*out));

	return rc;
}

enum rc
hpke_key_new(struct hpke_key *out, struct err *e)
{
	struct sec_key scalar SEC_KEY_WIPED;
	enum rc rc = RC_FORMAT;

	/* One draw in 2^32 is not below the order. */
	for (size_t i = 0; i < 8 && rc == RC_FORMAT; i++) {
		rnd_bytes(scalar.k, sizeof(scalar.k));
		rc = hpke_key_load(out, SPAN(scalar.k), NULL);
	}

	return rc == RC_OK
	    ? RC_OK
	    : err_set(e, rc == RC_FORMAT ? RC_CRYPTO : rc, NULL, "no new key");
}

void
hpke_key_clear(struct hpke_key *k)
{
	sec_free(&k->private);
	memset(k->public, 0, sizeof(k->public));
}

enum rc
hpke_seal_suite(enum hpke_aead aead, const struct hpke_key *ephemeral,
    struct span public_key, struct span info, struct span aad,
    struct span plain, struct buf *out, struct err *e)
{
	struct schedule s
	    __attribute__((__cleanup__(schedule_wipe))) = { .key_n = 0 };
	struct sec_key dh SEC_KEY_WIPED, shared SEC_KEY_WIPED;
	uint8_t *to;
	enum rc rc;

	if (info.n > HPKE_INFO_MAX || plain.n > HPKE_PLAIN_MAX)
		return err_set(e, RC_LIMIT, NULL, "too long to seal");
	if ((rc = hpke_dh(&dh, ephemeral, public_key, e)) != RC_OK)
		return rc;
	hpke_shared(&shared, SPAN(dh.k), SPAN(ephemeral->public), public_key);
	hpke_schedule(&s, aead, &shared, info);
	to = buf_grow(out, HPKE_OVERHEAD + plain.n);
	if (to == NULL)
		return err_set(e, RC_LIMIT, NULL, "no room to seal into");
	memcpy(to, ephemeral->public, HPKE_PUBLIC_LEN);

	return gcm_seal((struct span){ s.key, s.key_n }, s.nonce, aad, plain,
	    to + HPKE_PUBLIC_LEN, e);
}

enum rc
hpke_open_suite(enum hpke_aead aead, const struct hpke_key *key,
    struct span info, struct span aad, struct span sealed, struct sec *out,
    struct err *e)
{
	struct schedule s
	    __attribute__((__cleanup__(schedule_wipe))) = { .key_n = 0 };
	struct sec_key dh SEC_KEY_WIPED, shared SEC_KEY_WIPED;
	struct span enc = { sealed.p, HPKE_PUBLIC_LEN }, body;
	enum rc rc;

	if (sealed.n < HPKE_OVERHEAD)
		return err_set(e, RC_FORMAT, NULL, "not a sealed message");
	if (info.n > HPKE_INFO_MAX || sealed.n > HPKE_PLAIN_MAX + HPKE_OVERHEAD)
		return err_set(e, RC_LIMIT, NULL, "sealed message too long");
	if ((rc = hpke_dh(&dh, key, enc, e)) != RC_OK)
		return rc;
	hpke_shared(&shared, SPAN(dh.k), enc, SPAN(key->public));
	hpke_schedule(&s, aead, &shared, info);
	body = (struct span){ sealed.p + HPKE_PUBLIC_LEN,
		sealed.n - HPKE_PUBLIC_LEN };
	if ((rc = sec_new(out, body.n - GCM_TAG_LEN, e)) != RC_OK)
		return rc;
	rc = gcm_open(
	    (struct span){ s.key, s.key_n }, s.nonce, aad, body, out->p, e);
	if (rc != RC_OK)
		sec_free(out);

	return rc;
}

enum rc
hpke_seal(struct span public_key, struct span info, struct span aad,
    struct span plain, struct buf *out, struct err *e)
{
	struct hpke_key ephemeral HPKE_KEY_WIPED = { { 0 }, { NULL, 0, 0 } };
	enum rc rc = hpke_key_new(&ephemeral, e);

	return rc != RC_OK ? rc
			   : hpke_seal_suite(HPKE_AES_256_GCM, &ephemeral,
				 public_key, info, aad, plain, out, e);
}

enum rc
hpke_open(const struct hpke_key *key, struct span info, struct span aad,
    struct span sealed, struct sec *out, struct err *e)
{
	return hpke_open_suite(
	    HPKE_AES_256_GCM, key, info, aad, sealed, out, e);
}

enum rc
hpke_init(struct err *e)
{
	static const struct span info = SPAN_LIT("INGAM-SELF1");
	struct hpke_key key HPKE_KEY_WIPED = { { 0 }, { NULL, 0, 0 } };
	struct buf sealed = buf_init(HPKE_OVERHEAD + 16);
	struct sec plain SEC_WIPED = { 0 };
	enum rc rc;

	if ((rc = gcm_init(e)) == RC_OK &&
	    (rc = hpke_key_new(&key, e)) == RC_OK &&
	    (rc = hpke_seal(SPAN(key.public), info, info, info, &sealed, e)) ==
		RC_OK)
		rc = hpke_open(&key, info, info, buf_span(&sealed), &plain, e);
	if (rc == RC_OK && !span_equal(sec_span(&plain), info))
		rc = err_set(e, RC_CRYPTO, NULL, "HPKE does not open its own");
	buf_clear(&sealed);

	return rc;
}
