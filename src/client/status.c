/*
 * status.c - is anybody of a path revoked? Asks where the certificates say.
 *
 * Belongs here: which place is asked, in which order.
 * Not here: the bytes of questions and answers (x509/ocsp.c, crl.c); the
 * requests (net.c); what an unknown status means (x509/chain.c).
 */
#include "client/status.h"

#include "base/rnd.h"
#include "client/net.h"
#include "x509/ocsp.h"
#include "x509/places.h"

#define STATUS_NONCE 32

/* One responder. True: it says something that holds. */
static bool
status_ask(const struct certificate *of, const struct certificate *issuer,
    const char *url, int64_t at_ms, struct buf *answer)
{
	uint8_t nonce[STATUS_NONCE];
	struct buf question = buf_init(OCSP_ASK_MAX);
	struct ocsp_status status;
	bool good;

	rnd_bytes(nonce, sizeof(nonce));
	good = ocsp_ask(of, issuer, SPAN(nonce), &question, NULL) == RC_OK &&
	    net_post(url, "application/ocsp-request", buf_span(&question),
		STATUS_SECONDS, answer, NULL) == RC_OK &&
	    ocsp_read(buf_span(answer), of, issuer, SPAN(nonce), at_ms, &status,
		NULL) == RC_OK &&
	    status.state != OCSP_UNKNOWN;
	buf_clear(&question);

	return good;
}

static bool
status_ask_all(const struct certificate *of, const struct certificate *issuer,
    int64_t at_ms, struct buf *answer)
{
	struct places places;

	places_ocsp(of, &places);
	for (size_t i = 0; i < places.n; i++) {
		buf_reset(answer);
		if (status_ask(of, issuer, places.url[i], at_ms, answer))
			return true;
	}
	buf_clear(answer);

	return false;
}

/* The first list that is one. NULL: none. */
static struct crl *
status_list(const struct certificate *of)
{
	struct buf der = buf_init(CRL_MAX);
	struct crl *list = NULL;
	struct places places;

	places_crl(of, &places);
	for (size_t i = 0; list == NULL && i < places.n; i++) {
		buf_reset(&der);
		if (net_get(places.url[i], STATUS_SECONDS, &der, NULL) == RC_OK)
			(void)!crl_parse(buf_span(&der), &list, NULL);
	}
	buf_clear(&der);

	return list;
}

static bool
status_names_none(const struct certificate *of)
{
	struct places answers, lists;

	places_ocsp(of, &answers);
	places_crl(of, &lists);

	return answers.n == 0 && lists.n == 0;
}

static void
status_one(const struct certificate *of, const struct certificate *issuer,
    int64_t at_ms, struct status *out)
{
	struct chain_status *found = &out->found;
	struct buf *answer = &out->answers[out->answers_n];
	struct crl *list;

	*answer = buf_init(OCSP_MAX);
	if (status_names_none(of)) {
		out->nowhere = true;
		return;
	}
	if (status_ask_all(of, issuer, at_ms, answer)) {
		out->answers_n++;
		out->spans[found->answers_n++] = buf_span(answer);
		return;
	}
	if ((list = status_list(of)) == NULL) {
		out->silent = true;
		return;
	}
	out->lists[out->lists_n++] = list;
	out->borrowed[found->crls_n++] = list;
}

enum rc
status_fetch(const struct chain *path, const struct chain_status *known,
    int64_t at_ms, struct status *out, struct err *e)
{
	struct certificate *of = NULL, *issuer = NULL;
	enum rc rc = RC_OK;

	*out = (struct status){ .lists_n = 0 };
	out->found.crls = out->borrowed;
	out->found.answers = out->spans;
	for (size_t i = 0; i < known->crls_n && i < STATUS_KNOWN; i++)
		out->borrowed[out->found.crls_n++] = known->crls[i];
	for (size_t i = 0; i < known->answers_n && i < STATUS_KNOWN; i++)
		out->spans[out->found.answers_n++] = known->answers[i];
	if (path->n > 0)
		rc = certificate_parse(path->der[0], &of, e);
	for (size_t i = 0; rc == RC_OK && i + 1 < path->n; i++) {
		rc = certificate_parse(path->der[i + 1], &issuer, e);
		if (rc == RC_OK)
			status_one(of, issuer, at_ms, out);
		certificate_free(of);
		of = issuer;
		issuer = NULL;
	}
	certificate_free(of);

	return rc;
}

void
status_clear(struct status *s)
{
	for (size_t i = 0; i < CHAIN_MAX; i++) {
		crl_free(s->lists[i]);
		buf_clear(&s->answers[i]);
	}
}
