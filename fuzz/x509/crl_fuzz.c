/*
 * crl_fuzz.c - a list of revoked certificates of an attacker: what our reader
 * takes is, to OpenSSL too, a list that can be used and written back.
 *
 * Belongs here: one list.
 * Not here: a path that asks it (tests/unit/x509/chain_test.c).
 */
#include "x509/crl.h"

#include <openssl/x509.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* What crl.h promises, asked of the other reader. */
static bool
is_usable(X509_CRL *x)
{
	STACK_OF(X509_REVOKED) *entries = X509_CRL_get_REVOKED(x);

	for (int i = 0; i < sk_X509_REVOKED_num(entries); i++) {
		const X509_REVOKED *one = sk_X509_REVOKED_value(entries, i);

		if (X509_REVOKED_get0_serialNumber(one) == NULL ||
		    ASN1_TIME_check(X509_REVOKED_get0_revocationDate(one)) != 1)
			return false;
	}

	return X509_CRL_get_version(x) == X509_CRL_VERSION_2 &&
	    X509_CRL_get0_nextUpdate(x) != NULL &&
	    ASN1_TIME_check(X509_CRL_get0_nextUpdate(x)) == 1 &&
	    ASN1_TIME_check(X509_CRL_get0_lastUpdate(x)) == 1;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct span in = { p, n };
	struct err e = { 0 };
	struct crl *c;

	if (crl_parse(in, &c, &e) != RC_OK) {
		if (c != NULL || e.msg[0] == '\0')
			abort();
		return 0;
	}
	if (!is_usable(crl_x509(c)))
		abort();
	crl_free(c);

	return 0;
}
