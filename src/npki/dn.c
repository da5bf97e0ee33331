/*
 * dn.c - names of certificates' owners as Korean programs write them.
 *
 * Belongs here: the order, the types, which characters a folder may have.
 * Not here: encodings of strings (nametext.c); the CAs (authority.c); the
 * folders (folder.c, medium.c); comparing names, which is done on DER.
 */
#include "npki/dn.h"

#include "base/text.h"
#include "npki/authority.h"
#include "npki/nametext.h"
#include "npki/oid.h"

#define DN_RDNS 32 /* elements of a name */

/* OIDs of attribute types and how they are written. */
static const struct {
	struct span oid;
	const char *name;
} types[] = {
	{ OID_CN, "cn" },
	{ OID_SERIAL, "serialnumber" },
	{ OID_C, "c" },
	{ OID_L, "l" },
	{ OID_ST, "st" },
	{ SPAN_LIT("\x55\x04\x09"), "street" },
	{ OID_O, "o" },
	{ OID_OU, "ou" },
	{ SPAN_LIT("\x55\x04\x0c"), "title" },
	{ SPAN_LIT(OID_RSADSI "\x01\x09\x01"), "e" },
	{ SPAN_LIT("\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x01"), "uid" },
	{ SPAN_LIT("\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19"), "dc" },
};

/* What was written so far; a part that does not fit fails it. */
struct dn {
	char *p;
	size_t n, size;
	bool failed;
};

static void
dn_put(struct dn *w, const char *s)
{
	size_t n = strlen(s);

	if (w->failed || n >= w->size - w->n) {
		w->failed = true;
		return;
	}
	memcpy(w->p + w->n, s, n + 1);
	w->n += n;
}

static void
dn_pair(struct dn *w, struct der *r)
{
	struct der pair = der_enter(r, DER_SEQUENCE);
	struct span oid = der_take(&pair, DER_OID);
	char type[DER_OID_TEXT], value[DN_TEXT];
	uint8_t tag = der_peek(&pair);

	nametext_show(tag, der_take(&pair, tag), value, sizeof(value));
	der_close(&pair);
	if (!der_oid_text(oid, type))
		der_fail(r);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (span_equal(oid, types[i].oid))
			memcpy(type, types[i].name, strlen(types[i].name) + 1);
	}
	dn_put(w, type);
	dn_put(w, "=");
	dn_put(w, value);
}

static void
dn_rdn(struct dn *w, struct span rdn, struct der_doc *doc)
{
	struct der outer = der_init(doc, rdn), set;

	set = der_enter(&outer, DER_SET);
	for (;;) {
		dn_pair(w, &set);
		if (der_peek(&set) == 0)
			return;
		dn_put(w, "+");
	}
}

size_t
dn_text(struct span name_der, char *out, size_t size)
{
	struct dn w = { .p = out, .size = size, .failed = size == 0 };
	struct span rdns[DN_RDNS];
	struct der_doc doc = { 0 };
	struct der whole = der_init(&doc, name_der), name;
	size_t n = 0;

	if (size > 0)
		out[0] = '\0';
	name = der_enter(&whole, DER_SEQUENCE);
	while (der_peek(&name) != 0 && n < DN_RDNS)
		rdns[n++] = der_any(&name);
	der_close(&name);
	der_close(&whole);
	for (size_t i = n; i-- > 0 && !doc.failed;) {
		dn_rdn(&w, rdns[i], &doc);
		if (i > 0)
			dn_put(&w, ",");
	}
	if (w.failed || doc.failed) {
		if (size > 0)
			out[0] = '\0';
		return 0;
	}

	return w.n;
}

/* In place. Windows also cuts dots and blanks off a name's end. */
static void
dn_fit(char *s)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++) {
		if (strchr("\\/:*?\"<>|", s[i]) != NULL)
			s[i] = '_';
	}
	for (; n > 0 && (s[n - 1] == '.' || s[n - 1] == ' '); n--)
		s[n - 1] = '_';
}

/* As much of text as a folder's name has room for. */
static bool
dn_folder_name(const char *text, char out[static DN_FOLDER])
{
	text_sanitise(out, DN_FOLDER, span_str(text));
	dn_fit(out);

	return out[0] != '\0';
}

bool
dn_folder(struct span name_der, char out[static DN_FOLDER])
{
	char text[4 * DN_TEXT];

	(void)dn_text(name_der, text, sizeof(text));

	return dn_folder_name(text, out);
}

bool
dn_ca_folder(const struct certinfo *c, char out[static DN_FOLDER])
{
	const struct authority *known = authority_find(c->issuer_org);

	if (known == NULL)
		known = authority_find(c->policy->ca);
	if (known != NULL)
		return dn_folder_name(known->folder, out);

	return dn_folder_name(
	    c->issuer_org[0] != '\0' ? c->issuer_org : c->issuer, out);
}
