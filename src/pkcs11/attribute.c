/*
 * attribute.c - the attributes of an object, and what they are worth.
 *
 * Belongs here: the table of attributes, values, templates.
 * Not here: which objects there are (object.c); what a program may say of a
 * key that it makes (create.c).
 */
#include "pkcs11/attribute.h"

#include <stddef.h>
#include <string.h>

/* Templates longer than any real one are mistakes, not questions. */
#define ATTRIBUTE_TEMPLATE_MAX 1024

/* Where a value comes from. */
enum attribute_source {
	ATTRIBUTE_TRUE,
	ATTRIBUTE_FALSE,
	ATTRIBUTE_MAY,      /* is the row's bit among what the key may? */
	ATTRIBUTE_ULONG,    /* the row's number */
	ATTRIBUTE_CLASS,    /* of the object */
	ATTRIBUTE_CATEGORY, /* user or authority */
	ATTRIBUTE_KEY_TYPE,
	ATTRIBUTE_BITS,      /* of the modulus */
	ATTRIBUTE_MECHANISM, /* CKA_ALLOWED_MECHANISMS */
	ATTRIBUTE_PROFILE,
	ATTRIBUTE_UNIQUE,
	ATTRIBUTE_ID,
	ATTRIBUTE_SPAN,   /* the span at the row's offset */
	ATTRIBUTE_EMPTY,  /* there, with no value */
	ATTRIBUTE_SECRET, /* there, and never told */
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

struct attribute_row {
	CK_ATTRIBUTE_TYPE type;
	unsigned int on;
	enum attribute_source source;
	CK_ULONG value; /* number, or offset of a span */
};

#define SPAN_OF(field) offsetof(struct tokenframe_object, field)

static const struct attribute_row attribute_rows[] = {
	{ CKA_CLASS, ON_ALL, ATTRIBUTE_CLASS, 0 },
	{ CKA_TOKEN, ON_TOKEN, ATTRIBUTE_TRUE, 0 },
	{ CKA_TOKEN, ON_MADE, ATTRIBUTE_FALSE, 0 },
	{ CKA_PRIVATE, ON_PRIVATE, ATTRIBUTE_TRUE, 0 },
	{ CKA_PRIVATE, ON_ALL & ~ON_PRIVATE, ATTRIBUTE_FALSE, 0 },
	{ CKA_MODIFIABLE, ON_ALL, ATTRIBUTE_FALSE, 0 },
	{ CKA_COPYABLE, ON_ALL, ATTRIBUTE_FALSE, 0 },
	{ CKA_DESTROYABLE, ON_TOKEN, ATTRIBUTE_FALSE, 0 },
	{ CKA_DESTROYABLE, ON_MADE, ATTRIBUTE_TRUE, 0 },
	{ CKA_LABEL, ON_ITEM, ATTRIBUTE_SPAN, SPAN_OF(label) },
	{ CKA_LABEL, ON_PROFILE, ATTRIBUTE_EMPTY, 0 },
	{ CKA_UNIQUE_ID, ON_ITEM, ATTRIBUTE_UNIQUE, 0 },
	{ CKA_PROFILE_ID, ON_PROFILE, ATTRIBUTE_PROFILE, 0 },
	{ CKA_ID, ON_ITEM, ATTRIBUTE_ID, 0 },
	{ CKA_SUBJECT, ON_ITEM, ATTRIBUTE_SPAN, SPAN_OF(subject) },
	{ CKA_PUBLIC_KEY_INFO, ON_ITEM, ATTRIBUTE_SPAN, SPAN_OF(spki) },
	{ CKA_CERTIFICATE_TYPE, ON_CERT, ATTRIBUTE_ULONG, CKC_X_509 },
	{ CKA_CERTIFICATE_CATEGORY, ON_CERT, ATTRIBUTE_CATEGORY, 0 },
	{ CKA_TRUSTED, ON_CERT, ATTRIBUTE_FALSE, 0 },
	{ CKA_ISSUER, ON_CERT, ATTRIBUTE_SPAN, SPAN_OF(issuer) },
	{ CKA_SERIAL_NUMBER, ON_CERT, ATTRIBUTE_SPAN, SPAN_OF(serial) },
	{ CKA_VALUE, ON_CERT, ATTRIBUTE_SPAN, SPAN_OF(der) },
	{ CKA_KEY_TYPE, ON_KEY, ATTRIBUTE_KEY_TYPE, 0 },
	{ CKA_LOCAL, ON_KEY, ATTRIBUTE_FALSE, 0 },
	{ CKA_DERIVE, ON_KEY, ATTRIBUTE_MAY, OBJECT_DERIVE },
	{ CKA_START_DATE, ON_ITEM, ATTRIBUTE_EMPTY, 0 },
	{ CKA_END_DATE, ON_ITEM, ATTRIBUTE_EMPTY, 0 },
	{ CKA_KEY_GEN_MECHANISM, ON_KEY, ATTRIBUTE_ULONG,
	    CK_UNAVAILABLE_INFORMATION },
	{ CKA_ALLOWED_MECHANISMS, ON_KEY, ATTRIBUTE_MECHANISM, 0 },
	{ CKA_MODULUS, ON_KEY | ON_RSA, ATTRIBUTE_SPAN, SPAN_OF(modulus) },
	{ CKA_PUBLIC_EXPONENT, ON_KEY | ON_RSA, ATTRIBUTE_SPAN,
	    SPAN_OF(exponent) },
	{ CKA_MODULUS_BITS, ON_VERIFY | ON_RSA, ATTRIBUTE_BITS, 0 },
	{ CKA_EC_PARAMS, ON_KEY | ON_EC, ATTRIBUTE_SPAN, SPAN_OF(ec_params) },
	{ CKA_EC_POINT, ON_KEY | ON_EC, ATTRIBUTE_SPAN, SPAN_OF(ec_point) },
	{ CKA_ENCRYPT, ON_VERIFY, ATTRIBUTE_MAY, OBJECT_ENCRYPT },
	{ CKA_VERIFY, ON_VERIFY, ATTRIBUTE_MAY, OBJECT_VERIFY },
	{ CKA_VERIFY_RECOVER, ON_VERIFY, ATTRIBUTE_MAY, OBJECT_VERIFY_RECOVER },
	{ CKA_WRAP, ON_VERIFY, ATTRIBUTE_MAY, OBJECT_WRAP },
	{ CKA_TRUSTED, ON_VERIFY, ATTRIBUTE_FALSE, 0 },
	{ CKA_SENSITIVE, ON_PRIVATE, ATTRIBUTE_TRUE, 0 },
	{ CKA_EXTRACTABLE, ON_PRIVATE, ATTRIBUTE_FALSE, 0 },
	/* Keys come from a file of the member, not from the token. */
	{ CKA_ALWAYS_SENSITIVE, ON_PRIVATE, ATTRIBUTE_FALSE, 0 },
	{ CKA_NEVER_EXTRACTABLE, ON_PRIVATE, ATTRIBUTE_FALSE, 0 },
	{ CKA_SIGN, ON_PRIVATE, ATTRIBUTE_TRUE, 0 },
	{ CKA_SIGN_RECOVER, ON_PRIVATE, ATTRIBUTE_FALSE, 0 },
	{ CKA_DECRYPT, ON_PRIVATE, ATTRIBUTE_FALSE, 0 },
	{ CKA_UNWRAP, ON_PRIVATE, ATTRIBUTE_FALSE, 0 },
	{ CKA_WRAP_WITH_TRUSTED, ON_PRIVATE, ATTRIBUTE_FALSE, 0 },
	{ CKA_ALWAYS_AUTHENTICATE, ON_PRIVATE, ATTRIBUTE_FALSE, 0 },
	{ CKA_PRIVATE_EXPONENT, ON_PRIVATE | ON_RSA, ATTRIBUTE_SECRET, 0 },
	{ CKA_PRIME_1, ON_PRIVATE | ON_RSA, ATTRIBUTE_SECRET, 0 },
	{ CKA_PRIME_2, ON_PRIVATE | ON_RSA, ATTRIBUTE_SECRET, 0 },
	{ CKA_EXPONENT_1, ON_PRIVATE | ON_RSA, ATTRIBUTE_SECRET, 0 },
	{ CKA_EXPONENT_2, ON_PRIVATE | ON_RSA, ATTRIBUTE_SECRET, 0 },
	{ CKA_COEFFICIENT, ON_PRIVATE | ON_RSA, ATTRIBUTE_SECRET, 0 },
	{ CKA_VALUE, ON_PRIVATE | ON_EC, ATTRIBUTE_SECRET, 0 },
};

static const CK_MECHANISM_TYPE attribute_rsa[] = { CKM_SHA256_RSA_PKCS,
	CKM_SHA384_RSA_PKCS, CKM_SHA512_RSA_PKCS, CKM_RSA_PKCS,
	CKM_SHA256_RSA_PKCS_PSS, CKM_SHA384_RSA_PKCS_PSS,
	CKM_SHA512_RSA_PKCS_PSS, CKM_RSA_PKCS_PSS };
static const CK_MECHANISM_TYPE attribute_ec[] = { CKM_ECDSA_SHA256,
	CKM_ECDSA_SHA384, CKM_ECDSA_SHA512, CKM_ECDSA };

/* A looked-up value; small ones live in room. */
struct attribute_value {
	const void *p;
	size_t n;
	CK_ULONG number;
	CK_BBOOL flag;
	char text[sizeof(((struct object_record *)0)->unique)];
};

static unsigned int
attribute_on(const struct object *o)
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

static const struct attribute_row *
attribute_row(const struct object *o, CK_ATTRIBUTE_TYPE type)
{
	const unsigned int kinds = ON_RSA | ON_EC;
	unsigned int on = attribute_on(o);

	for (size_t i = 0;
	     i < sizeof(attribute_rows) / sizeof(attribute_rows[0]); i++) {
		const struct attribute_row *row = &attribute_rows[i];

		if (row->type == type && (row->on & on & ~kinds) != 0 &&
		    ((row->on & kinds) == 0 || (row->on & on & kinds) != 0))
			return row;
	}

	return NULL;
}

bool
attribute_is_known(CK_ATTRIBUTE_TYPE type)
{
	for (size_t i = 0;
	     i < sizeof(attribute_rows) / sizeof(attribute_rows[0]); i++)
		if (attribute_rows[i].type == type)
			return true;

	return false;
}

static CK_ULONG
attribute_bits(struct span modulus)
{
	CK_ULONG bits = modulus.n * 8;

	for (uint8_t top = modulus.p[0]; (top & 0x80) == 0 && top != 0;
	     top = (uint8_t)(top << 1))
		bits--;

	return bits;
}

static void
attribute_value_number(struct attribute_value *v, CK_ULONG number)
{
	v->number = number;
	v->p = &v->number;
	v->n = sizeof(v->number);
}

static void
attribute_value_flag(struct attribute_value *v, CK_BBOOL flag)
{
	v->flag = flag;
	v->p = &v->flag;
	v->n = sizeof(v->flag);
}

static void
attribute_value_span(struct attribute_value *v, const struct span *s)
{
	v->p = s->p;
	v->n = s->n;
}

static void
attribute_value_unique(struct attribute_value *v, const struct object *o)
{
	memcpy(v->text, o->record->unique, sizeof(v->text));
	v->text[33] = o->class == CKO_CERTIFICATE ? 'c'
	    : o->class == CKO_PUBLIC_KEY          ? 'p'
						  : 's';
	v->p = v->text;
	v->n = sizeof(v->text) - 1;
}

static void
attribute_value(const struct object *o, const struct attribute_row *row,
    struct attribute_value *v)
{
	const struct tokenframe_object *f = &o->record->o;

	v->p = NULL;
	v->n = 0;
	switch (row->source) {
	case ATTRIBUTE_TRUE:
		attribute_value_flag(v, CK_TRUE);
		return;
	case ATTRIBUTE_FALSE:
		attribute_value_flag(v, CK_FALSE);
		return;
	case ATTRIBUTE_MAY:
		attribute_value_flag(
		    v, (o->record->may & row->value) != 0 ? CK_TRUE : CK_FALSE);
		return;
	case ATTRIBUTE_ULONG:
		attribute_value_number(v, row->value);
		return;
	case ATTRIBUTE_CLASS:
		attribute_value_number(v, o->class);
		return;
	case ATTRIBUTE_CATEGORY:
		attribute_value_number(v,
		    f->key == TOKENFRAME_KEY_NONE
			? CK_CERTIFICATE_CATEGORY_AUTHORITY
			: CK_CERTIFICATE_CATEGORY_TOKEN_USER);
		return;
	case ATTRIBUTE_KEY_TYPE:
		attribute_value_number(
		    v, f->key == TOKENFRAME_KEY_RSA ? CKK_RSA : CKK_EC);
		return;
	case ATTRIBUTE_BITS:
		attribute_value_number(v, attribute_bits(f->modulus));
		return;
	case ATTRIBUTE_MECHANISM:
		v->p =
		    f->key == TOKENFRAME_KEY_RSA ? attribute_rsa : attribute_ec;
		v->n = f->key == TOKENFRAME_KEY_RSA ? sizeof(attribute_rsa)
						    : sizeof(attribute_ec);
		return;
	case ATTRIBUTE_PROFILE:
		attribute_value_number(v, o->profile);
		return;
	case ATTRIBUTE_UNIQUE:
		attribute_value_unique(v, o);
		return;
	case ATTRIBUTE_ID:
		attribute_value_span(v, &o->record->id);
		return;
	case ATTRIBUTE_SPAN:
		attribute_value_span(
		    v, (const void *)((const uint8_t *)f + row->value));
		return;
	case ATTRIBUTE_EMPTY:
	case ATTRIBUTE_SECRET:
		return;
	}
}

CK_RV
attribute_check(const CK_ATTRIBUTE *template, CK_ULONG n)
{
	if ((template == NULL && n > 0) || n > ATTRIBUTE_TEMPLATE_MAX)
		return CKR_ARGUMENTS_BAD;
	for (CK_ULONG i = 0; i < n; i++)
		if (template[i].pValue == NULL && template[i].ulValueLen > 0)
			return CKR_ARGUMENTS_BAD;

	return CKR_OK;
}

bool
attribute_match(
    const struct object *o, const CK_ATTRIBUTE *template, CK_ULONG n)
{
	struct attribute_value v;

	for (CK_ULONG i = 0; i < n; i++) {
		const struct attribute_row *row =
		    attribute_row(o, template[i].type);

		if (row == NULL || row->source == ATTRIBUTE_SECRET)
			return false;
		attribute_value(o, row, &v);
		if (v.n != template[i].ulValueLen ||
		    (v.n > 0 && memcmp(v.p, template[i].pValue, v.n) != 0))
			return false;
	}

	return true;
}

static CK_RV
attribute_get_one(const struct object *o, CK_ATTRIBUTE *a)
{
	const struct attribute_row *row = attribute_row(o, a->type);
	struct attribute_value v;

	if (row == NULL || row->source == ATTRIBUTE_SECRET) {
		a->ulValueLen = CK_UNAVAILABLE_INFORMATION;
		return row == NULL ? CKR_ATTRIBUTE_TYPE_INVALID
				   : CKR_ATTRIBUTE_SENSITIVE;
	}
	attribute_value(o, row, &v);
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
attribute_get(const struct object *o, CK_ATTRIBUTE *template, CK_ULONG n)
{
	CK_RV first = CKR_OK;

	if ((template == NULL && n > 0) || n > ATTRIBUTE_TEMPLATE_MAX)
		return CKR_ARGUMENTS_BAD;
	for (CK_ULONG i = 0; i < n; i++) {
		CK_RV rv = attribute_get_one(o, &template[i]);

		if (first == CKR_OK)
			first = rv;
	}

	return first;
}
