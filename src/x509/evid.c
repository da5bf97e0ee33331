/*
 * evid.c - VID and R on their way to a CA: EncryptedVID of KCAC.TS.SIVID.
 *
 * Belongs here: its form, made and opened.
 * Not here: the VID itself (npki/vid.c); RSA (keytrans.c).
 */
#include "x509/evid.h"

#include "npki/oid.h"
#include "npki/pkinfo.h"

static const struct {
	struct span oid;
	size_t n;
} hashes[] = {
	[VID_SHA1] = { OID_SHA1, PLATFORM_SHA1 },
	[VID_SHA256] = { OID_SHA256, PLATFORM_SHA256 },
};
#define HASHES       (sizeof(hashes) / sizeof(hashes[0]))

#define EVID_CONTENT 128 /* bytes of an EncryptContent at most */

/* AlgorithmIdentifier with NULL, as [tag] EXPLICIT. */
static void
evid_put_algorithm(struct derput *w, unsigned int tag, struct span oid)
{
	size_t mark = derput_mark(w);

	derput_element(w, DER_NULL, (struct span){ NULL, 0 });
	derput_element(w, DER_OID, oid);
	derput_wrap(w, DER_SEQUENCE, mark);
	derput_wrap(w, (uint8_t)DER_EXPLICIT(tag), mark);
}

/* EncryptContent, in memory for secrets. */
static enum rc
evid_put_content(enum vid_hash hash, struct span vid, struct span r,
    struct sec *room, struct span *out, struct err *e)
{
	static const uint8_t unused = 0; /* bits of the BIT STRING */
	struct derput w;
	enum rc rc;

	if ((rc = sec_new(room, EVID_CONTENT, e)) != RC_OK)
		return rc;
	w = derput_init(room->p, room->n);
	derput_bytes(&w, r);
	derput_bytes(&w, (struct span){ &unused, 1 });
	derput_wrap(&w, DER_BITS, 0);
	vid_put(&w, hash, true, vid);
	derput_wrap(&w, DER_SEQUENCE, 0);
	*out = derput_span(&w);

	return RC_OK;
}

enum rc
evid_make(const struct certificate *to, enum vid_hash hash, struct span vid,
    struct span r, struct buf *out, struct err *e)
{
	struct sec content SEC_WIPED = { 0 };
	struct buf sealed = buf_init(KEYTRANS_MAX);
	struct span plain = { NULL, 0 };
	uint8_t room[EVID_MAX];
	struct derput w = derput_init(room, sizeof(room));
	size_t mark;
	enum rc rc;

	if (vid.n != hashes[hash].n || r.n != PKINFO_R)
		return err_set(
		    e, RC_FORMAT, "vid", "VID or R of a wrong length");
	rc = evid_put_content(hash, vid, r, &content, &plain, e);
	if (rc == RC_OK)
		rc = keytrans_seal(to, plain, &sealed, e);
	if (rc == RC_OK) {
		derput_element(&w, DER_OCTETS, buf_span(&sealed));
		derput_wrap(&w, DER_EXPLICIT(4), 0);
		mark = derput_mark(&w);
		keytrans_put_name(&w, certificate_info(to));
		derput_wrap(&w, DER_EXPLICIT(3), mark);
		evid_put_algorithm(&w, 2, OID_RSA);
		evid_put_algorithm(&w, 1, hashes[hash].oid);
		/* Said although it is the default: so does everybody. */
		mark = derput_mark(&w);
		derput_uint(&w, 0);
		derput_wrap(&w, DER_EXPLICIT(0), mark);
		derput_wrap(&w, DER_SEQUENCE, 0);
		buf_bytes(out, derput_span(&w));
		if (w.failed || !buf_ok(out))
			rc = err_set(e, RC_MEMORY, NULL, "no room");
	}
	buf_clear(&sealed);

	return rc;
}

/* A hash by its AlgorithmIdentifier, NULL or nothing after it. */
static bool
evid_take_hash(struct der *r, enum vid_hash *out)
{
	struct der algorithm = der_enter(r, DER_SEQUENCE);
	struct span oid = der_take(&algorithm, DER_OID);

	der_optional_null(&algorithm);
	der_close(&algorithm);
	for (size_t i = 0; i < HASHES; i++) {
		if (!span_equal(oid, hashes[i].oid))
			continue;
		*out = (enum vid_hash)i;
		return true;
	}

	return r->doc->failed;
}

/* What of it needs no key. */
struct evid_outside {
	bool known;         /* algorithms of ours */
	bool ours;          /* it is for that certificate */
	struct certinfo to; /* for which it is, as certinfo_parse_named() */
	struct span sealed;
	enum vid_hash hash;
};

static bool
evid_parse(struct span in, const struct certinfo *to, struct evid_outside *out)
{
	struct der_doc doc = { 0 };
	struct der whole = der_init(&doc, in), evid, part, algorithm;

	evid = der_enter(&whole, DER_SEQUENCE);
	if (der_peek(&evid) == DER_EXPLICIT(0)) {
		part = der_enter(&evid, DER_EXPLICIT(0));
		(void)der_uint(&part, 0);
		der_close(&part);
	}
	*out = (struct evid_outside){ .known = true, .hash = VID_SHA256 };
	if (der_peek(&evid) == DER_EXPLICIT(1)) {
		part = der_enter(&evid, DER_EXPLICIT(1));
		out->known = evid_take_hash(&part, &out->hash);
		der_close(&part);
	}
	part = der_enter(&evid, DER_EXPLICIT(2));
	algorithm = der_enter(&part, DER_SEQUENCE);
	out->known =
	    span_equal(der_take(&algorithm, DER_OID), OID_RSA) && out->known;
	der_optional_null(&algorithm);
	der_close(&algorithm);
	der_close(&part);
	part = der_enter(&evid, DER_EXPLICIT(3));
	out->ours = keytrans_take_name(&part, to, &out->to);
	der_close(&part);
	part = der_enter(&evid, DER_EXPLICIT(4));
	out->sealed = der_take(&part, DER_OCTETS);
	der_close(&part);
	der_close(&evid);

	return der_done(&whole);
}

/* EncryptContent: the VID of that hash, and R. */
static bool
evid_take_content(struct evid *out)
{
	struct der_doc doc = { 0 };
	struct der whole = der_init(&doc, sec_span(&out->content)), content,
		   vid, value;
	enum vid_hash hash = VID_SHA1;
	bool known;

	content = der_enter(&whole, DER_SEQUENCE);
	vid = der_enter(&content, DER_SEQUENCE);
	known = evid_take_hash(&vid, &hash);
	value = der_enter(&vid, DER_EXPLICIT(0));
	out->vid = der_take(&value, DER_OCTETS);
	der_close(&value);
	der_close(&vid);
	out->r = der_octet_bits(&content);
	der_close(&content);

	return der_done(&whole) && known && hash == out->hash &&
	    out->vid.n == hashes[hash].n && out->r.n == PKINFO_R;
}

/* The same, and that it is for that certificate (NULL: for none). */
static enum rc
evid_read(struct span der, const struct certinfo *to, struct evid_outside *out,
    struct err *e)
{
	enum rc rc;

	if (der.n > EVID_MAX)
		return err_set(e, RC_LIMIT, "EncryptedVID", "too large");
	if ((rc = der_check(der, e)) != RC_OK)
		return rc;
	if (!evid_parse(der, to, out))
		return err_set(
		    e, RC_FORMAT, "EncryptedVID", "not one (KCAC.TS.SIVID)");
	if (!out->known)
		return err_set(e, RC_UNKNOWN, "EncryptedVID",
		    "neither SHA-256 nor SHA-1, or not RSA");

	return out->ours
	    ? RC_OK
	    : err_set(e, RC_ABSENT, "certID", "for another certificate");
}

enum rc
evid_check(struct span der, const struct certificate *to, struct err *e)
{
	struct evid_outside read;

	return evid_read(der, certificate_info(to), &read, e);
}

enum rc
evid_recipient(struct span der, struct certinfo *out, struct err *e)
{
	struct evid_outside read = { 0 };
	enum rc rc = evid_read(der, NULL, &read, e);

	if (rc == RC_ABSENT)
		err_clear(e);
	*out = read.to;

	return rc == RC_ABSENT ? RC_OK : rc;
}

enum rc
evid_open(struct span der, const struct certificate *to, EVP_PKEY *key,
    struct evid *out, struct err *e)
{
	struct evid_outside read;
	enum rc rc;

	*out = (struct evid){ .hash = VID_SHA256 };
	if ((rc = evid_read(der, certificate_info(to), &read, e)) != RC_OK)
		return rc;
	out->hash = read.hash;
	rc = keytrans_open(key, read.sealed, &out->content, e);
	if (rc == RC_OK && !evid_take_content(out))
		rc = RC_SECRET;
	if (rc != RC_OK) {
		sec_free(&out->content);
		*out = (struct evid){ .hash = VID_SHA256 };
	}

	return rc == RC_SECRET
	    ? err_set(e, RC_SECRET, "encryptedVID", "not for this key")
	    : rc;
}
