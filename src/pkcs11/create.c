/*
 * create.c - public keys that programs make, for as long as their session.
 *
 * Belongs here: what a template must say, may say and cannot have; the key
 * that comes out of it; the C_ functions that write.
 * Not here: attributes and handles (attribute.c, object.c); whether a point is on its
 * curve, which takes arithmetic (token/verify.c, asked by C_Verify).
 */
#include "npki/derput.h"
#include "pkcs11/attribute.h"
#include "pkcs11/state.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* What slot.c says of the mechanisms. */
#define CREATE_MODULUS_MIN 128
#define CREATE_MODULUS_MAX 1024
/* With more OpenSSL verifies nothing, under a modulus of more than 3072 bits. */
#define CREATE_EXPONENT_MAX 8

/* What may be said of an attribute, and what becomes of it. */
enum create_kind {
	CREATE_NUMBER,
	CREATE_FLAG,    /* the row's bit of what the key may */
	CREATE_BYTES,   /* kept, in the span at the row's offset */
	CREATE_NATURAL, /* the same, without leading zeros */
	CREATE_SHOWN,   /* whatever the finished key shows, nothing else */
	CREATE_NEVER,   /* PKCS#11 3.0, table 11: not in C_CreateObject */
};

struct create_row {
	CK_ATTRIBUTE_TYPE type;
	enum create_kind kind;
	size_t value; /* bit, or offset in struct object_record */
	size_t max;   /* bytes */
};

#define CREATE_AT(field) offsetof(struct object_record, field)

static const struct create_row create_rows[] = {
	{ CKA_CLASS, CREATE_NUMBER, 0, 0 },
	{ CKA_KEY_TYPE, CREATE_NUMBER, 0, 0 },
	{ CKA_TOKEN, CREATE_FLAG, 0, 0 },
	{ CKA_PRIVATE, CREATE_FLAG, 0, 0 },
	{ CKA_MODIFIABLE, CREATE_FLAG, 0, 0 },
	{ CKA_COPYABLE, CREATE_FLAG, 0, 0 },
	{ CKA_DESTROYABLE, CREATE_FLAG, 0, 0 },
	{ CKA_TRUSTED, CREATE_FLAG, 0, 0 },
	{ CKA_ENCRYPT, CREATE_FLAG, OBJECT_ENCRYPT, 0 },
	{ CKA_VERIFY, CREATE_FLAG, OBJECT_VERIFY, 0 },
	{ CKA_VERIFY_RECOVER, CREATE_FLAG, OBJECT_VERIFY_RECOVER, 0 },
	{ CKA_WRAP, CREATE_FLAG, OBJECT_WRAP, 0 },
	{ CKA_DERIVE, CREATE_FLAG, OBJECT_DERIVE, 0 },
	{ CKA_LABEL, CREATE_BYTES, CREATE_AT(o.label), 256 },
	{ CKA_ID, CREATE_BYTES, CREATE_AT(id), 256 },
	{ CKA_SUBJECT, CREATE_BYTES, CREATE_AT(o.subject), 1024 },
	{ CKA_MODULUS, CREATE_NATURAL, CREATE_AT(o.modulus),
	    CREATE_MODULUS_MAX },
	{ CKA_PUBLIC_EXPONENT, CREATE_NATURAL, CREATE_AT(o.exponent),
	    CREATE_EXPONENT_MAX },
	{ CKA_EC_PARAMS, CREATE_BYTES, CREATE_AT(o.ec_params), 1024 },
	{ CKA_EC_POINT, CREATE_BYTES, CREATE_AT(o.ec_point), 1024 },
	{ CKA_PUBLIC_KEY_INFO, CREATE_SHOWN, 0, 0 },
	{ CKA_ALLOWED_MECHANISMS, CREATE_SHOWN, 0, 0 },
	{ CKA_START_DATE, CREATE_SHOWN, 0, 0 },
	{ CKA_END_DATE, CREATE_SHOWN, 0, 0 },
	{ CKA_LOCAL, CREATE_NEVER, 0, 0 },
	{ CKA_KEY_GEN_MECHANISM, CREATE_NEVER, 0, 0 },
	{ CKA_MODULUS_BITS, CREATE_NEVER, 0, 0 },
	{ CKA_UNIQUE_ID, CREATE_NEVER, 0, 0 },
};

/* The curves, by their OID in DER (RFC 5480), and the bytes of a coordinate. */
static const struct {
	uint8_t oid[10];
	size_t oid_n, bytes;
} create_curves[] = {
	{ { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 }, 10,
	    32 },
	{ { 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22 }, 7, 48 },
	{ { 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23 }, 7, 66 },
};
#define CREATE_CURVES (sizeof(create_curves) / sizeof(create_curves[0]))

static struct span *
create_span(struct object_record *r, size_t at)
{
	return (struct span *)(void *)((uint8_t *)r + at);
}

static const struct create_row *
create_row(CK_ATTRIBUTE_TYPE type)
{
	for (size_t i = 0; i < sizeof(create_rows) / sizeof(create_rows[0]);
	     i++)
		if (create_rows[i].type == type)
			return &create_rows[i];

	return NULL;
}

static struct span
create_trim(struct span s)
{
	while (s.n > 0 && s.p[0] == 0) {
		s.p++;
		s.n--;
	}

	return s;
}

static const CK_ATTRIBUTE *
create_find(const CK_ATTRIBUTE *template, CK_ULONG n, CK_ATTRIBUTE_TYPE type)
{
	for (CK_ULONG i = 0; i < n; i++)
		if (template[i].type == type)
			return &template[i];

	return NULL;
}

/* A number of a list that goes from 0 to last. */
static CK_RV
create_choice(const CK_ATTRIBUTE *template, CK_ULONG n, CK_ATTRIBUTE_TYPE type,
    CK_ULONG last, CK_ULONG *out)
{
	const CK_ATTRIBUTE *a = create_find(template, n, type);

	if (a == NULL)
		return CKR_TEMPLATE_INCOMPLETE;
	if (a->ulValueLen != sizeof(*out))
		return CKR_ATTRIBUTE_VALUE_INVALID;
	memcpy(out, a->pValue, sizeof(*out));

	return *out > last ? CKR_ATTRIBUTE_VALUE_INVALID : CKR_OK;
}

/* Another class, or another kind of key, is good Cryptoki, but none of ours. */
static CK_RV
create_kind(const CK_ATTRIBUTE *template, CK_ULONG n, struct object_record *r)
{
	CK_ULONG class, type;
	CK_RV rv = create_choice(template, n, CKA_CLASS, CKO_TRUST, &class);

	if (rv == CKR_OK && class != CKO_PUBLIC_KEY)
		rv = CKR_TEMPLATE_INCONSISTENT;
	if (rv == CKR_OK)
		rv = create_choice(
		    template, n, CKA_KEY_TYPE, CKK_SLH_DSA, &type);
	if (rv == CKR_OK && type != CKK_RSA && type != CKK_EC)
		rv = CKR_TEMPLATE_INCONSISTENT;
	if (rv == CKR_OK)
		r->o.key =
		    type == CKK_RSA ? TOKENFRAME_KEY_RSA : TOKENFRAME_KEY_EC;

	return rv;
}

/* One attribute by itself: PKCS#11 3.0, 4.1.1, rules 1 to 3. */
static CK_RV
create_take(struct object_record *r, const CK_ATTRIBUTE *a)
{
	const struct create_row *row = create_row(a->type);
	struct span value = { a->pValue, a->ulValueLen };
	unsigned int bit;

	if (row == NULL)
		return attribute_is_known(a->type) ? CKR_TEMPLATE_INCONSISTENT
						   : CKR_ATTRIBUTE_TYPE_INVALID;
	switch (row->kind) {
	case CREATE_NUMBER:
		return value.n == sizeof(CK_ULONG)
		    ? CKR_OK
		    : CKR_ATTRIBUTE_VALUE_INVALID;
	case CREATE_FLAG:
		if (value.n != sizeof(CK_BBOOL) || value.p[0] > CK_TRUE)
			return CKR_ATTRIBUTE_VALUE_INVALID;
		bit = (unsigned int)row->value;
		r->may = value.p[0] == CK_TRUE ? r->may | bit : r->may & ~bit;
		return CKR_OK;
	case CREATE_NATURAL:
	case CREATE_BYTES:
		if (row->kind == CREATE_NATURAL)
			value = create_trim(value);
		*create_span(r, row->value) = value;
		return value.n <= row->max ? CKR_OK
					   : CKR_ATTRIBUTE_VALUE_INVALID;
	case CREATE_SHOWN:
		return CKR_OK;
	case CREATE_NEVER:
		return CKR_ATTRIBUTE_READ_ONLY;
	}

	return CKR_GENERAL_ERROR;
}

/* What no RSA key is, as far as it can be seen without arithmetic. */
static CK_RV
create_check_rsa(const struct tokenframe_object *o)
{
	struct span n = o->modulus, e = o->exponent;

	if (n.n < CREATE_MODULUS_MIN || (n.p[n.n - 1] & 1) == 0 || e.n == 0 ||
	    (e.p[e.n - 1] & 1) == 0 || (e.n == 1 && e.p[0] == 1))
		return CKR_ATTRIBUTE_VALUE_INVALID;

	return CKR_OK;
}

/* 04 ‖ x ‖ y, whose OCTET STRING has a length of one byte or two; else empty. */
static struct span
create_point(struct span octets, size_t bytes)
{
	const size_t n = 1 + 2 * bytes;
	const uint8_t heads[][3] = { { DER_OCTETS, (uint8_t)n },
		{ DER_OCTETS, 0x81, (uint8_t)n } };
	const uint8_t *head = heads[n > 127];
	size_t head_n = n > 127 ? 3 : 2;

	if (octets.n != head_n + n || memcmp(octets.p, head, head_n) != 0 ||
	    octets.p[head_n] != 0x04)
		return (struct span){ NULL, 0 };

	return (struct span){ octets.p + head_n, n };
}

static CK_RV
create_check_ec(const struct tokenframe_object *o, struct span *point)
{
	struct span params = o->ec_params;

	/* Only named curves: CKF_EC_OID. */
	if (params.n < 2 || params.p[0] != DER_OID)
		return CKR_DOMAIN_PARAMS_INVALID;
	for (size_t i = 0; i < CREATE_CURVES; i++) {
		if (!span_equal(params,
			(struct span){
			    create_curves[i].oid, create_curves[i].oid_n }))
			continue;
		*point = create_point(o->ec_point, create_curves[i].bytes);
		return point->n > 0 ? CKR_OK : CKR_ATTRIBUTE_VALUE_INVALID;
	}

	return CKR_CURVE_NOT_SUPPORTED;
}

/* RFC 3279 section 2.3.1 and RFC 5480 section 2; point is empty for RSA. */
static struct span
create_spki(const struct tokenframe_object *o, struct span point,
    uint8_t room[static TOKENFRAME_SPKI_MAX])
{
	static const uint8_t rsa[] = { 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7,
		0x0d, 0x01, 0x01, 0x01, 0x05, 0x00 };
	static const uint8_t ec[] = { 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d,
		0x02, 0x01 };
	static const uint8_t no_bits_unused[] = { 0 };
	struct derput w = derput_init(room, TOKENFRAME_SPKI_MAX);
	size_t mark;

	derput_bytes(&w, point);
	if (point.n == 0) {
		derput_natural(&w, o->exponent);
		derput_natural(&w, o->modulus);
		derput_wrap(&w, DER_SEQUENCE, 0);
	}
	derput_bytes(&w, SPAN(no_bits_unused));
	derput_wrap(&w, DER_BITS, 0);
	mark = derput_mark(&w);
	derput_bytes(&w, o->ec_params);
	derput_bytes(&w, point.n == 0 ? SPAN(rsa) : SPAN(ec));
	derput_wrap(&w, DER_SEQUENCE, mark);
	derput_wrap(&w, DER_SEQUENCE, 0);

	return derput_span(&w);
}

/* Are the attributes there that make the key, and are they one? */
static CK_RV
create_complete(const CK_ATTRIBUTE *template, CK_ULONG n,
    struct object_record *r, uint8_t room[static TOKENFRAME_SPKI_MAX])
{
	static const CK_ATTRIBUTE_TYPE needs[][2] = {
		[TOKENFRAME_KEY_RSA] = { CKA_MODULUS, CKA_PUBLIC_EXPONENT },
		[TOKENFRAME_KEY_EC] = { CKA_EC_PARAMS, CKA_EC_POINT },
	};
	struct span point = { NULL, 0 };
	bool rsa = r->o.key == TOKENFRAME_KEY_RSA;
	CK_RV rv;

	for (size_t i = 0; i < 2; i++) {
		if (create_find(template, n, needs[r->o.key][i]) == NULL)
			return CKR_TEMPLATE_INCOMPLETE;
		/* Of the other kind. */
		if (create_find(template, n,
			needs[rsa ? TOKENFRAME_KEY_EC : TOKENFRAME_KEY_RSA]
			     [i]) != NULL)
			return CKR_TEMPLATE_INCONSISTENT;
	}
	rv = rsa ? create_check_rsa(&r->o) : create_check_ec(&r->o, &point);
	if (rv != CKR_OK)
		return rv;
	r->o.spki = create_spki(&r->o, point, room);

	return r->o.spki.n > 0 ? CKR_OK : CKR_GENERAL_ERROR;
}

/*
 * Whatever was said is what the key shows: an attribute that was given twice,
 * or that we have with another value only (PKCS#11 3.0, 4.1.1, rules 5, 6).
 */
static bool
create_consistent(
    const struct object_made *made, const CK_ATTRIBUTE *template, CK_ULONG n)
{
	const struct object o = object_of(made);

	for (CK_ULONG i = 0; i < n; i++) {
		const struct create_row *row = create_row(template[i].type);
		CK_ATTRIBUTE a = template[i];

		if (row != NULL && row->kind == CREATE_NATURAL &&
		    a.ulValueLen > 0) {
			a.ulValueLen =
			    create_trim((struct span){ a.pValue, a.ulValueLen })
				.n;
			a.pValue = (CK_BYTE *)template[i].pValue +
			    (template[i].ulValueLen - a.ulValueLen);
		}
		if (!attribute_match(&o, &a, 1))
			return false;
	}

	return true;
}

/* The same record in memory of its own. NULL: none. */
static struct object_made *
create_keep(const struct object_record *r)
{
	static const size_t spans[] = { CREATE_AT(o.label), CREATE_AT(id),
		CREATE_AT(o.subject), CREATE_AT(o.modulus),
		CREATE_AT(o.exponent), CREATE_AT(o.ec_params),
		CREATE_AT(o.ec_point), CREATE_AT(o.spki) };
	struct object_record copy = *r;
	struct object_made *made;
	size_t n = 0;

	for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++)
		n += create_span(&copy, spans[i])->n;
	made = malloc(sizeof(*made) + n);
	if (made == NULL)
		return NULL;
	n = 0;
	for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++) {
		struct span *s = create_span(&copy, spans[i]);

		if (s->n > 0)
			memcpy(made->bytes + n, s->p, s->n);
		s->p = made->bytes + n;
		n += s->n;
	}
	made->next = NULL;
	made->record = copy;

	return made;
}

static CK_RV
create_make(struct object_table *t, CK_SESSION_HANDLE session,
    const CK_ATTRIBUTE *template, CK_ULONG n, CK_OBJECT_HANDLE *out)
{
	struct object_record r = { .session = session, .may = OBJECT_VERIFY };
	uint8_t room[TOKENFRAME_SPKI_MAX];
	struct object_made *made;
	CK_RV rv = create_kind(template, n, &r);

	for (CK_ULONG i = 0; rv == CKR_OK && i < n; i++)
		rv = create_take(&r, &template[i]);
	if (rv == CKR_OK)
		rv = create_complete(template, n, &r, room);
	if (rv != CKR_OK)
		return rv;
	if ((made = create_keep(&r)) == NULL)
		return CKR_HOST_MEMORY;
	rv = create_consistent(made, template, n) ? object_add(t, made, out)
						  : CKR_TEMPLATE_INCONSISTENT;
	if (rv != CKR_OK)
		free(made);

	return rv;
}

/* What stands on the token is the service's; nothing is written from here. */
static bool
create_on_token(const CK_ATTRIBUTE *template, CK_ULONG n)
{
	const CK_ATTRIBUTE *a = create_find(template, n, CKA_TOKEN);

	return a != NULL && a->ulValueLen == sizeof(CK_BBOOL) &&
	    *(const CK_BBOOL *)a->pValue != CK_FALSE;
}

CK_RV
C_CreateObject(CK_SESSION_HANDLE handle, CK_ATTRIBUTE *template, CK_ULONG n,
    CK_OBJECT_HANDLE *object)
{
	struct session *s;
	struct state *st;
	CK_RV rv = state_enter_session(handle, &st, &s);

	if (rv != CKR_OK)
		return rv;
	rv = object == NULL ? CKR_ARGUMENTS_BAD : attribute_check(template, n);
	if (rv == CKR_OK)
		/* Before CKR_SESSION_READ_ONLY, says PKCS#11 3.0, 5.1.6. */
		rv = create_on_token(template, n)
		    ? CKR_TOKEN_WRITE_PROTECTED
		    : create_make(&st->objects, s->handle, template, n, object);
	state_leave(st);

	return rv;
}

CK_RV
C_DestroyObject(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object)
{
	struct session *s;
	struct state *st;
	struct object o;
	CK_RV rv = state_enter_session(handle, &st, &s);

	if (rv != CKR_OK)
		return rv;
	if (!object_find(&st->objects, object, st->logged_in, &o))
		rv = CKR_OBJECT_HANDLE_INVALID;
	else if (o.record->session == 0)
		rv = CKR_ACTION_PROHIBITED;
	else
		object_remove(&st->objects, &o);
	state_leave(st);

	return rv;
}

/* Every object is CKA_MODIFIABLE false. */
CK_RV
C_SetAttributeValue(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE *template, CK_ULONG n)
{
	struct session *s;
	struct state *st;
	struct object o;
	CK_RV rv = state_enter_session(handle, &st, &s);

	(void)template;
	(void)n;
	if (rv != CKR_OK)
		return rv;
	rv = object_find(&st->objects, object, st->logged_in, &o)
	    ? CKR_ACTION_PROHIBITED
	    : CKR_OBJECT_HANDLE_INVALID;
	state_leave(st);

	return rv;
}
