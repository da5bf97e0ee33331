/*
 * sealed.c - what is sealed to a certificate: to somebody's, or to one of this
 * PC.
 *
 * Belongs here: whom it may be sealed to, which pair of ours opens it.
 * Not here: what is sealed (x509/envelope.c, x509/evid.c); the verbs (sign.c,
 * verify_run.c, cert_vid.c).
 */
#include "cli/sealed.h"

#include "base/clock.h"
#include "cli/cert_password.h"
#include "cli/paper.h"
#include "x509/keytrans.h"
#include "x509/pkey.h"

#include <openssl/evp.h>

static const struct {
	enum folder_file certificate, key;
} pairs[] = {
	{ FOLDER_KM_CERT, FOLDER_KM_KEY },
	{ FOLDER_SIGN_CERT, FOLDER_SIGN_KEY },
};
#define PAIRS (sizeof(pairs) / sizeof(pairs[0]))

/* May something be sealed to it today? */
static enum rc
sealed_check(const struct certinfo *to, struct err *e)
{
	int64_t now = clock_wall_ms();

	if (now < to->not_before_ms)
		return err_set(e, RC_DENIED, "validity", "not valid yet");
	if (now > to->not_after_ms)
		return err_set(e, RC_DENIED, "validity", "not valid any more");

	return keytrans_check(to, e);
}

enum rc
sealed_recipient(const char *path, struct certificate **out, struct err *e)
{
	struct buf der = buf_init(CERTINFO_MAX);
	enum rc rc = paper_load(path, &der, e);

	*out = NULL;
	if (rc == RC_OK)
		rc = paper_named(
		    path, certificate_parse(buf_span(&der), out, e), e);
	if (rc == RC_OK)
		rc = paper_named(
		    path, sealed_check(certificate_info(*out), e), e);
	if (rc != RC_OK) {
		certificate_free(*out);
		*out = NULL;
	}
	buf_clear(&der);

	return rc;
}

/* One pair of ours, its key opened. RC_ABSENT: it is not there. */
static enum rc
sealed_pair(struct cert *c, size_t i, struct span password,
    struct certificate **certificate, EVP_PKEY **key)
{
	struct sec info SEC_WIPED = { 0 };
	struct pkinfo numbers;
	enum rc rc;

	if (cert_file(c, pairs[i].certificate).n == 0 ||
	    cert_file(c, pairs[i].key).n == 0)
		return RC_ABSENT;
	rc = certificate_parse(
	    cert_file(c, pairs[i].certificate), certificate, &c->err);
	if (rc == RC_OK)
		rc = cert_password_open(c, pairs[i].key, password, &info);
	if (rc == RC_OK)
		rc = pkinfo_parse(sec_span(&info), &numbers, &c->err);
	if (rc == RC_OK)
		rc = certificate_key_matches(*certificate, &numbers, &c->err);
	if (rc == RC_OK)
		rc = pkey_load(
		    &numbers, certificate_info(*certificate), key, &c->err);
	/* A key that does not fit: the file beside it is another's. */
	if (rc == RC_STATE)
		rc = RC_FORMAT;

	return rc;
}

/* CERT_NOT_OURS where the next pair may be the one. */
static enum cert_end
sealed_try(struct cert *c, size_t i, struct span password, sealed_opener *open,
    void *arg)
{
	struct certificate *certificate = NULL;
	EVP_PKEY *key = NULL;
	enum cert_end end = CERT_NOT_OURS;
	enum rc rc = sealed_pair(c, i, password, &certificate, &key);

	if (rc == RC_OK) {
		rc = open(arg, certificate, key, &c->err);
		if (rc == RC_SECRET)
			end = CERT_NOT_OPENED;
		else if (rc != RC_ABSENT)
			end = cert_failed(c, rc);
	} else if (rc != RC_ABSENT) {
		end = cert_failed_in(c, pairs[i].key, rc);
	}
	EVP_PKEY_free(key);
	certificate_free(certificate);

	return end;
}

enum cert_end
sealed_open(struct cert *c, sealed_opener *open, void *arg)
{
	struct sec password SEC_WIPED = { 0 };
	enum cert_end end = cert_password_old(c, &password);

	if (end != CERT_DONE)
		return end;
	end = CERT_NOT_OURS;
	for (size_t i = 0; i < PAIRS && end == CERT_NOT_OURS; i++)
		end = sealed_try(c, i, sec_span(&password), open, arg);

	return end;
}
