/*
 * algorithm.c - hashes and signatures by their names in messages.
 *
 * Belongs here: AlgorithmIdentifiers, read and put; the digest of a hash that
 * was named.
 * Not here: is it a signature (signature.c); messages (cms.c, cmsput.c).
 */
#include "x509/algorithm.h"

#include "npki/oid.h"

#include <openssl/err.h>
#include <openssl/evp.h>

/* RFC 8017 A.2.3: what is meant where PSS's salt is left out. */
#define ALGORITHM_SALT     20
#define ALGORITHM_SALT_MAX 512

static const struct {
	const char *text, *openssl;
	struct span oid;
} hashes[] = {
	[SIGNATURE_HASH_NONE] = { "", NULL, { NULL, 0 } },
	[SIGNATURE_HASH_SHA1] = { "SHA-1", "SHA1", OID_SHA1 },
	[SIGNATURE_HASH_SHA256] = { "SHA-256", "SHA256", OID_SHA256 },
	[SIGNATURE_HASH_SHA384] = { "SHA-384", "SHA384", OID_SHA384 },
	[SIGNATURE_HASH_SHA512] = { "SHA-512", "SHA512", OID_SHA512 },
};
#define HASHES (sizeof(hashes) / sizeof(hashes[0]))

/* The first row of a scheme and hash is the one that is put. */
static const struct {
	struct span oid;
	enum signature_scheme scheme;
	enum signature_hash hash; /* NONE: said elsewhere */
} signatures[] = {
	{ OID_RSA, SIGNATURE_RSA_PKCS1, SIGNATURE_HASH_NONE },
	{ OID_RSA_SHA256, SIGNATURE_RSA_PKCS1, SIGNATURE_HASH_SHA256 },
	{ OID_RSA_SHA384, SIGNATURE_RSA_PKCS1, SIGNATURE_HASH_SHA384 },
	{ OID_RSA_SHA512, SIGNATURE_RSA_PKCS1, SIGNATURE_HASH_SHA512 },
	{ OID_RSA_PSS, SIGNATURE_RSA_PSS, SIGNATURE_HASH_NONE },
	{ OID_ECDSA_SHA256, SIGNATURE_ECDSA_DER, SIGNATURE_HASH_SHA256 },
	{ OID_ECDSA_SHA384, SIGNATURE_ECDSA_DER, SIGNATURE_HASH_SHA384 },
	{ OID_ECDSA_SHA512, SIGNATURE_ECDSA_DER, SIGNATURE_HASH_SHA512 },
};
#define SIGNATURES (sizeof(signatures) / sizeof(signatures[0]))

static enum rc
algorithm_malformed(const char *field, struct err *e)
{
	return err_set(
	    e, RC_FORMAT, field, "not an AlgorithmIdentifier (RFC 5652 10.1)");
}

enum rc
algorithm_take_hash(struct der *r, enum signature_hash *out, struct err *e)
{
	struct der algorithm = der_enter(r, DER_SEQUENCE);
	struct span oid = der_take(&algorithm, DER_OID);

	*out = SIGNATURE_HASH_NONE;
	der_optional_null(&algorithm);
	der_close(&algorithm);
	if (r->doc->failed)
		return algorithm_malformed("digestAlgorithm", e);
	for (size_t i = 1; i < HASHES; i++)
		if (span_equal(oid, hashes[i].oid))
			*out = (enum signature_hash)i;
	if (*out == SIGNATURE_HASH_NONE)
		return err_set(e, RC_UNKNOWN, "digestAlgorithm",
		    "a hash that is not SHA-2 (RFC 5754 section 2)");
	if (*out == SIGNATURE_HASH_SHA1) {
		*out = SIGNATURE_HASH_NONE;
		return err_set(
		    e, RC_POLICY, "digestAlgorithm", "SHA-1 can be forged");
	}

	return RC_OK;
}

/* RSASSA-PSS-params; a default is never written out (X.690 11.5). */
static enum rc
algorithm_take_pss(struct der *r, enum signature_hash hash,
    struct signature_algorithm *out, struct err *e)
{
	struct der pss = der_enter(r, DER_SEQUENCE), part, mask;
	enum signature_hash named = SIGNATURE_HASH_NONE,
			    masked = SIGNATURE_HASH_NONE;
	enum rc rc = RC_OK;

	/* What is left out here would be SHA-1. */
	if (der_peek(&pss) != DER_EXPLICIT(0) && !r->doc->failed)
		return err_set(e, RC_POLICY, "signatureAlgorithm",
		    "PSS with SHA-1, which can be forged");
	part = der_enter(&pss, DER_EXPLICIT(0));
	if ((rc = algorithm_take_hash(&part, &named, e)) != RC_OK)
		return rc;
	der_close(&part);
	part = der_enter(&pss, DER_EXPLICIT(1));
	mask = der_enter(&part, DER_SEQUENCE);
	der_oid(&mask, OID_MGF1);
	if ((rc = algorithm_take_hash(&mask, &masked, e)) != RC_OK)
		return rc;
	der_close(&mask);
	der_close(&part);
	out->salt_bytes = ALGORITHM_SALT;
	if (der_peek(&pss) == DER_EXPLICIT(2)) {
		part = der_enter(&pss, DER_EXPLICIT(2));
		out->salt_bytes = der_uint(&part, ALGORITHM_SALT_MAX);
		if (out->salt_bytes == ALGORITHM_SALT)
			der_fail(&part);
		der_close(&part);
	}
	/* trailerField has one value, and that is the default. */
	der_close(&pss);
	if (r->doc->failed)
		return algorithm_malformed("signatureAlgorithm", e);
	if (named != hash || masked != hash)
		return err_set(e, RC_POLICY, "signatureAlgorithm",
		    "PSS with another hash than the digest's (RFC 4056)");

	return RC_OK;
}

enum rc
algorithm_take_signature(struct der *r, enum signature_hash hash,
    struct signature_algorithm *out, struct err *e)
{
	struct der algorithm = der_enter(r, DER_SEQUENCE);
	struct span oid = der_take(&algorithm, DER_OID);
	enum rc rc = RC_OK;
	size_t i;

	*out = (struct signature_algorithm){ .hash = hash };
	for (i = 0; i < SIGNATURES; i++)
		if (span_equal(oid, signatures[i].oid))
			break;
	if (r->doc->failed)
		return algorithm_malformed("signatureAlgorithm", e);
	if (i == SIGNATURES)
		return err_set(e, RC_UNKNOWN, "signatureAlgorithm",
		    "not RSA, RSA-PSS or ECDSA (RFC 5754 section 3)");
	out->scheme = signatures[i].scheme;
	if (out->scheme == SIGNATURE_RSA_PSS)
		rc = algorithm_take_pss(&algorithm, hash, out, e);
	else if (out->scheme == SIGNATURE_RSA_PKCS1)
		der_optional_null(&algorithm);
	if (rc != RC_OK)
		return rc;
	der_close(&algorithm);
	if (r->doc->failed)
		return algorithm_malformed("signatureAlgorithm", e);
	if (signatures[i].hash != SIGNATURE_HASH_NONE &&
	    signatures[i].hash != hash)
		return err_set(e, RC_POLICY, "signatureAlgorithm",
		    "another hash than digestAlgorithm's");

	return RC_OK;
}

void
algorithm_put_hash(struct derput *w, enum signature_hash hash)
{
	size_t mark = derput_mark(w);

	derput_element(w, DER_NULL, (struct span){ NULL, 0 });
	derput_element(w, DER_OID, hashes[hash].oid);
	derput_wrap(w, DER_SEQUENCE, mark);
}

static void
algorithm_put_pss(struct derput *w, const struct signature_algorithm *a)
{
	size_t mark = derput_mark(w), part = mark;

	if (a->salt_bytes != ALGORITHM_SALT) {
		derput_uint(w, a->salt_bytes);
		derput_wrap(w, DER_EXPLICIT(2), part);
	}
	part = derput_mark(w);
	algorithm_put_hash(w, a->hash);
	derput_element(w, DER_OID, OID_MGF1);
	derput_wrap(w, DER_SEQUENCE, part);
	derput_wrap(w, DER_EXPLICIT(1), part);
	part = derput_mark(w);
	algorithm_put_hash(w, a->hash);
	derput_wrap(w, DER_EXPLICIT(0), part);
	derput_wrap(w, DER_SEQUENCE, mark);
}

void
algorithm_put_signature(struct derput *w, const struct signature_algorithm *a)
{
	size_t mark = derput_mark(w), i;

	for (i = 0; i < SIGNATURES - 1; i++)
		if (signatures[i].scheme == a->scheme &&
		    (signatures[i].hash == SIGNATURE_HASH_NONE ||
			signatures[i].hash == a->hash))
			break;
	if (a->scheme == SIGNATURE_RSA_PSS)
		algorithm_put_pss(w, a);
	else if (a->scheme == SIGNATURE_RSA_PKCS1)
		derput_element(w, DER_NULL, (struct span){ NULL, 0 });
	derput_element(w, DER_OID, signatures[i].oid);
	derput_wrap(w, DER_SEQUENCE, mark);
}

const char *
algorithm_hash_name(enum signature_hash hash)
{
	return hashes[hash].text;
}

const char *
algorithm_scheme_name(enum signature_scheme scheme)
{
	static const char *const names[] = {
		[SIGNATURE_RSA_PKCS1] = "RSA",
		[SIGNATURE_RSA_PSS] = "RSA-PSS",
		[SIGNATURE_ECDSA_DER] = "ECDSA",
		[SIGNATURE_ECDSA_RAW] = "ECDSA",
	};

	return names[scheme];
}

enum rc
algorithm_digest(enum signature_hash hash, const struct span *parts, size_t n,
    uint8_t room[ALGORITHM_DIGEST_MAX], struct span *out, struct err *e)
{
	EVP_MD *md = EVP_MD_fetch(NULL, hashes[hash].openssl, NULL);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned int made = 0;
	bool good =
	    md != NULL && ctx != NULL && EVP_DigestInit_ex2(ctx, md, NULL) == 1;

	for (size_t i = 0; good && i < n; i++)
		good = EVP_DigestUpdate(ctx, parts[i].p, parts[i].n) == 1;
	good = good && EVP_DigestFinal_ex(ctx, room, &made) == 1;
	EVP_MD_CTX_free(ctx);
	EVP_MD_free(md);
	ERR_clear_error();
	*out = (struct span){ room, good ? made : 0 };
	if (!good)
		return err_set(e, RC_CRYPTO, NULL, "digest not computed");

	return RC_OK;
}
