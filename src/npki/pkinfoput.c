/*
 * pkinfoput.c - R put into a private key, or taken out of it.
 *
 * Belongs here: writing a PrivateKeyInfo again with other attributes.
 * Not here: reading it (pkinfo.c); what R is for (vid.c).
 */
#include "npki/pkinfoput.h"

#include "npki/derput.h"
#include "npki/oid.h"
#include "npki/pkinfo.h"

/* Attribute, its OID, SET, BIT STRING and the outer headers that may grow. */
#define PKINFOPUT_MORE 64

/* A PrivateKeyInfo as its elements: what stands before and after attributes. */
struct parts {
	struct span before[3]; /* version, algorithm, key */
	struct span others[PKINFOPUT_ATTRIBUTES];
	size_t n;
	struct span after; /* [1] of RFC 5958, or empty */
};

static enum rc
pkinfoput_attributes(struct der *r, struct parts *out, struct err *e)
{
	struct der set = der_enter(r, DER_EXPLICIT(0));

	while (der_peek(&set) != 0) {
		struct span whole = der_any(&set);
		struct der again = der_init(r->doc, whole);
		struct der attribute = der_enter(&again, DER_SEQUENCE);

		if (span_equal(der_take(&attribute, DER_OID), OID_RANDOM))
			continue;
		if (out->n == PKINFOPUT_ATTRIBUTES)
			return err_set(e, RC_LIMIT, "attributes",
			    "private key with more than 16 attributes");
		out->others[out->n++] = whole;
	}

	return RC_OK;
}

static enum rc
pkinfoput_parts(struct span info, struct parts *out, struct err *e)
{
	struct pkinfo key = { 0 };
	struct der_doc doc = { 0 };
	struct der whole = der_init(&doc, info), in;
	enum rc rc = pkinfo_parse(info, &key, e);

	if (rc != RC_OK)
		return rc;
	in = der_enter(&whole, DER_SEQUENCE);
	for (size_t i = 0; i < 3; i++)
		out->before[i] = der_any(&in);
	if (der_peek(&in) == DER_EXPLICIT(0))
		rc = pkinfoput_attributes(&in, out, e);
	if (rc == RC_OK && der_peek(&in) != 0)
		out->after = der_any(&in);
	if (rc == RC_OK && !der_done(&in))
		rc = err_set(e, RC_FORMAT, NULL, "not a PrivateKeyInfo");

	return rc;
}

/* Attribute 1.2.410.200004.10.1.1.3 with R as a BIT STRING. */
static struct span
pkinfoput_r(struct span r, uint8_t *room, size_t size)
{
	struct derput w = derput_init(room, size);

	derput_bytes(&w, r);
	derput_bytes(&w, SPAN_LIT("\0"));
	derput_wrap(&w, DER_BITS, 0);
	derput_wrap(&w, DER_SET, 0);
	derput_element(&w, DER_OID, OID_RANDOM);
	derput_wrap(&w, DER_SEQUENCE, 0);

	return derput_span(&w);
}

static void
pkinfoput_write(struct derput *w, const struct parts *in, struct span r)
{
	bool is_put = r.n == 0;
	size_t mark;

	derput_bytes(w, in->after);
	mark = derput_mark(w);
	for (size_t i = in->n; i-- > 0;) {
		if (!is_put && der_ordered(in->others[i], r)) {
			derput_bytes(w, r);
			is_put = true;
		}
		derput_bytes(w, in->others[i]);
	}
	if (!is_put)
		derput_bytes(w, r);
	if (derput_mark(w) > mark)
		derput_wrap(w, DER_EXPLICIT(0), mark);
	for (size_t i = 3; i-- > 0;)
		derput_bytes(w, in->before[i]);
	derput_wrap(w, DER_SEQUENCE, 0);
}

enum rc
pkinfoput_set_r(struct span info, struct span r, struct sec *out, struct err *e)
{
	uint8_t room[PKINFOPUT_MORE];
	struct parts parts = { 0 };
	struct derput w;
	enum rc rc;

	*out = (struct sec){ 0 };
	if (r.n != 0 && r.n != PKINFO_R)
		return err_set(e, RC_FORMAT, "randomNum",
		    "R is not 20 bytes (KCAC.TS.SIVID)");
	rc = pkinfoput_parts(info, &parts, e);
	if (rc == RC_OK)
		rc = sec_new(out, info.n + PKINFOPUT_MORE, e);
	if (rc != RC_OK)
		return rc;
	if (r.n > 0)
		r = pkinfoput_r(r, room, sizeof(room));
	w = derput_init(out->p, out->n);
	pkinfoput_write(&w, &parts, r);
	sec_wipe(room, sizeof(room));
	if (w.failed) {
		sec_free(out);
		return err_set(e, RC_BUG, NULL, "no room for R");
	}
	out->n = derput_mark(&w);
	memmove(out->p, out->p + w.at, out->n);
	sec_wipe(out->p + out->n, w.at);

	return RC_OK;
}
