/*
 * keyput.c - signPri.key and kmPri.key, made.
 *
 * Belongs here: the file around the encryption.
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
