/*
 * wasm_key.c - JavaScript's questions about a key file.
 *
 * Belongs here: is it one, does it open, another password, whose is it; what a question
 * says of the form and of the certificate.
 * Not here: PKCS#12 files (wasm_pfx.c); the rules of a password
 * (wasm_password.c).
 */
#include "npki/certinfo.h"
#include "npki/keyfile.h"
#include "npki/keymatch.h"
#include "npki/keyput.h"
#include "npki/pkinfo.h"
#include "npki/vid.h"
#include "npki/wasm.h"

enum rc
wasm_key_modulus(struct span certificate, struct span *modulus, struct err *e)
{
	struct certinfo c = { 0 };
	enum rc rc = RC_OK;

	if (certificate.n > 0)
		rc = certinfo_parse(certificate, &c, e);
	*modulus = c.modulus;

	return rc;
}

enum rc
wasm_key_form(struct span name, enum pbe_form *form, struct err *e)
{
	char text[WASM_TEXT];

	wasm_text(name, text);
	if (name.n > 0 && !pbeput_form_find(text, form))
		return err_set(
		    e, RC_UNKNOWN, "form", "no such form of key file");

	return RC_OK;
}

/* {key file}: is it a whole one (keyfile_check)? */
enum rc
wasm_key_check(const struct span *parts, struct err *e)
{
	return keyfile_check(parts[0], e);
}

/*
 * {key file, password, certificate or nothing}: does it open, and with the key
 * of this certificate (keymatch_check)? A damaged file may open.
 */
enum rc
wasm_key_open(const struct span *parts, struct err *e)
{
	struct sec opened SEC_WIPED = { 0 };
	struct certinfo c = { 0 };
	struct pkinfo key;
	enum rc rc = RC_OK;

	if (parts[2].n > 0)
		rc = certinfo_parse(parts[2], &c, e);
	if (rc == RC_OK)
		rc = keyfile_open_beside(
		    parts[0], parts[1], c.modulus, &opened, e);
	if (rc != RC_OK || parts[2].n == 0)
		return rc;
	rc = pkinfo_parse(sec_span(&opened), &key, e);

	return rc == RC_OK ? keymatch_check(&c, &key, e) : rc;
}

/*
 * {key file, old password, new password, form or nothing, certificate or
 * nothing}: the file under the new password, which is seen to open it.
 */
enum rc
wasm_key_change(const struct span *parts, struct err *e)
{
	static uint8_t made[KEYFILE_MAX];
	struct span modulus, file;
	enum pbe_form form = PBE_SEED_SHA1;
	enum rc rc = wasm_key_form(parts[3], &form, e);

	if (rc == RC_OK)
		rc = wasm_password_check(parts[2], e);
	if (rc == RC_OK)
		rc = wasm_key_modulus(parts[4], &modulus, e);
	if (rc == RC_OK)
		rc = keyput_change(parts[0], parts[1], modulus,
		    parts[3].n > 0 ? &form : NULL, parts[2], made, sizeof(made),
		    &file, e);
	if (rc != RC_OK)
		return rc;

	return wasm_give(file, e);
}

/*
 * {key file, password, certificate, number as typed}: is the certificate that
 * of this person or company (vid_check)?
 */
enum rc
wasm_key_vid(const struct span *parts, struct err *e)
{
	struct sec key SEC_WIPED = { 0 };
	char number[VID_NUMBER_SIZE];
	struct certinfo c;
	struct pkinfo k;
	enum rc rc = certinfo_parse(parts[2], &c, e);

	if (rc == RC_OK)
		rc = vid_number(parts[3], number, e);
	if (rc == RC_OK)
		rc = keyfile_open(parts[0], parts[1], c.modulus, &key, e);
	if (rc == RC_OK)
		rc = pkinfo_parse(sec_span(&key), &k, e);
	if (rc == RC_OK && k.r.n == 0)
		rc = err_set(e, RC_ABSENT, "randomNum",
		    "the key has no R, with which alone the number is checked");
	if (rc == RC_OK)
		rc = vid_check(&c, span_str(number), k.r, false, e);
	sec_wipe(number, sizeof(number));

	return rc;
}
