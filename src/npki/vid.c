/*
 * vid.c - the virtual identifier that ties a certificate to a registration
 * number without saying it (KCAC.TS.SIVID).
 *
 * Belongs here: making it, checking it, putting it into DER.
 * Not here: reading it out of a certificate (certinfo.c); encrypting it for a
 * CA (x509/evid.c); whether the certificate may be trusted (x509).
 */
#include "npki/vid.h"

#include "base/sec.h"
#include "npki/oid.h"
#include "npki/pkinfo.h"

static const struct {
	enum platform_hash hash;
	struct span oid;
} hashes[] = {
	[VID_SHA1] = { PLATFORM_HASH_SHA1, OID_SHA1 },
	[VID_SHA256] = { PLATFORM_HASH_SHA256, OID_SHA256 },
};

enum rc
vid_number(struct span typed, char out[static VID_NUMBER_SIZE], struct err *e)
{
	size_t n = 0, bad = 0;

	for (size_t i = 0; i < typed.n; i++) {
		uint8_t c = typed.p[i];

		if (c == '-' || c == ' ' || c == '\t')
			continue;
		if (c < '0' || c > '9' || n == VID_NUMBER_SIZE - 1)
			bad++;
		else
			out[n++] = (char)c;
	}
	out[n] = '\0';
	if (bad == 0 && (n == 10 || n == 13))
		return RC_OK;
	sec_wipe(out, VID_NUMBER_SIZE);

	return err_set(e, RC_FORMAT, "number",
	    "not a registration number of 10 or 13 digits");
}

/* SEQUENCE { PrintableString, BIT STRING }, hashed twice. */
static enum rc
vid_hash_twice(enum platform_hash hash, struct span idn, struct span r,
    uint8_t out[static PLATFORM_HASH_MAX], struct err *e)
{
	uint8_t room[64];
	struct derput w = derput_init(room, sizeof(room));
	struct span in;
	enum rc rc;

	derput_bytes(&w, r);
	derput_bytes(&w, SPAN_LIT("\0"));
	derput_wrap(&w, DER_BITS, 0);
	derput_element(&w, DER_PRINTABLE, idn);
	derput_wrap(&w, DER_SEQUENCE, 0);
	in = derput_span(&w);
	rc = platform_digest(hash, &in, 1, out, e);
	in = (struct span){ out, platform_hash_size(hash) };
	if (rc == RC_OK)
		rc = platform_digest(hash, &in, 1, out, e);
	sec_wipe(room, sizeof(room));

	return rc;
}

enum rc
vid_make(enum vid_hash hash, struct span idn, struct span r,
    uint8_t out[static PLATFORM_HASH_MAX], size_t *n, struct err *e)
{
	char number[VID_NUMBER_SIZE];
	enum rc rc = vid_number(idn, number, e);

	*n = 0;
	if (rc == RC_OK && r.n != PKINFO_R)
		rc = err_set(e, RC_FORMAT, "randomNum",
		    "R is not 20 bytes (KCAC.TS.SIVID)");
	if (rc == RC_OK)
		rc = vid_hash_twice(
		    hashes[hash].hash, span_str(number), r, out, e);
	if (rc == RC_OK)
		*n = platform_hash_size(hashes[hash].hash);
	sec_wipe(number, sizeof(number));

	return rc;
}

enum rc
vid_check(const struct certinfo *c, struct span idn, struct span r, bool sha1,
    struct err *e)
{
	uint8_t value[PLATFORM_HASH_MAX];
	enum vid_hash hash;
	size_t n;
	enum rc rc;

	if (c->vid.n == 0)
		return err_set(e, RC_ABSENT, "extensions.subjectAltName",
		    "the certificate has no virtual identifier");
	if (span_equal(c->vid_oid, hashes[VID_SHA256].oid))
		hash = VID_SHA256;
	else if (span_equal(c->vid_oid, hashes[VID_SHA1].oid))
		hash = VID_SHA1;
	else
		return err_set(e, RC_UNKNOWN, "extensions.subjectAltName",
		    "virtual identifier of a hash that is not supported");
	if (hash == VID_SHA1 && !sha1)
		return err_set(e, RC_POLICY, "extensions.subjectAltName",
		    "virtual identifier of SHA-1, which is not allowed");
	rc = vid_make(hash, idn, r, value, &n, e);
	if (rc == RC_OK && !sec_equal(c->vid, (struct span){ value, n }))
		rc = err_set(e, RC_DENIED, NULL,
		    "the certificate is not of this number");
	sec_wipe(value, sizeof(value));

	return rc;
}

bool
vid_lacks_r(const struct certinfo *c, struct span key)
{
	struct pkinfo info;

	return c->vid.n > 0 && pkinfo_parse(key, &info, NULL) == RC_OK &&
	    info.r.n == 0;
}

void
vid_put(struct derput *w, enum vid_hash hash, bool null, struct span value)
{
	size_t mark = derput_mark(w), algorithm;

	derput_element(w, DER_OCTETS, value);
	derput_wrap(w, DER_EXPLICIT(0), mark);
	algorithm = derput_mark(w);
	if (null)
		derput_element(w, DER_NULL, (struct span){ NULL, 0 });
	derput_element(w, DER_OID, hashes[hash].oid);
	derput_wrap(w, DER_SEQUENCE, algorithm);
	derput_wrap(w, DER_SEQUENCE, mark);
}

void
vid_put_san(struct derput *w, struct span real_name, enum vid_hash hash,
    struct span value)
{
	size_t mark = derput_mark(w);

	if (value.n > 0) {
		vid_put(w, hash, false, value);
		derput_element(w, DER_OID, OID_VID);
		derput_wrap(w, DER_SEQUENCE, mark);
		derput_wrap(w, DER_SEQUENCE, mark);
	}
	derput_element(w, DER_UTF8, real_name);
	derput_wrap(w, DER_SEQUENCE, mark);
	derput_wrap(w, DER_EXPLICIT(0), mark);
	derput_element(w, DER_OID, OID_IDENTIFY_DATA);
	derput_wrap(w, DER_EXPLICIT(0), mark);
	derput_wrap(w, DER_SEQUENCE, mark);
}
