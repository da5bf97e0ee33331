/*
 * stage.c - puts a certificate on a token, so that nothing is lost on the way.
 *
 * Belongs here: the order in which objects are made; taking them back; what an
 * interrupted copy has left.
 * Not here: what a key's object says (stage_key.c); what is removed for a new
 * certificate, and after whose yes (cli/token_place.c).
 */
#include "cryptoki/stage.h"

#include "base/text.h"
#include "cryptoki/stage_key.h"
#include "cryptoki/stored_random.h"
#include "npki/der.h"
#include "npki/oid.h"
#include "npki/platform.h"

#include <stdio.h>
#include <string.h>

#define OWNER_MAX 64 /* bytes of the owner's name in a label */
#define PARTS_MAX 64 /* of interrupted copies */

static const CK_BBOOL yes = CK_TRUE, no = CK_FALSE;

/*
 * The key id: the certificate's own, else as RFC 5280 4.2.1.2 (1) makes it,
 * SHA-1 of the public key's bits.
 */
static enum rc
stage_find_id(const struct certinfo *info, struct stage *out, struct err *e)
{
	struct der_doc doc = { 0 };
	struct der outer = der_init(&doc, info->spki_der);
	struct der spki = der_enter(&outer, DER_SEQUENCE);
	struct span bits;

	if (info->ski.n > 0 && info->ski.n <= STORED_ID) {
		memcpy(out->id, info->ski.p, out->id_n = info->ski.n);
		return RC_OK;
	}
	(void)der_any(&spki);
	bits = der_octet_bits(&spki);
	if (!der_done(&spki))
		return err_set(e, RC_FORMAT, "subjectPublicKeyInfo",
		    "is malformed (RFC 5280 4.1.2.7)");
	out->id_n = PLATFORM_SHA1;

	return platform_digest(PLATFORM_HASH_SHA1, &bits, 1, out->id, e);
}

static enum rc
stage_certificate(const struct login *l, const struct stage_pair *pair,
    struct span id, CK_OBJECT_HANDLE *out, struct err *e)
{
	static const CK_OBJECT_CLASS class = CKO_CERTIFICATE;
	static const CK_CERTIFICATE_TYPE type = CKC_X_509;
	const CK_ATTRIBUTE rows[] = {
		attributes_row(CKA_CLASS, ATTRIBUTES_BYTES(class)),
		attributes_row(CKA_CERTIFICATE_TYPE, ATTRIBUTES_BYTES(type)),
		attributes_row(CKA_TOKEN, ATTRIBUTES_BYTES(yes)),
		attributes_row(CKA_PRIVATE, ATTRIBUTES_BYTES(no)),
		attributes_row(CKA_ID, id),
		attributes_row(CKA_LABEL, SPAN_LIT(STORED_STAGED)),
		attributes_row(CKA_SUBJECT, pair->info->subject_der),
		attributes_row(CKA_ISSUER, pair->info->issuer_der),
		attributes_row(CKA_SERIAL_NUMBER, pair->info->serial_der),
		attributes_row(CKA_VALUE, pair->der),
	};

	return attributes_create(
	    l, rows, sizeof(rows) / sizeof(rows[0]), out, e);
}

/* R as every program may find it: by its label, and by what it is. */
static enum rc
stage_random(const struct login *l, const struct stage_pair *pair,
    struct span id, CK_OBJECT_HANDLE *out, struct err *e)
{
	static const CK_OBJECT_CLASS class = CKO_DATA;
	static const uint8_t head[] = { 0x06, 0x0a };
	uint8_t object_id[sizeof(head) + 10];
	char label[STORED_RANDOM_LABEL];
	const struct span oid = OID_RANDOM;
	const CK_ATTRIBUTE rows[] = {
		attributes_row(CKA_CLASS, ATTRIBUTES_BYTES(class)),
		attributes_row(CKA_TOKEN, ATTRIBUTES_BYTES(yes)),
		attributes_row(CKA_PRIVATE, ATTRIBUTES_BYTES(yes)),
		attributes_row(CKA_MODIFIABLE, ATTRIBUTES_BYTES(no)),
		attributes_row(CKA_APPLICATION, SPAN_LIT("Ingam")),
		attributes_row(
		    CKA_OBJECT_ID, (struct span){ object_id, 2 + oid.n }),
		attributes_row(CKA_VALUE, pair->key->r),
		attributes_row(CKA_LABEL,
		    (struct span){ (const uint8_t *)label, 6 + 2 * id.n }),
	};

	_Static_assert(sizeof(OID_KISA "\x0a\x01\x01\x03") - 1 == 10,
	    "the length in head");
	memcpy(object_id, head, sizeof(head));
	memcpy(object_id + sizeof(head), oid.p, oid.n);
	stored_random_label(id, label);

	return attributes_create(
	    l, rows, sizeof(rows) / sizeof(rows[0]), out, e);
}

/* What the token has of this key already. A lone R is nobody's, and goes. */
static enum rc
stage_look(const struct login *l, struct stage *s, struct err *e)
{
	struct span id = { s->id, s->id_n };
	enum rc rc = attributes_find_id(
	    l, CKO_PRIVATE_KEY, id, &s->object[STORED_PRIVATE], e);

	if (rc == RC_OK)
		rc = attributes_find_id(
		    l, CKO_PUBLIC_KEY, id, &s->object[STORED_PUBLIC], e);
	if (rc == RC_OK)
		rc = stored_random_of(l, id, &s->object[STORED_RANDOM], e);
	if (rc != RC_OK || s->object[STORED_PRIVATE] != CK_INVALID_HANDLE)
		return rc;
	rc = attributes_destroy(l, s->object[STORED_RANDOM], e);
	s->object[STORED_RANDOM] = CK_INVALID_HANDLE;

	return rc;
}

static enum rc
stage_make(const struct login *l, const struct stage_pair *pair,
    enum stored_part part, struct stage *s, struct err *e)
{
	struct span id = { s->id, s->id_n };
	CK_OBJECT_HANDLE *out = &s->object[part];
	enum rc rc = RC_BUG;

	if (*out != CK_INVALID_HANDLE ||
	    (part == STORED_RANDOM && pair->key->r.n == 0))
		return RC_OK;
	switch (part) {
	case STORED_CERTIFICATE:
		rc = stage_certificate(l, pair, id, out, e);
		break;
	case STORED_PUBLIC:
		rc = stage_key_public(l, pair, id, out, e);
		break;
	case STORED_PRIVATE:
		rc = stage_key_private(l, pair, id, out, e);
		break;
	case STORED_RANDOM:
		rc = stage_random(l, pair, id, out, e);
		break;
	case STORED_PARTS:
		break;
	}
	s->made[part] = rc == RC_OK;

	return rc;
}

enum rc
stage_put(const struct login *l, const struct stage_pair *pair,
    struct stage *out, struct err *e)
{
	static const enum stored_part order[] = { STORED_RANDOM, STORED_PRIVATE,
		STORED_PUBLIC, STORED_CERTIFICATE };
	enum rc rc;

	*out = (struct stage){ 0 };
	rc = stage_find_id(pair->info, out, e);
	if (rc == RC_OK)
		rc = stage_look(l, out, e);
	for (size_t i = 0; rc == RC_OK && i < STORED_PARTS; i++)
		rc = stage_make(l, pair, order[i], out, e);
	if (rc == RC_OK)
		return RC_OK;
	/* What made it fail is what is told. */
	(void)!stage_undo(l, out, NULL);
	*out = (struct stage){ 0 };

	return rc;
}

enum rc
stage_undo(const struct login *l, const struct stage *s, struct err *e)
{
	enum rc rc = RC_OK;

	/* As much as can be, though one fails. */
	for (size_t i = 0; i < STORED_PARTS; i++) {
		enum rc one =
		    s->made[i] ? attributes_destroy(l, s->object[i], e) : RC_OK;

		rc = rc == RC_OK ? one : rc;
	}

	return rc;
}

void
stage_label(const struct certinfo *info, char out[static STORED_LABEL])
{
	char owner[OWNER_MAX + 1];

	text_sanitise(owner, sizeof(owner), span_str(info->owner));
	(void)snprintf(out, STORED_LABEL, "%s %s", owner, info->serial);
}

enum rc
stage_finish(const struct login *l,
    const unsigned long object[static STORED_PARTS],
    const struct certinfo *info, struct err *e)
{
	static const enum stored_part parts[] = { STORED_PRIVATE, STORED_PUBLIC,
		STORED_CERTIFICATE };
	char label[STORED_LABEL];
	enum rc rc = RC_OK;

	stage_label(info, label);
	for (size_t i = 0; rc == RC_OK && i < 3; i++)
		if (object[parts[i]] != CK_INVALID_HANDLE)
			rc = attributes_set_label(
			    l, object[parts[i]], span_str(label), e);

	return rc;
}

static bool
stage_has_certificate(const struct stored_list *list, struct span id)
{
	for (size_t i = 0; i < list->n; i++)
		if (span_equal(stored_id(&list->at[i]), id))
			return true;

	return false;
}

/* Half a key that no certificate followed, and the R that came before it. */
static enum rc
stage_settle_key(const struct login *l, const struct stored_list *list,
    CK_OBJECT_HANDLE object, bool *changed, struct err *e)
{
	struct buf id = buf_init(STORED_ID);
	CK_OBJECT_HANDLE random = CK_INVALID_HANDLE;
	enum rc rc = attributes_read(l, object, CKA_ID, &id, e);

	if (rc == RC_OK && !stage_has_certificate(list, buf_span(&id))) {
		*changed = true;
		rc = attributes_destroy(l, object, e);
		if (rc == RC_OK)
			rc = stored_random_of(l, buf_span(&id), &random, e);
		if (rc == RC_OK)
			rc = attributes_destroy(l, random, e);
	}
	buf_clear(&id);

	return rc;
}

static enum rc
stage_settle_keys(const struct login *l, const struct stored_list *list,
    CK_OBJECT_CLASS class, bool *changed, struct err *e)
{
	const CK_ATTRIBUTE rows[] = {
		attributes_row(CKA_CLASS, ATTRIBUTES_BYTES(class)),
		attributes_row(CKA_LABEL, SPAN_LIT(STORED_STAGED)),
	};
	CK_OBJECT_HANDLE found[PARTS_MAX];
	size_t n = 0;
	enum rc rc = attributes_find(l, rows, 2, found, PARTS_MAX, &n, e);

	for (size_t i = 0; rc == RC_OK && i < n; i++)
		rc = stage_settle_key(l, list, found[i], changed, e);

	return rc;
}

enum rc
stage_settle(const struct login *l, const struct stored_list *list,
    bool *changed, struct err *e)
{
	enum rc rc = RC_OK;

	*changed = false;
	for (size_t i = 0; rc == RC_OK && i < list->n; i++) {
		const struct stored *s = &list->at[i];

		if (!s->staged)
			continue;
		*changed = true;
		/* A token that changes no label keeps this one. */
		if (s->readable &&
		    s->object[STORED_PRIVATE] != CK_INVALID_HANDLE)
			(void)!stage_finish(l, s->object, &s->info, NULL);
		else
			rc = stored_remove(l, list, s, e);
	}
	if (rc == RC_OK)
		rc = stage_settle_keys(l, list, CKO_PRIVATE_KEY, changed, e);
	if (rc == RC_OK)
		rc = stage_settle_keys(l, list, CKO_PUBLIC_KEY, changed, e);

	return rc;
}
