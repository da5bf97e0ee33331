/*
 * hometax.c - the fields that the tax office takes for a login.
 *
 * Belongs here: their JSON. R is in it where it is asked for, so it is put
 * together in memory for secrets.
 * Not here: the signature (x509/rawsig.c); sending it.
 */
#include "cli/hometax.h"

#include "cli/paper.h"
#include "x509/rawsig.h"

#include <jansson.h>

/* PEM as a string of JSON: only its newlines need it. */
static void
hometax_escape(struct buf *out, struct span pem)
{
	for (size_t i = 0; i < pem.n; i++) {
		if (pem.p[i] == '\n')
			buf_str(out, "\\n");
		else
			buf_u8(out, pem.p[i]);
	}
}

enum rc
hometax_write(const struct certificate *c, struct span log_sgnt,
    struct span random, struct sec *out, struct err *e)
{
	struct buf pem = buf_init(HOMETAX_MAX), head = buf_init(HOMETAX_MAX);
	struct span tail = SPAN_LIT("\"}\n");
	enum rc rc;

	paper_encode(&pem, PAPER_PEM, "CERTIFICATE", certificate_der(c));
	buf_str(&head, "{\"cert\":\"");
	hometax_escape(&head, buf_span(&pem));
	buf_str(&head, "\",\"logSgnt\":\"");
	buf_bytes(&head, log_sgnt);
	if (random.n > 0)
		buf_str(&head, "\",\"randomEnc\":\"");
	rc = buf_ok(&pem) && buf_ok(&head)
	    ? sec_new(out, head.n + random.n + tail.n, e)
	    : err_set(e, RC_MEMORY, NULL, "out of memory");
	if (rc == RC_OK) {
		memcpy(out->p, head.p, head.n);
		if (random.n > 0)
			memcpy(out->p + head.n, random.p, random.n);
		memcpy(out->p + head.n + random.n, tail.p, tail.n);
	}
	buf_clear(&pem);
	buf_clear(&head);

	return rc;
}

enum rc
hometax_read(struct span json, struct hometax *out, struct err *e)
{
	struct buf der = buf_init(CERTINFO_MAX);
	const char *cert = NULL, *log_sgnt = NULL, *random = NULL;
	json_t *o = json_loadb(
	    (const char *)json.p, json.n, JSON_REJECT_DUPLICATES, NULL);
	enum rc rc = RC_OK;

	out->log_sgnt = buf_init(HOMETAX_MAX);
	if (json_unpack(o, "{s:s, s:s, s?s}", "cert", &cert, "logSgnt",
		&log_sgnt, "randomEnc", &random) != 0)
		rc = err_set(e, RC_FORMAT, NULL,
		    json.n == 0 ? "nothing in it"
				: "not JSON with cert and logSgnt");
	if (rc == RC_OK)
		rc = paper_decode(span_str(cert), &der, e);
	if (rc == RC_OK)
		rc = certificate_parse(buf_span(&der), &out->certificate, e);
	if (rc == RC_OK)
		buf_str(&out->log_sgnt, log_sgnt);
	if (rc == RC_OK && random != NULL)
		rc = rawsig_random_parse(span_str(random), &out->r, e);
	json_decref(o);
	buf_clear(&der);

	return rc;
}

void
hometax_clear(struct hometax *h)
{
	certificate_free(h->certificate);
	buf_clear(&h->log_sgnt);
	sec_free(&h->r);
}
