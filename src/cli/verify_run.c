/*
 * verify_run.c - a signature and what it is measured by, read and compared.
 *
 * Belongs here: which files are read, which certificate is the signer's.
 * Not here: options, and how it is told (verify.c); the path (signer.c).
 */
#include "base/clock.h"
#include "cli/message.h"
#include "cli/paper.h"
#include "cli/sealed.h"
#include "cli/verify.h"
#include "client/person.h"
#include "client/reason.h"
#include "npki/vid.h"
#include "x509/envelope.h"
#include "x509/ocsp.h"
#include "x509/rawsig.h"

#include <string.h>

/* Keeps why, by what kind of failure it is. */
static enum verify_end
verify_failed(struct verify *v, enum rc rc)
{
	v->rc = rc;
	switch (rc) { /* no default: a new code must not compile here */
	case RC_OK:
		return VERIFY_DONE;
	case RC_FORMAT:
		return VERIFY_MALFORMED;
	case RC_LIMIT:
		return VERIFY_OVER_LIMIT;
	case RC_UNKNOWN:
	case RC_ABSENT:
	case RC_IO:
	case RC_DENIED:
		return VERIFY_UNREADABLE;
	case RC_POLICY:
		return VERIFY_UNSAFE;
	case RC_REFUSED:
		return VERIFY_DECLINED;
	case RC_SECRET:
	case RC_LOCKED:
	case RC_RATE:
	case RC_EXISTS:
	case RC_STATE:
	case RC_EXPIRED:
	case RC_BUSY:
	case RC_MEMORY:
	case RC_CRYPTO:
	case RC_BUG:
		return VERIFY_FAILED;
	}

	return VERIFY_FAILED;
}

static enum rc
verify_read_certificate(struct verify *v)
{
	struct buf der = buf_init(CERTINFO_MAX);
	enum rc rc;

	if (v->certificate_path == NULL)
		return RC_OK;
	rc = paper_load(v->certificate_path, &der, &v->err);
	if (rc == RC_OK)
		rc = reason_named(v->certificate_path,
		    certificate_parse(buf_span(&der), &v->only, &v->err),
		    &v->err);
	buf_clear(&der);

	return rc;
}

static enum rc
verify_add_crl(struct verify *v, struct span der)
{
	enum rc rc;

	if (v->crls_n == 2 * VERIFY_CRLS)
		return RC_OK;
	rc = crl_parse(der, &v->crls[v->crls_n], &v->err);
	if (rc != RC_OK)
		return rc;
	v->lists[v->crls_n] = v->crls[v->crls_n];
	v->crls_n++;

	return RC_OK;
}

/* Lists and answers that were named; lists of the message, if they read. */
static enum rc
verify_read_crls(struct verify *v)
{
	struct der_doc doc = { 0 };
	struct der sent = der_init(&doc, v->cms.crls);
	enum rc rc = RC_OK;

	for (size_t i = 0; rc == RC_OK && i < v->crl_paths_n; i++) {
		struct buf der = buf_init(CRL_MAX);

		rc = paper_load(v->crl_paths[i], &der, &v->err);
		if (rc == RC_OK)
			rc = reason_named(v->crl_paths[i],
			    verify_add_crl(v, buf_span(&der)), &v->err);
		buf_clear(&der);
	}
	for (size_t i = 0; rc == RC_OK && i < v->ocsp_paths_n; i++) {
		v->answers[i] = buf_init(OCSP_MAX);
		rc = paper_load(v->ocsp_paths[i], &v->answers[i], &v->err);
		v->answers_der[v->answers_n++] = buf_span(&v->answers[i]);
	}
	while (rc == RC_OK && der_peek(&sent) != 0)
		if (verify_add_crl(v, der_any(&sent)) != RC_OK)
			err_clear(&v->err);

	return rc;
}

/* A root or list that a rule refuses: its file is at fault. */
static enum verify_end
verify_refused(struct verify *v, enum rc rc)
{
	return verify_failed(v, rc == RC_POLICY ? RC_FORMAT : rc);
}

/* What paths are looked for with, before a sealed message asks for a password. */
static enum verify_end
verify_read_trust(struct verify *v)
{
	enum rc rc;

	if (v->no_chain)
		return VERIFY_DONE;
	rc = trust_load(v->trust_path, &v->trust, &v->err);
	v->rc = rc;
	if (rc == RC_ABSENT)
		return v->trust_path == NULL ? VERIFY_NO_ROOTS
					     : VERIFY_WRONG_ROOTS;
	if (rc == RC_OK && v->ca_path != NULL)
		rc = trust_load(v->ca_path, &v->ca, &v->err);

	return verify_refused(v, rc);
}

static enum rc
verify_read_hometax(struct verify *v)
{
	struct buf text = buf_init(HOMETAX_MAX);
	enum rc rc = paper_read(v->message_path, &text, &v->err);

	if (rc == RC_OK)
		rc = reason_named(v->message_path,
		    hometax_read(buf_span(&text), &v->fields, &v->err),
		    &v->err);
	if (text.n > 0)
		sec_wipe(text.p, text.n);
	buf_clear(&text);

	return rc;
}

/* A sealed_opener; arg is the command. */
static enum rc
verify_open(
    void *arg, const struct certificate *ours, EVP_PKEY *key, struct err *e)
{
	struct verify *v = arg;
	struct span der = buf_span(&v->message);
	enum rc rc = reason_named(v->message_path,
	    key == NULL ? envelope_check(der, ours, e)
			: envelope_open(der, ours, key, &v->opened, e),
	    e);

	if (rc == RC_OK && key != NULL)
		pick_fingerprint(certificate_der(ours), v->recipient);

	return rc;
}

/* A sealed_namer; arg is the command. */
static enum rc
verify_name(void *arg, struct certinfo *first, size_t *n, struct err *e)
{
	struct verify *v = arg;

	return reason_named(v->message_path,
	    envelope_recipients(buf_span(&v->message), first, n, e), e);
}

/* The signed message, taken out of its envelope where it is in one. */
static enum verify_end
verify_parse(struct verify *v)
{
	const struct sealed sealed = { verify_open, verify_name, v };
	enum rc rc;

	if (!envelope_is_one(buf_span(&v->message)))
		return verify_failed(
		    v, cms_parse(buf_span(&v->message), &v->cms, &v->err));
	v->own_end = sealed_open(&v->own, &sealed);
	if (v->own_end != CERT_DONE)
		return VERIFY_SEALED;
	rc = reason_named(v->message_path,
	    cms_parse(sec_span(&v->opened), &v->cms, &v->err), &v->err);
	if (rc == RC_OK || rc == RC_POLICY)
		return verify_failed(v, rc);
	v->rc = rc;

	return VERIFY_NOT_SIGNED;
}

static enum rc
verify_read_cms(struct verify *v)
{
	struct cms signed_one;
	enum rc rc;

	v->message = buf_init(CMS_MAX);
	rc = paper_load(v->message_path, &v->message, &v->err);
	if (rc == RC_OK && !envelope_is_one(buf_span(&v->message)))
		rc = reason_named(v->message_path,
		    cms_parse(buf_span(&v->message), &signed_one, &v->err),
		    &v->err);

	return rc;
}

/* The message itself: what is none is told before anything else is missed. */
static enum verify_end
verify_read_message(struct verify *v)
{
	enum verify_end end = verify_failed(
	    v, v->hometax ? verify_read_hometax(v) : verify_read_cms(v));

	return end == VERIFY_MALFORMED ? VERIFY_NO_MESSAGE : end;
}

/* What is in it, and what it is compared with. */
static enum verify_end
verify_read(struct verify *v)
{
	enum rc rc = verify_read_certificate(v);
	enum verify_end end;

	if (rc != RC_OK || v->hometax)
		return verify_failed(v, rc);
	end = verify_parse(v);
	if (end != VERIFY_DONE)
		return end;
	if (v->cms.detached && v->content_path == NULL)
		return VERIFY_MISSING;
	if (!v->cms.detached && v->content_path != NULL)
		return VERIFY_TWICE;
	if (v->cms.detached)
		rc = paper_read(v->content_path, &v->content, &v->err);

	return verify_failed(v, rc);
}

static void
verify_ask(struct verify *v)
{
	struct signer_ask *a = &v->ask;

	v->status = (struct chain_status){
		.crls = v->lists,
		.crls_n = v->crls_n,
		.answers = v->answers_der,
		.answers_n = v->answers_n,
	};
	*a = (struct signer_ask){ .chain = !v->no_chain,
		.trust = v->trust,
		.pool = v->pool,
		.status = v->no_revocation ? NULL : &v->status,
		.online = v->online,
		.at_ms = clock_wall_ms() };
	for (size_t i = 0; i < v->cms.certificates_n; i++)
		v->pool[a->pool_n++] = v->cms.certificates[i];
	for (size_t i = 0; v->ca != NULL && i < trust_count(v->ca) &&
	     a->pool_n < CHAIN_POOL_MAX;
	     i++)
		v->pool[a->pool_n++] = certificate_der(trust_at(v->ca, i));
}

/* Is this the certificate that the message says has signed? */
static bool
verify_is_signer(const struct cms_signer *s, const struct certificate *c)
{
	return c != NULL && cms_is_signer(s, certificate_info(c));
}

/*
 * The signer's certificate: of --certificate or in the message, NULL where
 * there is none. A copy of its own: the pool's may be anybody's.
 */
static struct certificate *
verify_find(const struct verify *v, const struct cms_signer *s)
{
	struct certificate *c = NULL;

	if (verify_is_signer(s, v->only))
		return certificate_parse(certificate_der(v->only), &c, NULL) ==
			RC_OK
		    ? c
		    : NULL;
	for (size_t i = 0; i < v->cms.certificates_n; i++) {
		if (certificate_parse(v->cms.certificates[i], &c, NULL) !=
		    RC_OK)
			continue;
		if (verify_is_signer(s, c))
			return c;
		certificate_free(c);
	}

	return NULL;
}

static void
verify_cms(struct verify *v)
{
	struct span content = buf_span(&v->content);

	for (size_t i = 0; i < v->cms.signers_n; i++) {
		const struct cms_signer *from = &v->cms.signers[i];
		struct signer *s = &v->signers[v->signers_n++];

		s->algorithm = from->algorithm;
		s->time_ms = from->signing_time_ms;
		s->certificate = verify_find(v, from);
		s->state = SIGNER_ABSENT;
		if (v->only != NULL && !verify_is_signer(from, v->only)) {
			s->state = SIGNER_OTHER;
			continue;
		}
		if (s->certificate == NULL)
			continue;
		signer_signature(s,
		    cms_verify(&v->cms, from, s->certificate,
			v->cms.detached ? &content : NULL, &s->err));
		signer_check(s, &v->ask);
	}
}

/* R shows whether the certificate was issued for that number (SIVID). */
static enum verify_end
verify_owner(struct verify *v, struct signer *s)
{
	static const struct person_text unasked = { "", "" };
	struct sec typed SEC_WIPED = { 0 }, number SEC_WIPED = { 0 };
	enum rc rc;

	if (v->number_file == NULL || s->state != SIGNER_GOOD)
		return VERIFY_DONE;
	if (v->fields.r.n == 0)
		return VERIFY_NO_R;
	rc = person_password(v->number_file, unasked, &typed, &v->err);
	if (rc == RC_OK)
		rc = sec_new(&number, VID_NUMBER_SIZE, &v->err);
	if (rc == RC_OK)
		rc = reason_named(v->number_file,
		    vid_number(sec_span(&typed), (char *)number.p, &v->err),
		    &v->err);
	if (rc != RC_OK)
		return verify_failed(v, rc);
	s->rc = vid_check(certificate_info(s->certificate),
	    span_str((const char *)number.p), sec_span(&v->fields.r), false,
	    &s->err);
	if (s->rc != RC_OK)
		s->state = s->rc == RC_POLICY ? SIGNER_UNSAFE : SIGNER_OWNER;

	return VERIFY_DONE;
}

static enum verify_end
verify_hometax(struct verify *v)
{
	struct signer *s = &v->signers[v->signers_n++];
	struct buf room = buf_init(RAWSIG_MAX);
	struct rawsig raw;
	enum rc rc =
	    rawsig_parse(buf_span(&v->fields.log_sgnt), &room, &raw, &v->err);

	s->algorithm = (struct signature_algorithm){ SIGNATURE_RSA_PKCS1,
		SIGNATURE_HASH_SHA256, 0 };
	s->time_ms = raw.time_ms;
	s->certificate = v->fields.certificate;
	v->fields.certificate = NULL;
	if (rc == RC_OK && v->only != NULL &&
	    !span_equal(
		certificate_der(v->only), certificate_der(s->certificate)))
		s->state = SIGNER_OTHER;
	else if (rc == RC_OK) {
		signer_signature(
		    s, rawsig_verify(&raw, s->certificate, &s->err));
		signer_check(s, &v->ask);
	}
	buf_clear(&room);

	return rc == RC_OK ? verify_owner(v, s) : verify_failed(v, rc);
}

/* What stands in the way of --out. */
static enum verify_end
verify_out(struct verify *v, enum rc rc)
{
	v->rc = rc;
	if (rc == RC_OK)
		return VERIFY_DONE;
	if (rc == RC_EXISTS)
		return VERIFY_OUT_EXISTS;

	return rc == RC_ABSENT || rc == RC_FORMAT || rc == RC_POLICY
	    ? VERIFY_NO_OUT
	    : VERIFY_FAILED;
}

/* As far as shows before a password is asked for. */
static enum verify_end
verify_check_out(struct verify *v)
{
	enum verify_end end = verify_out(v,
	    paper_check(v->out, v->own.replace ? PAPER_REPLACES : 0, &v->err));
	enum cert_end asked;

	if (end != VERIFY_OUT_EXISTS)
		return end;
	err_clear(&v->err);
	asked = message_replace(&v->own);

	return asked == CERT_DONE    ? VERIFY_DONE
	    : asked == CERT_DECLINED ? VERIFY_DECLINED
				     : VERIFY_OUT_EXISTS;
}

/* What was signed, once it is known to be good. */
static enum verify_end
verify_write(struct verify *v)
{
	return verify_out(v,
	    paper_write(v->out,
		v->cms.detached ? buf_span(&v->content) : v->cms.content,
		(v->opened.p != NULL ? PAPER_SECRET : 0) |
		    (v->own.replace ? PAPER_REPLACES : 0),
		&v->err));
}

enum verify_end
verify_run(struct verify *v)
{
	enum verify_end end = verify_read_message(v);

	if (end == VERIFY_DONE)
		end = verify_check_out(v);
	if (end == VERIFY_DONE)
		end = verify_read_trust(v);
	if (end == VERIFY_DONE)
		end = verify_read(v);
	if (end == VERIFY_DONE && !v->no_chain && !v->no_revocation)
		end = verify_refused(v, verify_read_crls(v));
	if (end != VERIFY_DONE)
		return end;
	verify_ask(v);
	if (v->hometax)
		end = verify_hometax(v);
	else
		verify_cms(v);
	if (end != VERIFY_DONE || v->out == NULL ||
	    verify_worst(v)->state != SIGNER_GOOD)
		return end;

	return verify_write(v);
}

const struct signer *
verify_worst(const struct verify *v)
{
	size_t i = 0;

	while (i + 1 < v->signers_n && v->signers[i].state == SIGNER_GOOD)
		i++;

	return &v->signers[i];
}

void
verify_clear(struct verify *v)
{
	for (size_t i = 0; i < v->signers_n; i++)
		certificate_free(v->signers[i].certificate);
	for (size_t i = 0; i < v->crls_n; i++)
		crl_free(v->crls[i]);
	for (size_t i = 0; i < v->answers_n; i++)
		buf_clear(&v->answers[i]);
	certificate_free(v->only);
	trust_free(v->trust);
	trust_free(v->ca);
	hometax_clear(&v->fields);
	buf_clear(&v->message);
	buf_clear(&v->content);
	sec_free(&v->opened);
	cert_clear(&v->own);
}
