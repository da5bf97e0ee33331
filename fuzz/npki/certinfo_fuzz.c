/* certinfo_fuzz.c - a certificate of an attacker; what is shown is text. */
#include "npki/certjson.h"

#include "base/text.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

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

	return 0;
}
