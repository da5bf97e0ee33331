/*
 * cms_fuzz.c - a signed message of an attacker. What verifies to us, with a
 * certificate that came along, is read and verified by OpenSSL too.
 *
 * Belongs here: SignedData.
 * Not here: EnvelopedData (envelope_fuzz.c); its characters
 * (fuzz/cli/paper_fuzz.c).
 */
#include "x509/cms.h"

#include <openssl/cms.h>
#include <openssl/err.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* What detached seeds were made over. */
static const struct span detached = SPAN_LIT("TEST_MSG");

/* What we leave unread, and OpenSSL does not: is there nothing bad in it? */
static bool
is_read(const struct cms *c)
{
	struct certificate *one;

	for (size_t i = 0; i < c->certificates_n; i++) {
		if (certificate_parse(c->certificates[i], &one, NULL) != RC_OK)
			return false;
		certificate_free(one);
	}

	return c->crls.n == 0;
}

/* With the first certificate that is the signer's. */
static bool
verifies(const struct cms *c, const struct cms_signer *s)
{
	struct certificate *signer;
	enum rc rc = RC_ABSENT;

	for (size_t i = 0; i < c->certificates_n && rc == RC_ABSENT; i++) {
		if (certificate_parse(c->certificates[i], &signer, NULL) !=
		    RC_OK)
			continue;
		rc = cms_verify(
		    c, s, signer, c->detached ? &detached : NULL, NULL);
		certificate_free(signer);
	}

	return rc == RC_OK;
}

/* Would OpenSSL say yes too? Chain and dates are not asked for. */
static bool
openssl_verifies(CMS_ContentInfo *theirs, const struct cms *ours)
{
	BIO *content = ours->detached
	    ? BIO_new_mem_buf(detached.p, (int)detached.n)
	    : NULL;
	bool good = CMS_verify(theirs, NULL, NULL, content, NULL,
			CMS_NO_SIGNER_CERT_VERIFY | CMS_BINARY) == 1;

	BIO_free(content);

	return good;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	const uint8_t *at = p;
	struct err e = { 0 };
	CMS_ContentInfo *theirs;
	struct cms c;
	size_t good = 0;

	if (cms_parse((struct span){ p, n }, &c, &e) != RC_OK) {
		if (c.signers_n != 0 || c.content.p != NULL || e.msg[0] == '\0')
			abort();
		return 0;
	}
	for (size_t i = 0; i < c.signers_n; i++)
		good += verifies(&c, &c.signers[i]);
	if (good < c.signers_n || !is_read(&c))
		return 0;
	theirs = d2i_CMS_ContentInfo(NULL, &at, (long)n);
	if (theirs == NULL || at != p + n ||
	    (size_t)sk_CMS_SignerInfo_num(CMS_get0_SignerInfos(theirs)) !=
		c.signers_n ||
	    !openssl_verifies(theirs, &c))
		abort();
	CMS_ContentInfo_free(theirs);
	ERR_clear_error();

	return 0;
}
