/*
 * keys_differential_fuzz.c - what we accept of key files and PKCS#12 files,
 * OpenSSL accepts, and finds the same keys and certificates in it. The first
 * byte says what the rest is. Where the two differ and may, it stands in
 * tests/golden/differential.md.
 *
 * Belongs here: our readers of what holds keys, beside OpenSSL's.
 * Not here: whether our readers keep their word (keyfile_fuzz.c, pfx_fuzz.c);
 * certificates and what is about them (differential_fuzz.c).
 */
#include "npki/keyfile.h"
#include "npki/pkinfo.h"

#include "../npki/pfx_cheap.h"
#include "lib/pfx_around.h"

#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>
#include <stdlib.h>

#define PASSWORD_N ((int)sizeof(PFX_PASSWORD) - 1)

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static bool
contains(struct span whole, const uint8_t *part, int n)
{
	return n > 0 && memmem(whole.p, whole.n, part, (size_t)n) != NULL;
}

/* Is it, for OpenSSL, a PrivateKeyInfo with this key in it? */
static bool
is_key(const PKCS8_PRIV_KEY_INFO *theirs, struct span ours)
{
	const uint8_t *key = NULL;
	int n = 0;

	return theirs != NULL &&
	    PKCS8_pkey_get0(NULL, &key, &n, NULL, theirs) == 1 &&
	    contains(ours, key, n);
}

/* Korean algorithms of their own are unknown to OpenSSL: 3. in differential.md. */
static bool
is_ours_alone(const struct pbe *p)
{
	return p->scheme == PBE_SCHEME_SEED_SHA1 ||
	    p->scheme == PBE_SCHEME_SEED_FIXED_IV;
}

static void
try_keyfile(struct span in)
{
	struct span none = { NULL, 0 };
	struct sec info SEC_WIPED = { 0 };
	const uint8_t *p = in.p;
	PKCS8_PRIV_KEY_INFO *theirs;
	struct keyfile k;
	X509_SIG *sig;

	if (keyfile_parse(in, &k, NULL) != RC_OK || is_ours_alone(&k.pbe) ||
	    keyfile_open(in, SPAN_LIT(PFX_PASSWORD), none, &info, NULL) !=
		RC_OK)
		return;
	sig = d2i_X509_SIG(NULL, &p, (long)in.n);
	if (sig == NULL || p != in.p + in.n)
		abort();
	theirs = PKCS8_decrypt(sig, PFX_PASSWORD, PASSWORD_N);
	if (!is_key(theirs, sec_span(&info)))
		abort();
	PKCS8_PRIV_KEY_INFO_free(theirs);
	X509_SIG_free(sig);
}

/* How many of our keys and certificates are in these bags? */
static void
count(const STACK_OF(PKCS12_SAFEBAG) * bags, const struct pfx *ours,
    size_t *keys, size_t *certificates)
{
	for (int i = 0; i < sk_PKCS12_SAFEBAG_num(bags); i++) {
		const PKCS12_SAFEBAG *bag = sk_PKCS12_SAFEBAG_value(bags, i);
		int kind = PKCS12_SAFEBAG_get_nid(bag);
		PKCS8_PRIV_KEY_INFO *made = NULL;
		const PKCS8_PRIV_KEY_INFO *key = NULL;

		if (kind == NID_certBag)
			++*certificates;
		if (kind == NID_keyBag)
			key = PKCS12_SAFEBAG_get0_p8inf(bag);
		if (kind == NID_pkcs8ShroudedKeyBag)
			key = made =
			    PKCS12_decrypt_skey(bag, PFX_PASSWORD, PASSWORD_N);
		for (size_t k = 0; key != NULL && k < ours->n; k++) {
			if (!is_key(key, ours->pairs[k].info))
				continue;
			++*keys;
			break;
		}
		PKCS8_PRIV_KEY_INFO_free(made);
	}
}

static STACK_OF(PKCS12_SAFEBAG) * bags_of(PKCS7 *safe)
{
	if (PKCS7_type_is_encrypted(safe))
		return PKCS12_unpack_p7encdata(safe, PFX_PASSWORD, PASSWORD_N);

	return PKCS12_unpack_p7data(safe);
}

/* Is there a bag whose inside only OpenSSL reads (RFC 7292 4.2: 4, 5 or 6)? */
static bool
has_passed_over(struct span file)
{
	uint8_t oid[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x0a,
		0x01, 0 };
	bool found = false;

	for (uint8_t kind = 4; kind <= 6; kind++) {
		oid[sizeof(oid) - 1] = kind;
		found = found || contains(file, oid, sizeof(oid));
	}

	return found;
}

static void
try_pfx(struct span file)
{
	size_t keys = 0, certificates = 0;
	bool whole = true;
	const uint8_t *p = file.p;
	STACK_OF(PKCS7) * safes;
	struct pfx ours;
	PKCS12 *theirs;

	if (pfx_open(file, SPAN_LIT(PFX_PASSWORD), &ours, NULL) != RC_OK)
		return;
	theirs = d2i_PKCS12(NULL, &p, (long)file.n);
	if (theirs == NULL || p != file.p + file.n ||
	    PKCS12_verify_mac(theirs, PFX_PASSWORD, PASSWORD_N) != 1)
		abort();
	safes = PKCS12_unpack_authsafes(theirs);
	for (int i = 0; i < sk_PKCS7_num(safes); i++) {
		STACK_OF(PKCS12_SAFEBAG) *bags =
		    bags_of(sk_PKCS7_value(safes, i));

		whole = whole && bags != NULL;
		count(bags, &ours, &keys, &certificates);
		sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
	}
	if (whole ? keys != ours.n || certificates != ours.n + ours.chain_n
		  : !has_passed_over(file))
		abort();
	sk_PKCS7_pop_free(safes, PKCS7_free);
	PKCS12_free(theirs);
	pfx_clear(&ours);
}

static void
try_contents(struct span in)
{
	static uint8_t memory[PFX_MAX + 256];

	try_pfx(pfx_around(in, memory, sizeof(memory)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static void (*const kinds[])(
	    struct span in) = { try_keyfile, try_pfx, try_contents };
	static bool begun;

	if (!begun &&
	    (OSSL_PROVIDER_load(NULL, "default") == NULL ||
		OSSL_PROVIDER_load(NULL, "legacy") == NULL))
		abort();
	begun = true;
	if (n < 2 || n > PFX_MAX || !pfx_is_cheap(p, n))
		return 0;
	kinds[p[0] % (sizeof(kinds) / sizeof(kinds[0]))](
	    (struct span){ p + 1, n - 1 });
	ERR_clear_error();

	return 0;
}
