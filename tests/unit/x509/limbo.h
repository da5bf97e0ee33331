/*
 * limbo.h - one case of x509-limbo's schema through chain_verify().
 *
 * Belongs here: what a member of a case means to us.
 * Not here: which cases there are (limbo_test.c, own_test.c).
 */
#pragma once

#include "base/buf.h"
#include "tap.h"
#include "x509/chain.h"

#include <jansson.h>
#include <openssl/pem.h>
#include <time.h>

/* When cases without a time are judged: while their certificates are valid. */
#define LIMBO_NOW_MS (1704067200LL * 1000) /* 2024-01-01 */

struct limbo_case {
	const char *id;
	bool expected;
	bool accepted;
	enum rc rc;
	struct err e;
};

/* The bytes of a PEM certificate, list or answer. */
static inline struct buf
limbo_pem(const json_t *text)
{
	const char *pem = json_string_value(text);
	BIO *in = pem == NULL ? NULL : BIO_new_mem_buf(pem, -1);
	struct buf out = buf_init(1 << 20);
	char *name = NULL, *header = NULL;
	uint8_t *der = NULL;
	long n = 0;

	if (in == NULL || PEM_read_bio(in, &name, &header, &der, &n) != 1)
		abort();
	buf_bytes(&out, (struct span){ der, (size_t)n });
	OPENSSL_free(name);
	OPENSSL_free(header);
	OPENSSL_free(der);
	BIO_free(in);

	return out;
}

/* "2023-07-10T00:00:00+00:00", which is all that there is. */
static inline int64_t
limbo_time(const json_t *text)
{
	struct tm tm = { 0 };

	if (!json_is_string(text))
		return LIMBO_NOW_MS;
	if (strptime(json_string_value(text), "%Y-%m-%dT%H:%M:%S", &tm) == NULL)
		abort();

	return (int64_t)timegm(&tm) * 1000;
}

/* Roots that we refuse are as none. What refused one is said where no path is. */
static inline struct trust *
limbo_trust(const json_t *list, struct err *refused)
{
	struct trust *t;
	json_t *pem;
	size_t i;

	if (trust_new(&t, NULL) != RC_OK)
		abort();
	json_array_foreach(list, i, pem)
	{
		struct buf der = limbo_pem(pem);

		(void)!trust_add(t, buf_span(&der), refused);
		buf_clear(&der);
	}

	return t;
}

#define LIMBO_STATUS 8 /* lists or answers of one case */

/* Lists, answers and inputs, which only our own cases have. */
struct limbo_more {
	struct chain_status status;
	struct crl *lists[LIMBO_STATUS];
	struct buf answers[LIMBO_STATUS];
	struct span spans[LIMBO_STATUS];
	const char *policies[LIMBO_STATUS];
};

/* A list that we refuse is as none. */
static inline void
limbo_status(struct limbo_more *m, const json_t *test, struct chain_in *in)
{
	json_t *pem;
	size_t i;

	json_array_foreach(json_object_get(test, "crls"), i, pem)
	{
		struct buf der = limbo_pem(pem);

		if (crl_parse(buf_span(&der), &m->lists[m->status.crls_n],
			NULL) == RC_OK)
			m->status.crls_n++;
		buf_clear(&der);
		in->status = &m->status;
	}
	json_array_foreach(json_object_get(test, "ocsp"), i, pem)
	{
		m->answers[i] = limbo_pem(pem);
		m->spans[i] = buf_span(&m->answers[i]);
		m->status.answers_n++;
		in->status = &m->status;
	}
	m->status.crls = (const struct crl *const *)m->lists;
	m->status.answers = m->spans;
}

static inline void
limbo_inputs(struct limbo_more *m, const json_t *test, struct chain_in *in)
{
	json_t *word;
	size_t i;

	json_array_foreach(json_object_get(test, "policies"), i, word)
	{
		m->policies[i] = json_string_value(word);
		in->policies_n++;
	}
	in->policies = m->policies;
	json_array_foreach(json_object_get(test, "flags"), i, word)
	{
		const char *flag = json_string_value(word);

		in->require_policy |= strcmp(flag, "explicit") == 0;
		in->no_mapping |= strcmp(flag, "no-mapping") == 0;
		in->no_any |= strcmp(flag, "no-any") == 0;
	}
}

static inline void
limbo_clear(struct limbo_more *m)
{
	for (size_t i = 0; i < LIMBO_STATUS; i++) {
		crl_free(m->lists[i]);
		buf_clear(&m->answers[i]);
	}
}

static inline enum rc
limbo_verify(const json_t *test, enum chain_profile profile, struct err *e)
{
	const json_t *pool = json_object_get(test, "untrusted_intermediates");
	const json_t *peer = json_object_get(test, "expected_peer_name");
	const json_t *depth = json_object_get(test, "max_chain_depth");
	struct buf leaf = limbo_pem(json_object_get(test, "peer_certificate"));
	struct buf sent[CHAIN_POOL_MAX + 1];
	struct span spans[CHAIN_POOL_MAX + 1];
	struct limbo_more more = { 0 };
	struct err refused = { 0 };
	struct trust *trust =
	    limbo_trust(json_object_get(test, "trusted_certs"), &refused);
	struct chain_in in = {
		.pool = spans,
		.pool_n = json_array_size(pool),
		.trust = trust,
		.at_ms = limbo_time(json_object_get(test, "validation_time")),
		.profile = profile,
		.host = json_string_value(json_object_get(peer, "value")),
		.limited = json_is_integer(depth),
		.depth = (unsigned int)json_integer_value(depth),
	};
	struct certificate *c;
	struct chain out;
	enum rc rc;

	limbo_status(&more, test, &in);
	limbo_inputs(&more, test, &in);
	for (size_t i = 0; i < in.pool_n; i++) {
		sent[i] = limbo_pem(json_array_get(pool, i));
		spans[i] = buf_span(&sent[i]);
	}
	if ((rc = certificate_parse(buf_span(&leaf), &c, e)) == RC_OK) {
		in.leaf = c;
		rc = chain_verify(&in, &out, e);
		if (rc == RC_ABSENT && refused.rc != RC_OK)
			*e = refused;
	}
	certificate_free(c);
	trust_free(trust);
	limbo_clear(&more);
	buf_clear(&leaf);
	for (size_t i = 0; i < in.pool_n; i++)
		buf_clear(&sent[i]);

	return rc;
}

static inline struct limbo_case
limbo_run(const json_t *test, enum chain_profile profile)
{
	struct limbo_case c = {
		.id = json_string_value(json_object_get(test, "id")),
	};
	const char *expected =
	    json_string_value(json_object_get(test, "expected_result"));

	c.expected = strcmp(expected, "SUCCESS") == 0;
	c.rc = limbo_verify(test, profile, &c.e);
	c.accepted = c.rc == RC_OK;

	return c;
}
