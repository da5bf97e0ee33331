/*
 * pfx_around.h - PKCS#12 files around contents that a test or a fuzzer makes,
 * with the MAC that they need to be read at all.
 *
 * Belongs here: the file with a MAC that is right, around an authSafe.
 * Not here: the reader under test (pfx_fuzz.c).
 */
#pragma once

#include "npki/derput.h"
#include "npki/oid.h"
#include "npki/pfx.h"
#include "npki/platform.h"

#include <stdlib.h>

#define PFX_PASSWORD "WTuA8Ev0lWXVFSiI!"

/* A PFX of these contents, with a MAC of one iteration that is right. */
static struct span
pfx_around(struct span contents, uint8_t *out, size_t size)
{
	static const uint8_t salt[8];
	static uint8_t key[PLATFORM_HASH_MAX];
	uint8_t mac[PLATFORM_HASH_MAX];
	struct derput w = derput_init(out, size);
	static bool begun;
	size_t mark;

	if (!begun &&
	    platform_pkcs12_kdf(PLATFORM_HASH_SHA1, SPAN_LIT(PFX_PASSWORD),
		SPAN(salt), 3, 1, key, PLATFORM_SHA1, NULL) != RC_OK)
		abort();
	begun = true;
	if (platform_hmac(PLATFORM_HASH_SHA1,
		(struct span){ key, PLATFORM_SHA1 }, contents, mac,
		NULL) != RC_OK)
		abort();
	derput_element(&w, DER_OCTETS, SPAN(salt));
	mark = derput_mark(&w);
	derput_element(&w, DER_OCTETS, (struct span){ mac, PLATFORM_SHA1 });
	derput_bytes(
	    &w, SPAN_LIT("\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00"));
	derput_wrap(&w, DER_SEQUENCE, mark);
	derput_wrap(&w, DER_SEQUENCE, 0);
	mark = derput_mark(&w);
	derput_element(&w, DER_OCTETS, contents);
	derput_wrap(&w, DER_EXPLICIT(0), mark);
	derput_element(&w, DER_OID, OID_DATA);
	derput_wrap(&w, DER_SEQUENCE, mark);
	derput_uint(&w, 3);
	derput_wrap(&w, DER_SEQUENCE, 0);

	return derput_span(&w);
}
