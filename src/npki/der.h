/*
 * der.h - see der.c.
 */
#pragma once

#include "base/err.h"
#include "base/span.h"

#define DER_DEPTH_MAX    24
#define DER_ELEMENTS_MAX 4096
#define DER_OID_TEXT     96 /* enough for any OID text that we show */

/* Identifier octets. Tag numbers above 30 are refused: nothing of ours has one. */
enum der_tag {
	DER_BOOLEAN = 0x01,
	DER_INTEGER = 0x02,
	DER_BITS = 0x03,
	DER_OCTETS = 0x04,
	DER_NULL = 0x05,
	DER_OID = 0x06,
	DER_UTF8 = 0x0c,
	DER_PRINTABLE = 0x13,
	DER_T61 = 0x14,
	DER_IA5 = 0x16,
	DER_UTCTIME = 0x17,
	DER_GENTIME = 0x18,
	DER_BMP = 0x1e,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
};

/* [n] primitive, and [n] constructed. */
#define DER_CONTEXT(n)  (0x80 | (n))
#define DER_EXPLICIT(n) (0xa0 | (n))

/*
 * What all readers of one input share: how many elements were read, and
 * whether anything failed. Zero it before use.
 */
struct der_doc {
	unsigned int elements;
	bool failed;
};

/*
 * A strict reader over borrowed DER (X.690 clause 10): definite minimal
 * lengths, minimal INTEGERs. Its failure sticks, in the document: after it
 * every read gives an empty span and callers ask once, with der_done().
 */
struct der {
	struct der_doc *doc;
	const uint8_t *p;
	const uint8_t *end;
	unsigned int depth;
};

struct der der_init(struct der_doc *doc, struct span in);

/* The identifier octet of the next element; 0 at the end or after a failure. */
uint8_t der_peek(const struct der *r);

/* The contents of the next element, which must have this tag. */
struct span der_take(struct der *r, uint8_t tag);

/* The next element whatever it is, header included; its tag is der_peek(). */
struct span der_any(struct der *r);

/* A reader over the contents of the next element, which must have this tag. */
struct der der_enter(struct der *r, uint8_t tag);

/* Nothing may be left in r: otherwise the document fails. */
void der_close(struct der *r);

/* An INTEGER >= 0 without its leading zero octet (0 is one zero octet). */
struct span der_natural(struct der *r);

/* An INTEGER between 0 and max. */
uint32_t der_uint(struct der *r, uint32_t max);

/* A BIT STRING of whole octets: its octets. */
struct span der_octet_bits(struct der *r);

/* BOOLEAN, 00 or FF. */
bool der_bool(struct der *r);

/* Fails unless the next element is this OID (contents octets). */
void der_oid(struct der *r, struct span oid);

/* Takes the next element if it is a NULL. */
void der_optional_null(struct der *r);

/* Marks the document as failed: for a value that is wrong by its meaning. */
void der_fail(struct der *r);

/* True when nothing failed and nothing is left over in r. */
bool der_done(const struct der *r);

/*
 * Walks the whole input: exactly one element, every length definite and
 * minimal, every INTEGER minimal, every BOOLEAN 00 or FF, every OID and
 * NULL well-formed, depth and number of elements capped. RC_FORMAT or
 * RC_LIMIT.
 */
IG_CHECK enum rc der_check(struct span in, struct err *e);

/*
 * May element b follow a in a SET OF (X.690 11.6: in the order of their
 * encodings, the shorter one as if it went on with zeros)?
 */
bool der_ordered(struct span a, struct span b);

/*
 * Writes an OID (contents octets) as "1.2.3" into out, DER_OID_TEXT bytes.
 * False, and "", when it is malformed or too long.
 */
bool der_oid_text(struct span oid, char *out);
