/*
 * object.c - the objects of the token and their attributes.
 *
 * Belongs here: handles, the table of attributes, matching.
 * Not here: where the values come from (token/list.c, create.c); C_ functions
 * (find.c, create.c).
 */
#include "pkcs11/object.h"

#include "base/buf.h"
#include "base/enc.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Templates longer than any real one are mistakes, not questions. */
#define OBJECT_TEMPLATE_MAX 1024

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

/* Where a value comes from. */
enum object_source {
	OBJECT_TRUE,
	OBJECT_FALSE,
	OBJECT_MAY,      /* is the row's bit among what the key may? */
	OBJECT_ULONG,    /* the row's number */
	OBJECT_CLASS,    /* of the object */
	OBJECT_CATEGORY, /* user or authority */
	OBJECT_KEY_TYPE,
	OBJECT_BITS,      /* of the modulus */
	OBJECT_MECHANISM, /* CKA_ALLOWED_MECHANISMS */
	OBJECT_PROFILE,
	OBJECT_UNIQUE,
	OBJECT_ID,
	OBJECT_SPAN,   /* the span at the row's offset */
	OBJECT_EMPTY,  /* there, with no value */
	OBJECT_SECRET, /* there, and never told */
};

/* To which objects a row applies. */
#define ON_CERT    1u
#define ON_PUBLIC  2u
#define ON_PRIVATE 4u
#define ON_PROFILE 8u
#define ON_MADE    16u /* a public key, by a program */
#define ON_VERIFY  (ON_PUBLIC | ON_MADE)
#define ON_KEY     (ON_VERIFY | ON_PRIVATE)
#define ON_ITEM    (ON_CERT | ON_KEY)
#define ON_ALL     (ON_ITEM | ON_PROFILE)
#define ON_TOKEN   (ON_ALL & ~ON_MADE)
#define ON_RSA     32u /* and only for this kind of key */
#define ON_EC      64u

struct object_row {
	CK_ATTRIBUTE_TYPE type;
	unsigned int on;
	enum object_source source;
	CK_ULONG value; /* number, or offset of a span */
};

#define SPAN_OF(field) offsetof(struct tokenframe_object, field)

static const struct object_row object_rows[] = {
	{ CKA_CLASS, ON_ALL, OBJECT_CLASS, 0 },
	{ CKA_TOKEN, ON_TOKEN, OBJECT_TRUE, 0 },
	{ CKA_TOKEN, ON_MADE, OBJECT_FALSE, 0 },
	{ CKA_PRIVATE, ON_PRIVATE, OBJECT_TRUE, 0 },
	{ CKA_PRIVATE, ON_ALL & ~ON_PRIVATE, OBJECT_FALSE, 0 },
	{ CKA_MODIFIABLE, ON_ALL, OBJECT_FALSE, 0 },
	{ CKA_COPYABLE, ON_ALL, OBJECT_FALSE, 0 },
	{ CKA_DESTROYABLE, ON_TOKEN, OBJECT_FALSE, 0 },
	{ CKA_DESTROYABLE, ON_MADE, OBJECT_TRUE, 0 },
	{ CKA_LABEL, ON_ITEM, OBJECT_SPAN, SPAN_OF(label) },
	{ CKA_LABEL, ON_PROFILE, OBJECT_EMPTY, 0 },
	{ CKA_UNIQUE_ID, ON_ITEM, OBJECT_UNIQUE, 0 },
	{ CKA_PROFILE_ID, ON_PROFILE, OBJECT_PROFILE, 0 },
	{ CKA_ID, ON_ITEM, OBJECT_ID, 0 },
	{ CKA_SUBJECT, ON_ITEM, OBJECT_SPAN, SPAN_OF(subject) },
	{ CKA_PUBLIC_KEY_INFO, ON_ITEM, OBJECT_SPAN, SPAN_OF(spki) },
	{ CKA_CERTIFICATE_TYPE, ON_CERT, OBJECT_ULONG, CKC_X_509 },
	{ CKA_CERTIFICATE_CATEGORY, ON_CERT, OBJECT_CATEGORY, 0 },
	{ CKA_TRUSTED, ON_CERT, OBJECT_FALSE, 0 },
	{ CKA_ISSUER, ON_CERT, OBJECT_SPAN, SPAN_OF(issuer) },
	{ CKA_SERIAL_NUMBER, ON_CERT, OBJECT_SPAN, SPAN_OF(serial) },
	{ CKA_VALUE, ON_CERT, OBJECT_SPAN, SPAN_OF(der) },
	{ CKA_KEY_TYPE, ON_KEY, OBJECT_KEY_TYPE, 0 },
	{ CKA_LOCAL, ON_KEY, OBJECT_FALSE, 0 },
	{ CKA_DERIVE, ON_KEY, OBJECT_MAY, OBJECT_DERIVE },
	{ CKA_START_DATE, ON_ITEM, OBJECT_EMPTY, 0 },
	{ CKA_END_DATE, ON_ITEM, OBJECT_EMPTY, 0 },
	{ CKA_KEY_GEN_MECHANISM, ON_KEY, OBJECT_ULONG,
	    CK_UNAVAILABLE_INFORMATION },
	{ CKA_ALLOWED_MECHANISMS, ON_KEY, OBJECT_MECHANISM, 0 },
	{ CKA_MODULUS, ON_KEY | ON_RSA, OBJECT_SPAN, SPAN_OF(modulus) },
	{ CKA_PUBLIC_EXPONENT, ON_KEY | ON_RSA, OBJECT_SPAN,
	    SPAN_OF(exponent) },
	{ CKA_MODULUS_BITS, ON_VERIFY | ON_RSA, OBJECT_BITS, 0 },
	{ CKA_EC_PARAMS, ON_KEY | ON_EC, OBJECT_SPAN, SPAN_OF(ec_params) },
	{ CKA_EC_POINT, ON_KEY | ON_EC, OBJECT_SPAN, SPAN_OF(ec_point) },
	{ CKA_ENCRYPT, ON_VERIFY, OBJECT_MAY, OBJECT_ENCRYPT },
	{ CKA_VERIFY, ON_VERIFY, OBJECT_MAY, OBJECT_VERIFY },
	{ CKA_VERIFY_RECOVER, ON_VERIFY, OBJECT_MAY, OBJECT_VERIFY_RECOVER },
	{ CKA_WRAP, ON_VERIFY, OBJECT_MAY, OBJECT_WRAP },
	{ CKA_TRUSTED, ON_VERIFY, OBJECT_FALSE, 0 },
	{ CKA_SENSITIVE, ON_PRIVATE, OBJECT_TRUE, 0 },
	{ CKA_EXTRACTABLE, ON_PRIVATE, OBJECT_FALSE, 0 },
	/* Keys come from a file of the member, not from the token. */
	{ CKA_ALWAYS_SENSITIVE, ON_PRIVATE, OBJECT_FALSE, 0 },
	{ CKA_NEVER_EXTRACTABLE, ON_PRIVATE, OBJECT_FALSE, 0 },
	{ CKA_SIGN, ON_PRIVATE, OBJECT_TRUE, 0 },
	{ CKA_SIGN_RECOVER, ON_PRIVATE, OBJECT_FALSE, 0 },
	{ CKA_DECRYPT, ON_PRIVATE, OBJECT_FALSE, 0 },
	{ CKA_UNWRAP, ON_PRIVATE, OBJECT_FALSE, 0 },
	{ CKA_WRAP_WITH_TRUSTED, ON_PRIVATE, OBJECT_FALSE, 0 },
	{ CKA_ALWAYS_AUTHENTICATE, ON_PRIVATE, OBJECT_FALSE, 0 },
	{ CKA_PRIVATE_EXPONENT, ON_PRIVATE | ON_RSA, OBJECT_SECRET, 0 },
	{ CKA_PRIME_1, ON_PRIVATE | ON_RSA, OBJECT_SECRET, 0 },
	{ CKA_PRIME_2, ON_PRIVATE | ON_RSA, OBJECT_SECRET, 0 },
	{ CKA_EXPONENT_1, ON_PRIVATE | ON_RSA, OBJECT_SECRET, 0 },
	{ CKA_EXPONENT_2, ON_PRIVATE | ON_RSA, OBJECT_SECRET, 0 },
	{ CKA_COEFFICIENT, ON_PRIVATE | ON_RSA, OBJECT_SECRET, 0 },
	{ CKA_VALUE, ON_PRIVATE | ON_EC, OBJECT_SECRET, 0 },
};

static const CK_MECHANISM_TYPE object_rsa[] = { CKM_SHA256_RSA_PKCS,
	CKM_SHA384_RSA_PKCS, CKM_SHA512_RSA_PKCS, CKM_RSA_PKCS,
	CKM_SHA256_RSA_PKCS_PSS, CKM_SHA384_RSA_PKCS_PSS,
	CKM_SHA512_RSA_PKCS_PSS, CKM_RSA_PKCS_PSS };
static const CK_MECHANISM_TYPE object_ec[] = { CKM_ECDSA_SHA256,
	CKM_ECDSA_SHA384, CKM_ECDSA_SHA512, CKM_ECDSA };

/* A looked-up value; small ones live in room. */
struct object_value {
	const void *p;
	size_t n;
	CK_ULONG number;
	CK_BBOOL flag;
	char text[sizeof(((struct object_record *)0)->unique)];
};

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

static unsigned int
object_on(const struct object *o)
{
	unsigned int on;

	if (o->class == CKO_PROFILE)
		return ON_PROFILE;
	on = o->record->session != 0      ? ON_MADE
	    : o->class == CKO_CERTIFICATE ? ON_CERT
	    : o->class == CKO_PUBLIC_KEY  ? ON_PUBLIC
					  : ON_PRIVATE;
	switch (o->record->o.key) {
	case TOKENFRAME_KEY_NONE:
		return on;
	case TOKENFRAME_KEY_RSA:
		return on | ON_RSA;
	case TOKENFRAME_KEY_EC:
		return on | ON_EC;
	}

	return on;
}

static const struct object_row *
object_row(const struct object *o, CK_ATTRIBUTE_TYPE type)
{
	const unsigned int kinds = ON_RSA | ON_EC;
	unsigned int on = object_on(o);

	for (size_t i = 0; i < sizeof(object_rows) / sizeof(object_rows[0]);
	     i++) {
		const struct object_row *row = &object_rows[i];

		if (row->type == type && (row->on & on & ~kinds) != 0 &&
		    ((row->on & kinds) == 0 || (row->on & on & kinds) != 0))
			return row;
	}

	return NULL;
}

bool
object_knows(CK_ATTRIBUTE_TYPE type)
{
	for (size_t i = 0; i < sizeof(object_rows) / sizeof(object_rows[0]);
	     i++)
		if (object_rows[i].type == type)
			return true;

	return false;
}

static CK_ULONG
object_modulus_bits(struct span modulus)
{
	CK_ULONG bits = modulus.n * 8;

	for (uint8_t top = modulus.p[0]; (top & 0x80) == 0 && top != 0;
	     top = (uint8_t)(top << 1))
		bits--;

	return bits;
}

static void
object_value_number(struct object_value *v, CK_ULONG number)
{
	v->number = number;
	v->p = &v->number;
	v->n = sizeof(v->number);
}

static void
object_value_flag(struct object_value *v, CK_BBOOL flag)
{
	v->flag = flag;
	v->p = &v->flag;
	v->n = sizeof(v->flag);
}

static void
object_value_unique(struct object_value *v, const struct object *o)
{
	static const char letters[] = { 'c', 'p', 's' };

	memcpy(v->text, o->record->unique, sizeof(v->text));
	v->text[33] = letters[o->handle % OBJECT_PARTS];
	v->p = v->text;
	v->n = sizeof(v->text) - 1;
}

static void
object_value(const struct object *o, const struct object_row *row,
    struct object_value *v)
{
	const struct tokenframe_object *f = &o->record->o;
	const struct span *s;

	v->p = NULL;
	v->n = 0;
	switch (row->source) {
	case OBJECT_TRUE:
		object_value_flag(v, CK_TRUE);
		return;
	case OBJECT_FALSE:
		object_value_flag(v, CK_FALSE);
		return;
	case OBJECT_MAY:
		object_value_flag(
		    v, (o->record->may & row->value) != 0 ? CK_TRUE : CK_FALSE);
		return;
	case OBJECT_ULONG:
		object_value_number(v, row->value);
		return;
	case OBJECT_CLASS:
		object_value_number(v, o->class);
		return;
	case OBJECT_CATEGORY:
		object_value_number(v,
		    f->key == TOKENFRAME_KEY_NONE
			? CK_CERTIFICATE_CATEGORY_AUTHORITY
			: CK_CERTIFICATE_CATEGORY_TOKEN_USER);
		return;
	case OBJECT_KEY_TYPE:
		object_value_number(
		    v, f->key == TOKENFRAME_KEY_RSA ? CKK_RSA : CKK_EC);
		return;
	case OBJECT_BITS:
		object_value_number(v, object_modulus_bits(f->modulus));
		return;
	case OBJECT_MECHANISM:
		v->p = f->key == TOKENFRAME_KEY_RSA ? object_rsa : object_ec;
		v->n = f->key == TOKENFRAME_KEY_RSA ? sizeof(object_rsa)
						    : sizeof(object_ec);
		return;
	case OBJECT_PROFILE:
		object_value_number(v, o->profile);
		return;
	case OBJECT_UNIQUE:
		object_value_unique(v, o);
		return;
	case OBJECT_ID:
		v->p = o->record->id.p;
		v->n = o->record->id.n;
		return;
	case OBJECT_SPAN:
		s = (const struct span *)(const void *)((const uint8_t *)f +
		    row->value);
		v->p = s->p;
		v->n = s->n;
		return;
	case OBJECT_EMPTY:
	case OBJECT_SECRET:
		return;
	}
}

CK_RV
object_check_template(const CK_ATTRIBUTE *template, CK_ULONG n)
{
	if ((template == NULL && n > 0) || n > OBJECT_TEMPLATE_MAX)
		return CKR_ARGUMENTS_BAD;
	for (CK_ULONG i = 0; i < n; i++)
		if (template[i].pValue == NULL && template[i].ulValueLen > 0)
			return CKR_ARGUMENTS_BAD;

	return CKR_OK;
}

bool
object_matches(const struct object *o, const CK_ATTRIBUTE *template, CK_ULONG n)
{
	struct object_value v;

	for (CK_ULONG i = 0; i < n; i++) {
		const struct object_row *row = object_row(o, template[i].type);

		if (row == NULL || row->source == OBJECT_SECRET)
			return false;
		object_value(o, row, &v);
		if (v.n != template[i].ulValueLen ||
		    (v.n > 0 && memcmp(v.p, template[i].pValue, v.n) != 0))
			return false;
	}

	return true;
}

size_t
object_search(const struct object_table *t, bool logged_in,
    const CK_ATTRIBUTE *template, CK_ULONG n, CK_OBJECT_HANDLE *out, size_t max)
{
	struct object o;
	size_t found = 0;

	for (size_t i = 0; i < object_profile_count(t) && found < max; i++) {
		object_make_profile(i, &o);
		if (object_matches(&o, template, n))
			out[found++] = o.handle;
	}
	for (size_t i = 0; i < t->n; i++)
		for (CK_ULONG part = 0; part <= OBJECT_PRIVATE && found < max;
		     part++)
			if (object_make(&t->records[i], part, logged_in, &o) &&
			    object_matches(&o, template, n))
				out[found++] = o.handle;
	for (const struct object_made *m = t->made; m != NULL && found < max;
	     m = m->next) {
		o = object_of(m);
		if (object_matches(&o, template, n))
			out[found++] = o.handle;
	}

	return found;
}

static CK_RV
object_attribute(const struct object *o, CK_ATTRIBUTE *a)
{
	const struct object_row *row = object_row(o, a->type);
	struct object_value v;

	if (row == NULL || row->source == OBJECT_SECRET) {
		a->ulValueLen = CK_UNAVAILABLE_INFORMATION;
		return row == NULL ? CKR_ATTRIBUTE_TYPE_INVALID
				   : CKR_ATTRIBUTE_SENSITIVE;
	}
	object_value(o, row, &v);
	if (a->pValue == NULL) {
		a->ulValueLen = v.n;
		return CKR_OK;
	}
	if (a->ulValueLen < v.n) {
		a->ulValueLen = CK_UNAVAILABLE_INFORMATION;
		return CKR_BUFFER_TOO_SMALL;
	}
	if (v.n > 0)
		memcpy(a->pValue, v.p, v.n);
	a->ulValueLen = v.n;

	return CKR_OK;
}

CK_RV
object_attributes(const struct object *o, CK_ATTRIBUTE *template, CK_ULONG n)
{
	CK_RV first = CKR_OK;

	if ((template == NULL && n > 0) || n > OBJECT_TEMPLATE_MAX)
		return CKR_ARGUMENTS_BAD;
	for (CK_ULONG i = 0; i < n; i++) {
		CK_RV rv = object_attribute(o, &template[i]);

		if (first == CKR_OK)
			first = rv;
	}

	return first;
}
