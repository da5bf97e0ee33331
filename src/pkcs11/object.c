/*
 * object.c - the objects of the token, and their handles.
 *
 * Belongs here: which there are, adding, removing, finding.
 * Not here: their attributes (attribute.c); where they come from
 * (token/list.c, create.c); C_ functions (find.c, create.c).
 */
#include "pkcs11/object.h"

#include "base/buf.h"
#include "base/enc.h"
#include "pkcs11/attribute.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum object_part { OBJECT_CERTIFICATE, OBJECT_PUBLIC, OBJECT_PRIVATE };
#define OBJECT_PARTS 4 /* handles a record; one is spare */

static const CK_ULONG object_profiles[] = {
	CKP_BASELINE_PROVIDER,
	CKP_EXTENDED_PROVIDER,
	CKP_AUTHENTICATION_TOKEN,
	/*
	 * Last, because only there with certificates known: without any, a
	 * program that believes it would never log in and never see one.
	 */
	CKP_PUBLIC_CERTIFICATES_TOKEN,
};
#define OBJECT_PROFILES (sizeof(object_profiles) / sizeof(object_profiles[0]))

/* Of the profiles, which have none of their own. */
static const struct object_record object_no_record;

static const CK_OBJECT_CLASS object_classes[] = { CKO_CERTIFICATE,
	CKO_PUBLIC_KEY, CKO_PRIVATE_KEY };

static void
object_record_name(struct object_record *r)
{
	struct buf hex = buf_init(sizeof(r->unique));

	enc_hex(&hex, SPAN(r->o.id));
	if (buf_ok(&hex) && hex.n == 32)
		memcpy(r->unique, hex.p, 32);
	buf_clear(&hex);
	r->unique[32] = '-';
	r->unique[33] = '?';
	r->unique[34] = '\0';
}

/* The handles' number of the same certificate before, or a new one. */
static CK_ULONG
object_number(const struct object_table *old, CK_ULONG *last,
    const struct tokenframe_object *o)
{
	for (size_t i = 0; i < old->n; i++)
		if (memcmp(old->records[i].o.id, o->id, sizeof(o->id)) == 0 &&
		    span_equal(old->records[i].o.der, o->der))
			return old->records[i].number;

	return ++*last;
}

enum rc
object_table_set(struct object_table *t, struct span list, const uint8_t *owner,
    struct err *e)
{
	struct object_table fresh = { .last_number = t->last_number,
		.made = t->made,
		.made_n = t->made_n };
	struct tokenframe_object *parsed =
	    calloc(TOKENFRAME_OBJECTS_MAX, sizeof(*parsed));
	enum rc rc = RC_MEMORY;

	fresh.bytes = malloc(list.n > 0 ? list.n : 1);
	if (parsed == NULL || fresh.bytes == NULL) {
		err_set(e, rc, NULL, "out of memory");
		goto out;
	}
	if (list.n > 0)
		memcpy(fresh.bytes, list.p, list.n);
	fresh.bytes_n = list.n;
	rc = tokenframe_list_parse((struct span){ fresh.bytes, list.n }, owner,
	    parsed, TOKENFRAME_OBJECTS_MAX, &fresh.n, e);
	if (rc != RC_OK)
		goto out;
	fresh.records = calloc(fresh.n + 1, sizeof(fresh.records[0]));
	if (fresh.records == NULL) {
		rc = err_set(e, RC_MEMORY, NULL, "out of memory");
		goto out;
	}
	for (size_t i = 0; i < fresh.n; i++) {
		struct object_record *record = &fresh.records[i];

		record->o = parsed[i];
		record->number =
		    object_number(t, &fresh.last_number, &parsed[i]);
		record->may = OBJECT_VERIFY;
		record->id = SPAN(record->o.key_id);
		object_record_name(record);
	}
	object_table_clear(t);
	*t = fresh;
	fresh.bytes = NULL;
	fresh.records = NULL;
out:
	free(parsed);
	free(fresh.bytes);
	free(fresh.records);

	return rc;
}

void
object_table_clear(struct object_table *t)
{
	free(t->records);
	free(t->bytes);
	t->records = NULL;
	t->bytes = NULL;
	t->n = t->bytes_n = 0;
}

static size_t
object_profile_count(const struct object_table *t)
{
	return t->n > 0 ? OBJECT_PROFILES : OBJECT_PROFILES - 1;
}

size_t
object_count(const struct object_table *t)
{
	return OBJECT_PROFILES + t->n * (OBJECT_PRIVATE + 1) + t->made_n;
}

/* The profile of a number counted from 0, or a part of a record. */
static void
object_make_profile(size_t i, struct object *out)
{
	out->handle = i + 1;
	out->class = CKO_PROFILE;
	out->record = &object_no_record;
	out->profile = object_profiles[i];
}

static bool
object_make(const struct object_record *r, CK_ULONG part, bool logged_in,
    struct object *out)
{
	if (part > OBJECT_PRIVATE ||
	    (part != OBJECT_CERTIFICATE && r->o.key == TOKENFRAME_KEY_NONE) ||
	    (part != OBJECT_PUBLIC && r->session != 0) ||
	    (part == OBJECT_PRIVATE && !logged_in))
		return false;
	out->handle = (r->number + OBJECT_PROFILES) * OBJECT_PARTS + part;
	out->class = object_classes[part];
	out->record = r;
	out->profile = 0;

	return true;
}

struct object
object_of(const struct object_made *made)
{
	struct object o = { 0 };

	(void)object_make(&made->record, OBJECT_PUBLIC, false, &o);

	return o;
}

CK_RV
object_add(
    struct object_table *t, struct object_made *made, CK_OBJECT_HANDLE *handle)
{
	char *unique = made->record.unique;

	if (t->made_n >= OBJECT_MADE_MAX)
		return CKR_DEVICE_MEMORY;
	made->record.number = ++t->last_number;
	/* No certificate's is hexadecimal in this way. */
	(void)snprintf(unique, sizeof(made->record.unique), "session-%024lu-?",
	    made->record.number);
	made->next = t->made;
	t->made = made;
	t->made_n++;
	*handle = object_of(made).handle;

	return CKR_OK;
}

static void
object_remove_at(struct object_table *t, struct object_made **at)
{
	struct object_made *gone = *at;

	*at = gone->next;
	t->made_n--;
	free(gone);
}

void
object_remove(struct object_table *t, const struct object *o)
{
	for (struct object_made **at = &t->made; *at != NULL; at = &(*at)->next)
		if (&(*at)->record == o->record) {
			object_remove_at(t, at);
			return;
		}
}

void
object_remove_session(struct object_table *t, CK_SESSION_HANDLE session)
{
	struct object_made **at = &t->made;

	while (*at != NULL)
		if ((*at)->record.session == session)
			object_remove_at(t, at);
		else
			at = &(*at)->next;
}

static const struct object_record *
object_record_of(const struct object_table *t, CK_ULONG number)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->records[i].number == number)
			return &t->records[i];
	for (const struct object_made *m = t->made; m != NULL; m = m->next)
		if (m->record.number == number)
			return &m->record;

	return NULL;
}

bool
object_find(const struct object_table *t, CK_OBJECT_HANDLE handle,
    bool logged_in, struct object *out)
{
	const struct object_record *record;

	if (handle == 0)
		return false;
	if (handle <= object_profile_count(t)) {
		object_make_profile(handle - 1, out);
		return true;
	}
	record = object_record_of(t, handle / OBJECT_PARTS - OBJECT_PROFILES);

	return record != NULL &&
	    object_make(record, handle % OBJECT_PARTS, logged_in, out);
}

size_t
object_search(const struct object_table *t, bool logged_in,
    const CK_ATTRIBUTE *template, CK_ULONG n, CK_OBJECT_HANDLE *out, size_t max)
{
	struct object o;
	size_t found = 0;

	for (size_t i = 0; i < object_profile_count(t) && found < max; i++) {
		object_make_profile(i, &o);
		if (attribute_match(&o, template, n))
			out[found++] = o.handle;
	}
	for (size_t i = 0; i < t->n; i++)
		for (CK_ULONG part = 0; part <= OBJECT_PRIVATE && found < max;
		     part++)
			if (object_make(&t->records[i], part, logged_in, &o) &&
			    attribute_match(&o, template, n))
				out[found++] = o.handle;
	for (const struct object_made *m = t->made; m != NULL && found < max;
	     m = m->next) {
		o = object_of(m);
		if (attribute_match(&o, template, n))
			out[found++] = o.handle;
	}

	return found;
}
