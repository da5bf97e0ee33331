/*
 * certificate_fuzz.c - a certificate of an attacker, through our reader and
 * OpenSSL's: what passes is the same bytes and the same key to both.
 */
#include "x509/certificate.h"

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct span in = { p, n };
	const struct certinfo *info;
	struct certificate *c;
	int bits;

	if (certificate_parse(in, &c, NULL) != RC_OK) {
		if (c != NULL)
			abort();
		return 0;
	}
	info = certificate_info(c);
	bits = EVP_PKEY_get_bits(certificate_key(c));
	if (!span_equal(certificate_der(c), in) ||
	    info->key == CERTINFO_KEY_OTHER ||
	    (info->key == CERTINFO_KEY_RSA &&
		(size_t)(bits + 7) / 8 != info->modulus.n))
		abort();
	certificate_free(c);

	return 0;
}
