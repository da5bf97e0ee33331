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
#include "client/reason.h"
#include "npki/keymatch.h"
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
		rc = reason_named(
		    path, certificate_parse(buf_span(&der), out, e), e);
	if (rc == RC_OK)
		rc = reason_named(
		    path, sealed_check(certificate_info(*out), e), e);
	if (rc != RC_OK) {
		certificate_free(*out);
		*out = NULL;
	}
	buf_clear(&der);

	return rc;
}

/* What a certificate for encryption lacks that it is for; RC_OK: nothing. */
struct sealed_lack {
	enum rc rc;
	struct err why;
};

/*
 * Is it for one of those pairs? What cannot be read opens nothing, nor does one
 * without its key.
 */
static bool
sealed_is_for(struct cert *c, const struct sealed *s, struct sealed_lack *lack)
{
	bool is = false;

	for (size_t i = 0; i < PAIRS && !is; i++) {
		struct span der = cert_file(c, pairs[i].certificate);
		struct certificate *ours;

		if (der.n == 0 || certificate_parse(der, &ours, NULL) != RC_OK)
			continue;
		is = s->open(s->arg, ours, NULL, NULL) != RC_ABSENT;
		certificate_free(ours);
		if (!is || cert_file(c, pairs[i].key).n > 0)
			continue;
		is = false;
		if (pairs[i].key == FOLDER_KM_KEY && lack->rc == RC_OK)
			lack->rc = beside_why(&c->medium, c->row->pair,
			    FOLDER_KM_KEY, &lack->why);
	}

	return is;
}

/* Leaves those that it is for to be chosen from. */
static enum cert_end
sealed_narrow(struct cert *c, const struct sealed *s)
{
	enum cert_end end = cert_load(c);
	struct sealed_lack lack = { .rc = RC_OK };
	size_t n = 0;

	if (end != CERT_DONE)
		return end;
	for (size_t i = 0; i < c->pick.n; i++) {
		struct pick_row *row = &c->pick.rows[i];

		c->row = row;
		row->out =
		    cert_read(c) != CERT_DONE || !sealed_is_for(c, s, &lack);
		n += row->out ? 0 : 1;
		medium_clear(&c->medium);
	}
	err_clear(&c->err);
	c->beside[0] = '\0';
	if (n == 0 && lack.rc != RC_OK)
		cert_say_lacks(c, lack.rc, &lack.why);

	return n > 0 ? CERT_DONE : CERT_NONE_OPENS;
}

/* Which pair it is for; its certificate is *out. */
static enum cert_end
sealed_find(struct cert *c, const struct sealed *s, size_t *pair,
    struct certificate **out)
{
	for (size_t i = 0; i < PAIRS; i++) {
		struct span der = cert_file(c, pairs[i].certificate);
		enum rc rc;

		if (der.n == 0 || cert_file(c, pairs[i].key).n == 0)
			continue;
		rc = certificate_parse(der, out, &c->err);
		if (rc != RC_OK)
			return cert_failed_in(c, pairs[i].certificate, rc);
		rc = s->open(s->arg, *out, NULL, &c->err);
		*pair = i;
		if (rc != RC_ABSENT)
			return cert_failed(c, rc);
		certificate_free(*out);
		*out = NULL;
		err_clear(&c->err);
	}

	return CERT_NOT_OURS;
}

/* The key of that pair, opened. */
static enum rc
sealed_key(struct cert *c, enum folder_file file, struct span password,
    const struct certificate *certificate, EVP_PKEY **key)
{
	struct sec info SEC_WIPED = { 0 };
	struct pkinfo numbers;
	enum rc rc = cert_password_open(c, file, password, &info);

	if (rc == RC_OK)
		rc = pkinfo_parse(sec_span(&info), &numbers, &c->err);
	if (rc == RC_OK)
		rc = keymatch_check(
		    certificate_info(certificate), &numbers, &c->err);
	if (rc == RC_OK)
		rc = pkey_load(
		    &numbers, certificate_info(certificate), key, &c->err);

	/* A key that does not fit: the file beside it is another's. */
	return rc == RC_STATE ? RC_FORMAT : rc;
}

enum cert_end
sealed_open(struct cert *c, const struct sealed *s)
{
	struct sec password SEC_WIPED = { 0 };
	struct certificate *certificate = NULL;
	EVP_PKEY *key = NULL;
	size_t pair = 0;
	enum rc rc = s->name(s->arg, &c->sealed_to, &c->sealed_n, &c->err);
	enum cert_end end = cert_failed(c, rc);

	if (end == CERT_DONE && c->which == NULL)
		end = sealed_narrow(c, s);
	if (end == CERT_DONE)
		end = cert_password_choose(c);
	if (end == CERT_DONE)
		end = sealed_find(c, s, &pair, &certificate);
	if (end == CERT_DONE)
		end = cert_password_ask(c, &password);
	if (end == CERT_DONE)
		end = cert_failed_in(c, pairs[pair].key,
		    sealed_key(c, pairs[pair].key, sec_span(&password),
			certificate, &key));
	if (end == CERT_DONE) {
		rc = s->open(s->arg, certificate, key, &c->err);
		end = rc == RC_SECRET ? CERT_NOT_OPENED : cert_failed(c, rc);
	}
	EVP_PKEY_free(key);
	certificate_free(certificate);

	return end;
}
