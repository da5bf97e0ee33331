/*
 * capubs.c - CaPubs: the CA's certificates beside those of a person.
 *
 * Belongs here: the list, read and written.
 * Not here: what a certificate says (certinfo.c); whether it is to be trusted
 * (x509).
 */
#include "npki/capubs.h"

#include "npki/certinfo.h"

#include <stdio.h>

/* Whatever is wrong in it, it is this file. */
static enum rc
capubs_failed(struct err *e, enum rc rc)
{
	if (e != NULL)
		(void)snprintf(e->field, sizeof(e->field), "CaPubs");

	return rc;
}

enum rc
capubs_parse(struct span in, struct span *certificates, size_t max, size_t *n,
    struct err *e)
{
	struct der_doc doc = { 0 };
	struct der whole = der_init(&doc, in), list;
	size_t found = 0;
	enum rc rc;

	*n = 0;
	if (in.n > CAPUBS_MAX)
		return err_larger(e, "CaPubs", CAPUBS_MAX);
	rc = der_check(in, e);
	if (rc != RC_OK)
		return capubs_failed(e, rc);
	list = der_enter(&whole, DER_SEQUENCE);
	while (der_peek(&list) != 0) {
		struct certinfo c;

		if (found == max)
			return err_set(e, RC_LIMIT, "CaPubs",
			    "too many certificates in the file");
		certificates[found] = der_any(&list);
		rc = certinfo_parse(certificates[found], &c, e);
		if (rc != RC_OK)
			return capubs_failed(e, rc);
		found++;
	}
	if (!der_done(&list) || !der_done(&whole) || found == 0)
		return err_set(e, RC_FORMAT, "CaPubs",
		    "not a list of certificates (RFC 4210 5.3.4, caPubs)");
	*n = found;

	return RC_OK;
}

static bool
capubs_is_root(struct span certificate)
{
	struct certinfo c;

	return certinfo_parse(certificate, &c, NULL) == RC_OK &&
	    span_equal(c.issuer_der, c.subject_der);
}

void
capubs_put(struct derput *w, const struct span *certificates, size_t n)
{
	size_t mark = derput_mark(w);

	/* From the end: first those that are written last. */
	for (int root = 0; root < 2; root++) {
		for (size_t i = n; i-- > 0;) {
			if (capubs_is_root(certificates[i]) == (root == 1))
				derput_bytes(w, certificates[i]);
		}
	}
	derput_wrap(w, DER_SEQUENCE, mark);
}
