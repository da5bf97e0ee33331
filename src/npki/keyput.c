/*
 * keyput.c - signPri.key and kmPri.key, made.
 *
 * Belongs here: the file around the encryption; another password for one.
 * Not here: opening one (keyfile.c); the encryption (pbeput.c); putting it
 * onto a medium so that nothing is lost (medium.c).
 */
#include "npki/keyput.h"

#include "npki/keyfile.h"
#include "npki/pkinfo.h"

enum rc
keyput_seal(enum pbe_form form, uint32_t iterations, struct span password,
    struct span info, uint8_t *out, size_t size, struct span *file,
    struct err *e)
{
	struct derput w =
	    derput_init(out, size < KEYFILE_MAX ? size : KEYFILE_MAX);
	struct pkinfo key = { 0 };
	enum rc rc;

	*file = (struct span){ NULL, 0 };
	if (form == PBE_PKCS12_3DES)
		return err_set(e, RC_POLICY, "form",
		    "this encryption is for PKCS#12 files only");
	rc = pkinfo_parse(info, &key, e);
	if (rc == RC_OK)
		rc = pbeput_seal(
		    &w, form, iterations, password, DER_OCTETS, info, e);
	if (rc != RC_OK)
		return rc;
	derput_wrap(&w, DER_SEQUENCE, 0);
	if (w.failed)
		return err_set(e, RC_LIMIT, NULL, "private-key file too large");
	*file = derput_span(&w);

	return RC_OK;
}

static enum rc
keyput_verify(
    struct span file, struct span password, struct span info, struct err *e)
{
	struct sec again SEC_WIPED = { 0 };
	enum rc rc = keyfile_open(
	    file, password, (struct span){ NULL, 0 }, &again, NULL);

	if (rc == RC_MEMORY ||
	    (rc == RC_OK && sec_equal(info, sec_span(&again))))
		return rc;

	return err_set(e, RC_BUG, NULL, "the new file does not open");
}

enum rc
keyput_change(struct span file, struct span old, struct span modulus,
    const enum pbe_form *form, struct span password, uint8_t *out, size_t size,
    struct span *changed, struct err *e)
{
	struct sec info SEC_WIPED = { 0 };
	struct keyfile k = { 0 };
	enum pbe_form to;
	enum rc rc;

	*changed = (struct span){ NULL, 0 };
	rc = keyfile_open(file, old, modulus, &info, e);
	if (rc == RC_OK)
		rc = keyfile_parse(file, &k, e);
	if (rc != RC_OK)
		return rc;
	to = form == NULL ? pbeput_form_of(&k.pbe) : *form;
	rc = keyput_seal(to, pbeput_iterations(&k.pbe, to), password,
	    sec_span(&info), out, size, changed, e);
	if (rc == RC_OK)
		rc = keyput_verify(*changed, password, sec_span(&info), e);
	if (rc != RC_OK)
		*changed = (struct span){ NULL, 0 };

	return rc;
}
