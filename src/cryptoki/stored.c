/*
 * stored.c - the certificates of a token, and what belongs to each.
 *
 * Belongs here: reading them into a list, and taking one away.
 * Not here: R among the data objects (stored_random.c); putting one there
 * (stage.c).
 */
#include "cryptoki/stored.h"

#include "base/text.h"
#include "cryptoki/attributes.h"
#include "cryptoki/stored_random.h"

#include <stdlib.h>
#include <string.h>

/* Reads an attribute of a certificate that may be missing or too long. */
static enum rc
stored_read(const struct login *l, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE_TYPE type, struct buf *out, struct err *e)
{
	struct err why = { 0 };
	enum rc rc = attributes_read(l, object, type, out, &why);

	if (rc == RC_OK || rc == RC_ABSENT || rc == RC_LIMIT)
		return RC_OK;

	return err_set(e, rc, why.field, "%s", why.msg);
}

static enum rc
stored_names(const struct login *l, struct stored *s, struct err *e)
{
	CK_OBJECT_HANDLE object = s->object[STORED_CERTIFICATE];
	struct buf id = buf_init(STORED_ID), label = buf_init(STORED_LABEL - 1);
	enum rc rc = stored_read(l, object, CKA_ID, &id, e);

	if (rc == RC_OK)
		rc = stored_read(l, object, CKA_LABEL, &label, e);
	if (rc == RC_OK && id.n > 0)
		memcpy(s->id, id.p, s->id_n = id.n);
	if (rc == RC_OK) {
		text_sanitise(s->label, sizeof(s->label), buf_span(&label));
		s->staged =
		    span_equal(buf_span(&label), SPAN_LIT(STORED_STAGED));
	}
	buf_clear(&id);
	buf_clear(&label);

	return rc;
}

static enum rc
stored_load(const struct login *l, struct stored *s, struct err *e)
{
	enum rc rc = stored_names(l, s, e);

	if (rc == RC_OK)
		rc = stored_read(
		    l, s->object[STORED_CERTIFICATE], CKA_VALUE, &s->der, e);
	if (rc != RC_OK)
		return rc;
	s->readable = s->der.n > 0 &&
	    certinfo_parse(buf_span(&s->der), &s->info, NULL) == RC_OK;
	rc = attributes_find_id(
	    l, CKO_PUBLIC_KEY, stored_id(s), &s->object[STORED_PUBLIC], e);
	if (rc == RC_OK)
		rc = attributes_find_id(l, CKO_PRIVATE_KEY, stored_id(s),
		    &s->object[STORED_PRIVATE], e);
	if (rc == RC_OK)
		rc = stored_random_find(
		    l, stored_id(s), &s->object[STORED_RANDOM], e);

	return rc;
}

/* An order that is the same each time; a token's own is not. */
static int
stored_compare(const void *a, const void *b)
{
	const struct stored *x = a, *y = b;
	int by = (int)y->readable - (int)x->readable;

	if (by == 0)
		by = strcmp(x->info.owner, y->info.owner);

	if (by == 0)
		by = strcmp(x->info.serial, y->info.serial);

	return by != 0 ? by : strcmp(x->label, y->label);
}

enum rc
stored_list(const struct login *l, struct stored_list *out, struct err *e)
{
	static const CK_OBJECT_CLASS class = CKO_CERTIFICATE;
	static const CK_CERTIFICATE_TYPE type = CKC_X_509;
	static const CK_BBOOL yes = CK_TRUE;
	const CK_ATTRIBUTE rows[] = {
		attributes_row(CKA_CLASS, ATTRIBUTES_BYTES(class)),
		attributes_row(CKA_TOKEN, ATTRIBUTES_BYTES(yes)),
		attributes_row(CKA_CERTIFICATE_TYPE, ATTRIBUTES_BYTES(type)),
	};
	CK_OBJECT_HANDLE found[STORED_MAX + 1];
	size_t n = 0;
	enum rc rc;

	*out = (struct stored_list){ 0 };
	rc = attributes_find(l, rows, 3, found, STORED_MAX + 1, &n, e);
	if (rc != RC_OK || n == 0)
		return rc;
	out->cut = n > STORED_MAX;
	n = out->cut ? STORED_MAX : n;
	out->at = calloc(n, sizeof(*out->at));
	if (out->at == NULL)
		return err_set(e, RC_MEMORY, NULL, "no memory for the list");
	for (size_t i = 0; rc == RC_OK && i < n; i++) {
		struct stored *s = &out->at[out->n++];

		s->object[STORED_CERTIFICATE] = found[i];
		s->der = buf_init(CERTINFO_MAX);
		rc = stored_load(l, s, e);
	}
	qsort(out->at, out->n, sizeof(*out->at), stored_compare);

	return rc;
}

void
stored_clear(struct stored_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		buf_clear(&list->at[i].der);
	free(list->at);
	*list = (struct stored_list){ 0 };
}

/* Does another certificate of the list use the same key? */
static bool
stored_is_shared(const struct stored_list *list, const struct stored *s)
{
	for (size_t i = 0; i < list->n; i++)
		if (&list->at[i] != s &&
		    list->at[i].object[STORED_CERTIFICATE] !=
			s->object[STORED_CERTIFICATE] &&
		    span_equal(stored_id(&list->at[i]), stored_id(s)))
			return true;

	return false;
}

enum rc
stored_remove(const struct login *l, const struct stored_list *list,
    const struct stored *s, struct err *e)
{
	static const enum stored_part order[] = { STORED_PRIVATE, STORED_PUBLIC,
		STORED_RANDOM, STORED_CERTIFICATE };
	bool shared = stored_is_shared(list, s);
	enum rc rc = RC_OK;

	for (size_t i = 0; rc == RC_OK && i < STORED_PARTS; i++)
		if (order[i] == STORED_CERTIFICATE || !shared)
			rc = attributes_destroy(l, s->object[order[i]], e);

	return rc;
}
