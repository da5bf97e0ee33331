/*
 * stored_random.c - R of a certificate, among a token's data objects.
 *
 * Belongs here: the conventions by which R is found and written down. A data
 * object has no CKA_ID by the standard, so its label names the key.
 * Not here: what R is for (npki).
 */
#include "cryptoki/stored_random.h"

#include "npki/oid.h"
#include "npki/pkinfo.h"

#include <string.h>
#include <strings.h>

#define PREFIX    "R4VID="
#define OBJECTS   64 /* looked at */
#define VALUE_MAX 64
#define OBJECT_ID 64

void
stored_random_label(struct span id, char out[static STORED_RANDOM_LABEL])
{
	static const char digits[] = "0123456789abcdef";
	size_t at = sizeof(PREFIX) - 1;

	memcpy(out, PREFIX, at);
	for (size_t i = 0; i < id.n && i < STORED_ID; i++) {
		out[at++] = digits[id.p[i] >> 4];
		out[at++] = digits[id.p[i] & 15];
	}
	out[at] = '\0';
}

enum rc
stored_random_of(
    const struct login *l, struct span id, CK_OBJECT_HANDLE *out, struct err *e)
{
	static const CK_OBJECT_CLASS data = CKO_DATA;
	char label[STORED_RANDOM_LABEL];
	CK_ATTRIBUTE rows[2];
	size_t n = 0;

	*out = CK_INVALID_HANDLE;
	stored_random_label(id, label);
	rows[0] = attributes_row(CKA_CLASS, ATTRIBUTES_BYTES(data));
	rows[1] = attributes_row(CKA_LABEL, span_str(label));

	return id.n == 0 ? RC_OK : attributes_find(l, rows, 2, out, 1, &n, e);
}

/* How sure it is that a data object is R of the label's key. */
enum likeness { LIKE_NOT, LIKE_OBJECT_ID, LIKE_CASE, LIKE_LABEL };

static enum likeness
stored_random_likeness(
    const char *wanted, struct span label, struct span object_id)
{
	struct span exact = span_str(wanted);
	size_t prefix = sizeof(PREFIX) - 1;

	if (span_equal(label, exact))
		return LIKE_LABEL;
	if (label.n == exact.n &&
	    strncasecmp((const char *)label.p, wanted, label.n) == 0)
		return LIKE_CASE;
	/* R of another key says so. */
	if (label.n >= prefix &&
	    strncasecmp((const char *)label.p, PREFIX, prefix) == 0)
		return LIKE_NOT;
	/* CKA_OBJECT_ID is DER; some write the contents alone. */
	if (span_equal(object_id, OID_RANDOM) ||
	    (object_id.n == OID_RANDOM.n + 2 && object_id.p[0] == 0x06 &&
		span_equal((struct span){ object_id.p + 2, object_id.n - 2 },
		    OID_RANDOM)))
		return LIKE_OBJECT_ID;

	return LIKE_NOT;
}

/* What one data object is; what it does not say is empty. */
static enum likeness
stored_random_look(
    const struct login *l, CK_OBJECT_HANDLE object, const char *wanted)
{
	struct buf label = buf_init(STORED_RANDOM_LABEL);
	struct buf object_id = buf_init(OBJECT_ID);
	enum likeness like = LIKE_NOT;
	enum rc named = attributes_read(l, object, CKA_LABEL, &label, NULL);
	enum rc typed =
	    attributes_read(l, object, CKA_OBJECT_ID, &object_id, NULL);

	if (named == RC_OK || typed == RC_OK)
		like = stored_random_likeness(
		    wanted, buf_span(&label), buf_span(&object_id));
	buf_clear(&label);
	buf_clear(&object_id);

	return like;
}

enum rc
stored_random_find(
    const struct login *l, struct span id, CK_OBJECT_HANDLE *out, struct err *e)
{
	static const CK_OBJECT_CLASS data = CKO_DATA;
	const CK_ATTRIBUTE row =
	    attributes_row(CKA_CLASS, ATTRIBUTES_BYTES(data));
	CK_OBJECT_HANDLE found[OBJECTS];
	char wanted[STORED_RANDOM_LABEL];
	enum likeness best = LIKE_NOT;
	size_t n = 0, alike = 0;
	enum rc rc;

	*out = CK_INVALID_HANDLE;
	if (id.n == 0)
		return RC_OK;
	stored_random_label(id, wanted);
	rc = attributes_find(l, &row, 1, found, OBJECTS, &n, e);
	for (size_t i = 0; rc == RC_OK && i < n && best < LIKE_LABEL; i++) {
		enum likeness like = stored_random_look(l, found[i], wanted);

		if (like == LIKE_NOT || like < best)
			continue;
		alike = like > best ? 1 : alike + 1;
		best = like;
		*out = found[i];
	}
	/* Two that only say what they are: whose is which is not known. */
	if (best == LIKE_OBJECT_ID && alike > 1)
		*out = CK_INVALID_HANDLE;
	/* A module may refuse a template with an attribute that data has not. */
	if (rc == RC_OK && best == LIKE_NOT &&
	    attributes_find_id(l, CKO_DATA, id, out, NULL) != RC_OK)
		*out = CK_INVALID_HANDLE;

	return rc;
}

/* 20 raw bytes, or a DER BIT STRING of them (X.690 8.6). */
static struct span
stored_random_value(struct span v)
{
	static const uint8_t bits[] = { 0x03, PKINFO_R + 1, 0x00 };

	if (v.n == sizeof(bits) + PKINFO_R &&
	    memcmp(v.p, bits, sizeof(bits)) == 0)
		return (struct span){ v.p + sizeof(bits), PKINFO_R };

	return v;
}

enum rc
stored_r(const struct login *l, const struct stored *s, struct sec *out,
    struct err *e)
{
	struct sec value SEC_WIPED = { 0 };
	struct span r;
	enum rc rc;

	if (s->object[STORED_RANDOM] == CK_INVALID_HANDLE)
		return err_set(e, RC_ABSENT, "R", "is not on the token");
	rc = attributes_read_secret(
	    l, s->object[STORED_RANDOM], CKA_VALUE, VALUE_MAX, &value, e);
	if (rc != RC_OK)
		return rc;
	r = stored_random_value(sec_span(&value));
	if (r.n != PKINFO_R)
		return err_set(e, RC_FORMAT, "R", "has not 20 bytes");

	return sec_copy(out, r, e);
}
