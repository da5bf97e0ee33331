/*
 * certificate_fuzz.c - a certificate of an attacker, through our reader and
 * OpenSSL's: what passes is the same bytes and the same key to both. Where
 * memory runs out, nothing passes that otherwise would not.
 *
 * Belongs here: one certificate.
 * Not here: a path of several (differential_fuzz.c); what is shown
 * (fuzz/npki/certinfo_fuzz.c).
 */
#include "failing.h"
#include "x509/certificate.h"

#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* Does OpenSSL too know a hash of 256 bits or more in it? PSS names its own. */
static bool
is_long(int nid)
{
	int hash, key;

	return nid == NID_rsassaPss ||
	    (OBJ_find_sigid_algs(nid, &hash, &key) == 1 &&
		EVP_MD_get_size(EVP_get_digestbynid(hash)) >= 32);
}

static void
check(const struct certificate *c, struct span in)
{
	const struct certinfo *info = certificate_info(c);
	int bits = EVP_PKEY_get_bits(certificate_key(c));

	if (!span_equal(certificate_der(c), in) ||
	    info->key == CERTINFO_KEY_OTHER ||
	    (info->key == CERTINFO_KEY_RSA &&
		(size_t)(bits + 7) / 8 != info->modulus.n))
		abort();
	if (certificate_is_strong(
		X509_get_signature_nid(certificate_x509(c))) &&
	    !is_long(X509_get_signature_nid(certificate_x509(c))))
		abort();
}

static enum rc
run(struct span in)
{
	struct certificate *c;
	enum rc rc = certificate_parse(in, &c, NULL);

	if ((rc == RC_OK) != (c != NULL))
		abort();
	if (c != NULL)
		check(c, in);
	certificate_free(c);

	return rc;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct failing f = failing_take(p, n);

	(void)failing_run(&f, run);

	return 0;
}
