/*
 * wasm_pfx.c - JavaScript's questions about a PKCS#12 file.
 *
 * Belongs here: is it one, opening one into certificates and key files, making one of
 * them.
 * Not here: the file itself (pfx.c, pfxput.c); a key file alone (wasm_key.c).
 */
#include "npki/capubs.h"
#include "npki/jsonput.h"
#include "npki/keyfile.h"
#include "npki/keyput.h"
#include "npki/pfxput.h"
#include "npki/vid.h"
#include "npki/wasm.h"

/* A key of a PKCS#12 file as a key file. */
static enum rc
wasm_give_key(
    struct span info, struct span password, enum pbe_form form, struct err *e)
{
	static uint8_t made[KEYFILE_MAX];
	struct span file;
	enum rc rc =
	    keyput_seal(form, 0, password, info, made, sizeof(made), &file, e);

	if (rc != RC_OK)
		return rc;

	return wasm_give(file, e);
}

/* Has it a VID that nobody can prove with its key? */
static bool
wasm_lacks_r(const struct pfx_pair *pair)
{
	struct certinfo c;

	return certinfo_parse(pair->certificate, &c, NULL) == RC_OK &&
	    vid_lacks_r(&c, pair->info);
}

/*
 * {"pairs": [{"encryption", "lacksR"}, …], "keyless": [true, …]}: is it for
 * encryption, has it a VID without R? And of the others, which follow them: is
 * its key for encryption missing?
 */
static enum rc
wasm_give_pairs(const struct pfx *p, struct err *e)
{
	struct certinfo c;
	struct jsonput w = jsonput_init(wasm_json, sizeof(wasm_json));

	jsonput_raw(&w, "{\"pairs\":[");
	for (size_t i = 0; i < p->n; i++) {
		jsonput_raw(&w, i == 0 ? "" : ",");
		jsonput_raw(&w, "{\"encryption\":");
		jsonput_raw(&w, p->pairs[i].encryption ? "true" : "false");
		jsonput_raw(&w, ",\"lacksR\":");
		jsonput_raw(&w, wasm_lacks_r(&p->pairs[i]) ? "true" : "false");
		jsonput_raw(&w, "}");
	}
	jsonput_raw(&w, "],\"keyless\":[");
	for (size_t i = 0; i < p->chain_n; i++) {
		jsonput_raw(&w, i == 0 ? "" : ",");
		jsonput_raw(
		    &w, pfx_is_keyless(p->chain[i], &c) ? "true" : "false");
	}
	jsonput_raw(&w, "]}");

	return wasm_give_json(jsonput_end(&w), e);
}

/* A CaPubs file of those of CAs in it; nothing where there are none. */
static enum rc
wasm_give_authorities(const struct pfx *p, struct err *e)
{
	static uint8_t made[CAPUBS_MAX];
	struct derput w = derput_init(made, sizeof(made));
	struct span authorities[PFX_CHAIN];
	size_t n = pfx_authorities(p, authorities);

	if (n == 0)
		return wasm_give((struct span){ NULL, 0 }, e);
	capubs_put(&w, authorities, n);

	return !w.failed ? wasm_give(derput_span(&w), e)
			 : err_larger(e, "CaPubs", sizeof(made));
}

/* {PKCS#12 file}: is it one, as far as shows without its password (pfx_check)? */
enum rc
wasm_pfx_check(const struct span *parts, struct err *e)
{
	return pfx_check(parts[0], e);
}

/*
 * {PKCS#12 file, its password, password for the keys or nothing, form or
 * nothing}: JSON that says which pairs there are, then of each the
 * certificate and its key as a key file, then the certificates of others, then
 * a CaPubs file of the CAs among them or nothing. The keys keep the file's password, whatever it is, unless another is given; where
 * it is empty another must be (RC_POLICY, of a file that it opens).
 */
enum rc
wasm_pfx_open(const struct span *parts, struct err *e)
{
	struct span password = parts[2].n > 0 ? parts[2] : parts[1];
	enum pbe_form form = PBE_SEED_SHA1;
	struct pfx p = { 0 };
	enum rc rc = wasm_key_form(parts[3], &form, e);

	if (rc == RC_OK)
		rc = pfx_open(parts[0], parts[1], &p, e);
	if (rc == RC_OK && (parts[2].n > 0 || parts[1].n == 0))
		rc = wasm_password_check(parts[2], e);
	if (rc == RC_OK)
		rc = wasm_give_pairs(&p, e);
	for (size_t i = 0; rc == RC_OK && i < p.n; i++) {
		rc = wasm_give(p.pairs[i].certificate, e);
		if (rc == RC_OK)
			rc = wasm_give_key(p.pairs[i].info, password, form, e);
	}
	for (size_t i = 0; rc == RC_OK && i < p.chain_n; i++)
		rc = wasm_give(p.chain[i], e);
	if (rc == RC_OK)
		rc = wasm_give_authorities(&p, e);
	pfx_clear(&p);

	return rc;
}

/* Certificates and key files, in turn, to pairs with opened keys. */
static enum rc
wasm_pairs(struct span list, struct span password, struct pfx *out,
    struct sec keys[PFX_PAIRS], struct err *e)
{
	struct span parts[2 * PFX_PAIRS], modulus;
	size_t n;
	enum rc rc = wasm_list(list, parts, 2 * PFX_PAIRS, &n, e);

	if (rc == RC_OK && n % 2 != 0)
		return err_set(e, RC_BUG, NULL, "a key is missing");
	for (size_t i = 0; rc == RC_OK && i < n / 2; i++) {
		rc = wasm_key_modulus(parts[2 * i], &modulus, e);
		if (rc == RC_OK)
			rc = keyfile_open(
			    parts[2 * i + 1], password, modulus, &keys[i], e);
		if (rc != RC_OK)
			return rc;
		out->pairs[out->n++] = (struct pfx_pair){
			.certificate = parts[2 * i],
			.info = sec_span(&keys[i]),
		};
	}

	return rc;
}

/*
 * {form, password of the file to make, password of the keys, certificates and
 * key files in turn, CaPubs file or nothing}: the PKCS#12 file. The password
 * may be that of the keys, whatever it is; another keeps the rules.
 */
enum rc
wasm_pfx_make(const struct span *parts, struct err *e)
{
	static uint8_t made[PFX_MAX];
	struct sec keys[PFX_PAIRS] = { { 0 } };
	enum pfxput_form form = PFXPUT_MODERN;
	char name[WASM_TEXT];
	struct pfx in = { 0 };
	struct span file;
	enum rc rc = RC_OK;

	wasm_text(parts[0], name);
	if (!pfxput_form_find(name, &form))
		return err_set(
		    e, RC_UNKNOWN, "form", "no such form of PKCS#12 file");
	if (!sec_equal(parts[1], parts[2]))
		rc = wasm_password_check(parts[1], e);
	if (rc == RC_OK && parts[4].n > 0)
		rc =
		    capubs_parse(parts[4], in.chain, PFX_CHAIN, &in.chain_n, e);
	if (rc == RC_OK)
		rc = wasm_pairs(parts[3], parts[2], &in, keys, e);
	if (rc == RC_OK)
		rc = pfxput_make(
		    form, parts[1], &in, made, sizeof(made), &file, e);
	for (size_t i = PFX_PAIRS; i-- > 0;)
		sec_free(&keys[i]);
	if (rc != RC_OK)
		return rc;

	return wasm_give(file, e);
}
