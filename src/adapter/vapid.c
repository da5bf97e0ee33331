/*
 * vapid.c - who we are to push services: a key pair and signed tokens.
 *
 * Belongs here: the key's file, ES256 tokens (RFC 8292, RFC 7515).
 * Not here: sending (webpush.c); keeping tokens for reuse (webpush.c).
 */
#include "adapter/vapid.h"

#include "base/clock.h"
#include "base/enc.h"
#include "base/file.h"
#include "base/sec.h"

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <sys/stat.h>

#define VAPID_FILE_MAX 4096
#define VAPID_POINT    65
#define VAPID_HALF     32

struct vapid {
	EVP_PKEY *key;
	char public[VAPID_PUBLIC_SIZE];
};

static enum rc
vapid_file_check(const char *path, struct err *e)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return errno == ENOENT
		    ? RC_ABSENT
		    : err_set(e, RC_IO, "push key file", "%s", strerror(errno));
	if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return err_set(e, RC_POLICY, "push key file",
		    "others may read it; its mode must be 0600");

	return RC_OK;
}

static enum rc
vapid_load(const char *path, EVP_PKEY **out, struct err *e)
{
	struct sec text SEC_WIPED = { 0 };
	char none[] = ""; /* so that an encrypted file does not ask for one */
	BIO *bio;
	enum rc rc;

	if ((rc = file_read_secret(path, VAPID_FILE_MAX, &text, e)) != RC_OK)
		return rc;
	if ((bio = BIO_new_mem_buf(text.p, (int)text.n)) == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	*out = PEM_read_bio_PrivateKey(bio, NULL, NULL, none);
	BIO_free(bio);
	if (*out == NULL)
		return err_set(e, RC_FORMAT, "push key file",
		    "not an unencrypted private key in PEM");

	return RC_OK;
}

static enum rc
vapid_make(const char *path, EVP_PKEY **out, struct err *e)
{
	BIO *bio = BIO_new(BIO_s_secmem());
	const char *text = NULL;
	long n;
	enum rc rc = RC_CRYPTO;

	*out = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	if (bio == NULL || *out == NULL ||
	    PEM_write_bio_PKCS8PrivateKey(
		bio, *out, NULL, NULL, 0, NULL, NULL) != 1 ||
	    (n = BIO_get_mem_data(bio, &text)) <= 0)
		err_set(e, rc, "push key file", "cannot make a P-256 key");
	else
		rc = file_replace(path,
		    (struct span){ (const uint8_t *)text, (size_t)n }, 0600, e);
	BIO_free(bio); /* secmem wipes */
	if (rc != RC_OK) {
		EVP_PKEY_free(*out);
		*out = NULL;
	}

	return rc;
}

/* Only P-256 will do, and its point has a text that browsers take. */
static enum rc
vapid_describe(struct vapid *v, struct err *e)
{
	struct buf text = buf_init(VAPID_PUBLIC_SIZE);
	uint8_t point[VAPID_POINT];
	char group[32] = "";
	const char *s;
	size_t n = 0;
	bool good = EVP_PKEY_is_a(v->key, "EC") == 1 &&
	    EVP_PKEY_get_group_name(v->key, group, sizeof(group), &n) == 1 &&
	    (strcmp(group, "prime256v1") == 0 || strcmp(group, "P-256") == 0) &&
	    EVP_PKEY_get_octet_string_param(v->key, OSSL_PKEY_PARAM_PUB_KEY,
		point, sizeof(point), &n) == 1 &&
	    n == sizeof(point) && point[0] == 4;

	if (good) {
		enc_base64url(&text, SPAN(point));
		s = buf_cstr(&text);
		good = s != NULL;
		if (good)
			memcpy(v->public, s, sizeof(v->public));
	}
	buf_clear(&text);

	return good ? RC_OK
		    : err_set(e, RC_FORMAT, "push key file",
			  "not a P-256 key (RFC 8292 section 2)");
}

enum rc
vapid_open(const char *path, struct vapid **out, struct err *e)
{
	struct vapid *v = calloc(1, sizeof(*v));
	enum rc rc;

	*out = NULL;
	if (v == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	rc = vapid_file_check(path, e);
	if (rc == RC_ABSENT)
		rc = vapid_make(path, &v->key, e);
	else if (rc == RC_OK)
		rc = vapid_load(path, &v->key, e);
	if (rc == RC_OK)
		rc = vapid_describe(v, e);
	if (rc != RC_OK) {
		vapid_free(v);
		return rc;
	}
	*out = v;

	return RC_OK;
}

void
vapid_free(struct vapid *v)
{
	if (v == NULL)
		return;
	EVP_PKEY_free(v->key);
	free(v);
}

const char *
vapid_public(const struct vapid *v)
{
	return v->public;
}

/* May stand in a JSON string as it is? */
static bool
vapid_is_plain(const char *s)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++) {
		if (s[i] <= ' ' || s[i] > '~' || s[i] == '"' || s[i] == '\\')
			return false;
	}

	return n > 0 && n < 512;
}

enum rc
vapid_token_claims(const char *aud, const char *sub, int64_t exp_s,
    struct buf *out, struct err *e)
{
	struct buf claims = buf_init(2048);

	if (!vapid_is_plain(aud) || !vapid_is_plain(sub))
		return err_set(e, RC_FORMAT, "contact", "not plain ASCII");
	buf_printf(&claims, "{\"aud\":\"%s\",\"exp\":%lld,\"sub\":\"%s\"}", aud,
	    (long long)exp_s, sub);
	enc_base64url(out, SPAN_LIT("{\"typ\":\"JWT\",\"alg\":\"ES256\"}"));
	buf_u8(out, '.');
	enc_base64url(out, buf_span(&claims));
	buf_clear(&claims);

	return buf_ok(out) ? RC_OK
			   : err_set(e, RC_LIMIT, NULL, "token too long");
}

/* JOSE wants r ‖ s (RFC 7518 section 3.4) where libcrypto gives DER. */
static bool
vapid_flatten(const uint8_t *der, size_t n, uint8_t out[2 * VAPID_HALF])
{
	const uint8_t *p = der;
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &p, (long)n);
	bool good = sig != NULL &&
	    BN_bn2binpad(ECDSA_SIG_get0_r(sig), out, VAPID_HALF) ==
		VAPID_HALF &&
	    BN_bn2binpad(ECDSA_SIG_get0_s(sig), out + VAPID_HALF, VAPID_HALF) ==
		VAPID_HALF;

	ECDSA_SIG_free(sig);

	return good;
}

static bool
vapid_sign(EVP_PKEY *key, struct span in, uint8_t out[2 * VAPID_HALF])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t der[128];
	size_t n = sizeof(der);
	bool good = ctx != NULL &&
	    EVP_DigestSignInit_ex(ctx, NULL, "SHA256", NULL, NULL, key, NULL) ==
		1 &&
	    EVP_DigestSign(ctx, der, &n, in.p, in.n) == 1 &&
	    vapid_flatten(der, n, out);

	EVP_MD_CTX_free(ctx);

	return good;
}

enum rc
vapid_token(const struct vapid *v, const char *aud, const char *sub,
    int64_t exp_s, struct buf *out, struct err *e)
{
	int64_t life_s = exp_s - clock_wall_ms() / 1000;
	size_t start = out->n;
	uint8_t signature[2 * VAPID_HALF];
	struct span claims;
	enum rc rc;

	if (life_s <= 0 || life_s > VAPID_LIFE_MAX_S)
		return err_set(e, RC_LIMIT, NULL,
		    "a token must end within 12 h (RFC 8292 section 2)");
	if ((rc = vapid_token_claims(aud, sub, exp_s, out, e)) != RC_OK)
		goto out;
	claims = (struct span){ out->p + start, out->n - start };
	if (!vapid_sign(v->key, claims, signature)) {
		rc = err_set(e, RC_CRYPTO, NULL, "cannot sign a push token");
		goto out;
	}
	buf_u8(out, '.');
	enc_base64url(out, SPAN(signature));
	if (!buf_ok(out))
		rc = err_set(e, RC_LIMIT, NULL, "token too long");
out:
	if (rc != RC_OK) {
		out->n = start;
		out->failed = false;
	}

	return rc;
}
