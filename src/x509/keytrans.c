/*
 * keytrans.c - a short secret on its way to a certificate's key.
 *
 * Belongs here: RSA encryption of PKCS #1 v1.5, which is what Korean formats
 * and CMS have in common; for whom it is.
 * Not here: what is sent so (envelope.c, evid.c).
 */
#include "x509/keytrans.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#define KEYTRANS_PADDING 11 /* bytes of PKCS #1 beside the secret */

enum rc
keytrans_check(const struct certinfo *to, struct err *e)
{
	if (to->key != CERTINFO_KEY_RSA)
		return err_set(
		    e, RC_UNKNOWN, "recipient", "a certificate without RSA");
	if (to->usage != 0 && (to->usage & CERTINFO_KEY_ENCIPHERMENT) == 0)
		return err_set(e, RC_DENIED, "keyUsage",
		    "nothing may be encrypted to it: use its owner's "
		    "kmCert.der (RFC 5280 4.2.1.3)");

	return RC_OK;
}

enum rc
keytrans_seal(const struct certificate *to, struct span secret, struct buf *out,
    struct err *e)
{
	EVP_PKEY *key = certificate_key(to);
	EVP_PKEY_CTX *ctx;
	uint8_t sealed[KEYTRANS_MAX];
	size_t n = sizeof(sealed);
	enum rc rc;

	if ((rc = keytrans_check(certificate_info(to), e)) != RC_OK)
		return rc;
	if (secret.n + KEYTRANS_PADDING > (size_t)EVP_PKEY_get_size(key))
		return err_set(
		    e, RC_LIMIT, "recipient", "more than its key encrypts");
	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	if (ctx == NULL || EVP_PKEY_encrypt_init(ctx) != 1 ||
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) != 1 ||
	    EVP_PKEY_encrypt(ctx, sealed, &n, secret.p, secret.n) != 1)
		rc = err_set(e, RC_CRYPTO, NULL, "encryption not possible");
	EVP_PKEY_CTX_free(ctx);
	ERR_clear_error();
	if (rc == RC_OK)
		buf_bytes(out, (struct span){ sealed, n });
	if (rc == RC_OK && !buf_ok(out))
		rc = err_set(e, RC_MEMORY, NULL, "out of memory");

	return rc;
}

enum rc
keytrans_open(EVP_PKEY *key, struct span sealed, struct sec *out, struct err *e)
{
	EVP_PKEY_CTX *ctx;
	size_t n = KEYTRANS_MAX;
	enum rc rc;

	if ((rc = sec_new(out, KEYTRANS_MAX, e)) != RC_OK)
		return rc;
	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	if (ctx == NULL || EVP_PKEY_decrypt_init(ctx) != 1 ||
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) != 1)
		rc = err_set(e, RC_CRYPTO, NULL, "decryption not possible");
	else if (EVP_PKEY_decrypt(ctx, out->p, &n, sealed.p, sealed.n) != 1)
		rc = RC_SECRET;
	EVP_PKEY_CTX_free(ctx);
	ERR_clear_error();
	if (rc == RC_OK)
		out->n = n;
	else
		sec_free(out);

	return rc;
}

void
keytrans_put_name(struct derput *w, const struct certinfo *c)
{
	size_t mark = derput_mark(w);

	derput_bytes(w, c->serial_der);
	derput_bytes(w, c->issuer_der);
	derput_wrap(w, DER_SEQUENCE, mark);
}

bool
keytrans_take_name(
    struct der *r, const struct certinfo *c, struct certinfo *named)
{
	struct der name = der_enter(r, DER_SEQUENCE);
	struct span issuer = der_any(&name), serial = der_any(&name);

	der_close(&name);
	if (named != NULL)
		certinfo_parse_named(issuer, serial, named);

	return c != NULL && span_equal(issuer, c->issuer_der) &&
	    span_equal(serial, c->serial_der);
}
