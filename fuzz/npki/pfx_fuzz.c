/*
 * pfx_fuzz.c - a PKCS#12 file of an attacker. Nobody finds a right MAC by
 * chance, so the input is the contents of the authSafe, and the file around it
 * is made here; an input that is itself a whole file is read as one too.
 */
#include "npki/pfx.h"

#include "npki/derput.h"
#include "npki/oid.h"
#include "npki/platform.h"

#include <stdlib.h>

#define PASSWORD SPAN_LIT("WTuA8Ev0lWXVFSiI!")

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* A PFX of these contents, with a MAC of one iteration that is right. */
static struct span
around(struct span contents, uint8_t *out, size_t size)
{
	static const uint8_t salt[8];
	static uint8_t key[PLATFORM_HASH_MAX];
	uint8_t mac[PLATFORM_HASH_MAX];
	struct derput w = derput_init(out, size);
	static bool begun;
	size_t mark;

	if (!begun &&
	    platform_pkcs12_kdf(PLATFORM_HASH_SHA1, PASSWORD, SPAN(salt), 3, 1,
		key, PLATFORM_SHA1, NULL) != RC_OK)
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

/* An iteration count follows its salt; those over 2048 would cost time alone. */
static bool
cheap(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i + 1 < n; i++) {
		size_t at = i + 2 + p[i + 1], size;
		uint64_t count = 0;

		if (p[i] != DER_OCTETS || at + 1 >= n || p[at] != DER_INTEGER)
			continue;
		size = p[at + 1];
		for (size_t k = 0; k < size && k < 8 && at + 2 + k < n; k++)
			count = count << 8 | p[at + 2 + k];
		if (count > 2048)
			return false;
	}

	return true;
}

static void
open_one(struct span file)
{
	struct err e = { 0 };
	struct pfx out;
	enum rc rc = pfx_open(file, PASSWORD, &out, &e);

	if (rc != RC_OK &&
	    (out.plain.p != NULL || out.n != 0 || out.chain_n != 0 ||
		e.msg[0] == '\0'))
		abort();
	for (size_t i = 0; rc == RC_OK && i < out.n; i++) {
		struct certinfo c;

		if (certinfo_parse(out.pairs[i].certificate, &c, NULL) !=
			RC_OK ||
		    !pfx_is_pair(out.pairs[i].info, &c))
			abort();
	}
	if (rc == RC_OK && out.n == 0)
		abort();
	pfx_clear(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static uint8_t memory[PFX_MAX + 256];
	struct span in = { p, n };

	if (n > PFX_MAX || !cheap(p, n))
		return 0;
	open_one(in);
	open_one(around(in, memory, sizeof(memory)));

	return 0;
}
