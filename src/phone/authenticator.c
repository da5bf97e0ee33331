/*
 * authenticator.c - a passkey without a person.
 *
 * Belongs here: making registrations and assertions as a browser would.
 * Not here: reading them (webauthn: the two must not share code, or one
 * mistake would hide the other); talking to the service (phone.c).
 */
#include "phone/authenticator.h"

#include "base/digest.h"
#include "base/enc.h"
#include "base/rnd.h"
#include "base/sec.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#define ANSWER_MAX 4096

/* authenticatorData flags, WebAuthn 6.1. */
#define FLAG_UP 0x01
#define FLAG_UV 0x04
#define FLAG_AT 0x40

/* Opens scalar and point for signing. */
static enum rc
authenticator_open(struct authenticator *a, struct err *e)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	BIGNUM *d = BN_bin2bn(a->scalar, sizeof(a->scalar), NULL);
	OSSL_PARAM *params = NULL;
	EVP_PKEY *key = NULL;
	enum rc rc = RC_OK;

	if (ctx == NULL || build == NULL || d == NULL ||
	    OSSL_PARAM_BLD_push_utf8_string(
		build, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) != 1 ||
	    OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY,
		a->point, sizeof(a->point)) != 1 ||
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, d) != 1 ||
	    (params = OSSL_PARAM_BLD_to_param(build)) == NULL ||
	    EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params) != 1 ||
	    (a->sign = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL)) == NULL ||
	    EVP_PKEY_sign_init(a->sign) != 1)
		rc = err_set(e, RC_CRYPTO, NULL, "cannot load the passkey");
	EVP_PKEY_free(key);
	OSSL_PARAM_free(params);
	BN_clear_free(d);
	OSSL_PARAM_BLD_free(build);
	EVP_PKEY_CTX_free(ctx);

	return rc;
}

enum rc
authenticator_load(struct authenticator *a,
    const uint8_t scalar[static AUTHENTICATOR_SCALAR],
    const uint8_t credential_id[static AUTHENTICATOR_CREDENTIAL], struct err *e)
{
	EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
	EC_POINT *point = group == NULL ? NULL : EC_POINT_new(group);
	BIGNUM *d = BN_bin2bn(scalar, AUTHENTICATOR_SCALAR, NULL);
	enum rc rc = RC_OK;

	if (point == NULL || d == NULL ||
	    EC_POINT_mul(group, point, d, NULL, NULL, NULL) != 1 ||
	    EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED,
		a->point, sizeof(a->point), NULL) != sizeof(a->point))
		rc = err_set(e, RC_CRYPTO, NULL, "cannot load the passkey");
	memcpy(a->scalar, scalar, sizeof(a->scalar));
	memcpy(a->credential_id, credential_id, sizeof(a->credential_id));
	BN_clear_free(d);
	EC_POINT_free(point);
	EC_GROUP_free(group);

	return rc == RC_OK ? authenticator_open(a, e) : rc;
}

void
authenticator_clear(struct authenticator *a)
{
	EVP_PKEY_CTX_free(a->sign);
	sec_wipe(a, sizeof(*a));
}

enum rc
authenticator_new(struct authenticator *a, struct err *e)
{
	uint8_t credential_id[AUTHENTICATOR_CREDENTIAL];
	uint8_t scalar[AUTHENTICATOR_SCALAR];

	rnd_bytes(credential_id, sizeof(credential_id));
	rnd_bytes(scalar, sizeof(scalar));
	/* Below the order of P-256, whose first four bytes are all ones. */
	scalar[0] &= 0x7f;

	return authenticator_load(a, scalar, credential_id, e);
}

void
authenticator_answer_init(struct authenticator_answer *out)
{
	out->client_data = buf_init(ANSWER_MAX);
	out->authenticator_data = buf_init(ANSWER_MAX);
	out->signature = buf_init(ANSWER_MAX);
	out->attestation = buf_init(ANSWER_MAX);
}

void
authenticator_answer_clear(struct authenticator_answer *out)
{
	buf_clear(&out->client_data);
	buf_clear(&out->authenticator_data);
	buf_clear(&out->signature);
	buf_clear(&out->attestation);
}

static void
authenticator_client_data(struct buf *out, const char *type,
    struct span challenge, const char *origin)
{
	buf_printf(out, "{\"type\":\"%s\",\"challenge\":\"", type);
	enc_base64url(out, challenge);
	buf_printf(out, "\",\"origin\":\"%s\",\"crossOrigin\":false}", origin);
}

static void
authenticator_head(struct buf *out, const char *rp_id, uint8_t flags)
{
	uint8_t hash[DIGEST_SHA256];
	struct span id = span_str(rp_id);

	digest_sha256(hash, &id, 1);
	buf_bytes(out, SPAN(hash));
	buf_u8(out, flags);
	/* A counter of zero: passkeys that travel between devices have none. */
	buf_u32(out, 0);
}

/* ES256 over authenticatorData ‖ SHA-256(clientDataJSON), WebAuthn 6.3.3. */
static enum rc
authenticator_sign(const struct authenticator *a,
    struct authenticator_answer *out, struct err *e)
{
	struct span client_data = buf_span(&out->client_data);
	uint8_t hash[DIGEST_SHA256], digest[DIGEST_SHA256], signature[80];
	struct span parts[] = { buf_span(&out->authenticator_data),
		SPAN(hash) };
	size_t n = sizeof(signature);

	digest_sha256(hash, &client_data, 1);
	digest_sha256(digest, parts, 2);
	if (EVP_PKEY_sign(a->sign, signature, &n, digest, sizeof(digest)) != 1)
		return err_set(e, RC_CRYPTO, NULL, "cannot sign");
	buf_bytes(&out->signature, (struct span){ signature, n });

	return RC_OK;
}

enum rc
authenticator_get(const struct authenticator *a, struct span challenge,
    const char *origin, const char *rp_id, struct authenticator_answer *out,
    struct err *e)
{
	authenticator_client_data(
	    &out->client_data, "webauthn.get", challenge, origin);
	authenticator_head(&out->authenticator_data, rp_id, FLAG_UP | FLAG_UV);

	return authenticator_sign(a, out, e);
}

enum rc
authenticator_create(const struct authenticator *a, struct span challenge,
    const char *origin, const char *rp_id, struct authenticator_answer *out,
    struct err *e)
{
	struct buf data = buf_init(ANSWER_MAX);
	struct buf *o = &out->attestation;

	authenticator_client_data(
	    &out->client_data, "webauthn.create", challenge, origin);
	authenticator_head(&data, rp_id, FLAG_UP | FLAG_UV | FLAG_AT);
	/* attestedCredentialData: AAGUID of zeros, id, COSE key (ES256). */
	for (int i = 0; i < 16; i++)
		buf_u8(&data, 0);
	buf_lp16(&data, SPAN(a->credential_id));
	buf_bytes(&data, SPAN_LIT("\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20"));
	buf_bytes(&data, (struct span){ a->point + 1, 32 });
	buf_bytes(&data, SPAN_LIT("\x22\x58\x20"));
	buf_bytes(&data, (struct span){ a->point + 33, 32 });
	/* { "fmt": "none", "attStmt": {}, "authData": bytes } */
	buf_bytes(o,
	    SPAN_LIT("\xa3\x63"
		     "fmt\x64"
		     "none\x67"
		     "attStmt\xa0\x68"
		     "authData\x58"));
	buf_u8(o, (uint8_t)data.n);
	buf_bytes(o, buf_span(&data));
	buf_clear(&data);

	return buf_ok(o) ? RC_OK : err_set(e, RC_MEMORY, NULL, "out of memory");
}
