/*
 * certinfo_fuzz.c - a certificate of an attacker; what is shown is text.
 *
 * Belongs here: its facts, all that is shown of it, and both as JSON.
 * Not here: what OpenSSL reads (fuzz/x509/certificate_fuzz.c).
 */
#include "npki/certjson.h"

#include "base/text.h"
#include "npki/certview.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
view(struct span in)
{
	static char json[CERTVIEW_JSON];
	struct certview v;
	struct err e = { 0 };
	const char *shown[] = { v.subject, v.issuer, v.notice, v.cps, v.crl,
		v.ocsp };

	if (certview_parse(in, &v, &e) != RC_OK) {
		if (e.field[0] == '\0' || v.subject[0] != '\0')
			abort();
		return;
	}
	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
		if (!text_is_display(span_str(shown[i]), CERTVIEW_TEXT))
			abort();
	}
	if (certview_write(&v, json, sizeof(json)) == 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char json[CERTJSON_MAX];
	struct certinfo i;
	const char *shown[] = { i.owner, i.owner_name, i.issuer, i.issuer_org };

	if (certinfo_parse((struct span){ p, n }, &i, NULL) != RC_OK) {
		if (i.owner[0] != '\0' || i.spki_der.p != NULL)
			abort();
		return 0;
	}
	for (size_t k = 0; k < sizeof(shown) / sizeof(shown[0]); k++) {
		if (!text_is_display(span_str(shown[k]), CERTINFO_NAME))
			abort();
	}
	if (certjson_write(&i, json, sizeof(json)) == 0)
		abort();
	if (i.policy == NULL || strlen(i.serial) >= CERTINFO_SERIAL)
		abort();
	view((struct span){ p, n });

	return 0;
}
