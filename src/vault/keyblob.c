/*
 * keyblob.c - a member's key at rest: sealed numbers that only we can open.
 *
 * Belongs here: KB1 as bytes, its two layers of encryption.
 * Not here: key files that come in (import.c); using a key (sign.c).
 */
#include "vault/keyblob.h"

#include "base/rd.h"
#include "ipc/message.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#define KEYBLOB_DEK     32
#define KEYBLOB_WRAPPED 40 /* RFC 5649 */
#define KEYBLOB_IV      12
#define KEYBLOB_TAG     16

/* Fetched once, before the jail; 3.0 pays dearly for each fetch. */
static EVP_CIPHER *gcm, *kwp;

enum rc
keyblob_init(struct err *e)
{
	if (gcm == NULL)
		gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
	if (kwp == NULL)
		kwp = EVP_CIPHER_fetch(NULL, "AES-256-WRAP-PAD", NULL);

	return gcm != NULL && kwp != NULL
	    ? RC_OK
	    : err_set(e, RC_CRYPTO, NULL, "AES is missing");
}

static void
keyblob_parse_head(struct rd *r, struct keyblob *out)
{
	uint8_t algorithm;

	if (!span_equal(rd_bytes(r, 9), SPAN_LIT("INGAM-KB1")))
		rd_fail(r);
	rd_copy(r, out->account_id, sizeof(out->account_id));
	rd_copy(r, out->key_id, sizeof(out->key_id));
	algorithm = rd_u8(r);
	rd_copy(r, out->spki_sha256, sizeof(out->spki_sha256));
	rd_copy(r, out->cert_sha256, sizeof(out->cert_sha256));
	out->flags = rd_u8(r);
	out->version = rd_u32(r);
	rd_copy(r, out->kek_id, sizeof(out->kek_id));
	out->created_ms = (int64_t)rd_u64(r);
	if (algorithm < KEYBLOB_RSA || algorithm > KEYBLOB_P384 ||
	    (out->flags & ~KEYBLOB_EACH) != 0 || out->version != 1)
		rd_fail(r);
	out->algorithm = (enum keyblob_algorithm)algorithm;
}

enum rc
keyblob_parse(struct span in, struct keyblob *out, struct err *e)
{
	struct rd r = rd_init(in);

	*out = (struct keyblob){ 0 };
	keyblob_parse_head(&r, out);
	out->additional = (struct span){ in.p, in.n - rd_left(&r) };
	out->wrapped = rd_bytes(&r, KEYBLOB_WRAPPED);
	out->iv = rd_bytes(&r, KEYBLOB_IV);
	out->ciphertext = rd_lp16(&r, MESSAGE_KB1_MAX);
	out->tag = rd_bytes(&r, KEYBLOB_TAG);
	if (rd_done(&r) && out->ciphertext.n > 0)
		return RC_OK;
	*out = (struct keyblob){ 0 };

	return err_set(e, RC_FORMAT, "key blob", "malformed");
}

static void
keyblob_write_head(struct buf *b, const struct keyblob *in)
{
	buf_str(b, "INGAM-KB1");
	buf_bytes(b, SPAN(in->account_id));
	buf_bytes(b, SPAN(in->key_id));
	buf_u8(b, (uint8_t)in->algorithm);
	buf_bytes(b, SPAN(in->spki_sha256));
	buf_bytes(b, SPAN(in->cert_sha256));
	buf_u8(b, in->flags);
	buf_u32(b, in->version);
	buf_bytes(b, SPAN(in->kek_id));
	buf_u64(b, (uint64_t)in->created_ms);
}

/* Wraps or unwraps a data key under the KEK: AES-256-KWP, RFC 5649. */
static bool
keyblob_wrap(
    const struct master *m, bool wrap, struct span in, uint8_t *out, int want)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n = 0;
	bool good;

	if (ctx == NULL)
		return false;
	EVP_CIPHER_CTX_set_flags(ctx, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
	good = EVP_CipherInit_ex2(
		   ctx, kwp, m->keys->kek, NULL, wrap ? 1 : 0, NULL) == 1 &&
	    EVP_CipherUpdate(ctx, out, &n, in.p, (int)in.n) == 1 && n == want;
	EVP_CIPHER_CTX_free(ctx);

	return good;
}

/* One pass of AES-256-GCM; tag is written or checked. */
static bool
keyblob_gcm(bool seal, const uint8_t key[static KEYBLOB_DEK],
    const uint8_t iv[static KEYBLOB_IV], struct span additional, struct span in,
    uint8_t *out, uint8_t tag[static KEYBLOB_TAG])
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n = 0, last = 0;
	bool good;

	good = ctx != NULL &&
	    EVP_CipherInit_ex2(ctx, gcm, key, iv, seal ? 1 : 0, NULL) == 1 &&
	    EVP_CipherUpdate(ctx, NULL, &n, additional.p, (int)additional.n) ==
		1 &&
	    EVP_CipherUpdate(ctx, out, &n, in.p, (int)in.n) == 1 &&
	    (seal ||
		EVP_CIPHER_CTX_ctrl(
		    ctx, EVP_CTRL_AEAD_SET_TAG, KEYBLOB_TAG, tag) == 1) &&
	    EVP_CipherFinal_ex(ctx, out + n, &last) == 1 &&
	    (size_t)n + (size_t)last == in.n &&
	    (!seal ||
		EVP_CIPHER_CTX_ctrl(
		    ctx, EVP_CTRL_AEAD_GET_TAG, KEYBLOB_TAG, tag) == 1);
	EVP_CIPHER_CTX_free(ctx);

	return good;
}

/* The plain text's fields in order. */
#define KEYBLOB_FIELDS 9

static size_t
keyblob_fields(enum keyblob_algorithm algorithm, struct pkinfo *k,
    struct span *fields[static KEYBLOB_FIELDS])
{
	struct span *rsa[] = { &k->n, &k->e, &k->d, &k->p, &k->q, &k->dp,
		&k->dq, &k->qi, &k->r };
	struct span *ec[] = { &k->scalar, &k->point, &k->r };

	if (algorithm == KEYBLOB_RSA) {
		memcpy(fields, rsa, sizeof(rsa));
		return sizeof(rsa) / sizeof(rsa[0]);
	}
	memcpy(fields, ec, sizeof(ec));

	return sizeof(ec) / sizeof(ec[0]);
}

static enum rc
keyblob_write_plain(enum keyblob_algorithm algorithm, const struct pkinfo *key,
    struct sec *out, struct err *e)
{
	struct pkinfo copy = *key;
	struct span *fields[KEYBLOB_FIELDS];
	size_t count = keyblob_fields(algorithm, &copy, fields), n = 0;
	uint8_t *at;
	enum rc rc;

	for (size_t i = 0; i < count; i++)
		n += 2 + fields[i]->n;
	if (n > MESSAGE_KB1_MAX / 4 * 3)
		return err_set(e, RC_LIMIT, "key", "too large");
	if ((rc = sec_new(out, n, e)) != RC_OK)
		return rc;
	at = out->p;
	for (size_t i = 0; i < count; i++) {
		*at++ = (uint8_t)(fields[i]->n >> 8);
		*at++ = (uint8_t)fields[i]->n;
		if (fields[i]->n > 0)
			memcpy(at, fields[i]->p, fields[i]->n);
		at += fields[i]->n;
	}

	return RC_OK;
}

static const enum pkinfo_kind kinds[] = {
	[KEYBLOB_RSA] = PKINFO_RSA,
	[KEYBLOB_P256] = PKINFO_P256,
	[KEYBLOB_P384] = PKINFO_P384,
};

enum rc
keyblob_seal(const struct master *m, struct keyblob *head,
    const struct pkinfo *key, struct buf *out, struct err *e)
{
	struct sec plain SEC_WIPED = { 0 };
	struct sec_key dek SEC_KEY_WIPED = { 0 };
	uint8_t wrapped[KEYBLOB_WRAPPED + 8], iv[KEYBLOB_IV];
	uint8_t tag[KEYBLOB_TAG];
	size_t at = out->n, head_n;
	uint8_t *p;
	enum rc rc;

	memcpy(head->kek_id, m->kek_id, sizeof(head->kek_id));
	if (key->kind != kinds[head->algorithm])
		return err_set(e, RC_BUG, "key", "algorithm does not fit");
	rc = keyblob_write_plain(head->algorithm, key, &plain, e);
	if (rc != RC_OK)
		return rc;
	if (RAND_priv_bytes(dek.k, sizeof(dek.k)) != 1 ||
	    RAND_bytes(iv, sizeof(iv)) != 1 ||
	    !keyblob_wrap(m, true, SPAN(dek.k), wrapped, KEYBLOB_WRAPPED))
		return err_set(e, RC_CRYPTO, "key", "cannot wrap");
	keyblob_write_head(out, head);
	head_n = out->n - at;
	buf_bytes(out, (struct span){ wrapped, KEYBLOB_WRAPPED });
	buf_bytes(out, SPAN(iv));
	buf_u16(out, (uint16_t)plain.n);
	p = buf_grow(out, plain.n);
	if (p == NULL)
		return err_set(e, RC_MEMORY, "key", "cannot seal");
	if (!keyblob_gcm(true, dek.k, iv, (struct span){ out->p + at, head_n },
		sec_span(&plain), p, tag)) {
		out->n = at;
		return err_set(e, RC_CRYPTO, "key", "cannot seal");
	}
	buf_bytes(out, SPAN(tag));

	return buf_ok(out) ? RC_OK
			   : err_set(e, RC_MEMORY, "key", "cannot seal");
}

static enum rc
keyblob_read_plain(enum keyblob_algorithm algorithm, struct span plain,
    struct pkinfo *out, struct err *e)
{
	struct rd r = rd_init(plain);
	struct span *fields[KEYBLOB_FIELDS];
	size_t count = keyblob_fields(algorithm, out, fields);

	out->kind = kinds[algorithm];
	for (size_t i = 0; i < count; i++)
		*fields[i] = rd_lp16(&r, MESSAGE_KB1_MAX);

	return rd_done(&r)
	    ? RC_OK
	    : err_set(e, RC_FORMAT, "key blob", "malformed inside");
}

enum rc
keyblob_open(const struct master *m, const struct keyblob *in,
    struct sec *plain, struct pkinfo *numbers, struct err *e)
{
	/* Unwrapping writes up to a block more than it gives. */
	uint8_t dek[KEYBLOB_WRAPPED + 8], tag[KEYBLOB_TAG];
	enum rc rc;

	*numbers = (struct pkinfo){ 0 };
	if (!span_equal(SPAN(in->kek_id), SPAN(m->kek_id)))
		return err_set(
		    e, RC_DENIED, "key blob", "sealed under another root key");
	if ((rc = sec_new(plain, in->ciphertext.n, e)) != RC_OK)
		return rc;
	memcpy(tag, in->tag.p, sizeof(tag));
	if (!keyblob_wrap(m, false, in->wrapped, dek, KEYBLOB_DEK) ||
	    !keyblob_gcm(false, dek, in->iv.p, in->additional, in->ciphertext,
		plain->p, tag))
		rc = err_set(e, RC_DENIED, "key blob",
		    "not sealed by this vault, or altered");
	sec_wipe(dek, sizeof(dek));
	if (rc == RC_OK)
		rc = keyblob_read_plain(
		    in->algorithm, sec_span(plain), numbers, e);
	if (rc != RC_OK) {
		sec_free(plain);
		*numbers = (struct pkinfo){ 0 };
	}

	return rc;
}
