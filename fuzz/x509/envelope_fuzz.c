/*
 * envelope_fuzz.c - a sealed message and an EncryptedVID of an attacker, opened
 * with a key that the seeds are sealed to. There is nothing where it fails.
 *
 * Belongs here: both, from the first byte to the content.
 * Not here: what was signed inside (cms_fuzz.c).
 */
#include "x509/envelope.h"

#include "recipient.h"
#include "x509/evid.h"
#include "x509/pkey.h"

#include <openssl/evp.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static struct certificate *certificate;
static EVP_PKEY *key;

static void
begin(void)
{
	struct pkinfo numbers;

	if (certificate_parse(
		SPAN(recipient_certificate), &certificate, NULL) != RC_OK ||
	    pkinfo_parse(SPAN(recipient_key), &numbers, NULL) != RC_OK ||
	    pkey_load(&numbers, certificate_info(certificate), &key, NULL) !=
		RC_OK)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct sec content SEC_WIPED = { 0 };
	struct span in = { p, n };
	struct err e = { 0 };
	struct evid evid;
	enum rc rc;

	if (key == NULL)
		begin();
	rc = envelope_open(in, certificate, key, &content, &e);
	if ((rc == RC_OK) != (content.p != NULL) ||
	    (rc == RC_OK && !envelope_is_one(in)) ||
	    (rc != RC_OK && e.msg[0] == '\0') || content.n > n)
		abort();
	err_clear(&e);
	rc = evid_open(in, certificate, key, &evid, &e);
	if ((rc == RC_OK) != (evid.content.p != NULL) ||
	    (rc == RC_OK && evid.r.n != PKINFO_R) ||
	    (rc != RC_OK && e.msg[0] == '\0'))
		abort();
	sec_free(&evid.content);

	return 0;
}
