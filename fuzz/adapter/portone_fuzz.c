/*
 * portone_fuzz.c - answers of an identity provider, good and bad.
 *
 * The first byte chooses the reader and the status.
 *
 * Belongs here: both readers: an identity that was found, and an error.
 * Not here: how it is asked (tests/unit/adapter/identity_test.c).
 */
#include "adapter/portone.h"
#include "base/text.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
check_found(enum rc rc, const struct identity_found *f)
{
	static const struct identity_found nothing;

	if (rc != RC_OK && memcmp(f, &nothing, sizeof(nothing)) != 0)
		abort(); /* a refused answer says nothing */
	if (rc == RC_OK &&
	    (f->birth[0] == '\0' ||
		!text_is_display(span_str(f->name), sizeof(f->name))))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct identity_found found;
	struct span body;
	struct err e = { 0 };
	enum rc rc;

	if (n == 0)
		return 0;
	body = (struct span){ p + 1, n - 1 };
	if (p[0] % 2 == 0) {
		rc = portone_parse(body, &found, &e);
		check_found(rc, &found);
	} else {
		rc = portone_error(400 + p[0], body, &e);
		if (rc == RC_OK)
			abort(); /* an error is never a success */
	}

	return 0;
}
