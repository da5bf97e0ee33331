/*
 * people.h - those who sign in tests: the sample's key, and three that
 * openssl(1) makes in the workshop (0: RSA, 1: P-256, 2: P-384).
 *
 * Belongs here: their certificates and keys; signing with one.
 * Not here: files and commands (workshop.h).
 */
#pragma once

#include "npki/keymatch.h"
#include "workshop.h"
#include "x509/certificate.h"
#include "x509/pkey.h"

#include <openssl/evp.h>

struct person {
	struct certificate *certificate;
	EVP_PKEY *key;
};

static struct person sample_person, made[3];

static void
person_load(struct person *p, struct span cert, struct span info)
{
	struct pkinfo numbers;
	struct err e = { 0 };

	if (certificate_parse(cert, &p->certificate, &e) != RC_OK ||
	    pkinfo_parse(info, &numbers, &e) != RC_OK ||
	    keymatch_check(certificate_info(p->certificate), &numbers, &e) !=
		RC_OK ||
	    pkey_load(&numbers, certificate_info(p->certificate), &p->key,
		&e) != RC_OK) {
		printf("Bail out! %s\n", e.msg);
		exit(EXIT_FAILURE);
	}
}

static void
person_clear(struct person *p)
{
	certificate_free(p->certificate);
	EVP_PKEY_free(p->key);
}

/* A cmsput_signer: arg is a key. */
__attribute__((unused)) static enum rc
sign(void *arg, const struct signature_algorithm *a, struct span digest,
    struct buf *out, struct err *e)
{
	return pkey_sign(arg, a, digest, out, e);
}

static void
people_make(void)
{
	static const char *const makes[] = { "rsa:2048",
		"ec -pkeyopt ec_paramgen_curve:P-256",
		"ec -pkeyopt ec_paramgen_curve:P-384" };
	struct buf cert = sample("pypinksign/signCert.der");
	struct buf info = sample("pypinksign/privateKeyInfo-with-R.der");

	person_load(&sample_person, buf_span(&cert), buf_span(&info));
	buf_clear(&cert);
	buf_clear(&info);
	for (size_t k = 0; k < 3; k++) {
		if (!runs("openssl req -x509 -subj /CN=%zu -noenc -newkey %s "
			  "-keyout %zu.pem -out %zu.crt 2>/dev/null && echo "
			  "made",
			k, makes[k], k, k))
			abort();
		cert = run("openssl x509 -outform DER -in %zu.crt", k);
		info = run("openssl pkcs8 -topk8 -nocrypt -outform DER -in "
			   "%zu.pem",
		    k);
		person_load(&made[k], buf_span(&cert), buf_span(&info));
		buf_clear(&cert);
		buf_clear(&info);
	}
}

static void
people_clear(void)
{
	person_clear(&sample_person);
	for (size_t k = 0; k < 3; k++)
		person_clear(&made[k]);
}
